/* pins.c: the table of pinned settings. Floor kernel. */
#include "kernel/pins.h"

#include <errno.h>
#include <stddef.h>

static const struct nlab_pin pins[] = {
    /* copied from the machine by a new network namespace */
    {"net.ipv4.tcp_congestion_control", "reno", 0,
     "copied from the machine; reno is built into every kernel"},
    {"net.ipv4.tcp_rmem", "4096 131072 6291456", 0,
     "copied from the machine; decides window and window scale"},
    {"net.ipv4.tcp_wmem", "4096 16384 4194304", 0, "copied from the machine; decides what one send() takes"},
    {"net.ipv4.ip_forward", "0", 0, "copied from the machine; a host does not forward, a router turns it on"},
    {"net.ipv4.conf.all.rp_filter", "0", 0, "copied from the machine; 1 would drop packets of other routes"},
    {"net.ipv4.conf.default.rp_filter", "0", 0, "copied from the machine, as the one before"},
    {"net.ipv4.conf.all.accept_redirects", "1", 0, "copied from the machine; often tuned to 0"},
    {"net.ipv4.conf.all.send_redirects", "1", 0, "copied from the machine; often tuned to 0"},

    /* values of ours */
    {"net.ipv4.tcp_syn_linear_timeouts", "0", NLAB_PIN_OPTIONAL,
     "ours: since Linux 6.5 the first 4 SYN timeouts do not double"},
    {"net.ipv4.tcp_ecn", "0", 0, "ours: no ECE and CWR bits in a SYN, whichever side opens"},
    {"net.ipv4.tcp_no_metrics_save", "1", 0, "ours: a connection learns nothing from the one before"},
    {"net.ipv4.icmp_ratelimit", "0", 0, "ours: no ICMP error is held back"},
    {"net.ipv6.conf.all.disable_ipv6", "1", NLAB_PIN_WITHOUT_IPV6 | NLAB_PIN_OPTIONAL,
     "ours: no neighbour discovery or MLD in the trace"},
    {"net.ipv6.conf.default.accept_dad", "0", NLAB_PIN_WITH_IPV6, "ours: addresses can be used at once"},
    {"net.ipv6.conf.default.addr_gen_mode", "1", NLAB_PIN_WITH_IPV6,
     "ours: no link-local address of its own making"},
    {"net.ipv6.conf.default.accept_ra", "0", NLAB_PIN_WITH_IPV6,
     "ours: addresses and routes come from the lab alone"},
    {"net.ipv6.conf.default.router_solicitations", "0", NLAB_PIN_WITH_IPV6,
     "ours: there is nobody to answer them"},
    {"net.ipv6.icmp.ratelimit", "0", NLAB_PIN_WITH_IPV6, "ours: no ICMPv6 error is held back"},

    /* the kernel's defaults, which experiments lean on */
    {"net.ipv4.tcp_timestamps", "1", 0, "default; RFC 7323"},
    {"net.ipv4.tcp_window_scaling", "1", 0, "default; RFC 7323"},
    {"net.ipv4.tcp_sack", "1", 0, "default; RFC 2018"},
    {"net.ipv4.tcp_syn_retries", "6", 0, "default; connect() gives up after 127 s"},
    {"net.ipv4.tcp_synack_retries", "5", 0, "default; SYN-RECEIVED ends after 63 s"},
    {"net.ipv4.tcp_retries2", "15", 0, "default; an established connection gives up after 15 min and more"},
    {"net.ipv4.tcp_fin_timeout", "60", 0, "default; FIN-WAIT-2 without a descriptor, seconds"},
    {"net.ipv4.tcp_keepalive_time", "7200", 0, "default; seconds"},
    {"net.ipv4.tcp_keepalive_intvl", "75", 0, "default; seconds"},
    {"net.ipv4.tcp_keepalive_probes", "9", 0, "default"},
    {"net.ipv4.tcp_tw_reuse", "2", 0, "default since Linux 4.19; TIME-WAIT is reused on loopback alone"},
    {"net.ipv4.tcp_syncookies", "1", NLAB_PIN_OPTIONAL,
     "default; cookies only once the queue of SYNs is full"},
    {"net.ipv4.tcp_fastopen", "1", 0, "default; clients only"},
    {"net.ipv4.ip_local_port_range", "32768 60999", 0, "default; ephemeral ports"},
};

static bool holds(const struct nlab_pin *pin, bool ipv6)
{
	return !(pin->flags & (ipv6 ? NLAB_PIN_WITHOUT_IPV6 : NLAB_PIN_WITH_IPV6));
}

const struct nlab_pin *nlab_pin_next(const struct nlab_pin *previous, bool ipv6)
{
	for (const struct nlab_pin *pin = previous ? previous + 1 : pins;
	     pin < pins + sizeof pins / sizeof pins[0]; pin++) {
		if (holds(pin, ipv6)) {
			return pin;
		}
	}
	return NULL;
}

bool nlab_pins_apply(const struct nlab_sysctl *sysctl, bool ipv6, struct nlab_error *error)
{
	struct nlab_error refused;
	for (const struct nlab_pin *pin = NULL; (pin = nlab_pin_next(pin, ipv6));) {
		if (nlab_sysctl_write(sysctl, pin->name, pin->value, &refused) ||
		    ((pin->flags & NLAB_PIN_OPTIONAL) && refused.code == ENOENT)) {
			continue;
		}
		if (error) {
			*error = refused;
		}
		return false;
	}
	return true;
}

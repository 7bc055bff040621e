/* constants.c: the table of constants. Floor facts. */
#include "facts/constants.h"

#include <fcntl.h>
#include <inttypes.h>
#include <linux/errqueue.h>
#include <linux/sockios.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define ROW(name, group)                                                                                     \
	{                                                                                                    \
#name, NULL, name, NLAB_GROUP_##group                                                        \
	}
#define TEXT(name, text, group)                                                                              \
	{                                                                                                    \
#name, text, 0, NLAB_GROUP_##group                                                           \
	}

/* clang-format off */
static const struct nlab_constant CONSTANTS[] = {
	ROW(AF_UNSPEC, FAMILY), ROW(AF_INET, FAMILY), ROW(AF_INET6, FAMILY), ROW(AF_UNIX, FAMILY),
	ROW(AF_NETLINK, FAMILY), ROW(AF_PACKET, FAMILY),

	ROW(SOCK_STREAM, TYPE), ROW(SOCK_DGRAM, TYPE), ROW(SOCK_RAW, TYPE), ROW(SOCK_SEQPACKET, TYPE),
	ROW(SOCK_NONBLOCK, TYPE_FLAG), ROW(SOCK_CLOEXEC, TYPE_FLAG),

	ROW(IPPROTO_IP, PROTOCOL), ROW(IPPROTO_ICMP, PROTOCOL), ROW(IPPROTO_IGMP, PROTOCOL),
	ROW(IPPROTO_TCP, PROTOCOL), ROW(IPPROTO_UDP, PROTOCOL), ROW(IPPROTO_IPV6, PROTOCOL),
	ROW(IPPROTO_ICMPV6, PROTOCOL), ROW(IPPROTO_UDPLITE, PROTOCOL), ROW(IPPROTO_MPTCP, PROTOCOL),
	ROW(IPPROTO_RAW, PROTOCOL),

	ROW(SOL_SOCKET, LEVEL), ROW(SOL_IP, LEVEL), ROW(SOL_TCP, LEVEL), ROW(SOL_UDP, LEVEL),
	ROW(SOL_IPV6, LEVEL), ROW(SOL_ICMPV6, LEVEL), ROW(SOL_RAW, LEVEL),

	ROW(MSG_OOB, MSG), ROW(MSG_PEEK, MSG), ROW(MSG_DONTROUTE, MSG), ROW(MSG_CTRUNC, MSG),
	ROW(MSG_TRUNC, MSG), ROW(MSG_DONTWAIT, MSG), ROW(MSG_EOR, MSG), ROW(MSG_WAITALL, MSG),
	ROW(MSG_CONFIRM, MSG), ROW(MSG_ERRQUEUE, MSG), ROW(MSG_NOSIGNAL, MSG), ROW(MSG_MORE, MSG),
	ROW(MSG_ZEROCOPY, MSG), ROW(MSG_FASTOPEN, MSG), ROW(MSG_CMSG_CLOEXEC, MSG),

	ROW(SHUT_RD, SHUT), ROW(SHUT_WR, SHUT), ROW(SHUT_RDWR, SHUT),

	ROW(POLLIN, POLL), ROW(POLLPRI, POLL), ROW(POLLOUT, POLL), ROW(POLLERR, POLL), ROW(POLLHUP, POLL),
	ROW(POLLNVAL, POLL), ROW(POLLRDNORM, POLL), ROW(POLLRDBAND, POLL), ROW(POLLWRNORM, POLL),
	ROW(POLLWRBAND, POLL), ROW(POLLRDHUP, POLL),

	ROW(SIGHUP, SIGNAL), ROW(SIGINT, SIGNAL), ROW(SIGQUIT, SIGNAL), ROW(SIGILL, SIGNAL),
	ROW(SIGTRAP, SIGNAL), ROW(SIGABRT, SIGNAL), ROW(SIGBUS, SIGNAL), ROW(SIGFPE, SIGNAL),
	ROW(SIGKILL, SIGNAL), ROW(SIGUSR1, SIGNAL), ROW(SIGSEGV, SIGNAL), ROW(SIGUSR2, SIGNAL),
	ROW(SIGPIPE, SIGNAL), ROW(SIGALRM, SIGNAL), ROW(SIGTERM, SIGNAL), ROW(SIGSTKFLT, SIGNAL),
	ROW(SIGCHLD, SIGNAL), ROW(SIGCONT, SIGNAL), ROW(SIGSTOP, SIGNAL), ROW(SIGTSTP, SIGNAL),
	ROW(SIGTTIN, SIGNAL), ROW(SIGTTOU, SIGNAL), ROW(SIGURG, SIGNAL), ROW(SIGXCPU, SIGNAL),
	ROW(SIGXFSZ, SIGNAL), ROW(SIGVTALRM, SIGNAL), ROW(SIGPROF, SIGNAL), ROW(SIGWINCH, SIGNAL),
	ROW(SIGIO, SIGNAL), ROW(SIGPOLL, SIGNAL), ROW(SIGPWR, SIGNAL), ROW(SIGSYS, SIGNAL),

	TEXT(SIG_DFL, "SIG_DFL", SIGACTION), TEXT(SIG_IGN, "SIG_IGN", SIGACTION), ROW(SA_RESTART, SIGACTION),
	ROW(SA_NOCLDSTOP, SIGACTION), ROW(SA_NOCLDWAIT, SIGACTION), ROW(SA_NODEFER, SIGACTION),

	ROW(F_GETFD, FCNTL), ROW(F_SETFD, FCNTL), ROW(F_GETFL, FCNTL), ROW(F_SETFL, FCNTL),
	ROW(O_RDWR, FILE_FLAG), ROW(O_NONBLOCK, FILE_FLAG), ROW(O_ASYNC, FILE_FLAG), ROW(FD_CLOEXEC, NUMBER),

	ROW(SIOCINQ, IOCTL), ROW(SIOCOUTQ, IOCTL), ROW(SIOCOUTQNSD, IOCTL), ROW(SIOCATMARK, IOCTL),
	ROW(FIONREAD, IOCTL),

	ROW(SCM_RIGHTS, SCM), ROW(SCM_CREDENTIALS, SCM), ROW(SCM_TIMESTAMP, SCM), ROW(SCM_TIMESTAMPNS, SCM),
	ROW(SCM_TIMESTAMPING, SCM),

	ROW(SO_EE_ORIGIN_NONE, EE_ORIGIN), ROW(SO_EE_ORIGIN_LOCAL, EE_ORIGIN), ROW(SO_EE_ORIGIN_ICMP, EE_ORIGIN),
	ROW(SO_EE_ORIGIN_ICMP6, EE_ORIGIN), ROW(SO_EE_ORIGIN_TXSTATUS, EE_ORIGIN),
	ROW(SO_EE_ORIGIN_TIMESTAMPING, EE_ORIGIN), ROW(SO_EE_ORIGIN_ZEROCOPY, EE_ORIGIN),

	ROW(IP_PMTUDISC_DONT, PMTUDISC), ROW(IP_PMTUDISC_WANT, PMTUDISC), ROW(IP_PMTUDISC_DO, PMTUDISC),
	ROW(IP_PMTUDISC_PROBE, PMTUDISC), ROW(IP_PMTUDISC_INTERFACE, PMTUDISC), ROW(IP_PMTUDISC_OMIT, PMTUDISC),
	ROW(IPV6_PMTUDISC_DONT, PMTUDISC), ROW(IPV6_PMTUDISC_WANT, PMTUDISC), ROW(IPV6_PMTUDISC_DO, PMTUDISC),
	ROW(IPV6_PMTUDISC_PROBE, PMTUDISC), ROW(IPV6_PMTUDISC_INTERFACE, PMTUDISC),
	ROW(IPV6_PMTUDISC_OMIT, PMTUDISC),

	ROW(TCPI_OPT_TIMESTAMPS, TCPI_OPT), ROW(TCPI_OPT_SACK, TCPI_OPT), ROW(TCPI_OPT_WSCALE, TCPI_OPT),
	ROW(TCPI_OPT_ECN, TCPI_OPT), ROW(TCPI_OPT_ECN_SEEN, TCPI_OPT), ROW(TCPI_OPT_SYN_DATA, TCPI_OPT),

	ROW(ICMP_ECHOREPLY, ICMP_TYPE), ROW(ICMP_DEST_UNREACH, ICMP_TYPE), ROW(ICMP_SOURCE_QUENCH, ICMP_TYPE),
	ROW(ICMP_REDIRECT, ICMP_TYPE), ROW(ICMP_ECHO, ICMP_TYPE), ROW(ICMP_TIME_EXCEEDED, ICMP_TYPE),
	ROW(ICMP_PARAMETERPROB, ICMP_TYPE), ROW(ICMP_TIMESTAMP, ICMP_TYPE), ROW(ICMP_TIMESTAMPREPLY, ICMP_TYPE),

	ROW(ICMP_NET_UNREACH, ICMP_CODE), ROW(ICMP_HOST_UNREACH, ICMP_CODE), ROW(ICMP_PROT_UNREACH, ICMP_CODE),
	ROW(ICMP_PORT_UNREACH, ICMP_CODE), ROW(ICMP_FRAG_NEEDED, ICMP_CODE), ROW(ICMP_SR_FAILED, ICMP_CODE),
	ROW(ICMP_NET_UNKNOWN, ICMP_CODE), ROW(ICMP_HOST_UNKNOWN, ICMP_CODE), ROW(ICMP_HOST_ISOLATED, ICMP_CODE),
	ROW(ICMP_NET_ANO, ICMP_CODE), ROW(ICMP_HOST_ANO, ICMP_CODE), ROW(ICMP_NET_UNR_TOS, ICMP_CODE),
	ROW(ICMP_HOST_UNR_TOS, ICMP_CODE), ROW(ICMP_PKT_FILTERED, ICMP_CODE), ROW(ICMP_PREC_VIOLATION, ICMP_CODE),
	ROW(ICMP_PREC_CUTOFF, ICMP_CODE),

	ROW(ICMP6_DST_UNREACH, ICMP6_TYPE), ROW(ICMP6_PACKET_TOO_BIG, ICMP6_TYPE),
	ROW(ICMP6_TIME_EXCEEDED, ICMP6_TYPE), ROW(ICMP6_PARAM_PROB, ICMP6_TYPE),
	ROW(ICMP6_ECHO_REQUEST, ICMP6_TYPE), ROW(ICMP6_ECHO_REPLY, ICMP6_TYPE),

	ROW(ICMP6_DST_UNREACH_NOROUTE, ICMP6_CODE), ROW(ICMP6_DST_UNREACH_ADMIN, ICMP6_CODE),
	ROW(ICMP6_DST_UNREACH_BEYONDSCOPE, ICMP6_CODE), ROW(ICMP6_DST_UNREACH_ADDR, ICMP6_CODE),
	ROW(ICMP6_DST_UNREACH_NOPORT, ICMP6_CODE),

	ROW(SOMAXCONN, NUMBER), ROW(INET_ADDRSTRLEN, NUMBER), ROW(INET6_ADDRSTRLEN, NUMBER),
	TEXT(INADDR_ANY, "0.0.0.0", NUMBER), TEXT(INADDR_LOOPBACK, "127.0.0.1", NUMBER),
	TEXT(INADDR_BROADCAST, "255.255.255.255", NUMBER), TEXT(IN6ADDR_ANY, "::", NUMBER),
	TEXT(IN6ADDR_LOOPBACK, "::1", NUMBER),
};
/* clang-format on */

const struct nlab_constant *nlab_constant_at(size_t index)
{
	return index < sizeof CONSTANTS / sizeof *CONSTANTS ? &CONSTANTS[index] : NULL;
}

const struct nlab_constant *nlab_constant_find(const char *name)
{
	const struct nlab_constant *row;
	for (size_t i = 0; (row = nlab_constant_at(i)); i++) {
		if (strcmp(row->name, name) == 0) {
			return row;
		}
	}
	return NULL;
}

const char *nlab_constant_name(enum nlab_constant_group group, int64_t value)
{
	const struct nlab_constant *row;
	for (size_t i = 0; (row = nlab_constant_at(i)); i++) {
		if (row->group == group && !row->text && row->value == value) {
			return row->name;
		}
	}
	return NULL;
}

const char *nlab_constant_print(enum nlab_constant_group group, int64_t value, char *buffer, size_t size)
{
	const char *name = nlab_constant_name(group, value);
	if (name) {
		snprintf(buffer, size, "%s", name);
	} else {
		snprintf(buffer, size, "%" PRId64, value);
	}
	return buffer;
}

/* Add a text at `used`, with | before it when it is not the first one; returns the new length, `size` - 1 at
 * most. */
static size_t add_flag(char *buffer, size_t size, size_t used, const char *text)
{
	int added = snprintf(buffer + used, size - used, "%s%s", used ? "|" : "", text);
	size_t length = used + (size_t)(added > 0 ? added : 0);
	return length < size ? length : size - 1;
}

const char *nlab_constant_flags(enum nlab_constant_group group, uint64_t flags, char *buffer, size_t size)
{
	const struct nlab_constant *row;
	size_t used = 0;
	for (size_t i = 0; (row = nlab_constant_at(i)); i++) {
		uint64_t bits = (uint64_t)row->value;
		if (row->group == group && bits && (flags & bits) == bits) {
			used = add_flag(buffer, size, used, row->name);
			flags &= ~bits;
		}
	}
	if (flags || used == 0) {
		char rest[24];
		snprintf(rest, sizeof rest, flags ? "0x%" PRIx64 : "%" PRIu64, flags);
		add_flag(buffer, size, used, rest);
	}
	return buffer;
}

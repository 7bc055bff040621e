/* floor_links.h: the links of floor.c and traffic.c: rtnetlink(7) requests, several in one message; and offloads off.
 * What fails ends the process. */
#ifndef NLAB_BENCH_FLOOR_LINKS_H
#define NLAB_BENCH_FLOOR_LINKS_H

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ETH0 2
#define NEAR 100 /* the wire's end of host n has the number NEAR + n */

static inline void check(bool fine, const char *step)
{
	if (!fine) {
		fprintf(stderr, "floor: %s: %s\n", step, strerror(errno));
		_exit(1);
	}
}

struct message {
	_Alignas(struct nlmsghdr) char bytes[4096];
	size_t used;
	unsigned count;
};

static inline struct nlmsghdr *request(struct message *message, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(message->bytes + message->used);
	header->nlmsg_type = type;
	header->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	message->count++;
	return header;
}

static inline void finish(struct message *message, const struct nlmsghdr *header)
{
	message->used += NLMSG_ALIGN(header->nlmsg_len);
}

/* Send all requests at once; every answer must be "done". Returns the socket. */
static inline int run(struct message *message)
{
	char answer[4096];
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	check(fd >= 0 && send(fd, message->bytes, message->used, 0) > 0, "netlink");
	for (unsigned answered = 0; answered < message->count;) {
		int left = (int)recv(fd, answer, sizeof answer, 0);
		const struct nlmsghdr *header = (const struct nlmsghdr *)answer;
		for (; mnl_nlmsg_ok(header, left); header = mnl_nlmsg_next(header, &left)) {
			const struct nlmsgerr *result = mnl_nlmsg_get_payload(header);
			errno = -result->error;
			check(result->error == 0, "netlink request");
			answered++;
		}
	}
	return fd;
}

static inline void set_up(struct message *message, int index)
{
	struct nlmsghdr *header = request(message, RTM_NEWLINK, 0);
	struct ifinfomsg *link = mnl_nlmsg_put_extra_header(header, sizeof *link);
	*link = (struct ifinfomsg){.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
	finish(message, header);
}

static inline void set_pair(struct message *message, int host, int space, const uint8_t mac[6])
{
	char name[16];
	struct nlmsghdr *header = request(message, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	struct ifinfomsg *near = mnl_nlmsg_put_extra_header(header, sizeof *near);
	near->ifi_index = NEAR + host;
	snprintf(name, sizeof name, "port%d", host);
	mnl_attr_put_strz(header, IFLA_IFNAME, name);
	struct nlattr *info = mnl_attr_nest_start(header, IFLA_LINKINFO);
	mnl_attr_put_strz(header, IFLA_INFO_KIND, "veth");
	struct nlattr *data = mnl_attr_nest_start(header, IFLA_INFO_DATA);
	struct nlattr *peer = mnl_attr_nest_start(header, VETH_INFO_PEER);
	struct ifinfomsg *far = mnl_nlmsg_put_extra_header(header, sizeof *far);
	far->ifi_index = ETH0;
	mnl_attr_put_strz(header, IFLA_IFNAME, "eth0");
	mnl_attr_put(header, IFLA_ADDRESS, 6, mac);
	mnl_attr_put_u32(header, IFLA_NET_NS_FD, (uint32_t)space);
	mnl_attr_nest_end(header, peer);
	mnl_attr_nest_end(header, data);
	mnl_attr_nest_end(header, info);
	finish(message, header);
}

static inline in_addr_t address_of(int host)
{
	return htonl(0x0a000001U + (uint32_t)host);
}

static inline void set_address_at(struct message *message, int index, int host)
{
	struct nlmsghdr *header = request(message, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
	struct ifaddrmsg *address = mnl_nlmsg_put_extra_header(header, sizeof *address);
	*address =
	    (struct ifaddrmsg){.ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = (uint32_t)index};
	mnl_attr_put_u32(header, IFA_LOCAL, address_of(host));
	finish(message, header);
	set_up(message, index);
}

static inline void set_address(struct message *message, int host, const uint8_t other_mac[6])
{
	set_address_at(message, ETH0, host);
	struct nlmsghdr *header = request(message, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE);
	struct ndmsg *neighbour = mnl_nlmsg_put_extra_header(header, sizeof *neighbour);
	*neighbour = (struct ndmsg){.ndm_family = AF_INET, .ndm_ifindex = ETH0, .ndm_state = NUD_PERMANENT};
	mnl_attr_put_u32(header, NDA_DST, address_of(1 - host));
	mnl_attr_put(header, NDA_LLADDR, 6, other_mac);
	finish(message, header);
}

static inline uint32_t ethtool(int fd, const char *name, uint32_t command)
{
	struct ethtool_value value = {.cmd = command};
	struct ifreq request = {.ifr_data = (char *)&value};
	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
	check(ioctl(fd, SIOCETHTOOL, &request) == 0, "ethtool");
	return value.data;
}

/* Checksums have to be whole when a segment is on the wire; then both ends must have carrier. */
static inline void make_ready(int fd, const char *name)
{
	ethtool(fd, name, ETHTOOL_STSO);
	ethtool(fd, name, ETHTOOL_SGSO);
	ethtool(fd, name, ETHTOOL_STXCSUM);
	while (!ethtool(fd, name, ETHTOOL_GLINK)) {
		sched_yield();
	}
}

#endif

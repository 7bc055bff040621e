/* link.c: interfaces, addresses, neighbours and routes as rtnetlink(7) requests. Floor kernel. */
#include "kernel/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

static size_t address_size(int family)
{
	return family == AF_INET6 ? sizeof(struct in6_addr) : sizeof(struct in_addr);
}

static const char *address_text(int family, const void *address, char text[INET6_ADDRSTRLEN])
{
	return inet_ntop(family, address, text, INET6_ADDRSTRLEN) ? text : "?";
}

static struct ifinfomsg *put_ifinfo(struct nlmsghdr *header, unsigned index)
{
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(header, sizeof *info);
	info->ifi_family = AF_UNSPEC;
	info->ifi_index = (int)index;
	return info;
}

static void put_end(struct nlmsghdr *header, const struct nlab_link_end *end, unsigned mtu)
{
	mnl_attr_put_strz(header, IFLA_IFNAME, end->name);
	mnl_attr_put_u32(header, IFLA_MTU, mtu);
	/* else veth makes a pair of queues for each processor, with a folder in sysfs for each of them */
	mnl_attr_put_u32(header, IFLA_NUM_TX_QUEUES, 1);
	mnl_attr_put_u32(header, IFLA_NUM_RX_QUEUES, 1);
	if (end->mac) {
		mnl_attr_put(header, IFLA_ADDRESS, 6, end->mac);
	}
}

void nlab_link_pair(struct nlab_netlink *netlink, const struct nlab_link_end *near,
		    const struct nlab_link_end *far, int far_namespace, unsigned mtu)
{
	struct nlmsghdr *header = nlab_netlink_request(netlink, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
						       "create a veth pair", "%s, %s", near->name, far->name);
	put_ifinfo(header, near->index);
	put_end(header, near, mtu);
	struct nlattr *link = mnl_attr_nest_start(header, IFLA_LINKINFO);
	mnl_attr_put_strz(header, IFLA_INFO_KIND, "veth");
	struct nlattr *data = mnl_attr_nest_start(header, IFLA_INFO_DATA);
	struct nlattr *peer = mnl_attr_nest_start(header, VETH_INFO_PEER);
	put_ifinfo(header, far->index);
	put_end(header, far, mtu);
	mnl_attr_put_u32(header, IFLA_NET_NS_FD, (uint32_t)far_namespace);
	mnl_attr_nest_end(header, peer);
	mnl_attr_nest_end(header, data);
	mnl_attr_nest_end(header, link);
}

void nlab_link_up(struct nlab_netlink *netlink, unsigned index, bool up)
{
	struct nlmsghdr *header =
	    nlab_netlink_request(netlink, RTM_NEWLINK, 0,
				 up ? "set an interface up" : "set an interface down", "interface %u", index);
	struct ifinfomsg *info = put_ifinfo(header, index);
	info->ifi_flags = up ? IFF_UP : 0;
	info->ifi_change = IFF_UP;
}

void nlab_link_mtu(struct nlab_netlink *netlink, unsigned index, unsigned mtu)
{
	struct nlmsghdr *header = nlab_netlink_request(netlink, RTM_NEWLINK, 0, "set the MTU of an interface",
						       "interface %u, MTU %u", index, mtu);
	put_ifinfo(header, index);
	mnl_attr_put_u32(header, IFLA_MTU, mtu);
}

void nlab_link_gso_max_segs(struct nlab_netlink *netlink, unsigned index, unsigned segments)
{
	struct nlmsghdr *header =
	    nlab_netlink_request(netlink, RTM_NEWLINK, 0, "set gso_max_segs of an interface",
				 "interface %u, %u segments", index, segments);
	put_ifinfo(header, index);
	mnl_attr_put_u32(header, IFLA_GSO_MAX_SEGS, segments);
}

void nlab_link_address(struct nlab_netlink *netlink, unsigned index, int family, const void *address,
		       unsigned prefix_length)
{
	char text[INET6_ADDRSTRLEN];
	struct nlmsghdr *header = nlab_netlink_request(netlink, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL,
						       "add an address", "interface %u, %s/%u", index,
						       address_text(family, address, text), prefix_length);
	struct ifaddrmsg *message = mnl_nlmsg_put_extra_header(header, sizeof *message);
	message->ifa_family = (uint8_t)family;
	message->ifa_prefixlen = (uint8_t)prefix_length;
	message->ifa_flags = family == AF_INET6 ? IFA_F_NODAD : 0;
	message->ifa_scope = RT_SCOPE_UNIVERSE;
	message->ifa_index = index;
	mnl_attr_put(header, IFA_LOCAL, address_size(family), address);
	mnl_attr_put(header, IFA_ADDRESS, address_size(family), address);
}

static struct nlmsghdr *put_neighbour(struct nlmsghdr *header, unsigned index, int family,
				      const void *address)
{
	struct ndmsg *message = mnl_nlmsg_put_extra_header(header, sizeof *message);
	message->ndm_family = (uint8_t)family;
	message->ndm_ifindex = (int)index;
	message->ndm_state = NUD_PERMANENT;
	mnl_attr_put(header, NDA_DST, address_size(family), address);
	return header;
}

void nlab_link_neighbour(struct nlab_netlink *netlink, unsigned index, int family, const void *address,
			 const uint8_t mac[6])
{
	char text[INET6_ADDRSTRLEN];
	struct nlmsghdr *header =
	    nlab_netlink_request(netlink, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, "add a neighbour",
				 "interface %u, %s", index, address_text(family, address, text));
	mnl_attr_put(put_neighbour(header, index, family, address), NDA_LLADDR, 6, mac);
}

void nlab_link_forget(struct nlab_netlink *netlink, unsigned index, int family, const void *address)
{
	char text[INET6_ADDRSTRLEN];
	struct nlmsghdr *header =
	    nlab_netlink_request(netlink, RTM_DELNEIGH, 0, "take a neighbour away", "interface %u, %s", index,
				 address_text(family, address, text));
	put_neighbour(header, index, family, address);
}

void nlab_link_route(struct nlab_netlink *netlink, unsigned index, int family, const void *address,
		     unsigned prefix_length, const void *gateway)
{
	char text[INET6_ADDRSTRLEN];
	struct nlmsghdr *header = nlab_netlink_request(netlink, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL,
						       "add a route", "interface %u, to %s/%u", index,
						       address_text(family, address, text), prefix_length);
	struct rtmsg *message = mnl_nlmsg_put_extra_header(header, sizeof *message);
	message->rtm_family = (uint8_t)family;
	message->rtm_dst_len = (uint8_t)prefix_length;
	message->rtm_table = RT_TABLE_MAIN;
	message->rtm_protocol = RTPROT_STATIC;
	message->rtm_scope = gateway ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	message->rtm_type = RTN_UNICAST;
	if (prefix_length) {
		mnl_attr_put(header, RTA_DST, address_size(family), address);
	}
	if (gateway) {
		mnl_attr_put(header, RTA_GATEWAY, address_size(family), gateway);
	}
	mnl_attr_put_u32(header, RTA_OIF, index);
}

/* Ask for the route to an address, an answer of one message. False with errno. */
static bool ask_route(struct mnl_socket *socket, const void *address, char bytes[NLAB_NETLINK_REQUEST_SIZE])
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(bytes);
	header->nlmsg_type = RTM_GETROUTE;
	header->nlmsg_flags = NLM_F_REQUEST;
	struct rtmsg *message = mnl_nlmsg_put_extra_header(header, sizeof *message);
	message->rtm_family = AF_INET6;
	message->rtm_dst_len = 128;
	mnl_attr_put(header, RTA_DST, sizeof(struct in6_addr), address);
	return mnl_socket_sendto(socket, header, header->nlmsg_len) >= 0 &&
	       mnl_socket_recvfrom(socket, bytes, NLAB_NETLINK_REQUEST_SIZE) >= 0;
}

int nlab_link_is_local6(const void *address, struct nlab_error *error)
{
	_Alignas(struct nlmsghdr) char bytes[NLAB_NETLINK_REQUEST_SIZE] = {0};
	const struct nlmsghdr *header = (const void *)bytes;
	const struct rtmsg *message = mnl_nlmsg_get_payload(header);
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	bool answered = socket && ask_route(socket, address, bytes);
	if (!answered) {
		nlab_error_set(error, errno, "ask for the route to an IPv6 address", "%s", "");
	}
	if (socket) {
		mnl_socket_close(socket);
	}
	return answered ? header->nlmsg_type == RTM_NEWROUTE && message->rtm_type == RTN_LOCAL : -1;
}

/* sockdiag.c: the sockets of a namespace, by dumps and exact lookups of NETLINK_SOCK_DIAG. Floor kernel. */
#include "kernel/sockdiag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BUFFER_BYTES    32768
#define BOTH_DIRECTIONS 3 /* sk_shutdown: 1 receiving, 2 sending */

/* One dump walks all of a kernel's table of bound ports, which takes 0.2 ms. So TCP is asked for in the older form of the
 * request, where AF_UNSPEC means both families; UDP knows only the newer one, and has small tables. */
static const struct {
	uint16_t type;
	uint8_t family, protocol;
} dumps[] = {
    {TCPDIAG_GETSOCK, AF_UNSPEC, IPPROTO_TCP},
    {SOCK_DIAG_BY_FAMILY, AF_INET, IPPROTO_UDP},
    {SOCK_DIAG_BY_FAMILY, AF_INET6, IPPROTO_UDP},
};

static const char *const timer_names[] = {
    [NLAB_SOCKET_TIMER_RETRANSMIT] = "retransmit",
    [NLAB_SOCKET_TIMER_KEEPALIVE] = "keepalive",
    [NLAB_SOCKET_TIMER_TIME_WAIT] = "time-wait",
    [NLAB_SOCKET_TIMER_PROBE] = "probe",
};

struct reply {
	struct nlab_socket_list *list;
	uint8_t protocol;
	int error; /* an errno that the kernel or malloc gave, 0: none */
};

bool nlab_sockdiag_open(struct nlab_sockdiag *diag, struct nlab_error *error)
{
	diag->sequence = 0;
	diag->socket = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
	if (!diag->socket) {
		return nlab_error_set(error, errno, "open a netlink socket", "NETLINK_SOCK_DIAG");
	}
	if (mnl_socket_bind(diag->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		int code = errno;
		nlab_sockdiag_close(diag);
		return nlab_error_set(error, code, "bind a netlink socket", "NETLINK_SOCK_DIAG");
	}
	return true;
}

void nlab_sockdiag_close(struct nlab_sockdiag *diag)
{
	if (diag->socket) {
		mnl_socket_close(diag->socket);
		diag->socket = NULL;
	}
}

/* mnl_attr_parse(): store which directions are shut down in *data. */
static int find_shutdown(const struct nlattr *attribute, void *data)
{
	uint8_t *closed = data;
	if (mnl_attr_get_type(attribute) == INET_DIAG_SHUTDOWN && mnl_attr_get_payload_len(attribute) >= 1) {
		*closed = mnl_attr_get_u8(attribute);
	}
	return MNL_CB_OK;
}

/* Without a descriptor are also connections that were not accepted yet. What close(2) left behind has both directions
 * shut down; in FIN-WAIT-2 the kernel keeps only a TIME-WAIT record of it, which has no directions. */
static bool is_orphan(const struct nlmsghdr *header, const struct inet_diag_msg *message)
{
	uint8_t closed = 0;
	if (message->idiag_inode != 0) {
		return false;
	}
	mnl_attr_parse(header, sizeof *message, find_shutdown, &closed);
	return closed == BOTH_DIRECTIONS ||
	       (message->idiag_timer == NLAB_SOCKET_TIMER_TIME_WAIT && message->idiag_state != TCP_TIME_WAIT);
}

static void fill_info(struct nlab_socket_info *info, const struct nlmsghdr *header, uint8_t protocol)
{
	const struct inet_diag_msg *message = mnl_nlmsg_get_payload(header);
	*info = (struct nlab_socket_info){
	    .family = message->idiag_family,
	    .protocol = protocol,
	    .state = message->idiag_state,
	    .timer = message->idiag_timer,
	    .retransmits = message->idiag_retrans,
	    .orphan = protocol == IPPROTO_TCP && is_orphan(header, message),
	    .port = ntohs(message->id.idiag_sport),
	    .peer_port = ntohs(message->id.idiag_dport),
	    .expires_ms = message->idiag_expires,
	    .receive_queue = message->idiag_rqueue,
	    .send_queue = message->idiag_wqueue,
	    .uid = message->idiag_uid,
	    .inode = message->idiag_inode,
	};
	memcpy(info->address, message->id.idiag_src, sizeof info->address);
	memcpy(info->peer_address, message->id.idiag_dst, sizeof info->peer_address);
}

static bool make_room(struct nlab_socket_list *list)
{
	if (list->count < list->room) {
		return true;
	}
	size_t room = list->room ? list->room * 2 : 32;
	struct nlab_socket_info *sockets = reallocarray(list->sockets, room, sizeof *sockets);
	if (!sockets) {
		return false;
	}
	list->sockets = sockets;
	list->room = room;
	return true;
}

/* Called by mnl_cb_run() for each message that is not an error or the end. */
static int add_socket(const struct nlmsghdr *header, void *data)
{
	struct reply *reply = data;
	if (mnl_nlmsg_get_payload_len(header) < sizeof(struct inet_diag_msg)) {
		return MNL_CB_OK;
	}
	if (!make_room(reply->list)) {
		reply->error = ENOMEM;
		return MNL_CB_OK;
	}
	fill_info(&reply->list->sockets[reply->list->count++], header, reply->protocol);
	return MNL_CB_OK;
}

static void put_request(struct nlmsghdr *header, const struct inet_diag_req_v2 *request)
{
	if (header->nlmsg_type == SOCK_DIAG_BY_FAMILY) {
		memcpy(mnl_nlmsg_put_extra_header(header, sizeof *request), request, sizeof *request);
	} else {
		struct inet_diag_req *older = mnl_nlmsg_put_extra_header(header, sizeof *older);
		older->idiag_family = request->sdiag_family;
		older->idiag_states = request->idiag_states;
	}
}

/* Send one request and take in its answer: a socket for each message, up to the end of a dump. */
static bool ask(struct nlab_sockdiag *diag, uint16_t type, uint16_t flags,
		const struct inet_diag_req_v2 *request, struct reply *reply)
{
	_Alignas(struct nlmsghdr) char buffer[BUFFER_BYTES];
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	header->nlmsg_type = type;
	header->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	header->nlmsg_seq = ++diag->sequence;
	put_request(header, request);
	if (mnl_socket_sendto(diag->socket, header, header->nlmsg_len) < 0) {
		reply->error = errno;
		return false;
	}
	for (int more = MNL_CB_OK; more > MNL_CB_STOP;) {
		ssize_t length = mnl_socket_recvfrom(diag->socket, buffer, sizeof buffer);
		if (length < 0 && errno == EINTR) {
			continue;
		}
		more = length < 0 ? -1
				  : mnl_cb_run(buffer, (size_t)length, diag->sequence,
					       mnl_socket_get_portid(diag->socket), add_socket, reply);
		if (more < 0) {
			reply->error = errno;
		} else if (!(flags & NLM_F_DUMP)) {
			break; /* one message is the whole answer */
		}
	}
	return reply->error == 0;
}

static int compare(const void *left, const void *right)
{
	const struct nlab_socket_info *a = left, *b = right;
	int order = (int)a->protocol - (int)b->protocol;
	order = order ? order : (int)a->family - (int)b->family;
	order = order ? order : (int)a->port - (int)b->port;
	order = order ? order : (int)a->peer_port - (int)b->peer_port;
	order = order ? order : (int)a->state - (int)b->state;
	order = order ? order : memcmp(a->address, b->address, sizeof a->address);
	order = order ? order : memcmp(a->peer_address, b->peer_address, sizeof a->peer_address);
	return order ? order : (a->inode > b->inode) - (a->inode < b->inode);
}

bool nlab_sockdiag_list(struct nlab_sockdiag *diag, struct nlab_socket_list *list, struct nlab_error *error)
{
	list->count = 0;
	for (size_t i = 0; i < sizeof dumps / sizeof dumps[0]; i++) {
		/* every bit of the states: also 12 (requests in a listener's queue) and 13 (bound and idle) */
		const struct inet_diag_req_v2 request = {.sdiag_family = dumps[i].family,
							 .sdiag_protocol = dumps[i].protocol,
							 .idiag_states = UINT32_MAX};
		struct reply reply = {.list = list, .protocol = dumps[i].protocol};
		/* ENOENT: the kernel has no sockets of this kind at all */
		if (!ask(diag, dumps[i].type, NLM_F_DUMP, &request, &reply) && reply.error != ENOENT) {
			return nlab_error_set(error, reply.error, "list the sockets", "%s",
					      dumps[i].protocol == IPPROTO_TCP ? "TCP" : "UDP");
		}
	}
	if (list->count) {
		qsort(list->sockets, list->count, sizeof *list->sockets, compare);
	}
	return true;
}

void nlab_socket_list_free(struct nlab_socket_list *list)
{
	free(list->sockets);
	*list = (struct nlab_socket_list){0};
}

bool nlab_sockdiag_find(struct nlab_sockdiag *diag, const struct nlab_socket_info *key,
			struct nlab_socket_info *found, struct nlab_error *error)
{
	struct inet_diag_req_v2 request = {
	    .sdiag_family = key->family,
	    .sdiag_protocol = IPPROTO_TCP,
	    .idiag_states = UINT32_MAX,
	    .id = {.idiag_sport = htons(key->port),
		   .idiag_dport = htons(key->peer_port),
		   .idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}},
	};
	struct nlab_socket_list one = {.sockets = found, .room = 1};
	struct reply reply = {.list = &one, .protocol = IPPROTO_TCP};
	memcpy(request.id.idiag_src, key->address, sizeof request.id.idiag_src);
	memcpy(request.id.idiag_dst, key->peer_address, sizeof request.id.idiag_dst);
	if (!ask(diag, SOCK_DIAG_BY_FAMILY, 0, &request, &reply)) {
		return nlab_error_set(error, reply.error, "look up a socket", "ports %u and %u", key->port,
				      key->peer_port);
	}
	/* the kernel falls back on a listener when no connection matches */
	if (one.count != 1 || found->port != key->port || found->peer_port != key->peer_port) {
		return nlab_error_set(error, ENOENT, "look up a socket", "ports %u and %u", key->port,
				      key->peer_port);
	}
	return true;
}

const char *nlab_socket_timer_name(unsigned timer)
{
	return timer < sizeof timer_names / sizeof timer_names[0] ? timer_names[timer] : NULL;
}

/* netlink.c: requests over NETLINK_ROUTE, collected and acknowledged. Floor kernel.
 * Requests in one sendmsg(2) are worked off in order before it returns; each gets one acknowledgement. With
 * NETLINK_CAP_ACK an acknowledgement does not repeat its request, with NETLINK_EXT_ACK it has the kernel's words. */
#include "kernel/netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

bool nlab_netlink_open(struct nlab_netlink *netlink, struct nlab_error *error)
{
	int on = 1;
	netlink->sequence = 1;
	netlink->count = 0;
	netlink->used = 0;
	netlink->failed = false;
	netlink->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!netlink->socket) {
		return nlab_error_set(error, errno, "open a netlink socket", "NETLINK_ROUTE");
	}
	mnl_socket_setsockopt(netlink->socket, NETLINK_CAP_ACK, &on, sizeof on);
	mnl_socket_setsockopt(netlink->socket, NETLINK_EXT_ACK, &on, sizeof on);
	if (mnl_socket_bind(netlink->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		int code = errno;
		nlab_netlink_close(netlink);
		return nlab_error_set(error, code, "bind a netlink socket", "NETLINK_ROUTE");
	}
	return true;
}

void nlab_netlink_close(struct nlab_netlink *netlink)
{
	if (netlink->socket) {
		int saved = errno;
		mnl_socket_close(netlink->socket);
		netlink->socket = NULL;
		errno = saved;
	}
}

int nlab_netlink_fd(const struct nlab_netlink *netlink)
{
	return mnl_socket_get_fd(netlink->socket);
}

/* The end of the last request is known once the next one begins, or once they are sent. */
static size_t bytes_collected(const struct nlab_netlink *netlink)
{
	const struct nlmsghdr *last = (const struct nlmsghdr *)(netlink->bytes + netlink->used);
	return netlink->count ? netlink->used + NLMSG_ALIGN(last->nlmsg_len) : 0;
}

/* Keep the first refusal: the label of request `index`, and the kernel's text if it gave one. */
static void note_refusal(struct nlab_netlink *netlink, const struct nlab_netlink_label *label, int code,
			 const char *words)
{
	if (netlink->failed) {
		return;
	}
	netlink->failed = true;
	nlab_error_set(&netlink->error, code, label->step, "%s%s%s", label->subject, words ? ": " : "",
		       words ? words : "");
}

/* mnl_attr_parse(): store the kernel's text in *data when there is one. */
static int find_words(const struct nlattr *attribute, void *data)
{
	const char **words = data;
	if (mnl_attr_get_type(attribute) == NLMSGERR_ATTR_MSG &&
	    mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) >= 0) {
		*words = mnl_attr_get_str(attribute);
	}
	return MNL_CB_OK;
}

static const char *kernel_words(const struct nlmsghdr *header)
{
	const char *words = NULL;
	if (header->nlmsg_flags & NLM_F_ACK_TLVS) {
		mnl_attr_parse(header, sizeof(struct nlmsgerr), find_words, &words);
	}
	return words;
}

/* Go through what was received; returns how many of the requests from `first` on are answered by it. */
static unsigned read_answers(struct nlab_netlink *netlink, uint32_t first, const char *bytes, int length)
{
	unsigned answered = 0;
	const struct nlmsghdr *header = (const struct nlmsghdr *)bytes;
	for (; mnl_nlmsg_ok(header, length); header = mnl_nlmsg_next(header, &length)) {
		uint32_t index = header->nlmsg_seq - first;
		const struct nlmsgerr *answer = mnl_nlmsg_get_payload(header);
		if (header->nlmsg_type != NLMSG_ERROR || index >= netlink->count ||
		    mnl_nlmsg_get_payload_len(header) < sizeof *answer) {
			continue;
		}
		answered++;
		if (answer->error) {
			note_refusal(netlink, &netlink->labels[index], -answer->error, kernel_words(header));
		}
	}
	return answered;
}

static void flush(struct nlab_netlink *netlink)
{
	_Alignas(struct nlmsghdr) char bytes[8192];
	size_t collected = bytes_collected(netlink);
	uint32_t first = netlink->sequence - netlink->count;
	ssize_t length = netlink->count ? mnl_socket_sendto(netlink->socket, netlink->bytes, collected) : 0;
	for (unsigned answered = 0; length >= 0 && answered < netlink->count;) {
		length = mnl_socket_recvfrom(netlink->socket, bytes, sizeof bytes);
		if (length < 0 && errno == EINTR) {
			length = 0;
		} else if (length > 0) {
			answered += read_answers(netlink, first, bytes, (int)length);
		}
	}
	if (length < 0) {
		note_refusal(netlink, &netlink->labels[0], errno, "no answer on the netlink socket");
	}
	netlink->count = 0;
	netlink->used = 0;
}

struct nlmsghdr *nlab_netlink_request(struct nlab_netlink *netlink, uint16_t type, uint16_t flags,
				      const char *step, const char *subject, ...)
{
	va_list list;
	size_t end = bytes_collected(netlink);
	if (netlink->count == NLAB_NETLINK_REQUESTS ||
	    end + NLAB_NETLINK_REQUEST_SIZE > sizeof netlink->bytes) {
		flush(netlink);
		end = 0;
	}
	struct nlab_netlink_label *label = &netlink->labels[netlink->count++];
	label->step = step;
	va_start(list, subject);
	vsnprintf(label->subject, sizeof label->subject, subject, list);
	va_end(list);
	netlink->used = end;
	struct nlmsghdr *header = mnl_nlmsg_put_header(netlink->bytes + end);
	header->nlmsg_type = type;
	header->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	header->nlmsg_seq = netlink->sequence++;
	return header;
}

bool nlab_netlink_run(struct nlab_netlink *netlink, struct nlab_error *error)
{
	flush(netlink);
	if (netlink->failed) {
		netlink->failed = false;
		if (error) {
			*error = netlink->error;
		}
		return false;
	}
	return true;
}

/* order.c: messages with a descriptor over a SOCK_SEQPACKET socket. Floor facts. */
#include "facts/order.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *const ACTION_NAMES[NLAB_ACTION_COUNT] = {
    [NLAB_ACTION_DROP] = "drop",           [NLAB_ACTION_DELAY] = "delay",
    [NLAB_ACTION_HOLD] = "hold",           [NLAB_ACTION_CUT] = "cut",
    [NLAB_ACTION_DUPLICATE] = "duplicate", [NLAB_ACTION_CORRUPT] = "corrupt",
    [NLAB_ACTION_TRUNCATE] = "truncate",   [NLAB_ACTION_RATE] = "rate",
    [NLAB_ACTION_REJECT] = "reject",       [NLAB_ACTION_REORDER] = "reorder",
    [NLAB_ACTION_FILTER] = "filter",
};

const char *nlab_action_name(unsigned action)
{
	return action < NLAB_ACTION_COUNT && ACTION_NAMES[action] ? ACTION_NAMES[action] : "unknown";
}

union control {
	struct cmsghdr align;
	char room[CMSG_SPACE(sizeof(int))];
};

bool nlab_order_send(int socket, const void *message, size_t size, int fd)
{
	union control control = {0};
	struct iovec part = {.iov_base = (void *)(uintptr_t)message, .iov_len = size};
	struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
	if (fd >= 0) {
		header.msg_control = control.room;
		header.msg_controllen = sizeof control.room;
		struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(rights), &fd, sizeof fd);
	}
	ssize_t sent;
	do {
		sent = sendmsg(socket, &header, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)size;
}

ssize_t nlab_order_receive(int socket, void *message, size_t size, int *fd, int flags)
{
	union control control = {0};
	struct iovec part = {.iov_base = message, .iov_len = size};
	struct msghdr header = {.msg_iov = &part,
				.msg_iovlen = 1,
				.msg_control = control.room,
				.msg_controllen = CMSG_LEN(sizeof(int))}; /* no room for two */
	ssize_t got;
	int received = -1;
	do {
		got = recvmsg(socket, &header, flags | MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	struct cmsghdr *rights = got < 0 ? NULL : CMSG_FIRSTHDR(&header);
	if (rights && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS) {
		memcpy(&received, CMSG_DATA(rights), sizeof received);
	}
	if (fd) {
		*fd = received;
	} else if (received >= 0) {
		close(received);
	}
	return got;
}

/* port.c: the frames of one interface, by a packet(7) socket. Floor kernel.
 * The socket is made with protocol 0, so that nothing is queued before it is bound to its interface. */
#include "kernel/port.h"

#include "base/clock.h"
#include "base/fd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

#define CONTROL_BYTES (CMSG_SPACE(sizeof(struct timespec)) + CMSG_SPACE(sizeof(struct tpacket_auxdata)))

struct slot {
	struct iovec part;
	_Alignas(struct cmsghdr) char control[CONTROL_BYTES];
};

struct nlab_port_slots {
	struct mmsghdr messages[NLAB_PORT_FRAMES];
	struct slot slots[NLAB_PORT_FRAMES];
	/* page aligned: a short frame touches one page of its buffer and no other */
	_Alignas(4096) uint8_t bytes[NLAB_PORT_FRAMES][NLAB_PORT_FRAME_BYTES];
};

bool nlab_port_buffers_open(struct nlab_port_buffers *buffers, struct nlab_error *error)
{
	struct nlab_port_slots *slots = mmap(NULL, sizeof *slots, PROT_READ | PROT_WRITE,
					     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	buffers->slots = NULL;
	if (slots == MAP_FAILED) {
		return nlab_error_set(error, errno, "get buffers for frames", "%zu bytes", sizeof *slots);
	}
	madvise(slots, sizeof *slots, MADV_NOHUGEPAGE); /* else the first frame may take 2 MiB */
	for (unsigned i = 0; i < NLAB_PORT_FRAMES; i++) {
		struct slot *slot = &slots->slots[i];
		slot->part = (struct iovec){slots->bytes[i], NLAB_PORT_FRAME_BYTES};
		slots->messages[i].msg_hdr = (struct msghdr){.msg_iov = &slot->part, .msg_iovlen = 1};
	}
	buffers->slots = slots;
	return true;
}

void nlab_port_buffers_close(struct nlab_port_buffers *buffers)
{
	if (buffers->slots) {
		munmap(buffers->slots, sizeof *buffers->slots);
		buffers->slots = NULL;
	}
}

static bool set_option(int fd, int level, int option, int value, const char *name, struct nlab_error *error)
{
	return setsockopt(fd, level, option, &value, sizeof value) == 0 ||
	       nlab_error_set(error, errno, "set an option of a packet socket", "%s", name);
}

bool nlab_port_open(struct nlab_port *port, unsigned index, struct nlab_error *error)
{
	const struct sockaddr_ll where = {
	    .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)index};
	port->fd = -1;
	nlab_autofd fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return nlab_error_set(error, errno, "open a packet socket", "interface %u", index);
	}
	if (!set_option(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1, "PACKET_IGNORE_OUTGOING", error) ||
	    !set_option(fd, SOL_PACKET, PACKET_QDISC_BYPASS, 1, "PACKET_QDISC_BYPASS", error) ||
	    !set_option(fd, SOL_PACKET, PACKET_AUXDATA, 1, "PACKET_AUXDATA", error) ||
	    !set_option(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1, "SO_TIMESTAMPNS", error)) {
		return false;
	}
	/* a user namespace may have no right to the first; the second goes up to net.core.rmem_max */
	if (!set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, NLAB_PORT_QUEUE_BYTES, "SO_RCVBUFFORCE", NULL) &&
	    !set_option(fd, SOL_SOCKET, SO_RCVBUF, NLAB_PORT_QUEUE_BYTES, "SO_RCVBUF", error)) {
		return false;
	}
	if (bind(fd, (const struct sockaddr *)&where, sizeof where) != 0) {
		return nlab_error_set(error, errno, "bind a packet socket", "interface %u", index);
	}
	port->fd = nlab_fd_steal(&fd);
	return true;
}

void nlab_port_close(struct nlab_port *port)
{
	nlab_fd_close(&port->fd);
}

/* Take the time, the true length and the state of the checksum from what the kernel wrote beside the frame. */
static void read_control(struct msghdr *message, struct nlab_frame *frame)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
			struct timespec at;
			memcpy(&at, CMSG_DATA(c), sizeof at);
			frame->time_ns = nlab_timespec_ns(&at);
		} else if (c->cmsg_level == SOL_PACKET && c->cmsg_type == PACKET_AUXDATA) {
			struct tpacket_auxdata aux;
			memcpy(&aux, CMSG_DATA(c), sizeof aux);
			frame->length = aux.tp_len;
			frame->checksum_pending = (aux.tp_status & TP_STATUS_CSUMNOTREADY) != 0;
		}
	}
}

int nlab_port_receive(const struct nlab_port *port, struct nlab_port_buffers *buffers,
		      struct nlab_frame *frames, unsigned room, struct nlab_error *error)
{
	struct nlab_port_slots *slots = buffers->slots;
	unsigned most = room < NLAB_PORT_FRAMES ? room : NLAB_PORT_FRAMES;
	for (unsigned i = 0; i < NLAB_PORT_FRAMES; i++) {
		slots->messages[i].msg_hdr.msg_control = slots->slots[i].control;
		slots->messages[i].msg_hdr.msg_controllen = CONTROL_BYTES;
	}
	int count = recvmmsg(port->fd, slots->messages, most, MSG_DONTWAIT, NULL);
	if (count < 0) {
		if (errno == EAGAIN || errno == EINTR) {
			return 0;
		}
		nlab_error_set(error, errno, "receive frames", "a packet socket");
		return -1;
	}
	for (int i = 0; i < count; i++) {
		uint32_t captured = slots->messages[i].msg_len;
		frames[i] =
		    (struct nlab_frame){.bytes = slots->bytes[i], .length = captured, .captured = captured};
		read_control(&slots->messages[i].msg_hdr, &frames[i]);
		if (!frames[i].time_ns) {
			frames[i].time_ns = nlab_clock_recording_ns();
		}
	}
	return count;
}

bool nlab_port_send(const struct nlab_port *port, const void *frame, size_t length, struct nlab_error *error)
{
	int left; /* of a time when the interface was down, and told to whoever uses the socket next */
	socklen_t size = sizeof left;
	if (send(port->fd, frame, length, MSG_DONTWAIT) >= 0) {
		return true;
	}
	return (errno == ENETDOWN && getsockopt(port->fd, SOL_SOCKET, SO_ERROR, &left, &size) == 0 &&
		send(port->fd, frame, length, MSG_DONTWAIT) >= 0) ||
	       nlab_error_set(error, errno, "send a frame", "%zu bytes", length);
}

uint32_t nlab_port_lost(const struct nlab_port *port)
{
	struct tpacket_stats statistics = {0};
	socklen_t size = sizeof statistics;
	getsockopt(port->fd, SOL_PACKET, PACKET_STATISTICS, &statistics, &size);
	return statistics.tp_drops;
}

int nlab_port_keep_stamps(struct nlab_error *error)
{
	nlab_autofd fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		nlab_error_set(error, errno, "open a socket", "to keep packet stamps on");
		return -1;
	}
	return set_option(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1, "SO_TIMESTAMPNS", error) ? nlab_fd_steal(&fd)
										      : -1;
}

/* port.h: where the lab reads and writes the frames of one interface: a packet(7) socket.
 * Floor kernel. Times are nanoseconds on the recording's clock, stamped by the kernel when the frame came in. Nothing
 * here blocks. A frame is in the port's queue once the send call that made it has returned. */
#ifndef NLAB_KERNEL_PORT_H
#define NLAB_KERNEL_PORT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Asked for; the kernel doubles it for its overhead of 800 to 2300 bytes a frame. In a user namespace it gives no more
 * than net.core.rmem_max, which is 208 KiB by default: about 180 full frames, against 3600 of the whole. */
#define NLAB_PORT_QUEUE_BYTES (4u << 20)
/* Received at once. */
#define NLAB_PORT_FRAMES 32
/* The longest frame of IP is 65549 bytes with its Ethernet header. */
#define NLAB_PORT_FRAME_BYTES (68u << 10)

struct nlab_port {
	int fd; /* -1: closed. Readable, poll(2), when a frame waits */
};

struct nlab_frame {
	uint8_t *bytes;  /* Ethernet header first; in the buffers until they are used again; may be changed */
	uint32_t length; /* on the interface */
	uint32_t captured;     /* in bytes[]; less than `length` when the frame was longer than a buffer */
	int64_t time_ns;       /* when it came in */
	bool checksum_pending; /* the transport checksum is not whole: left for hardware to fill in */
};

struct nlab_port_slots;
struct nlab_port_buffers {
	struct nlab_port_slots *slots; /* NULL: none */
};

/* Get buffers for receiving, for as many ports as one likes, one after the other. Memory is taken as frames fill it:
 * about 128 KiB for frames of 1514 bytes. Fails with the errno of mmap(2). */
bool nlab_port_buffers_open(struct nlab_port_buffers *buffers, struct nlab_error *error);
void nlab_port_buffers_close(struct nlab_port_buffers *buffers);

/* Open a port on interface number `index` of the current network namespace: it sees every frame that comes in on it,
 * none that goes out (on lo each packet once) and none of other interfaces. Needs CAP_NET_RAW there. Fails with the
 * errno of socket(2), setsockopt(2) or bind(2): ENODEV when there is no such interface. */
bool nlab_port_open(struct nlab_port *port, unsigned index, struct nlab_error *error);

/* Close it. The kernel takes 12 to 28 ms for that (RCU): let the end of the process do it where time matters. */
void nlab_port_close(struct nlab_port *port);

/* Take up to `room` (and NLAB_PORT_FRAMES) waiting frames. Returns how many, 0 when none waits, -1 with `error` filled
 * when the interface or the socket fails (ENETDOWN after the interface went down, once at the most; go on then). */
int nlab_port_receive(const struct nlab_port *port, struct nlab_port_buffers *buffers,
		      struct nlab_frame *frames, unsigned room, struct nlab_error *error);

/* Send a whole frame, Ethernet header included, out of the interface, past its queueing discipline. Fails with
 * ENETDOWN (interface down), EMSGSIZE (longer than the MTU allows), ENOBUFS (no carrier, or no room). */
bool nlab_port_send(const struct nlab_port *port, const void *frame, size_t length, struct nlab_error *error);

/* Keep the kernel's stamping of packets on for as long as the returned descriptor is open (-1: refused, `error` says
 * why). It is switched on and off for the whole machine by deferred work: up to about 5 ms after the first socket asks
 * for stamps, packets still get the time at which they are read instead. So the runner opens this once, at its start. */
int nlab_port_keep_stamps(struct nlab_error *error);

/* How many frames the queue had no room for since the last call: they are not in any recording. */
uint32_t nlab_port_lost(const struct nlab_port *port);

#endif

/* tap.h: the ends of the wire: the ports that frames come from and go to, each on a link. Floor lab.
 * A tap without a port is a puppet's: nothing comes from it by itself, and what reaches it is only recorded. */
#ifndef NLAB_LAB_TAP_H
#define NLAB_LAB_TAP_H

#include "facts/packet.h"
#include "kernel/port.h"

#include <stdbool.h>
#include <stdint.h>

#define NLAB_WIRE_PORTS 256

struct nlab_wire_port {
	struct nlab_port *
	    port; /* owned by the wire once it is added; NULL: a puppet's, what reaches it is only recorded */
	uint16_t id; /* interface id in the recording, from 1 */
	uint16_t host;
	uint16_t link; /* frames go only to ports of the same link; 0 for loopback */
	bool loopback;
	uint8_t mac[6];
};

struct nlab_tap { /* a port and what was read from it */
	struct nlab_wire_port port;
	struct nlab_port_buffers buffers;
	struct nlab_frame frames[NLAB_PORT_FRAMES];
	bool unplugged; /* its host has crashed */
};

struct nlab_arrival {
	const struct nlab_tap *from;
	struct nlab_frame *frame;
};

struct nlab_taps {
	int epoll; /* readable when a frame has arrived (epoll(7)) */
	size_t count;
	struct nlab_tap *tap[NLAB_WIRE_PORTS]; /* interface n of the recording is tap[n - 1] */
	struct nlab_arrival arrivals[NLAB_WIRE_PORTS * NLAB_PORT_FRAMES];
};

/* No taps yet. False with errno. Free with nlab_taps_close(), also when this failed. */
bool nlab_taps_open(struct nlab_taps *taps);
void nlab_taps_close(struct nlab_taps *taps);

/* Close every port at once, each in a thread of its own: the kernel waits a grace period of RCU in each close(2), 12 to 28
 * ms, and these can pass together. */
void nlab_taps_close_ports(struct nlab_taps *taps);

/* Add a port. False when there are NLAB_WIRE_PORTS already. */
bool nlab_taps_add(struct nlab_taps *taps, const struct nlab_wire_port *port);

/* Take the taps of a host out: nothing comes from them or goes to them any more. The ports stay open. */
void nlab_taps_unplug(struct nlab_taps *taps, uint16_t host);

/* The tap with this interface id, or NULL when there is none, or it was unplugged. */
struct nlab_tap *nlab_taps_at(const struct nlab_taps *taps, uint16_t id);

/* The interface id that a packet from a tap goes to: NLAB_PORT_FLOOD for a group address, NLAB_PORT_NONE when nobody on the
 * link has its MAC. */
uint16_t nlab_taps_destination(const struct nlab_taps *taps, const struct nlab_tap *from,
			       const struct nlab_packet *packet);

/* Whether a frame from a tap to this interface id (or NLAB_PORT_FLOOD) goes to the tap `to`. */
bool nlab_tap_takes(const struct nlab_tap *to, const struct nlab_tap *from, uint16_t to_port);

/* Read every port once, without blocking: taps->arrivals, sorted by the kernel's stamps. Returns how many; they are valid
 * until the next call. */
size_t nlab_taps_receive(struct nlab_taps *taps);

#endif

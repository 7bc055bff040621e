/* tap.c: the ends of the wire: opening, closing, reading in the order of time, finding who takes a frame. Floor lab. */
#include "lab/tap.h"

#include "facts/recording.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

bool nlab_taps_open(struct nlab_taps *taps)
{
	taps->epoll = epoll_create1(EPOLL_CLOEXEC);
	return taps->epoll >= 0;
}

void nlab_taps_close(struct nlab_taps *taps)
{
	for (size_t i = 0; i < taps->count; i++) {
		if (taps->tap[i]->port.port) {
			nlab_port_close(taps->tap[i]->port.port);
			nlab_port_buffers_close(&taps->tap[i]->buffers);
			free(taps->tap[i]->port.port);
		}
		free(taps->tap[i]);
	}
	taps->count = 0;
	if (taps->epoll >= 0) {
		close(taps->epoll);
	}
	taps->epoll = -1;
}

static void *close_port(void *port)
{
	nlab_port_close(port);
	return NULL;
}

void nlab_taps_close_ports(struct nlab_taps *taps)
{
	pthread_t threads[NLAB_WIRE_PORTS];
	bool started[NLAB_WIRE_PORTS] = {false};
	for (size_t i = 0; i < taps->count; i++) {
		struct nlab_port *port = taps->tap[i]->port.port;
		started[i] = port && pthread_create(&threads[i], NULL, close_port, port) == 0;
	}
	for (size_t i = 0; i < taps->count; i++) {
		if (started[i]) {
			pthread_join(threads[i], NULL);
		}
	}
}

/* Have a port read. */
static bool listen_to(const struct nlab_taps *taps, struct nlab_tap *tap, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = tap};
	bool listening = nlab_port_buffers_open(&tap->buffers, NULL) &&
			 epoll_ctl(taps->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
	if (!listening) {
		nlab_port_buffers_close(&tap->buffers);
	}
	return listening;
}

bool nlab_taps_add(struct nlab_taps *taps, const struct nlab_wire_port *port)
{
	struct nlab_tap *tap = taps->count < NLAB_WIRE_PORTS ? calloc(1, sizeof *tap) : NULL;
	if (!tap || (port->port && !listen_to(taps, tap, port->port->fd))) {
		free(tap);
		return false;
	}
	tap->port = *port;
	taps->tap[taps->count++] = tap;
	return true;
}

void nlab_taps_unplug(struct nlab_taps *taps, uint16_t host)
{
	for (size_t i = 0; i < taps->count; i++) {
		struct nlab_tap *tap = taps->tap[i];
		if (tap->port.host == host && !tap->unplugged) {
			tap->unplugged = true;
			if (tap->port.port) {
				epoll_ctl(taps->epoll, EPOLL_CTL_DEL, tap->port.port->fd, NULL);
			}
		}
	}
}

struct nlab_tap *nlab_taps_at(const struct nlab_taps *taps, uint16_t id)
{
	struct nlab_tap *tap = id > 0 && id <= taps->count ? taps->tap[id - 1] : NULL;
	return tap && !tap->unplugged ? tap : NULL;
}

/* Whether a frame from one tap can reach the other one at all. */
static bool is_joined(const struct nlab_tap *from, const struct nlab_tap *to)
{
	return to != from && to->port.link == from->port.link && !to->port.loopback && !to->unplugged;
}

bool nlab_tap_takes(const struct nlab_tap *to, const struct nlab_tap *from, uint16_t to_port)
{
	return is_joined(from, to) && (to_port == NLAB_PORT_FLOOD || to_port == to->port.id);
}

uint16_t nlab_taps_destination(const struct nlab_taps *taps, const struct nlab_tap *from,
			       const struct nlab_packet *packet)
{
	if (from->port.loopback) {
		return from->port.id;
	}
	if (!(packet->layers & NLAB_LAYER_ETHER)) {
		return NLAB_PORT_NONE;
	}
	if (packet->frame[0] & 1) { /* a group address: broadcast or multicast */
		return NLAB_PORT_FLOOD;
	}
	for (size_t i = 0; i < taps->count; i++) {
		const struct nlab_tap *to = taps->tap[i];
		if (is_joined(from, to) && memcmp(to->port.mac, packet->frame, 6) == 0) {
			return to->port.id;
		}
	}
	return NLAB_PORT_NONE;
}

static void insert_by_time(struct nlab_arrival *arrivals, size_t count, struct nlab_arrival arrival)
{
	size_t at = count;
	for (; at > 0 && arrivals[at - 1].frame->time_ns > arrival.frame->time_ns; at--) {
		arrivals[at] = arrivals[at - 1];
	}
	arrivals[at] = arrival;
}

size_t nlab_taps_receive(struct nlab_taps *taps)
{
	struct epoll_event events[NLAB_WIRE_PORTS];
	size_t count = 0;
	int ready = epoll_wait(taps->epoll, events, NLAB_WIRE_PORTS, 0);
	for (int i = 0; i < ready; i++) {
		struct nlab_tap *tap = events[i].data.ptr;
		int got =
		    nlab_port_receive(tap->port.port, &tap->buffers, tap->frames, NLAB_PORT_FRAMES, NULL);
		for (int k = 0; k < got; k++) {
			insert_by_time(taps->arrivals, count++, (struct nlab_arrival){tap, &tap->frames[k]});
		}
	}
	return count;
}

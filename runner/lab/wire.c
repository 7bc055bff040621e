/* wire.c: carries the frames between the hosts and records every one. Floor lab.
 * Frames come from the ports in the order of their kernel stamps, are marked with hosts and flow, judged by the rules
 * (lab/verdict.h), recorded, and delivered or queued. The queue holds no bytes: they stand in the recording. */
#include "lab/wire.h"

#include "base/clock.h"
#include "facts/checksum.h"
#include "facts/flow.h"
#include "lab/addresses.h"
#include "lab/queue.h"
#include "lab/verdict.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

struct tap { /* a port and what was read from it */
	struct nlab_wire_port port;
	struct nlab_port_buffers buffers;
	struct nlab_frame frames[NLAB_PORT_FRAMES];
	bool unplugged; /* its host has crashed */
};

struct arrival {
	struct tap *from;
	struct nlab_frame *frame;
};

struct nlab_wire {
	struct nlab_recording *recording; /* borrowed */
	struct nlab_flows *flows;
	int epoll;
	size_t taps;
	struct tap *tap[NLAB_WIRE_PORTS];
	struct nlab_addresses addresses;
	struct nlab_verdicts verdicts;
	struct nlab_queue queue;
	struct arrival arrivals[NLAB_WIRE_PORTS * NLAB_PORT_FRAMES];
};

struct nlab_wire *nlab_wire_new(struct nlab_recording *recording, struct nlab_error *error)
{
	struct nlab_wire *wire = calloc(1, sizeof *wire);
	if (wire) {
		wire->recording = recording;
		wire->flows = nlab_flows_new();
		wire->epoll = epoll_create1(EPOLL_CLOEXEC);
	}
	if (!wire || !wire->flows || wire->epoll < 0) {
		nlab_error_set(error, errno, "make the wire", "%s", "");
		nlab_wire_free(wire);
		return NULL;
	}
	return wire;
}

void nlab_wire_free(struct nlab_wire *wire)
{
	if (!wire) {
		return;
	}
	for (size_t i = 0; i < wire->taps; i++) {
		if (wire->tap[i]->port.port) {
			nlab_port_close(wire->tap[i]->port.port);
			nlab_port_buffers_close(&wire->tap[i]->buffers);
			free(wire->tap[i]->port.port);
		}
		free(wire->tap[i]);
	}
	nlab_queue_free(&wire->queue);
	nlab_flows_free(wire->flows);
	if (wire->epoll >= 0) {
		close(wire->epoll);
	}
	free(wire);
}

static void *close_port(void *port)
{
	nlab_port_close(port);
	return NULL;
}

void nlab_wire_close_ports(struct nlab_wire *wire)
{
	pthread_t threads[NLAB_WIRE_PORTS];
	bool started[NLAB_WIRE_PORTS] = {false};
	for (size_t i = 0; i < wire->taps; i++) {
		struct nlab_port *port = wire->tap[i]->port.port;
		started[i] = port && pthread_create(&threads[i], NULL, close_port, port) == 0;
	}
	for (size_t i = 0; i < wire->taps; i++) {
		if (started[i]) {
			pthread_join(threads[i], NULL);
		}
	}
}

/* Have the wire read from a port. */
static bool listen_to(const struct nlab_wire *wire, struct tap *tap, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = tap};
	bool listening = nlab_port_buffers_open(&tap->buffers, NULL) &&
			 epoll_ctl(wire->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
	if (!listening) {
		nlab_port_buffers_close(&tap->buffers);
	}
	return listening;
}

bool nlab_wire_add(struct nlab_wire *wire, const struct nlab_wire_port *port)
{
	struct tap *tap = wire->taps < NLAB_WIRE_PORTS ? calloc(1, sizeof *tap) : NULL;
	if (!tap || (port->port && !listen_to(wire, tap, port->port->fd))) {
		free(tap);
		return false;
	}
	tap->port = *port;
	wire->tap[wire->taps++] = tap;
	return true;
}

void nlab_wire_unplug(struct nlab_wire *wire, uint16_t host)
{
	for (size_t i = 0; i < wire->taps; i++) {
		struct tap *tap = wire->tap[i];
		if (tap->port.host == host && !tap->unplugged) {
			tap->unplugged = true;
			if (tap->port.port) {
				epoll_ctl(wire->epoll, EPOLL_CTL_DEL, tap->port.port->fd, NULL);
			}
		}
	}
}

bool nlab_wire_address(struct nlab_wire *wire, uint16_t host, const struct in6_addr *address)
{
	return nlab_addresses_add(&wire->addresses, host, address);
}

int nlab_wire_fd(const struct nlab_wire *wire)
{
	return wire->epoll;
}

/* ---- marking ---- */

/* Whether a frame from one port can reach the other one at all. */
static bool is_joined(const struct tap *from, const struct tap *to)
{
	return to != from && to->port.link == from->port.link && !to->port.loopback && !to->unplugged;
}

static const struct tap *tap_with_mac(const struct nlab_wire *wire, const struct tap *from,
				      const uint8_t *mac)
{
	for (size_t i = 0; i < wire->taps; i++) {
		if (is_joined(from, wire->tap[i]) && memcmp(wire->tap[i]->port.mac, mac, 6) == 0) {
			return wire->tap[i];
		}
	}
	return NULL;
}

static uint16_t destination(const struct nlab_wire *wire, const struct tap *from,
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
	const struct tap *to = tap_with_mac(wire, from, packet->frame);
	return to ? to->port.id : NLAB_PORT_NONE;
}

static void mark(struct nlab_wire *wire, const struct tap *from, const struct nlab_packet *packet,
		 struct nlab_packet_record *record)
{
	struct nlab_flow_mark flow;
	nlab_flows_see(wire->flows, packet, from->port.loopback ? from->port.host : 0, &flow);
	record->flow = flow.flow;
	record->seq_base = flow.seq_base;
	record->ack_base = flow.ack_base;
	record->from_port = from->port.id;
	record->to_port = destination(wire, from, packet);
	if (packet->layers & NLAB_LAYER_ADDRESSES) {
		record->src_host = nlab_addresses_host(&wire->addresses, packet->ip.src);
		record->dst_host = nlab_addresses_host(&wire->addresses, packet->ip.dst);
	}
	if (from->port.loopback) {
		record->src_host = record->dst_host = from->port.host;
	}
}

/* ---- delivering ---- */

/* Hand a recorded frame to its receivers; its fate and time say so already, unless no one can take it: an interface is
 * down, or its host has crashed meanwhile. */
static void transmit(struct nlab_wire *wire, struct nlab_packet_record *record)
{
	const struct tap *from = wire->tap[record->from_port - 1];
	bool taken = from->port.loopback;
	for (size_t i = 0; i < wire->taps; i++) {
		const struct tap *to = wire->tap[i];
		if (is_joined(from, to) &&
		    (record->to_port == NLAB_PORT_FLOOD || record->to_port == to->port.id)) {
			taken |= !to->port.port ||
				 nlab_port_send(to->port.port, record->frame, record->captured, NULL);
		}
	}
	if (!taken) {
		atomic_store(&record->fate, NLAB_FATE_NOWHERE);
		atomic_store(&record->received_ns, 0);
		nlab_recording_wake(wire->recording);
	}
}

/* Deliver a frame that was waiting in the queue. */
static void deliver_late(struct nlab_wire *wire, struct nlab_packet_record *record)
{
	atomic_store(&record->received_ns, nlab_clock_recording_ns());
	atomic_store(&record->fate, NLAB_FATE_DELIVERED);
	nlab_recording_wake(wire->recording);
	transmit(wire, record);
}

/* ---- carrying ---- */

/* Record a packet with its fate, and deliver it or keep it back. Returns its id, 0 when the recording is full: the
 * experiment is in error then, and the lab ends it. */
static uint32_t dispatch(struct nlab_wire *wire, struct nlab_packet_record *draft, const uint8_t *frame,
			 const struct nlab_verdict *verdict)
{
	draft->rule = verdict->rule;
	atomic_init(&draft->fate, verdict->fate);
	if (verdict->fate == NLAB_FATE_DELIVERED) {
		bool loopback = draft->from_port == draft->to_port;
		atomic_init(&draft->received_ns, loopback ? draft->head.time_ns : nlab_clock_recording_ns());
	}
	struct nlab_packet_record *record = nlab_recording_packet(wire->recording, draft, frame);
	if (record && verdict->fate == NLAB_FATE_DELIVERED) {
		transmit(wire, record);
	} else if (record && (verdict->fate == NLAB_FATE_PENDING || verdict->fate == NLAB_FATE_HELD)) {
		nlab_queue_add(&wire->queue, record, verdict->rule, verdict->due_ns);
	}
	return record ? record->id : 0;
}

/* The packet as it was sent is recorded as altered; what goes on is a changed copy. */
static uint32_t alter(struct nlab_wire *wire, struct nlab_packet_record *draft,
		      const struct nlab_packet *packet, uint8_t *frame, const struct nlab_verdict *verdict)
{
	const struct nlab_verdict altered = {.fate = NLAB_FATE_ALTERED, .rule = verdict->altered->id};
	uint32_t id = dispatch(wire, draft, frame, &altered);
	draft->copy_of = id;
	draft->captured = (uint32_t)nlab_verdict_alter(verdict->altered, packet, frame, draft->captured);
	draft->length = draft->captured;
	return id;
}

static void carry_frame(struct nlab_wire *wire, const struct arrival *arrival)
{
	struct nlab_frame *frame = arrival->frame;
	struct nlab_packet packet;
	struct nlab_packet_record draft = {
	    .head.time_ns = frame->time_ns, .captured = frame->captured, .length = frame->length};
	struct nlab_verdict verdict = {.fate = NLAB_FATE_DELIVERED};
	if (frame->checksum_pending) {
		nlab_checksum_complete(frame->bytes, frame->captured);
	}
	nlab_packet_decode(&packet, frame->bytes, frame->captured, frame->length);
	mark(wire, arrival->from, &packet, &draft);
	if (draft.to_port == NLAB_PORT_NONE) {
		verdict.fate = NLAB_FATE_NOWHERE;
	} else if (!arrival->from->port.loopback) {
		const struct nlab_packet_context context = {&packet, &draft};
		verdict = nlab_verdict(&wire->verdicts, arrival->from->port.link, &context);
		nlab_verdicts_tell(&wire->verdicts, wire->recording, frame->time_ns);
	}
	uint32_t id = verdict.altered ? alter(wire, &draft, &packet, frame->bytes, &verdict) : 0;
	uint32_t sent = dispatch(wire, &draft, frame->bytes, &verdict);
	draft.copy_of = id ? id : sent;
	for (unsigned i = 0; i < verdict.copies; i++) {
		struct nlab_verdict copy = verdict;
		copy.rule = verdict.rule ? verdict.rule : verdict.copier;
		dispatch(wire, &draft, frame->bytes, &copy);
	}
}

static void insert_by_time(struct arrival *arrivals, size_t count, struct arrival arrival)
{
	size_t at = count;
	for (; at > 0 && arrivals[at - 1].frame->time_ns > arrival.frame->time_ns; at--) {
		arrivals[at] = arrivals[at - 1];
	}
	arrivals[at] = arrival;
}

size_t nlab_wire_carry(struct nlab_wire *wire)
{
	struct epoll_event events[NLAB_WIRE_PORTS];
	size_t count = 0;
	int ready = epoll_wait(wire->epoll, events, NLAB_WIRE_PORTS, 0);
	for (int i = 0; i < ready; i++) {
		struct tap *tap = events[i].data.ptr;
		int got =
		    nlab_port_receive(tap->port.port, &tap->buffers, tap->frames, NLAB_PORT_FRAMES, NULL);
		for (int k = 0; k < got; k++) {
			insert_by_time(wire->arrivals, count++, (struct arrival){tap, &tap->frames[k]});
		}
	}
	for (size_t i = 0; i < count; i++) {
		carry_frame(wire, &wire->arrivals[i]);
	}
	return count;
}

bool nlab_wire_inject(struct nlab_wire *wire, uint16_t interface, uint8_t *frame, size_t length)
{
	struct tap *from = interface > 0 && interface <= wire->taps ? wire->tap[interface - 1] : NULL;
	if (!from || from->unplugged || length > UINT32_MAX) {
		return false;
	}
	if (from->port.loopback) { /* it comes back in by the port, and is recorded there */
		return nlab_port_send(from->port.port, frame, length, NULL);
	}
	struct nlab_frame sent = {.bytes = frame,
				  .length = (uint32_t)length,
				  .captured = (uint32_t)length,
				  .time_ns = nlab_clock_recording_ns()};
	carry_frame(wire, &(struct arrival){from, &sent});
	return true;
}

void nlab_wire_drain(struct nlab_wire *wire, size_t limit)
{
	size_t carried = 0;
	size_t now;
	do {
		now = nlab_wire_carry(wire);
		nlab_wire_due(wire);
		carried += now;
	} while (now && carried < limit);
}

int64_t nlab_wire_due(struct nlab_wire *wire)
{
	struct nlab_packet_record *record;
	while ((record = nlab_queue_take_due(&wire->queue, nlab_clock_recording_ns()))) {
		deliver_late(wire, record);
	}
	return nlab_queue_next_due(&wire->queue);
}

/* ---- orders ---- */

uint16_t nlab_wire_rule(struct nlab_wire *wire, const struct nlab_order *order, struct nlab_error *error)
{
	return nlab_verdicts_add(&wire->verdicts, order, error);
}

size_t nlab_wire_release(struct nlab_wire *wire, uint16_t id, size_t count)
{
	size_t released = 0;
	struct nlab_packet_record *record;
	while (released < count && (record = nlab_queue_take_held(&wire->queue, id))) {
		deliver_late(wire, record);
		released++;
	}
	return released;
}

size_t nlab_wire_remove(struct nlab_wire *wire, uint16_t id, unsigned action)
{
	size_t removed = 0;
	uint16_t gone;
	while ((gone = nlab_verdicts_remove(&wire->verdicts, id, action))) {
		struct nlab_packet_record *record;
		while ((record = nlab_queue_take_of(&wire->queue, gone))) {
			deliver_late(wire, record);
		}
		removed++;
	}
	return removed;
}

bool nlab_wire_hits(const struct nlab_wire *wire, uint16_t id, uint64_t *hits, uint64_t *held)
{
	*held = nlab_queue_count_held(&wire->queue, id);
	return nlab_verdicts_hits(&wire->verdicts, id, hits);
}

void nlab_wire_check_lost(struct nlab_wire *wire)
{
	for (size_t i = 0; i < wire->taps; i++) {
		struct tap *tap = wire->tap[i];
		uint32_t lost = tap->port.port ? nlab_port_lost(tap->port.port) : 0;
		struct nlab_event_record event = {.head.time_ns = nlab_clock_recording_ns(),
						  .event = NLAB_EVENT_LOST,
						  .host = tap->port.host,
						  .a = lost};
		if (lost) {
			nlab_recording_event(wire->recording, &event, "", 0);
		}
	}
}

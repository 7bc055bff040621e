/* wire.c: carries the frames between the hosts and records every one. Floor lab.
 * Frames come from the ports in the order of their kernel stamps, are marked with hosts and flow, judged by the rules
 * (lab/verdict.h), recorded, and delivered or queued. The queue holds no bytes: they stand in the recording. */
#include "lab/wire.h"

#include "base/clock.h"
#include "facts/answer.h"
#include "facts/checksum.h"
#include "lab/deliver.h"

#include <errno.h>
#include <stdlib.h>

struct nlab_wire *nlab_wire_new(struct nlab_recording *recording, struct nlab_error *error)
{
	struct nlab_wire *wire = calloc(1, sizeof *wire);
	bool opened = false;
	if (wire) {
		wire->recording = recording;
		opened = nlab_taps_open(&wire->taps);
		wire->flows = nlab_flows_new();
	}
	if (!opened || !wire->flows) {
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
	nlab_taps_close(&wire->taps);
	nlab_queue_free(&wire->queue);
	nlab_puppets_free(&wire->puppets);
	nlab_outbox_free(&wire->outbox);
	nlab_flows_free(wire->flows);
	free(wire);
}

void nlab_wire_close_ports(struct nlab_wire *wire)
{
	nlab_taps_close_ports(&wire->taps);
}

bool nlab_wire_add(struct nlab_wire *wire, const struct nlab_wire_port *port)
{
	return nlab_taps_add(&wire->taps, port);
}

void nlab_wire_unplug(struct nlab_wire *wire, uint16_t host)
{
	nlab_taps_unplug(&wire->taps, host);
}

bool nlab_wire_address(struct nlab_wire *wire, uint16_t host, const struct in6_addr *address)
{
	return nlab_addresses_add(&wire->addresses, host, address);
}

bool nlab_wire_answer(struct nlab_wire *wire, uint16_t host, int64_t answers)
{
	return nlab_puppets_set(&wire->puppets, host, answers);
}

int nlab_wire_fd(const struct nlab_wire *wire)
{
	return wire->taps.epoll;
}

/* ---- marking ---- */

static void mark(struct nlab_wire *wire, const struct nlab_tap *from, const struct nlab_packet *packet,
		 struct nlab_packet_record *record)
{
	struct nlab_flow_mark flow;
	nlab_flows_see(wire->flows, packet, from->port.loopback ? from->port.host : 0, &flow);
	record->flow = flow.flow;
	record->seq_base = flow.seq_base;
	record->ack_base = flow.ack_base;
	record->from_port = from->port.id;
	record->to_port = nlab_taps_destination(&wire->taps, from, packet);
	if (packet->layers & NLAB_LAYER_ADDRESSES) {
		record->src_host = nlab_addresses_host(&wire->addresses, packet->ip.src);
		record->dst_host = nlab_addresses_host(&wire->addresses, packet->ip.dst);
	}
	if (from->port.loopback) {
		record->src_host = record->dst_host = from->port.host;
	}
}

/* ---- carrying ---- */

static bool is_kept(enum nlab_fate fate)
{
	return fate == NLAB_FATE_PENDING || fate == NLAB_FATE_HELD || fate == NLAB_FATE_ASKED;
}

/* Record a packet with its fate, and deliver it or keep it back. Returns its id, 0 when the recording is full: the
 * experiment is in error then, and the lab ends it. */
static uint32_t dispatch(struct nlab_wire *wire, struct nlab_packet_record *draft, const uint8_t *frame,
			 const struct nlab_verdict *verdict)
{
	draft->rule = verdict->rule ? verdict->rule : draft->made_by;
	atomic_init(&draft->fate, verdict->fate);
	if (verdict->fate == NLAB_FATE_DELIVERED) {
		bool loopback = draft->from_port == draft->to_port;
		atomic_init(&draft->received_ns, loopback ? draft->head.time_ns : nlab_clock_recording_ns());
	}
	struct nlab_packet_record *record = nlab_recording_packet(wire->recording, draft, frame);
	if (record && verdict->fate == NLAB_FATE_DELIVERED) {
		nlab_deliver_now(wire, record);
	} else if (record && is_kept(verdict->fate)) {
		const struct nlab_queue_item item = {record, verdict->rule, (uint8_t)verdict->wait,
						     verdict->gap, verdict->due_ns};
		nlab_queue_add(&wire->queue, &item);
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

/* Answer a rejected packet from the interface that it went to. */
static void reject(struct nlab_wire *wire, const struct nlab_packet_record *draft,
		   const struct nlab_packet *packet, const struct nlab_verdict_rule *rule)
{
	uint8_t frame[NLAB_ANSWER_ROOM];
	size_t size = nlab_verdict_answer(rule, packet, frame, sizeof frame);
	if (size > 0) { /* then it went to one interface: a group is not answered */
		nlab_outbox_add(&wire->outbox, draft->to_port, rule->id, draft->head.time_ns + 1, frame,
				size);
	}
}

/* `made_by`: the rule whose answer it is, 0: it was sent. */
static void carry_frame(struct nlab_wire *wire, const struct nlab_arrival *arrival, uint16_t made_by)
{
	struct nlab_frame *frame = arrival->frame;
	struct nlab_packet packet;
	struct nlab_packet_record draft = {.head.time_ns = frame->time_ns,
					   .made_by = made_by,
					   .captured = frame->captured,
					   .length = frame->length};
	struct nlab_verdict verdict = {.fate = NLAB_FATE_DELIVERED};
	if (frame->checksum_pending) {
		nlab_checksum_complete(frame->bytes, frame->captured);
	}
	nlab_packet_decode(&packet, frame->bytes, frame->captured, frame->length);
	mark(wire, arrival->from, &packet, &draft);
	if (nlab_puppets_listen(&wire->puppets, arrival->from)) {
		nlab_puppets_sent(&wire->puppets, arrival->from->port.host, draft.flow, &packet);
	}
	if (draft.to_port == NLAB_PORT_NONE) {
		verdict.fate = NLAB_FATE_NOWHERE;
	} else if (!arrival->from->port.loopback) {
		const struct nlab_packet_context context = {&packet, &draft};
		verdict = nlab_verdict(&wire->verdicts, &wire->queue, arrival->from->port.link, &context);
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
	if (verdict.rejects) {
		reject(wire, &draft, &packet, verdict.rejects);
	}
}

/* Carry the answers to what was carried, and the answers to these. They end: nothing answers an answer without end. */
static void carry_answers(struct nlab_wire *wire)
{
	struct nlab_outbox_item *item;
	while ((item = nlab_outbox_take(&wire->outbox))) {
		struct nlab_frame frame = {.bytes = item->frame,
					   .length = item->length,
					   .captured = item->length,
					   .time_ns = item->time_ns};
		const struct nlab_tap *from = nlab_taps_at(&wire->taps, item->from);
		if (from) {
			carry_frame(wire, &(struct nlab_arrival){from, &frame}, item->made_by);
		}
		free(item);
	}
}

size_t nlab_wire_carry(struct nlab_wire *wire)
{
	size_t count = nlab_taps_receive(&wire->taps);
	for (size_t i = 0; i < count; i++) {
		carry_frame(wire, &wire->taps.arrivals[i], 0);
		carry_answers(wire);
	}
	return count;
}

bool nlab_wire_inject(struct nlab_wire *wire, uint16_t interface, uint8_t *frame, size_t length)
{
	const struct nlab_tap *from = nlab_taps_at(&wire->taps, interface);
	if (!from || length > UINT32_MAX) {
		return false;
	}
	if (from->port.loopback) { /* it comes back in by the port, and is recorded there */
		return nlab_port_send(from->port.port, frame, length, NULL);
	}
	struct nlab_frame sent = {.bytes = frame,
				  .length = (uint32_t)length,
				  .captured = (uint32_t)length,
				  .time_ns = nlab_clock_recording_ns()};
	carry_frame(wire, &(struct nlab_arrival){from, &sent}, 0);
	carry_answers(wire);
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
		nlab_deliver_late(wire, record);
		carry_answers(wire);
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
		nlab_deliver_late(wire, record);
		carry_answers(wire);
		released++;
	}
	return released;
}

bool nlab_wire_release_packet(struct nlab_wire *wire, uint16_t id, uint32_t packet)
{
	struct nlab_packet_record *record =
	    nlab_queue_take_packet(&wire->queue, NLAB_WAIT_RELEASE, id, packet);
	if (record) {
		nlab_deliver_late(wire, record);
		carry_answers(wire);
	}
	return record != NULL;
}

size_t nlab_wire_remove(struct nlab_wire *wire, uint16_t id, unsigned action)
{
	size_t removed = 0;
	uint16_t gone;
	while ((gone = nlab_verdicts_remove(&wire->verdicts, id, action))) {
		struct nlab_packet_record *record;
		while ((record = nlab_queue_take_of(&wire->queue, gone))) {
			nlab_deliver_late(wire, record);
			carry_answers(wire);
		}
		removed++;
	}
	return removed;
}

uint32_t nlab_wire_asked(const struct nlab_wire *wire, uint16_t id)
{
	return nlab_queue_asked(&wire->queue, id);
}

/* Keep back a packet that a filter has decided about. */
static void keep(struct nlab_wire *wire, struct nlab_packet_record *record, enum nlab_fate fate,
		 enum nlab_wait wait, int64_t due_ns)
{
	const struct nlab_queue_item item = {
	    .record = record, .rule = record->rule, .wait = (uint8_t)wait, .due_ns = due_ns};
	atomic_store(&record->fate, fate);
	nlab_queue_add(&wire->queue, &item);
}

static void deliver_copy(struct nlab_wire *wire, const struct nlab_packet_record *record)
{
	struct nlab_packet_record copy = *record;
	const struct nlab_verdict delivered = {.fate = NLAB_FATE_DELIVERED, .rule = record->rule};
	copy.head.time_ns = nlab_clock_recording_ns();
	copy.copy_of = record->id;
	dispatch(wire, &copy, record->frame, &delivered);
}

bool nlab_wire_decide(struct nlab_wire *wire, uint16_t id, uint32_t packet, unsigned says, int64_t delay_ns)
{
	struct nlab_packet_record *record =
	    says < NLAB_FILTER_COUNT ? nlab_queue_take_packet(&wire->queue, NLAB_WAIT_FILTER, id, packet)
				     : NULL;
	if (!record) {
		return says < NLAB_FILTER_COUNT;
	}
	if (says == NLAB_FILTER_DROP) {
		atomic_store(&record->fate, NLAB_FATE_DROPPED);
		nlab_recording_wake(wire->recording);
	} else if (says == NLAB_FILTER_HOLD) {
		keep(wire, record, NLAB_FATE_HELD, NLAB_WAIT_RELEASE, INT64_MAX);
	} else if (says == NLAB_FILTER_DELAY) {
		keep(wire, record, NLAB_FATE_PENDING, NLAB_WAIT_TIME, record->head.time_ns + delay_ns);
	} else {
		nlab_deliver_late(wire, record);
	}
	if (says == NLAB_FILTER_DUPLICATE) {
		deliver_copy(wire, record);
	}
	carry_answers(wire);
	return true;
}

bool nlab_wire_hits(const struct nlab_wire *wire, uint16_t id, uint64_t *hits, uint64_t *held)
{
	*held = nlab_queue_count_held(&wire->queue, id);
	return nlab_verdicts_hits(&wire->verdicts, id, hits);
}

void nlab_wire_check_lost(struct nlab_wire *wire)
{
	for (size_t i = 0; i < wire->taps.count; i++) {
		const struct nlab_tap *tap = wire->taps.tap[i];
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

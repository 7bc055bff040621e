/* deliver.c: handing recorded frames to their receivers. Floor lab. */
#include "lab/deliver.h"

#include "base/clock.h"
#include "facts/answer.h"

/* A puppet that answers by itself is reached by a frame; its answer leaves at `now_ns`. */
static void reach_puppet(struct nlab_wire *wire, const struct nlab_tap *puppet,
			 const struct nlab_packet_record *record, int64_t now_ns)
{
	uint8_t frame[NLAB_ANSWER_ROOM], address[16];
	struct nlab_packet packet;
	nlab_packet_decode(&packet, record->frame, record->captured, record->length);
	uint16_t asked = nlab_answer_asked(&packet, address) ? nlab_addresses_host(&wire->addresses, address)
							     : record->dst_host;
	size_t size =
	    nlab_puppets_answer(&wire->puppets, puppet, asked, record->flow, &packet, frame, sizeof frame);
	if (size > 0) {
		nlab_outbox_add(&wire->outbox, puppet->port.id, 0, now_ns, frame, size);
	}
}

/* Hand a recorded frame to its receivers; its fate and time say so already, unless no one can take it: an interface is
 * down, or its host has crashed meanwhile. */
static void transmit(struct nlab_wire *wire, struct nlab_packet_record *record, int64_t now_ns)
{
	const struct nlab_tap *from = wire->taps.tap[record->from_port - 1];
	bool taken = from->port.loopback;
	for (size_t i = 0; i < wire->taps.count; i++) {
		const struct nlab_tap *to = wire->taps.tap[i];
		if (nlab_tap_takes(to, from, record->to_port)) {
			taken |= !to->port.port ||
				 nlab_port_send(to->port.port, record->frame, record->captured, NULL);
			if (nlab_puppets_listen(&wire->puppets, to)) {
				reach_puppet(wire, to, record, now_ns);
			}
		}
	}
	if (!taken) {
		atomic_store(&record->fate, NLAB_FATE_NOWHERE);
		atomic_store(&record->received_ns, 0);
		nlab_recording_wake(wire->recording);
	}
}

/* Deliver a frame that was waiting in the queue. */
static void deliver_one(struct nlab_wire *wire, struct nlab_packet_record *record)
{
	int64_t now_ns = nlab_clock_recording_ns();
	atomic_store(&record->received_ns, now_ns);
	atomic_store(&record->fate, NLAB_FATE_DELIVERED);
	nlab_recording_wake(wire->recording);
	transmit(wire, record, now_ns);
}

/* A packet has been delivered: behind it goes what it has overtaken, and what that has overtaken. */
static void deliver_overtaken(struct nlab_wire *wire, const struct nlab_packet_record *record)
{
	struct nlab_packet_record *late;
	nlab_queue_overtake(&wire->queue, record);
	while ((late = nlab_queue_take_overtaken(&wire->queue))) {
		deliver_one(wire, late);
		nlab_queue_overtake(&wire->queue, late);
	}
}

void nlab_deliver_late(struct nlab_wire *wire, struct nlab_packet_record *record)
{
	deliver_one(wire, record);
	deliver_overtaken(wire, record);
}

void nlab_deliver_now(struct nlab_wire *wire, struct nlab_packet_record *record)
{
	transmit(wire, record, record->head.time_ns + 1);
	deliver_overtaken(wire, record);
}

/* told.h: recordings made by hand: what a lab would tell of its hosts, and packets. Include it behind cmocka.h. */
#ifndef NLAB_TESTS_TOLD_H
#define NLAB_TESTS_TOLD_H

#include "facts/recording.h"

#include "frames.h"

#include <string.h>

#define START INT64_C(1700000000000000001) /* ends in a 1: nanoseconds must survive */

/* An event, `at` nanoseconds behind START. */
static inline void tell_at(struct nlab_recording *recording, int64_t at, enum nlab_event_kind kind,
			   uint16_t host, int64_t a, const char *text)
{
	struct nlab_event_record record = {
	    .event = (uint16_t)kind, .host = host, .a = a, .head.time_ns = START + at};
	assert_true(nlab_recording_event(recording, &record, text, strlen(text)));
}

static inline void tell(struct nlab_recording *recording, enum nlab_event_kind kind, uint16_t host, int64_t a,
			const char *text)
{
	tell_at(recording, 0, kind, host, a, text);
}

/* A packet, sent and received (0: not) so many nanoseconds behind START. */
static inline void tell_packet(struct nlab_recording *recording, const struct nlab_packet_record *given,
			       int64_t sent, int64_t received, const struct frame *frame)
{
	struct nlab_packet_record record = *given;
	record.head.time_ns = START + sent;
	record.received_ns = received ? START + received : 0;
	record.captured = record.length = (uint32_t)frame->size;
	assert_non_null(nlab_recording_packet(recording, &record, frame->bytes));
}

/* Three hosts with the interfaces 11 (lo of the client), 12, 13 and 14, and rule 2. */
static inline void tell_hosts(struct nlab_recording *recording)
{
	tell(recording, NLAB_EVENT_HOST, 1, 0, "client");
	tell(recording, NLAB_EVENT_HOST, 2, 0, "server");
	tell(recording, NLAB_EVENT_HOST, 3, 0, "third-one");
	tell(recording, NLAB_EVENT_PORT, 1, 11, "lo 00:00:00:00:00:00 127.0.0.1/8 ::1/128");
	tell(recording, NLAB_EVENT_PORT, 1, 12, "eth0 02:00:00:00:00:01 10.0.0.1/24 fd00::1/64");
	tell(recording, NLAB_EVENT_PORT, 2, 13, "eth0 02:00:00:00:00:02 10.0.0.2/24 fd00::2/64");
	tell(recording, NLAB_EVENT_PORT, 3, 14, "eth0 02:00:00:00:00:03 10.0.0.3/24");
	tell(recording, NLAB_EVENT_RULE, 0, 2, "server -> client SYN,ACK");
}

#endif

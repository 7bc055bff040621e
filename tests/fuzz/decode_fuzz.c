/* decode_fuzz.c: what reads bytes of strangers must take any bytes: frames (facts/packet.h,
 * facts/linktype.h) and capture files (kernel/capfile.h). The one function is libFuzzer's;
 * tests/fuzz/driver.c calls it as well. An input is read once as a frame, with a link type and a length of
 * capture in front, and once as a file. What is promised about the result is checked here: a broken
 * promise aborts. */
#include "facts/answer.h"
#include "facts/checksum.h"
#include "facts/field.h"
#include "facts/flow.h"
#include "facts/linktype.h"
#include "facts/packet.h"
#include "kernel/capfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define PROMISED(condition) ((condition) ? (void)0 : broken_promise(#condition, __LINE__))

static void broken_promise(const char *condition, int line)
{
	fprintf(stderr, "decode_fuzz.c:%d: does not hold: %s\n", line, condition);
	abort();
}

static void look_at_texts(const struct nlab_packet *packet)
{
	char text[512];
	nlab_tcp_flags_text(packet->tcp.flags, text, 32);
	PROMISED(strlen(text) < 32);
	nlab_tcp_options_text(&packet->options, text, sizeof text);
	PROMISED(strlen(text) < sizeof text);
	nlab_address_text(packet->ip.src, text, 46);
	PROMISED(strlen(text) >= 2);
	nlab_address_text(packet->quoted.ip.dst, text, 46);
	PROMISED(strlen(text) >= 2);
	PROMISED(nlab_proto_name(packet->proto) != NULL);
}

static void look_at_packet(const struct nlab_packet *packet, const struct nlab_packet_record *record)
{
	PROMISED(packet->captured <= packet->length);
	PROMISED((size_t)packet->payload + packet->payload_captured <= packet->captured ||
		 packet->payload_captured == 0);
	PROMISED((size_t)packet->payload + packet->payload_length <= packet->length ||
		 packet->payload_length == 0);
	PROMISED(packet->payload_captured <= packet->payload_length);
	PROMISED(!(packet->layers & NLAB_LAYER_TCP) == (packet->proto != NLAB_PROTO_TCP));
	PROMISED(packet->options.cookie_length == 0 || packet->options.cookie > packet->frame);
	look_at_texts(packet);
	nlab_checksum_verify(packet);
	struct nlab_packet_context context = {packet, record};
	for (unsigned number = 0; number < nlab_field_count(); number++) {
		const struct nlab_field *field = nlab_field_at(number);
		uint64_t value = 0;
		const uint8_t *address = nlab_field_address(field, &context);
		PROMISED(!address || !nlab_field_get(field, &context, &value));
		nlab_field_get(field, &context, &value);
	}
}

/* An answer is a whole frame of its own, of somebody who answers to nothing broken. */
static void look_at_answer(const uint8_t *frame, size_t size)
{
	struct nlab_packet answer;
	nlab_packet_decode(&answer, frame, size, size);
	PROMISED(size == 0 || !(answer.layers & NLAB_LAYER_MALFORMED));
	PROMISED(size == 0 || nlab_checksum_verify(&answer) != NLAB_CHECKSUM_BAD);
}

static void look_at_answers(const struct nlab_packet *packet)
{
	static const uint8_t MAC[6] = {2, 0, 0, 0, 0, 1};
	static const struct nlab_answer_error ERROR = {.type = 1, .code = 4};
	static const struct nlab_answer_segment SEGMENT = {.flags = NLAB_TCP_SYN, .mss = 1460};
	uint8_t frame[NLAB_ANSWER_ROOM];
	look_at_answer(frame, nlab_answer_reset(packet, frame, sizeof frame));
	look_at_answer(frame, nlab_answer_tcp(packet, &SEGMENT, frame, sizeof frame));
	look_at_answer(frame, nlab_answer_icmp(packet, &ERROR, frame, sizeof frame));
	look_at_answer(frame, nlab_answer_neighbour(packet, MAC, frame, sizeof frame));
}

static void look_at_frame(const uint8_t *bytes, size_t size)
{
	static const unsigned LINKTYPES[] = {1, 0, 101, 113, 276, 147, 12, 108};
	struct nlab_packet packet;
	struct nlab_link_header header;
	if (size < 2) {
		return;
	}
	size_t captured = size - 2, length = captured + (bytes[1] >> 4);
	if (nlab_linktype_header(LINKTYPES[bytes[0] & 7], bytes + 2, captured, &header)) {
		PROMISED(header.skip <= captured);
	}
	nlab_packet_decode(&packet, bytes + 2, captured, length);
	look_at_packet(&packet, NULL);
	look_at_answers(&packet);
}

static void look_at_recording(const struct nlab_recording *recording, struct nlab_flows *flows)
{
	const struct nlab_lab_record *at = NULL;
	uint32_t count = 0;
	while ((at = nlab_recording_next(recording, at))) {
		if (at->kind != NLAB_LAB_PACKET) {
			continue;
		}
		const struct nlab_packet_record *record = (const void *)at;
		struct nlab_packet packet;
		struct nlab_flow_mark mark;
		count++;
		PROMISED(record->id == count);
		PROMISED(at->time_ns >= 0);
		nlab_packet_decode(&packet, record->frame, record->captured, record->length);
		look_at_packet(&packet, record);
		nlab_flows_see(flows, &packet, record->src_host, &mark);
		PROMISED(!mark.flow == !(packet.layers & NLAB_LAYER_PORTS));
	}
	PROMISED(count == atomic_load(&recording->lab->packets));
	PROMISED(!nlab_recording_overflowed(recording));
}

static void look_at_file(const uint8_t *bytes, size_t size)
{
	struct nlab_capfile file;
	struct nlab_error error = {0};
	uint8_t *copy = malloc(size ? size : 1);
	struct nlab_flows *flows = nlab_flows_new();
	if (!copy || !flows) {
		abort();
	}
	memcpy(copy, bytes, size);
	bool good = nlab_capfile_parse(&file, copy, size, "fuzz", &error);
	PROMISED(good == !error.step[0]);
	if (good) {
		look_at_recording(&file.recording, flows);
		for (size_t i = 0; i < file.comment_count; i++) {
			PROMISED(file.comments[i].text.at >= copy);
			PROMISED(file.comments[i].text.at + file.comments[i].text.size <= copy + size);
		}
	}
	nlab_capfile_close(&file);
	nlab_flows_free(flows);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	look_at_frame(bytes, size);
	if (size >= 4) {
		look_at_file(bytes, size);
	}
	return 0;
}

/* field.c: the table of packet fields. Floor facts.
 * A row says where the value lies (a member of the packet or of its record) and what must be there for it to
 * count, or names a function that computes it. */
#include "facts/field.h"

#include "facts/checksum.h"

#include <string.h>

typedef bool getter(const struct nlab_packet_context *context, uint64_t *value);

enum field_source { OF_PACKET, OF_RECORD, COMPUTED };

struct nlab_field {
	const char *name;
	uint8_t type;    /* enum nlab_field_type */
	uint8_t source;  /* enum field_source */
	uint8_t size;    /* bytes of the member */
	uint8_t option;  /* enum nlab_tcp_option that must be there, 0: none */
	uint16_t offset; /* of the member */
	uint32_t layers; /* enum nlab_layer bits that must all be there */
	bool nonzero;    /* 0 means that there is none */
	getter *get;     /* COMPUTED */
};

/* ---- computed values: the layers of the row are there ---- */

static bool get_seq(const struct nlab_packet_context *context, uint64_t *value)
{
	*value = context->record ? context->packet->tcp.seq - context->record->seq_base : 0;
	return context->record != NULL;
}

static bool get_ack(const struct nlab_packet_context *context, uint64_t *value)
{
	*value = context->record ? context->packet->tcp.ack - context->record->ack_base : 0;
	return context->record != NULL && context->packet->tcp.flags & NLAB_TCP_ACK;
}

static bool get_urg(const struct nlab_packet_context *context, uint64_t *value)
{
	*value = context->packet->tcp.urgent;
	return context->packet->tcp.flags & NLAB_TCP_URG;
}

static bool get_sackok(const struct nlab_packet_context *context, uint64_t *value)
{
	*value = (context->packet->options.has & NLAB_OPTION_SACKOK) != 0;
	return true;
}

static bool get_ts(const struct nlab_packet_context *context, uint64_t *value)
{
	*value = (context->packet->options.has & NLAB_OPTION_TS) != 0;
	return true;
}

static bool get_checksum_ok(const struct nlab_packet_context *context, uint64_t *value)
{
	enum nlab_checksum checksum = nlab_checksum_verify(context->packet);
	*value = checksum == NLAB_CHECKSUM_OK;
	return checksum != NLAB_CHECKSUM_UNKNOWN;
}

static bool get_loopback(const struct nlab_packet_context *context, uint64_t *value)
{
	const struct nlab_packet_record *record = context->record;
	*value = record && record->from_port != NLAB_PORT_NONE && record->from_port == record->to_port;
	return record != NULL;
}

static bool get_arp_sha(const struct nlab_packet_context *context, uint64_t *value)
{
	*value = 0;
	for (unsigned i = 0; i < sizeof context->packet->arp.sha; i++) {
		*value = *value << 8 | context->packet->arp.sha[i];
	}
	return true;
}

/* ---- the table ---- */

#define MEMBER(structure, member)                                                                            \
	.offset = offsetof(struct structure, member), .size = sizeof((struct structure *)0)->member

#define PACKET(name_, type_, layers_, member)                                                                \
	{                                                                                                    \
		.name = name_, .type = type_, .source = OF_PACKET, .layers = layers_,                        \
		MEMBER(nlab_packet, member)                                                                  \
	}
#define OPTION(name_, option_, member)                                                                       \
	{                                                                                                    \
		.name = name_, .type = NLAB_FIELD_NUMBER, .source = OF_PACKET, .layers = NLAB_LAYER_TCP,     \
		.option = option_, MEMBER(nlab_packet, options.member)                                       \
	}
#define RECORD(name_, type_, nonzero_, member)                                                               \
	{                                                                                                    \
		.name = name_, .type = type_, .source = OF_RECORD, .nonzero = nonzero_,                      \
		MEMBER(nlab_packet_record, member)                                                           \
	}
#define COMPUTED(name_, type_, layers_, get_)                                                                \
	{                                                                                                    \
		.name = name_, .type = type_, .source = COMPUTED, .layers = layers_, .get = get_             \
	}

static const struct nlab_field FIELDS[] = {
    RECORD("id", NLAB_FIELD_NUMBER, false, id),
    RECORD("time", NLAB_FIELD_TIME, false, head.time_ns),
    RECORD("received", NLAB_FIELD_TIME, true, received_ns),
    RECORD("fate", NLAB_FIELD_FATE, false, fate),
    RECORD("rule", NLAB_FIELD_NUMBER, true, rule),
    RECORD("flow", NLAB_FIELD_NUMBER, true, flow),
    RECORD("from", NLAB_FIELD_PORT, true, from_port),
    RECORD("to", NLAB_FIELD_PORT, true, to_port),
    RECORD("copy_of", NLAB_FIELD_NUMBER, true, copy_of),
    RECORD("made_by", NLAB_FIELD_NUMBER, true, made_by),
    RECORD("link", NLAB_FIELD_LINK, true, from_port),
    RECORD("src_host", NLAB_FIELD_HOST, true, src_host),
    RECORD("dst_host", NLAB_FIELD_HOST, true, dst_host),
    COMPUTED("loopback", NLAB_FIELD_BOOLEAN, 0, get_loopback),
    PACKET("length", NLAB_FIELD_NUMBER, 0, length),
    PACKET("proto", NLAB_FIELD_PROTO, 0, proto),
    PACKET("src", NLAB_FIELD_ADDRESS, NLAB_LAYER_ADDRESSES, ip.src),
    PACKET("dst", NLAB_FIELD_ADDRESS, NLAB_LAYER_ADDRESSES, ip.dst),
    PACKET("sport", NLAB_FIELD_NUMBER, NLAB_LAYER_PORTS, sport),
    PACKET("dport", NLAB_FIELD_NUMBER, NLAB_LAYER_PORTS, dport),
    PACKET("ttl", NLAB_FIELD_NUMBER, NLAB_LAYER_IP, ip.ttl),
    PACKET("tos", NLAB_FIELD_NUMBER, NLAB_LAYER_IP, ip.tos),
    PACKET("ipid", NLAB_FIELD_NUMBER, NLAB_LAYER_IP4, ip.id),
    PACKET("df", NLAB_FIELD_BOOLEAN, NLAB_LAYER_IP4, ip.df),
    PACKET("mf", NLAB_FIELD_BOOLEAN, NLAB_LAYER_IP, ip.mf),
    PACKET("frag", NLAB_FIELD_NUMBER, NLAB_LAYER_IP, ip.fragment_offset),
    PACKET("len", NLAB_FIELD_NUMBER, NLAB_LAYER_IP, payload_length),
    COMPUTED("checksum_ok", NLAB_FIELD_BOOLEAN, NLAB_LAYER_IP, get_checksum_ok),
    PACKET("flags", NLAB_FIELD_FLAGS, NLAB_LAYER_TCP, tcp.flags),
    COMPUTED("seq", NLAB_FIELD_NUMBER, NLAB_LAYER_TCP, get_seq),
    COMPUTED("ack", NLAB_FIELD_NUMBER, NLAB_LAYER_TCP, get_ack),
    PACKET("rawseq", NLAB_FIELD_NUMBER, NLAB_LAYER_TCP, tcp.seq),
    PACKET("rawack", NLAB_FIELD_NUMBER, NLAB_LAYER_TCP, tcp.ack),
    PACKET("win", NLAB_FIELD_NUMBER, NLAB_LAYER_TCP, tcp.window),
    COMPUTED("urg", NLAB_FIELD_NUMBER, NLAB_LAYER_TCP, get_urg),
    OPTION("mss", NLAB_OPTION_MSS, mss),
    OPTION("wscale", NLAB_OPTION_WSCALE, wscale),
    COMPUTED("sackok", NLAB_FIELD_BOOLEAN, NLAB_LAYER_TCP, get_sackok),
    COMPUTED("ts", NLAB_FIELD_BOOLEAN, NLAB_LAYER_TCP, get_ts),
    OPTION("tsval", NLAB_OPTION_TS, tsval),
    OPTION("tsecr", NLAB_OPTION_TS, tsecr),
    PACKET("icmp_type", NLAB_FIELD_NUMBER, NLAB_LAYER_ICMP, icmp_type),
    PACKET("icmp_code", NLAB_FIELD_NUMBER, NLAB_LAYER_ICMP, icmp_code),
    PACKET("arp_op", NLAB_FIELD_NUMBER, NLAB_LAYER_ARP, arp.op),
    PACKET("arp_spa", NLAB_FIELD_ADDRESS, NLAB_LAYER_ARP, ip.src),
    PACKET("arp_tpa", NLAB_FIELD_ADDRESS, NLAB_LAYER_ARP, ip.dst),
    COMPUTED("arp_sha", NLAB_FIELD_MAC, NLAB_LAYER_ARP, get_arp_sha),
};

unsigned nlab_field_count(void)
{
	return sizeof FIELDS / sizeof FIELDS[0];
}

const struct nlab_field *nlab_field_at(unsigned number)
{
	return number < nlab_field_count() ? &FIELDS[number] : NULL;
}

int nlab_field_number(const char *name)
{
	for (unsigned i = 0; i < nlab_field_count(); i++) {
		if (strcmp(FIELDS[i].name, name) == 0) {
			return (int)i;
		}
	}
	return -1;
}

const char *nlab_field_name(const struct nlab_field *field)
{
	return field->name;
}

enum nlab_field_type nlab_field_type(const struct nlab_field *field)
{
	return (enum nlab_field_type)field->type;
}

/* The integer of `size` bytes at `at`. The record's members that change are read once, as atomics of that
 * size. */
static uint64_t read_member(const uint8_t *at, size_t size)
{
	switch (size) {
	case 1:
		return *at;
	case 2:
		return *(const uint16_t *)(const void *)at;
	case 4:
		return __atomic_load_n((const uint32_t *)(const void *)at, __ATOMIC_ACQUIRE);
	default:
		return __atomic_load_n((const uint64_t *)(const void *)at, __ATOMIC_ACQUIRE);
	}
}

static bool has_field(const struct nlab_field *field, const struct nlab_packet_context *context)
{
	return (context->packet->layers & field->layers) == field->layers &&
	       (context->packet->options.has & field->option) == field->option &&
	       (field->source != OF_RECORD || context->record);
}

bool nlab_field_get(const struct nlab_field *field, const struct nlab_packet_context *context,
		    uint64_t *value)
{
	if (field->type == NLAB_FIELD_ADDRESS || !has_field(field, context)) {
		return false;
	}
	if (field->get) {
		return field->get(context, value);
	}
	const void *from =
	    field->source == OF_RECORD ? (const void *)context->record : (const void *)context->packet;
	*value = read_member((const uint8_t *)from + field->offset, field->size);
	return *value != 0 || !field->nonzero;
}

const uint8_t *nlab_field_address(const struct nlab_field *field, const struct nlab_packet_context *context)
{
	bool there = field->type == NLAB_FIELD_ADDRESS && has_field(field, context);
	return there ? (const uint8_t *)context->packet + field->offset : NULL;
}

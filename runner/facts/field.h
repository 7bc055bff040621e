/* field.h: the fields of a packet, in one table: what scripts read, what the wire's rules compare.
 * Floor facts. A field is a number or an address of 16 bytes (IPv4-mapped where it is IPv4); texts are made
 * of them by who shows them. A packet that lacks a field (no TCP: no seq) has no value for it, not a zero. */
#ifndef NLAB_FACTS_FIELD_H
#define NLAB_FACTS_FIELD_H

#include "facts/packet.h"
#include "facts/recording.h"

#include <stdbool.h>
#include <stdint.h>

/* What the number means */
enum nlab_field_type {
	NLAB_FIELD_NUMBER,
	NLAB_FIELD_BOOLEAN,
	NLAB_FIELD_FLAGS,   /* enum nlab_tcp_flag bits */
	NLAB_FIELD_PROTO,   /* enum nlab_proto */
	NLAB_FIELD_FATE,    /* enum nlab_fate */
	NLAB_FIELD_HOST,    /* a host id */
	NLAB_FIELD_PORT,    /* an interface id, or NLAB_PORT_FLOOD */
	NLAB_FIELD_LINK,    /* the link of an interface id */
	NLAB_FIELD_TIME,    /* nanoseconds on the recording's clock */
	NLAB_FIELD_MAC,     /* 48 bits, the first byte highest */
	NLAB_FIELD_ADDRESS, /* no number: 16 bytes */
};

/* A packet with what is known about it. `record` may be NULL (then what comes from it is absent: seq and ack
 * too). */
struct nlab_packet_context {
	const struct nlab_packet *packet;
	const struct nlab_packet_record *record;
};

struct nlab_field;

/* How many fields there are; their numbers are 0 .. count - 1. Numbers hold within one build of the program.
 */
unsigned nlab_field_count(void);

/* The field with that number, or NULL. */
const struct nlab_field *nlab_field_at(unsigned number);

/* The number of the field with that name, or -1. */
int nlab_field_number(const char *name);

const char *nlab_field_name(const struct nlab_field *field);
enum nlab_field_type nlab_field_type(const struct nlab_field *field);

/* The value of a field that is no address. False when the packet lacks it or the field is an address. */
bool nlab_field_get(const struct nlab_field *field, const struct nlab_packet_context *context,
		    uint64_t *value);

/* The value of an address field: 16 bytes inside the packet, or NULL when it lacks it or the field is no
 * address. */
const uint8_t *nlab_field_address(const struct nlab_field *field, const struct nlab_packet_context *context);

#endif

/* build_field.h: the fields of a Lua table that describes a packet, in one table: name, kind, limits, the protocols
 * that have it, where it goes. Floor bind. */
#ifndef NLAB_BIND_BUILD_FIELD_H
#define NLAB_BIND_BUILD_FIELD_H

#include "facts/build.h"

#include <lua.h>

/* A description while it is read. What it points to are strings of the Lua table, or lies in it. */
struct nlab_build_reading {
	struct nlab_build build;
	uint64_t seen;     /* bit i: the field i of the table was there */
	unsigned families; /* of the addresses: bit 4 and bit 6 of it, by IP version */
	uint8_t cookie[NLAB_TCP_OPTION_BYTES];
};

struct nlab_build_row {
	const char *name;
	const char *
	    kind; /* as scripts are told: "number", "boolean", "text", "bytes", "address", "mac", "checksum" */
	/* Take the value on top of the stack; misuse raises an error that names the field. */
	void (*read)(lua_State *L, const struct nlab_build_row *row, struct nlab_build_reading *reading);
	uint32_t of;     /* bit i: enum nlab_proto i has it */
	uint16_t offset; /* of the member of struct nlab_build */
	uint8_t size;    /* bytes of the member */
	uint8_t option;  /* enum nlab_tcp_option that is there with it, or 0 */
	uint8_t shift;   /* a number of 32 bits is moved up by so many and joined with what is there */
	uint32_t max;    /* of a number; the least is 0 */
};

/* The row with number `index` (from 0), or NULL behind the last one. There are at most 64. */
const struct nlab_build_row *nlab_build_row_at(unsigned index);

#endif

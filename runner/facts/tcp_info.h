/* tcp_info.h: the fields of struct tcp_info (tcp(7), linux/tcp.h) by name. Floor facts.
 * One const table: what a script gets from TCP_INFO, its unit and its meaning. */
#ifndef NLAB_FACTS_TCP_INFO_H
#define NLAB_FACTS_TCP_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nlab_tcp_info_unit {
	NLAB_TCP_INFO_NUMBER, /* an integer */
	NLAB_TCP_INFO_STATE,  /* a TCP state, see facts/tcp_state.h */
	NLAB_TCP_INFO_FLAGS,  /* TCPI_OPT_* */
	NLAB_TCP_INFO_BOOLEAN,
	NLAB_TCP_INFO_MICROSECONDS, /* a script gets seconds */
	NLAB_TCP_INFO_MILLISECONDS, /* a script gets seconds */
	NLAB_TCP_INFO_UNITS
};

struct nlab_tcp_info_field {
	const char *name;      /* without the prefix tcpi_ */
	uint16_t offset, size; /* in the structure, in bytes */
	uint8_t shift, bits;   /* of a bit-field; bits 0: the whole */
	enum nlab_tcp_info_unit unit;
	const char *doc; /* what it is, with what it counts */
};

/* The field with number `index` (from 0), or NULL behind the last one. Static storage. */
const struct nlab_tcp_info_field *nlab_tcp_info_at(size_t index);

/* Read a field out of `length` bytes that the kernel returned for TCP_INFO. False when they end before it (an
 * older kernel). */
bool nlab_tcp_info_read(const struct nlab_tcp_info_field *field, const void *bytes, size_t length,
			uint64_t *value);

#endif

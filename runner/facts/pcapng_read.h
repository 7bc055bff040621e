/* pcapng_read.h: reading a pcapng file (draft-ietf-opsawg-pcapng) of any origin, from memory. Floor facts.
 * Total: any bytes may stand there; nothing beyond them is looked at, and the reader gets to an end. What
 * libpcap's reader does not give or refuses is read here: interfaces of several link types and lengths,
 * their names, name resolution records, comments, directions, packet ids.
 *
 * Blocks that are not known are passed over. The first block that contradicts itself ends the reading,
 * since nothing tells where the next one begins. */
#ifndef NLAB_FACTS_PCAPNG_READ_H
#define NLAB_FACTS_PCAPNG_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NLAB_PCAPNG_MAGIC 0x0a0d0d0au /* how such a file begins, in either byte order */
#define NLAB_PCAPNG_ORDER 0x1a2b3c4du /* its third word, in the byte order of its writer */

struct nlab_bytes { /* borrowed from the file; not terminated */
	const uint8_t *at;
	size_t size;
};

enum nlab_pcapng_item {
	NLAB_PCAPNG_END,       /* the file ended where it may */
	NLAB_PCAPNG_BROKEN,    /* `problem` says why the reading ends at byte `at` */
	NLAB_PCAPNG_SECTION,   /* a section began: `netlab`, `comment` */
	NLAB_PCAPNG_INTERFACE, /* one more in interfaces[] */
	NLAB_PCAPNG_NAME,      /* `name` */
	NLAB_PCAPNG_PACKET,    /* `packet` */
	NLAB_PCAPNG_STORY,     /* `story`: the next piece of the text that facts/pcapng.h noted */
	NLAB_PCAPNG_SKIPPED,   /* nothing of interest; go on */
};

enum nlab_direction { NLAB_DIRECTION_UNKNOWN, NLAB_DIRECTION_IN, NLAB_DIRECTION_OUT }; /* as in epb_flags */

struct nlab_pcapng_interface {
	struct nlab_bytes name;
	int64_t offset_s;   /* seconds to add to its times */
	uint32_t snaplen;   /* 0: no limit */
	uint32_t section;   /* which section it belongs to, from 1 */
	uint16_t linktype;  /* facts/linktype.h */
	uint8_t resolution; /* if_tsresol: ticks are 10^-n s, or 2^-n s when the highest bit is set */
};

struct nlab_pcapng_packet {
	const uint8_t *frame;
	uint32_t captured, length; /* captured <= length */
	uint32_t interface;        /* index in interfaces[] */
	int64_t time_ns; /* since 1970, 0 .. INT64_MAX; a packet without a time has that of the one before */
	uint64_t id;     /* epb_packetid when has_id */
	bool has_id;
	uint8_t direction; /* enum nlab_direction */
	struct nlab_bytes comment;
};

struct nlab_pcapng_name { /* a host's name; IPv4 addresses are mapped, ::ffff:a.b.c.d */
	uint8_t address[16];
	struct nlab_bytes name;
};

struct nlab_pcapng_reader { /* begin with zeros but for bytes and size; free(interfaces) at the end */
	const uint8_t *bytes;
	size_t size;
	size_t at;              /* the next block; when broken, the block that is */
	uint32_t sections;      /* that began */
	bool swapped;           /* this section is in the other byte order */
	bool netlab;            /* this section was written by facts/pcapng.h */
	struct nlab_bytes rest; /* records of a name resolution block that were not handed out */
	struct nlab_bytes comment;
	struct nlab_bytes story;
	struct nlab_bytes pieces; /* options of a section that were not looked through for it */
	struct nlab_pcapng_interface *interfaces; /* of all sections */
	uint32_t interface_count, interface_room;
	uint32_t first_interface; /* of this section */
	struct nlab_pcapng_packet packet;
	struct nlab_pcapng_name name;
	char problem[96];
};

/* Read on. After END and BROKEN it says the same again. */
enum nlab_pcapng_item nlab_pcapng_next(struct nlab_pcapng_reader *reader);

#endif

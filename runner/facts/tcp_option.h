/* tcp_option.h: the options of a TCP header (RFC 9293 3.2). Floor facts; a pure function of the bytes.
 * Options are told apart by their kind, the number in their first byte; all kinds are kept, in order. */
#ifndef NLAB_FACTS_TCP_OPTION_H
#define NLAB_FACTS_TCP_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NLAB_TCP_OPTION_BYTES 40 /* what a header has room for: as many options at the most */
#define NLAB_TCP_SACK_BLOCKS  4

/* Bits of nlab_tcp_options.has: the options whose values are understood */
enum nlab_tcp_option {
	NLAB_OPTION_MSS = 1 << 0,      /* kind 2, RFC 9293 3.7.1 */
	NLAB_OPTION_WSCALE = 1 << 1,   /* kind 3, RFC 7323 2 */
	NLAB_OPTION_SACKOK = 1 << 2,   /* kind 4, RFC 2018 2 */
	NLAB_OPTION_SACK = 1 << 3,     /* kind 5, RFC 2018 3 */
	NLAB_OPTION_TS = 1 << 4,       /* kind 8, RFC 7323 3 */
	NLAB_OPTION_FASTOPEN = 1 << 5, /* kind 34, RFC 7413 4.1.1 */
};

struct nlab_tcp_options {
	uint8_t has;           /* enum nlab_tcp_option; what follows is zero without its bit */
	uint8_t count;         /* how many options, of any kind */
	uint8_t wscale;        /* shift count */
	uint8_t sack_blocks;   /* of sack[] */
	uint16_t mss;          /* bytes */
	uint8_t cookie_length; /* bytes, 0: a request for a cookie */
	bool malformed; /* an option ran over the end or had a length below 2: what is behind it is lost */
	uint32_t tsval, tsecr;
	const uint8_t *cookie;                  /* of fast open; points into the bytes that were parsed */
	uint32_t sack[NLAB_TCP_SACK_BLOCKS][2]; /* left and right edges, absolute */
	uint8_t kinds[NLAB_TCP_OPTION_BYTES];   /* in order; an end-of-list option is the last one */
};

/* Parse the `size` bytes behind the fixed header. `options` must be all zero. An option with a length that
 * its kind does not allow is kept by its kind, its value is ignored (as Linux does); of two of one kind the
 * last one counts. */
void nlab_tcp_options_parse(struct nlab_tcp_options *options, const uint8_t *bytes, size_t size);

/* The name of an option ("mss", "ts", "md5"), or NULL when the kind has none here. */
const char *nlab_tcp_option_name(uint8_t kind);

/* Write the names of all options, in order, with commas between: "mss,sackok,ts,nop,wscale"; a kind without a
 * name is written "opt253". Cut at `size`, always terminated; returns `buffer`. 40 * 7 bytes are always
 * enough. */
const char *nlab_tcp_options_text(const struct nlab_tcp_options *options, char *buffer, size_t size);

#endif

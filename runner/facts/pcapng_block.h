/* pcapng_block.h: the blocks and options that a pcapng file is made of (draft-ietf-opsawg-pcapng 3.1, 3.5).
 * Floor facts. Blocks are made in a buffer and written when it is large; integers are in host byte order. A
 * failure is kept in the output and makes all further work do nothing, so it is looked at once, at the end.
 */
#ifndef NLAB_FACTS_PCAPNG_BLOCK_H
#define NLAB_FACTS_PCAPNG_BLOCK_H

#include <stddef.h>
#include <stdint.h>

/* The option that anybody may define and any program may copy (3.5.1), with the enterprise number that RFC 5612 sets aside for
 * documentation; ours begin with NLAB_PCAPNG_MARK. */
#define NLAB_PCAPNG_CUSTOM     2989
#define NLAB_PCAPNG_ENTERPRISE 32473u
#define NLAB_PCAPNG_MARK       0x6e6c6162u /* "nlab" */
#define NLAB_PCAPNG_HEAD       8           /* bytes of both */
#define NLAB_PCAPNG_PIECE      60000       /* bytes behind them, at the most: an option is limited to 65535 */

struct nlab_pcapng_output { /* begin with zeros but for fd; free(bytes) at the end */
	int fd;             /* borrowed */
	int failed;         /* errno of the first failure, 0: none so far */
	uint8_t *bytes;
	size_t used, room;
	size_t block; /* where the block under work begins */
};

/* Begin a block of that type; one at a time. */
void nlab_pcapng_begin(struct nlab_pcapng_output *out, uint32_t type);

/* End the options and the block. May write. */
void nlab_pcapng_end(struct nlab_pcapng_output *out);

/* Append bytes, with zeros up to a multiple of 4. */
void nlab_pcapng_put(struct nlab_pcapng_output *out, const void *bytes, size_t size);
void nlab_pcapng_put32(struct nlab_pcapng_output *out, uint32_t value);

/* Append an option (or a record of a name resolution block, which has the same form). A text is cut to 65535
 * bytes. */
void nlab_pcapng_option(struct nlab_pcapng_output *out, uint16_t code, const void *value, size_t size);
void nlab_pcapng_text(struct nlab_pcapng_output *out, uint16_t code, const char *text);

/* Write what is in the buffer; blocks as write(2) does. */
void nlab_pcapng_flush(struct nlab_pcapng_output *out);

#endif

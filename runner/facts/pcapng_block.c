/* pcapng_block.c: making pcapng blocks. Floor facts. */
#include "facts/pcapng_block.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FLUSH_AT 65536

void nlab_pcapng_flush(struct nlab_pcapng_output *out)
{
	size_t done = 0;
	while (done < out->used && !out->failed) {
		ssize_t count = write(out->fd, out->bytes + done, out->used - done);
		if (count >= 0) {
			done += (size_t)count;
		} else if (errno != EINTR) {
			out->failed = errno;
		}
	}
	out->used = 0;
}

void nlab_pcapng_put(struct nlab_pcapng_output *out, const void *bytes, size_t size)
{
	size_t padded = (size + 3) & ~(size_t)3;
	if (out->room - out->used < padded) {
		size_t room = (out->room + padded) * 2;
		uint8_t *grown = out->failed ? NULL : realloc(out->bytes, room);
		if (!grown) {
			out->failed = out->failed ? out->failed : ENOMEM;
			return;
		}
		out->bytes = grown;
		out->room = room;
	}
	if (size) {
		memcpy(out->bytes + out->used, bytes, size);
	}
	memset(out->bytes + out->used + size, 0, padded - size);
	out->used += padded;
}

void nlab_pcapng_put32(struct nlab_pcapng_output *out, uint32_t value)
{
	nlab_pcapng_put(out, &value, sizeof value);
}

void nlab_pcapng_option(struct nlab_pcapng_output *out, uint16_t code, const void *value, size_t size)
{
	uint16_t head[2] = {code, (uint16_t)size};
	nlab_pcapng_put(out, head, sizeof head);
	nlab_pcapng_put(out, value, size);
}

void nlab_pcapng_text(struct nlab_pcapng_output *out, uint16_t code, const char *text)
{
	size_t length = strlen(text);
	nlab_pcapng_option(out, code, text, length < UINT16_MAX ? length : UINT16_MAX);
}

void nlab_pcapng_begin(struct nlab_pcapng_output *out, uint32_t type)
{
	out->block = out->used;
	nlab_pcapng_put32(out, type);
	nlab_pcapng_put32(out, 0); /* the length, patched in by nlab_pcapng_end() */
}

void nlab_pcapng_end(struct nlab_pcapng_output *out)
{
	nlab_pcapng_put32(out, 0);
	uint32_t length = (uint32_t)(out->used - out->block + 4);
	nlab_pcapng_put32(out, length);
	if (!out->failed) {
		memcpy(out->bytes + out->block + 4, &length, sizeof length);
	}
	if (out->used >= FLUSH_AT) {
		nlab_pcapng_flush(out);
	}
}

/* tcp_option.c: one table of the TCP options: kind, name, length, how the value is read. Floor facts. */
#include "facts/tcp_option.h"

#include "facts/bytes.h"

#include <stdio.h>

#define KIND_EOL 0
#define KIND_NOP 1

/* Readers of a value: `value` is behind kind and length, `size` bytes. */

static void read_mss(struct nlab_tcp_options *options, const uint8_t *value, size_t size)
{
	(void)size;
	options->mss = nlab_get16(value);
}

static void read_wscale(struct nlab_tcp_options *options, const uint8_t *value, size_t size)
{
	(void)size;
	options->wscale = value[0];
}

static void read_sack(struct nlab_tcp_options *options, const uint8_t *value, size_t size)
{
	options->sack_blocks = (uint8_t)(size / 8);
	for (size_t i = 0; i < size / 8; i++) {
		options->sack[i][0] = nlab_get32(value + 8 * i);
		options->sack[i][1] = nlab_get32(value + 8 * i + 4);
	}
}

static void read_ts(struct nlab_tcp_options *options, const uint8_t *value, size_t size)
{
	(void)size;
	options->tsval = nlab_get32(value);
	options->tsecr = nlab_get32(value + 4);
}

static void read_fastopen(struct nlab_tcp_options *options, const uint8_t *value, size_t size)
{
	options->cookie = value;
	options->cookie_length = (uint8_t)size;
}

struct option_row {
	const char *name;
	void (*read)(struct nlab_tcp_options *options, const uint8_t *value, size_t size);
	uint8_t bit;         /* enum nlab_tcp_option, 0: kept by its kind only */
	uint8_t least, most; /* bytes of the value */
	uint8_t step;        /* the value is a multiple of this many bytes; 0: any */
};

static const struct option_row OPTIONS[] = {
    [KIND_EOL] = {.name = "eol"},
    [KIND_NOP] = {.name = "nop"},
    [2] = {"mss", read_mss, NLAB_OPTION_MSS, 2, 2, 0},
    [3] = {"wscale", read_wscale, NLAB_OPTION_WSCALE, 1, 1, 0},
    [4] = {"sackok", NULL, NLAB_OPTION_SACKOK, 0, 0, 0},
    [5] = {"sack", read_sack, NLAB_OPTION_SACK, 8, 8 * NLAB_TCP_SACK_BLOCKS, 8},
    [8] = {"ts", read_ts, NLAB_OPTION_TS, 8, 8, 0},
    [19] = {.name = "md5"},   /* RFC 2385 */
    [28] = {.name = "uto"},   /* RFC 5482 */
    [29] = {.name = "ao"},    /* RFC 5925 */
    [30] = {.name = "mptcp"}, /* RFC 8684 */
    [34] = {"fastopen", read_fastopen, NLAB_OPTION_FASTOPEN, 0, 16, 2},
};

#define ROWS (sizeof OPTIONS / sizeof OPTIONS[0])

static void read_value(struct nlab_tcp_options *options, uint8_t kind, const uint8_t *value, size_t size)
{
	if (kind >= ROWS || !OPTIONS[kind].bit) {
		return;
	}
	const struct option_row *row = &OPTIONS[kind];
	if (size < row->least || size > row->most || (row->step && size % row->step != 0)) {
		return;
	}
	if (row->read) {
		row->read(options, value, size);
	}
	options->has |= row->bit;
}

void nlab_tcp_options_parse(struct nlab_tcp_options *options, const uint8_t *bytes, size_t size)
{
	size = size < NLAB_TCP_OPTION_BYTES ? size : NLAB_TCP_OPTION_BYTES;
	for (size_t at = 0; at < size;) {
		uint8_t kind = bytes[at];
		options->kinds[options->count++] = kind;
		if (kind == KIND_EOL) {
			return;
		}
		if (kind == KIND_NOP) {
			at++;
			continue;
		}
		size_t length = at + 1 < size ? bytes[at + 1] : 0;
		if (length < 2 || length > size - at) {
			options->malformed = true;
			return;
		}
		read_value(options, kind, bytes + at + 2, length - 2);
		at += length;
	}
}

const char *nlab_tcp_option_name(uint8_t kind)
{
	return kind < ROWS ? OPTIONS[kind].name : NULL;
}

const char *nlab_tcp_options_text(const struct nlab_tcp_options *options, char *buffer, size_t size)
{
	size_t used = 0;
	buffer[0] = '\0';
	for (unsigned i = 0; i < options->count && used < size; i++) {
		const char *name = nlab_tcp_option_name(options->kinds[i]);
		char number[8];
		snprintf(number, sizeof number, "opt%u", options->kinds[i]);
		int length = snprintf(buffer + used, size - used, "%s%s", i ? "," : "", name ? name : number);
		used += (size_t)length;
	}
	return buffer;
}

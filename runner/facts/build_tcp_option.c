/* build_tcp_option.c: one table of the TCP options that can be written. Floor facts. */
#include "facts/build_tcp_option.h"

#include "facts/bytes.h"

#include <string.h>

#define KIND_EOL 0
#define KIND_NOP 1

static const char STEP[] = "build the TCP options";

/* Writers of a value: behind kind and length. */

static void write_mss(const struct nlab_tcp_options *options, uint8_t *value)
{
	nlab_put16(value, options->mss);
}

static void write_wscale(const struct nlab_tcp_options *options, uint8_t *value)
{
	value[0] = options->wscale;
}

static void write_sack(const struct nlab_tcp_options *options, uint8_t *value)
{
	for (size_t i = 0; i < options->sack_blocks; i++) {
		nlab_put32(value + 8 * i, options->sack[i][0]);
		nlab_put32(value + 8 * i + 4, options->sack[i][1]);
	}
}

static void write_ts(const struct nlab_tcp_options *options, uint8_t *value)
{
	nlab_put32(value, options->tsval);
	nlab_put32(value + 4, options->tsecr);
}

static void write_fastopen(const struct nlab_tcp_options *options, uint8_t *value)
{
	if (options->cookie_length) {
		memcpy(value, options->cookie, options->cookie_length);
	}
}

struct option_row {
	uint8_t kind;
	uint8_t bit;    /* enum nlab_tcp_option */
	uint8_t before; /* NOPs that Linux puts before it */
	uint8_t value;  /* bytes of the value, without what varies */
	void (*write)(const struct nlab_tcp_options *options, uint8_t *value); /* NULL: there is none */
};

/* In the order of Linux (tcp_options_write()). */
static const struct option_row OPTIONS[] = {
    {2, NLAB_OPTION_MSS, 0, 2, write_mss},   {4, NLAB_OPTION_SACKOK, 2, 0, NULL},
    {8, NLAB_OPTION_TS, 2, 8, write_ts},     {3, NLAB_OPTION_WSCALE, 1, 1, write_wscale},
    {5, NLAB_OPTION_SACK, 2, 0, write_sack}, {34, NLAB_OPTION_FASTOPEN, 0, 0, write_fastopen},
};

#define ROWS (sizeof OPTIONS / sizeof OPTIONS[0])

struct output {
	uint8_t *bytes;
	size_t size; /* goes on counting when the room is used up */
};

static void add_bytes(struct output *out, const uint8_t *bytes, size_t size)
{
	if (size && out->size + size <= NLAB_TCP_OPTION_BYTES) {
		memcpy(out->bytes + out->size, bytes, size);
	}
	out->size += size;
}

static void add_padding(struct output *out, uint8_t kind, size_t count)
{
	for (; count > 0; count--) {
		add_bytes(out, &kind, 1);
	}
}

/* Bytes that are missing to a multiple of 4. */
static size_t padding(size_t size)
{
	return (4 - size % 4) % 4;
}

static size_t value_size(const struct nlab_tcp_options *options, const struct option_row *row)
{
	size_t varying = row->bit == NLAB_OPTION_SACK       ? 8u * options->sack_blocks
			 : row->bit == NLAB_OPTION_FASTOPEN ? options->cookie_length
							    : 0;
	return row->value + varying;
}

static void add_option(struct output *out, const struct nlab_tcp_options *options,
		       const struct option_row *row)
{
	uint8_t option[2 + UINT8_MAX] = {row->kind};
	size_t size = 2 + value_size(options, row);
	if (size <= NLAB_TCP_OPTION_BYTES) {
		option[1] = (uint8_t)size;
		if (row->write) {
			row->write(options, option + 2);
		}
	}
	add_bytes(out, option, size);
}

static void add_as_linux(struct output *out, const struct nlab_tcp_options *options)
{
	for (size_t i = 0; i < ROWS; i++) {
		const struct option_row *row = &OPTIONS[i];
		if (!(options->has & row->bit)) {
			continue;
		}
		/* SACK permitted stands before the timestamps instead of their NOPs */
		bool pair = options->has & NLAB_OPTION_TS &&
			    (row->bit == NLAB_OPTION_SACKOK ||
			     (row->bit == NLAB_OPTION_TS && options->has & NLAB_OPTION_SACKOK));
		add_padding(out, KIND_NOP, pair ? 0 : row->before);
		add_option(out, options, row);
		add_padding(out, KIND_NOP, row->bit == NLAB_OPTION_FASTOPEN ? padding(out->size) : 0);
	}
}

static const struct option_row *find_kind(uint8_t kind)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (OPTIONS[i].kind == kind) {
			return &OPTIONS[i];
		}
	}
	return NULL;
}

static const char *name_of(uint8_t kind)
{
	const char *name = nlab_tcp_option_name(kind);
	return name ? name : "an option without a name";
}

static bool add_in_order(struct output *out, const struct nlab_tcp_options *options, struct nlab_error *error)
{
	unsigned named = 0;
	for (size_t i = 0; i < options->count; i++) {
		uint8_t kind = options->kinds[i];
		const struct option_row *row = find_kind(kind);
		if (kind == KIND_EOL || kind == KIND_NOP) {
			add_padding(out, kind, 1);
		} else if (!row) {
			return nlab_error_set(error, 0, STEP, "%s has no value here: give it as raw bytes",
					      name_of(kind));
		} else if (!(options->has & row->bit)) {
			return nlab_error_set(error, 0, STEP, "the order names %s, which has no value",
					      name_of(kind));
		} else {
			named |= row->bit;
			add_option(out, options, row);
		}
	}
	for (size_t i = 0; i < ROWS; i++) {
		if (options->has & ~named & OPTIONS[i].bit) {
			return nlab_error_set(error, 0, STEP, "%s has a value, but the order leaves it out",
					      name_of(OPTIONS[i].kind));
		}
	}
	return true;
}

bool nlab_build_tcp_options(const struct nlab_build *build, uint8_t *bytes, size_t *size,
			    struct nlab_error *error)
{
	const struct nlab_tcp_options *options = &build->options;
	struct output out = {0};
	out.bytes = bytes;
	bool blocks = !(options->has & NLAB_OPTION_SACK) ||
		      (options->sack_blocks >= 1 && options->sack_blocks <= NLAB_TCP_SACK_BLOCKS);
	if (!blocks) {
		return nlab_error_set(error, 0, STEP, "%u SACK blocks: there are 1 to %d",
				      options->sack_blocks, NLAB_TCP_SACK_BLOCKS);
	}
	if (options->count > NLAB_TCP_OPTION_BYTES) {
		return nlab_error_set(error, 0, STEP, "%u options do not fit", options->count);
	}
	if (!options->count) {
		add_as_linux(&out, options);
	} else if (!add_in_order(&out, options, error)) {
		return false;
	}
	add_bytes(&out, build->raw_options.at, build->raw_options.size);
	add_padding(&out, KIND_EOL, padding(out.size));
	if (out.size > NLAB_TCP_OPTION_BYTES) {
		return nlab_error_set(error, 0, STEP, "%zu bytes: a header has room for %d", out.size,
				      NLAB_TCP_OPTION_BYTES);
	}
	*size = out.size;
	return true;
}

/* pcapng_read.c: reading pcapng from memory. Floor facts.
 * Invariant: a function that is given a slice looks at no byte outside of it. */
#include "facts/pcapng_read.h"

#include "facts/pcapng_block.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_FRAME   12 /* type, length, and the length again behind the body */
#define SECTION_FIXED 16
#define SECONDS_MAX   (INT64_MAX / 1000000000)

__attribute__((format(printf, 2, 3))) static enum nlab_pcapng_item broken(struct nlab_pcapng_reader *reader,
									  const char *format, ...)
{
	va_list list;
	va_start(list, format);
	vsnprintf(reader->problem, sizeof reader->problem, format, list);
	va_end(list);
	return NLAB_PCAPNG_BROKEN;
}

/* ---- numbers in the section's byte order, and slices ---- */

static uint16_t get16(const struct nlab_pcapng_reader *reader, const uint8_t *at)
{
	uint16_t value;
	memcpy(&value, at, sizeof value);
	return reader->swapped ? __builtin_bswap16(value) : value;
}

static uint32_t get32(const struct nlab_pcapng_reader *reader, const uint8_t *at)
{
	uint32_t value;
	memcpy(&value, at, sizeof value);
	return reader->swapped ? __builtin_bswap32(value) : value;
}

static uint64_t get64(const struct nlab_pcapng_reader *reader, const uint8_t *at)
{
	uint64_t value;
	memcpy(&value, at, sizeof value);
	return reader->swapped ? __builtin_bswap64(value) : value;
}

/* What is left of a slice behind `size` bytes and their padding. */
static struct nlab_bytes behind(struct nlab_bytes slice, size_t size)
{
	size_t padded = (size + 3) & ~(size_t)3;
	size_t skip = padded < slice.size ? padded : slice.size;
	return (struct nlab_bytes){slice.at + skip, slice.size - skip};
}

/* Take an option, or a record of names, off the slice. False at the end of the list, and where it lies. */
static bool take(const struct nlab_pcapng_reader *reader, struct nlab_bytes *list, uint16_t *code,
		 struct nlab_bytes *value)
{
	if (list->size < 4) {
		return false;
	}
	*code = get16(reader, list->at);
	*value = (struct nlab_bytes){list->at + 4, get16(reader, list->at + 2)};
	if (*code == 0 || value->size > list->size - 4) {
		return false;
	}
	*list = behind(*list, 4 + value->size);
	return true;
}

/* ---- time ---- */

struct moment { /* since 1970, or since the interface's offset */
	uint64_t seconds, nanoseconds;
};

static uint64_t power_of_ten(unsigned exponent)
{
	uint64_t power = 1;
	while (exponent-- > 0) {
		power *= 10;
	}
	return power;
}

/* Ticks of 10^-exponent s; those of less than 10^-19 s would be 2 s together at the most. */
static struct moment decimal(unsigned exponent, uint64_t ticks)
{
	if (exponent > 19) {
		return (struct moment){0};
	}
	uint64_t second = power_of_ten(exponent), part = ticks % second;
	return (struct moment){ticks / second, exponent <= 9 ? part * power_of_ten(9 - exponent)
							     : part / power_of_ten(exponent - 9)};
}

/* Ticks of 2^-exponent s; 2^-32 s are fine enough. */
static struct moment binary(unsigned exponent, uint64_t ticks)
{
	uint64_t seconds = exponent < 64 ? ticks >> exponent : 0;
	uint64_t part = exponent < 64 ? ticks - (seconds << exponent) : ticks;
	unsigned shift = exponent > 32 ? exponent - 32 : 0;
	part = shift < 64 ? part >> shift : 0;
	return (struct moment){seconds, part * 1000000000 >> (exponent - shift)};
}

/* Ticks of an interface as nanoseconds since 1970, within 0 .. INT64_MAX. */
static int64_t time_of(const struct nlab_pcapng_interface *interface, uint64_t ticks)
{
	unsigned exponent = interface->resolution & 0x7f;
	int64_t offset = interface->offset_s;
	struct moment moment =
	    interface->resolution & 0x80 ? binary(exponent, ticks) : decimal(exponent, ticks);
	if (offset < 0 && (offset == INT64_MIN || moment.seconds < (uint64_t)-offset)) {
		return 0;
	}
	if (moment.seconds > SECONDS_MAX || offset >= SECONDS_MAX - (int64_t)moment.seconds) {
		return INT64_MAX;
	}
	return ((int64_t)moment.seconds + offset) * 1000000000 + (int64_t)moment.nanoseconds;
}

/* ---- the blocks; `body` is what stands between the two lengths ---- */

static enum nlab_pcapng_item read_section(struct nlab_pcapng_reader *reader, struct nlab_bytes body)
{
	unsigned major = get16(reader, body.at + 4);
	if (major != 1) {
		return broken(reader, "version %u of pcapng is not known", major);
	}
	uint16_t code;
	struct nlab_bytes value, options = behind(body, SECTION_FIXED);
	reader->sections++;
	reader->first_interface = reader->interface_count;
	reader->netlab = false;
	reader->comment = (struct nlab_bytes){0};
	while (take(reader, &options, &code, &value)) {
		if (code == 1 && !reader->comment.size) {
			reader->comment = value;
		} else if (code == 4) { /* shb_userappl */
			reader->netlab = value.size == 6 && memcmp(value.at, "netlab", 6) == 0;
		}
	}
	reader->pieces = behind(body, SECTION_FIXED);
	return NLAB_PCAPNG_SECTION;
}

static struct nlab_pcapng_interface *add_interface(struct nlab_pcapng_reader *reader)
{
	if (reader->interface_count == reader->interface_room) {
		uint32_t room = reader->interface_room ? reader->interface_room * 2 : 8;
		void *grown = realloc(reader->interfaces, room * sizeof *reader->interfaces);
		if (!grown) {
			return NULL;
		}
		reader->interfaces = grown;
		reader->interface_room = room;
	}
	return &reader->interfaces[reader->interface_count++];
}

static enum nlab_pcapng_item read_interface(struct nlab_pcapng_reader *reader, struct nlab_bytes body)
{
	struct nlab_pcapng_interface *interface = add_interface(reader);
	if (!interface) {
		return broken(reader, "no memory for one more interface");
	}
	*interface = (struct nlab_pcapng_interface){.linktype = get16(reader, body.at),
						    .snaplen = get32(reader, body.at + 4),
						    .section = reader->sections,
						    .resolution = 6};
	uint16_t code;
	struct nlab_bytes value, options = behind(body, 8);
	while (take(reader, &options, &code, &value)) {
		if (code == 2) { /* if_name */
			interface->name = value;
		} else if (code == 9 && value.size >= 1) { /* if_tsresol */
			interface->resolution = value.at[0];
		} else if (code == 14 && value.size >= 8) { /* if_tsoffset */
			interface->offset_s = (int64_t)get64(reader, value.at);
		}
	}
	return NLAB_PCAPNG_INTERFACE;
}

/* Fill in the frame, which stands at the beginning of `data`; options may be behind it. */
static enum nlab_pcapng_item set_packet(struct nlab_pcapng_reader *reader, struct nlab_bytes data,
					uint32_t interface, uint32_t captured, uint32_t length)
{
	struct nlab_pcapng_packet *packet = &reader->packet;
	uint32_t count = reader->interface_count - reader->first_interface;
	if (interface >= count) {
		return broken(reader, "a packet of interface %" PRIu32 ", but there are %" PRIu32, interface,
			      count);
	}
	if (captured > data.size) {
		return broken(reader, "a packet of %" PRIu32 " bytes in a block with room for %zu", captured,
			      data.size);
	}
	*packet = (struct nlab_pcapng_packet){.frame = data.at,
					      .captured = captured,
					      .length = length > captured ? length : captured,
					      .interface = reader->first_interface + interface,
					      .time_ns = packet->time_ns};
	uint16_t code;
	struct nlab_bytes value, options = behind(data, captured);
	while (take(reader, &options, &code, &value)) {
		if (code == 1 && !packet->comment.size) {
			packet->comment = value;
		} else if (code == 2 && value.size >= 4) { /* epb_flags */
			packet->direction = get32(reader, value.at) & 3;
		} else if (code == 5 && value.size >= 8) { /* epb_packetid */
			packet->id = get64(reader, value.at);
			packet->has_id = true;
		}
	}
	return NLAB_PCAPNG_PACKET;
}

static enum nlab_pcapng_item set_timed(struct nlab_pcapng_reader *reader, struct nlab_bytes body,
				       uint32_t interface)
{
	enum nlab_pcapng_item item = set_packet(reader, behind(body, 20), interface,
						get32(reader, body.at + 12), get32(reader, body.at + 16));
	if (item == NLAB_PCAPNG_PACKET) {
		uint64_t ticks = (uint64_t)get32(reader, body.at + 4) << 32 | get32(reader, body.at + 8);
		reader->packet.time_ns = time_of(&reader->interfaces[reader->packet.interface], ticks);
	}
	return item;
}

static enum nlab_pcapng_item read_packet(struct nlab_pcapng_reader *reader, struct nlab_bytes body)
{
	return set_timed(reader, body, get32(reader, body.at));
}

static enum nlab_pcapng_item read_old_packet(struct nlab_pcapng_reader *reader, struct nlab_bytes body)
{
	return set_timed(reader, body, get16(reader, body.at));
}

static enum nlab_pcapng_item read_simple_packet(struct nlab_pcapng_reader *reader, struct nlab_bytes body)
{
	uint32_t length = get32(reader, body.at), captured = length;
	bool known = reader->interface_count > reader->first_interface;
	uint32_t snaplen = known ? reader->interfaces[reader->first_interface].snaplen : 0;
	struct nlab_bytes data = behind(body, 4);
	captured = snaplen && snaplen < captured ? snaplen : captured;
	enum nlab_pcapng_item item = set_packet(reader, data, 0, captured, length);
	reader->packet.comment = (struct nlab_bytes){0}; /* such a block has no options */
	return item;
}

static enum nlab_pcapng_item read_names(struct nlab_pcapng_reader *reader, struct nlab_bytes body)
{
	reader->rest = body;
	return NLAB_PCAPNG_SKIPPED; /* they are handed out one by one */
}

struct block_row {
	uint32_t type;
	size_t least; /* bytes of the body */
	enum nlab_pcapng_item (*read)(struct nlab_pcapng_reader *reader, struct nlab_bytes body);
};

static const struct block_row BLOCKS[] = {
    {NLAB_PCAPNG_MAGIC, SECTION_FIXED, read_section},
    {1, 8, read_interface},
    {2, 20, read_old_packet},
    {3, 4, read_simple_packet},
    {4, 0, read_names},
    {6, 20, read_packet},
};

/* The next piece of a story among the options of a section. */
static enum nlab_pcapng_item next_piece(struct nlab_pcapng_reader *reader)
{
	uint16_t code;
	struct nlab_bytes value;
	while (take(reader, &reader->pieces, &code, &value)) {
		if (code == NLAB_PCAPNG_CUSTOM && value.size >= NLAB_PCAPNG_HEAD &&
		    get32(reader, value.at) == NLAB_PCAPNG_ENTERPRISE &&
		    get32(reader, value.at + 4) == NLAB_PCAPNG_MARK) {
			reader->story =
			    (struct nlab_bytes){value.at + NLAB_PCAPNG_HEAD, value.size - NLAB_PCAPNG_HEAD};
			return NLAB_PCAPNG_STORY;
		}
	}
	reader->pieces.size = 0;
	return NLAB_PCAPNG_SKIPPED;
}

/* The next record of a name resolution block: an address and its names, each ended by a NUL; the first
 * counts. */
static enum nlab_pcapng_item next_name(struct nlab_pcapng_reader *reader)
{
	static const uint8_t MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	uint16_t kind;
	struct nlab_bytes value;
	if (!take(reader, &reader->rest, &kind, &value)) {
		reader->rest = (struct nlab_bytes){0};
		return NLAB_PCAPNG_SKIPPED;
	}
	size_t size = kind == 1 ? 4 : 16; /* nrb_record_ipv4, nrb_record_ipv6 */
	if (kind > 2 || value.size <= size) {
		return NLAB_PCAPNG_SKIPPED;
	}
	memcpy(reader->name.address, MAPPED, sizeof MAPPED);
	memcpy(reader->name.address + 16 - size, value.at, size);
	const char *text = (const char *)value.at + size;
	reader->name.name = (struct nlab_bytes){value.at + size, strnlen(text, value.size - size)};
	return NLAB_PCAPNG_NAME;
}

/* The length of the next block, which is wholly there; 0 when it is not, or contradicts itself. */
static size_t block_size(struct nlab_pcapng_reader *reader)
{
	const uint8_t *at = reader->bytes + reader->at;
	size_t left = reader->size - reader->at;
	if (left >= BLOCK_FRAME && get32(reader, at) == NLAB_PCAPNG_MAGIC) {
		uint32_t magic = get32(reader, at + 8);
		if (magic == __builtin_bswap32(NLAB_PCAPNG_ORDER)) {
			reader->swapped = !reader->swapped;
		} else if (magic != NLAB_PCAPNG_ORDER) {
			broken(reader, "a section without its byte-order mark");
			return 0;
		}
	}
	size_t size = left >= BLOCK_FRAME ? get32(reader, at + 4) : BLOCK_FRAME;
	if (size < BLOCK_FRAME || size % 4 != 0) {
		broken(reader, "a block cannot be %zu bytes long", size);
	} else if (size > left) {
		broken(reader, "a block of %zu bytes is cut off after %zu", size, left);
	} else if (get32(reader, at + size - 4) != size) {
		broken(reader, "a block has two lengths, %zu and %" PRIu32, size,
		       get32(reader, at + size - 4));
	} else {
		return size;
	}
	return 0;
}

static enum nlab_pcapng_item next_block(struct nlab_pcapng_reader *reader)
{
	size_t size = block_size(reader);
	if (!size) {
		return NLAB_PCAPNG_BROKEN;
	}
	const uint8_t *at = reader->bytes + reader->at;
	struct nlab_bytes body = {at + 8, size - BLOCK_FRAME};
	uint32_t type = get32(reader, at);
	enum nlab_pcapng_item item = NLAB_PCAPNG_SKIPPED;
	for (size_t i = 0; i < sizeof BLOCKS / sizeof BLOCKS[0]; i++) {
		if (BLOCKS[i].type == type) {
			item = body.size >= BLOCKS[i].least
				   ? BLOCKS[i].read(reader, body)
				   : broken(reader, "a block of type %" PRIu32 " with %zu bytes only", type,
					    size);
		}
	}
	reader->at += item == NLAB_PCAPNG_BROKEN ? 0 : size;
	return item;
}

enum nlab_pcapng_item nlab_pcapng_next(struct nlab_pcapng_reader *reader)
{
	if (reader->problem[0]) {
		return NLAB_PCAPNG_BROKEN;
	}
	if (reader->pieces.size) {
		return next_piece(reader);
	}
	if (reader->rest.size) {
		return next_name(reader);
	}
	return reader->at == reader->size ? NLAB_PCAPNG_END : next_block(reader);
}

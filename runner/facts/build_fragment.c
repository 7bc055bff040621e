/* build_fragment.c: a datagram in pieces. Floor facts.
 * Invariant between begin and next: the IP header lies within the frame. */
#include "facts/build_fragment.h"

#include "facts/bytes.h"
#include "facts/checksum.h"
#include "facts/packet.h"

#include <netinet/in.h>
#include <string.h>

#define ETHERTYPE_IP4   0x0800
#define ETHERTYPE_IP6   0x86dd
#define IP4_HEADER      20
#define IP6_HEADER      40
#define FRAGMENT_HEADER 8
#define OFFSET_MAX      65528
#define OPTION_EOL      0
#define OPTION_NOP      1
#define OPTION_COPIED   0x80 /* RFC 791 3.1: the option goes into all fragments */

static const char STEP[] = "cut the datagram into fragments";

static bool begin_ip4(struct nlab_build_cut *cut, struct nlab_error *error)
{
	const uint8_t *ip = cut->frame + NLAB_ETHER_HEADER;
	size_t size = cut->size - NLAB_ETHER_HEADER;
	size_t header = size >= IP4_HEADER ? (ip[0] & 15u) * 4 : 0;
	if (header < IP4_HEADER || header > size) {
		return nlab_error_set(error, 0, STEP, "its header length is wrong");
	}
	unsigned fragment = nlab_get16(ip + 6);
	if (fragment & 0x4000) {
		return nlab_error_set(error, 0, STEP, "it says: don't fragment");
	}
	cut->four = true;
	cut->header = NLAB_ETHER_HEADER + header;
	cut->more = fragment & 0x2000;
	cut->offset = (fragment & 0x1fff) * 8;
	return true;
}

static bool begin_ip6(struct nlab_build_cut *cut, struct nlab_error *error)
{
	const uint8_t *ip = cut->frame + NLAB_ETHER_HEADER;
	const uint8_t *fragment = ip + IP6_HEADER;
	size_t size = cut->size - NLAB_ETHER_HEADER;
	if (size < IP6_HEADER) {
		return nlab_error_set(error, 0, STEP, "it has no whole IPv6 header");
	}
	cut->header = NLAB_ETHER_HEADER + IP6_HEADER;
	cut->next = ip[6];
	if (cut->next == IPPROTO_FRAGMENT && size >= IP6_HEADER + FRAGMENT_HEADER) {
		cut->header += FRAGMENT_HEADER;
		cut->next = fragment[0];
		cut->more = fragment[3] & 1;
		cut->offset = nlab_get16(fragment + 2) & 0xfff8;
		cut->id = nlab_get32(fragment + 4);
	}
	return true;
}

bool nlab_build_cut_begin(struct nlab_build_cut *cut, const uint8_t *frame, size_t size, size_t data,
			  uint32_t id, struct nlab_error *error)
{
	*cut = (struct nlab_build_cut){.frame = frame, .size = size, .data = data, .id = id};
	unsigned ethertype = size >= NLAB_ETHER_HEADER ? nlab_get16(frame + 12) : 0;
	if (data == 0 || data % 8) {
		return nlab_error_set(error, 0, STEP, "%zu bytes in each: a multiple of 8", data);
	}
	if (ethertype != ETHERTYPE_IP4 && ethertype != ETHERTYPE_IP6) {
		return nlab_error_set(error, 0, STEP, "it is no IP datagram");
	}
	if (!(ethertype == ETHERTYPE_IP4 ? begin_ip4 : begin_ip6)(cut, error)) {
		return false;
	}
	size_t inside = size - cut->header;
	size_t most = UINT16_MAX - (cut->four ? cut->header - NLAB_ETHER_HEADER : FRAGMENT_HEADER);
	if ((inside < data ? inside : data) > most) {
		return nlab_error_set(error, 0, STEP, "%zu bytes in each: up to %zu", data, most / 8 * 8);
	}
	size_t last = inside ? cut->offset + (inside - 1) / data * data : cut->offset;
	if (last > OFFSET_MAX) {
		return nlab_error_set(error, 0, STEP, "an offset of %zu bytes: up to %d", last, OFFSET_MAX);
	}
	return true;
}

/* Write the options of a later fragment: those that are to be copied. Returns their size, padded. */
static size_t copy_options(const uint8_t *options, size_t size, uint8_t *to)
{
	size_t used = 0;
	for (size_t at = 0; at < size && options[at] != OPTION_EOL;) {
		size_t length = options[at] == OPTION_NOP ? 1 : at + 1 < size ? options[at + 1] : 0;
		if (length == 0 || length > size - at || (length == 1 && options[at] != OPTION_NOP)) {
			break;
		}
		if (options[at] & OPTION_COPIED) {
			memcpy(to + used, options + at, length);
			used += length;
		}
		at += length;
	}
	for (; used % 4; used++) {
		to[used] = OPTION_EOL;
	}
	return used;
}

/* Both write an IP header at `at` for `data` bytes, return its size, and take the fragment's place in the datagram. */

static size_t write_ip4(const struct nlab_build_cut *cut, uint8_t *at, size_t data, size_t offset, bool more)
{
	size_t header = cut->header - NLAB_ETHER_HEADER;
	const uint8_t *ip = cut->frame + NLAB_ETHER_HEADER;
	memcpy(at, ip, header);
	if (cut->done) {
		header = IP4_HEADER + copy_options(ip + IP4_HEADER, header - IP4_HEADER, at + IP4_HEADER);
	}
	at[0] = (uint8_t)(0x40 | header / 4);
	nlab_put16(at + 2, (unsigned)(header + data));
	nlab_put16(at + 6, (nlab_get16(ip + 6) & 0x8000) | (more ? 0x2000u : 0) | (unsigned)(offset / 8));
	nlab_put16(at + 10, 0);
	nlab_put16(at + 10, nlab_checksum_fold(nlab_checksum_add(0, at, header)));
	return header;
}

static size_t write_ip6(const struct nlab_build_cut *cut, uint8_t *at, size_t data, size_t offset, bool more)
{
	uint8_t *fragment = at + IP6_HEADER;
	memcpy(at, cut->frame + NLAB_ETHER_HEADER, IP6_HEADER);
	nlab_put16(at + 4, (unsigned)(FRAGMENT_HEADER + data));
	at[6] = IPPROTO_FRAGMENT;
	fragment[0] = cut->next;
	fragment[1] = 0;
	nlab_put16(fragment + 2, (unsigned)offset | more);
	nlab_put32(fragment + 4, cut->id);
	return IP6_HEADER + FRAGMENT_HEADER;
}

bool nlab_build_cut_next(struct nlab_build_cut *cut, uint8_t *fragment, size_t *size)
{
	size_t left = cut->size - cut->header - cut->done;
	size_t data = left < cut->data ? left : cut->data;
	size_t offset = cut->offset + cut->done;
	uint8_t *at = fragment + NLAB_ETHER_HEADER;
	if (cut->finished) {
		return false;
	}
	memcpy(fragment, cut->frame, NLAB_ETHER_HEADER);
	bool more = cut->more || data < left;
	at += (cut->four ? write_ip4 : write_ip6)(cut, at, data, offset, more);
	memcpy(at, cut->frame + cut->header + cut->done, data);
	cut->done += data;
	cut->finished = data == left;
	*size = (size_t)(at + data - fragment);
	return true;
}

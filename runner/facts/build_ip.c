/* build_ip.c: IPv4 and IPv6 headers from a description. Floor facts. */
#include "facts/build_ip.h"

#include "facts/bytes.h"
#include "facts/checksum.h"

#include <netinet/in.h>
#include <string.h>

#define IP4_HEADER      20
#define IP4_OPTIONS     40
#define IP6_HEADER      40
#define FRAGMENT_HEADER 8
#define OFFSET_MAX      65528 /* 13 bits, units of 8 bytes */

/* 0 and 0xffff are the same number in one's complement, so a wrong checksum must not go from one to the other. */
uint16_t nlab_build_checksum(const struct nlab_build_field *field, uint16_t right)
{
	uint16_t bad = right == UINT16_MAX ? 1 : (uint16_t)(right + 1);
	return field->how == NLAB_BUILD_GIVEN ? field->value : field->how == NLAB_BUILD_BAD ? bad : right;
}

static bool has_fragment_header(const struct nlab_build *build)
{
	return build->mf || build->fragment_offset || build->fragment_header;
}

size_t nlab_build_ip_size(const struct nlab_build *build)
{
	if (build->version == 4) {
		return IP4_HEADER + (build->ip_options.size + 3) / 4 * 4;
	}
	return IP6_HEADER + (has_fragment_header(build) ? FRAGMENT_HEADER : 0);
}

/* ---- what does not fit ---- */

static bool is_mapped(const uint8_t address[16])
{
	struct in6_addr in6;
	memcpy(&in6, address, sizeof in6);
	return IN6_IS_ADDR_V4MAPPED(&in6);
}

static bool check_ip4(const struct nlab_build *build, size_t inside, struct nlab_error *error)
{
	static const char STEP[] = "build the IPv4 header";
	if (!is_mapped(build->src) || !is_mapped(build->dst)) {
		return nlab_error_set(error, 0, STEP, "an address is no IPv4 address");
	}
	if (build->ip_options.size > IP4_OPTIONS) {
		return nlab_error_set(error, 0, STEP, "%zu bytes of options: it has room for %d",
				      build->ip_options.size, IP4_OPTIONS);
	}
	if (build->flow_label || build->fragment_header) {
		return nlab_error_set(error, 0, STEP, "it has no flow label and no fragment header");
	}
	if (build->id > UINT16_MAX) {
		return nlab_error_set(error, 0, STEP, "identification %u: 0 to 65535", build->id);
	}
	if (build->ihl.how == NLAB_BUILD_GIVEN && build->ihl.value > 15) {
		return nlab_error_set(error, 0, STEP, "header length %u: 0 to 15, in units of 4 bytes",
				      build->ihl.value);
	}
	size_t length = nlab_build_ip_size(build) + inside;
	if (length > UINT16_MAX) {
		return nlab_error_set(error, 0, STEP, "a datagram of %zu bytes: up to 65535", length);
	}
	return true;
}

static bool check_ip6(const struct nlab_build *build, size_t inside, struct nlab_error *error)
{
	static const char STEP[] = "build the IPv6 header";
	if (build->df || build->ip_options.size || build->ihl.how || build->ip_checksum.how) {
		return nlab_error_set(error, 0, STEP, "it has no df, options, header length or checksum");
	}
	if (build->flow_label > 0xfffff) {
		return nlab_error_set(error, 0, STEP, "flow label %u: 0 to 1048575", build->flow_label);
	}
	size_t length = nlab_build_ip_size(build) - IP6_HEADER + inside;
	if (length > UINT16_MAX) {
		return nlab_error_set(error, 0, STEP, "%zu bytes behind it: up to 65535", length);
	}
	return true;
}

bool nlab_build_ip_check(const struct nlab_build *build, size_t inside, struct nlab_error *error)
{
	if (build->version != 4 && build->version != 6) {
		return nlab_error_set(error, 0, "build the IP header", "version %u: 4 or 6", build->version);
	}
	if (build->fragment_offset % 8 || build->fragment_offset > OFFSET_MAX) {
		return nlab_error_set(error, 0, "build the IP header",
				      "fragment offset %u: a multiple of 8 bytes, up to %d",
				      build->fragment_offset, OFFSET_MAX);
	}
	return build->version == 4 ? check_ip4(build, inside, error) : check_ip6(build, inside, error);
}

/* ---- writing ---- */

static unsigned given(const struct nlab_build_field *field, size_t otherwise)
{
	return field->how == NLAB_BUILD_GIVEN ? field->value : (unsigned)otherwise;
}

/* The header's checksum covers what its length field claims, as far as that lies within the frame. */
static uint16_t sum_ip4(const uint8_t *at, size_t header, size_t inside)
{
	size_t claimed = (at[0] & 15u) * 4;
	bool sane = claimed >= IP4_HEADER && claimed <= header + inside;
	return nlab_checksum_fold(nlab_checksum_add(0, at, sane ? claimed : header));
}

static void write_ip4(const struct nlab_build *build, uint8_t protocol, size_t inside, uint8_t *at)
{
	size_t header = nlab_build_ip_size(build);
	unsigned flags = (build->df ? 0x4000 : 0) | (build->mf ? 0x2000 : 0);
	memset(at, 0, header);
	at[0] = (uint8_t)(0x40 | given(&build->ihl, header / 4));
	at[1] = build->tos;
	nlab_put16(at + 2, given(&build->ip_length, header + inside));
	nlab_put16(at + 4, build->id);
	nlab_put16(at + 6, flags | build->fragment_offset / 8);
	at[8] = build->ttl;
	at[9] = protocol;
	memcpy(at + 12, build->src + 12, 4);
	memcpy(at + 16, build->dst + 12, 4);
	if (build->ip_options.size) {
		memcpy(at + IP4_HEADER, build->ip_options.at, build->ip_options.size);
	}
	nlab_put16(at + 10, nlab_build_checksum(&build->ip_checksum, sum_ip4(at, header, inside)));
}

static void write_ip6(const struct nlab_build *build, uint8_t protocol, size_t inside, uint8_t *at)
{
	size_t extensions = nlab_build_ip_size(build) - IP6_HEADER;
	uint8_t *fragment = at + IP6_HEADER;
	nlab_put32(at, 6u << 28 | (uint32_t)build->tos << 20 | build->flow_label);
	nlab_put16(at + 4, given(&build->ip_length, extensions + inside));
	at[6] = extensions ? IPPROTO_FRAGMENT : protocol;
	at[7] = build->ttl;
	memcpy(at + 8, build->src, 16);
	memcpy(at + 24, build->dst, 16);
	if (extensions) {
		fragment[0] = protocol;
		fragment[1] = 0;
		nlab_put16(fragment + 2, build->fragment_offset | build->mf);
		nlab_put32(fragment + 4, build->id);
	}
}

void nlab_build_ip_write(const struct nlab_build *build, uint8_t protocol, size_t inside, uint8_t *at)
{
	(build->version == 4 ? write_ip4 : write_ip6)(build, protocol, inside, at);
}

size_t nlab_build_ip_inside(const struct nlab_build *build, size_t inside)
{
	size_t before = nlab_build_ip_size(build) - (build->version == 4 ? 0 : IP6_HEADER);
	size_t claimed = given(&build->ip_length, before + inside);
	return claimed >= before && claimed <= before + inside ? claimed - before : inside;
}

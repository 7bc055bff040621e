/* build.c: Ethernet frames from a description: what is inside of the IP header, ARP, and the frame as a whole. Floor
 * facts. One table of the protocols: their number, how their header is written, where their checksum stands. */
#include "facts/build.h"

#include "facts/build_ip.h"
#include "facts/build_tcp_option.h"
#include "facts/bytes.h"
#include "facts/checksum.h"

#include <netinet/in.h>
#include <string.h>

#define ETHERTYPE_IP4 0x0800
#define ETHERTYPE_ARP 0x0806
#define ETHERTYPE_IP6 0x86dd

#define TCP_HEADER   20
#define UDP_HEADER   8
#define ICMP_HEADER  8
#define ARP_SIZE     28
#define HEADER_MOST  (TCP_HEADER + NLAB_TCP_OPTION_BYTES)
#define PAYLOAD_MOST 65535

static const char STEP[] = "build the frame";

static unsigned given(const struct nlab_build_field *field, size_t otherwise)
{
	return field->how == NLAB_BUILD_GIVEN ? field->value : (unsigned)otherwise;
}

/* ---- headers inside of IP, without their checksum: `header` is zeroed, `size` is set ---- */

static bool write_tcp(const struct nlab_build *build, uint8_t header[HEADER_MOST], size_t *size,
		      struct nlab_error *error)
{
	size_t options = 0;
	if (!nlab_build_tcp_options(build, header + TCP_HEADER, &options, error)) {
		return false;
	}
	*size = TCP_HEADER + options;
	unsigned offset = given(&build->data_offset, *size / 4);
	if (offset > 15) {
		return nlab_error_set(error, 0, "build the TCP header",
				      "data offset %u: 0 to 15, in units of 4 bytes", offset);
	}
	nlab_put16(header, build->sport);
	nlab_put16(header + 2, build->dport);
	nlab_put32(header + 4, build->tcp.seq);
	nlab_put32(header + 8, build->tcp.ack);
	header[12] = (uint8_t)(offset << 4);
	header[13] = build->tcp.flags;
	nlab_put16(header + 14, build->tcp.window);
	nlab_put16(header + 18, build->tcp.urgent);
	return true;
}

static bool write_udp(const struct nlab_build *build, uint8_t header[HEADER_MOST], size_t *size,
		      struct nlab_error *error)
{
	size_t length = UDP_HEADER + build->payload.size;
	if (length > UINT16_MAX) {
		return nlab_error_set(error, 0, "build the UDP header", "%zu bytes: up to 65535", length);
	}
	*size = UDP_HEADER;
	nlab_put16(header, build->sport);
	nlab_put16(header + 2, build->dport);
	nlab_put16(header + 4, given(&build->udp_length, length));
	return true;
}

static bool write_icmp(const struct nlab_build *build, uint8_t header[HEADER_MOST], size_t *size,
		       struct nlab_error *error)
{
	(void)error;
	*size = ICMP_HEADER;
	header[0] = build->icmp_type;
	header[1] = build->icmp_code;
	nlab_put32(header + 4, build->icmp_rest);
	return true;
}

struct inside_row {
	bool (*write)(const struct nlab_build *build, uint8_t header[HEADER_MOST], size_t *size,
		      struct nlab_error *error);
	uint8_t protocol;
	uint8_t version;  /* of IP that it goes over, 0: either */
	uint8_t checksum; /* offset in the header */
	bool pseudo;      /* the pseudo header is summed as well */
	bool nonzero;     /* 0 would mean that there is none, RFC 768 */
};

static const struct inside_row INSIDE[NLAB_PROTO_COUNT] = {
    [NLAB_PROTO_IP] = {.version = 4},
    [NLAB_PROTO_IP6] = {.version = 6},
    [NLAB_PROTO_ICMP] = {write_icmp, IPPROTO_ICMP, 4, 2, false, false},
    [NLAB_PROTO_ICMP6] = {write_icmp, IPPROTO_ICMPV6, 6, 2, true, false},
    [NLAB_PROTO_TCP] = {write_tcp, IPPROTO_TCP, 0, 16, true, false},
    [NLAB_PROTO_UDP] = {write_udp, IPPROTO_UDP, 0, 6, true, true},
};

/* ---- checksums ---- */

/* RFC 9293 3.1, RFC 8200 8.1; the same sum as over the real pseudo headers. */
static uint32_t pseudo_sum(const struct nlab_build *build, uint8_t protocol, size_t length)
{
	size_t skip = build->version == 4 ? 12 : 0;
	uint32_t sum = nlab_checksum_add(protocol + (uint32_t)length, build->src + skip, 16 - skip);
	return nlab_checksum_add(sum, build->dst + skip, 16 - skip);
}

/* How many of the segment's `size` bytes the lengths in the headers claim. */
static size_t claimed_size(const struct nlab_build *build, size_t size)
{
	size_t claimed = nlab_build_ip_inside(build, size);
	bool udp = build->proto == NLAB_PROTO_UDP && build->udp_length.how == NLAB_BUILD_GIVEN &&
		   build->udp_length.value >= UDP_HEADER && build->udp_length.value <= claimed;
	return udp ? build->udp_length.value : claimed;
}

static void write_checksum(const struct nlab_build *build, uint8_t protocol, uint8_t *segment, size_t size)
{
	const struct inside_row *row = &INSIDE[build->proto];
	size_t claimed = claimed_size(build, size);
	uint32_t sum = row->pseudo ? pseudo_sum(build, protocol, claimed) : 0;
	uint16_t right = nlab_checksum_fold(nlab_checksum_add(sum, segment, claimed));
	right = right == 0 && row->nonzero ? 0xffff : right;
	nlab_put16(segment + row->checksum, nlab_build_checksum(&build->checksum, right));
}

/* ---- frames ---- */

static void write_ether(const struct nlab_build *build, unsigned ethertype, uint8_t *frame)
{
	memcpy(frame, build->dst_mac, 6);
	memcpy(frame + 6, build->src_mac, 6);
	nlab_put16(frame + 12, given(&build->ethertype, ethertype));
}

static void write_payload(const struct nlab_build *build, uint8_t *at)
{
	if (build->payload.size) {
		memcpy(at, build->payload.at, build->payload.size);
	}
}

static bool has_room(size_t size, size_t room, struct nlab_error *error)
{
	return size <= room || nlab_error_set(error, 0, STEP, "%zu bytes: there is room for %zu", size, room);
}

static bool build_ip(const struct nlab_build *build, uint8_t *frame, size_t room, size_t *size,
		     struct nlab_error *error)
{
	const struct inside_row *row = &INSIDE[build->proto];
	uint8_t header[HEADER_MOST] = {0};
	size_t header_size = 0;
	if (row->version && row->version != build->version) {
		return nlab_error_set(error, 0, STEP, "%s goes over IPv%u, the addresses are of IPv%u",
				      nlab_proto_name(build->proto), row->version, build->version);
	}
	if (!row->write && build->protocol.how != NLAB_BUILD_GIVEN) {
		return nlab_error_set(error, 0, STEP, "the number of the protocol inside of IP is not said");
	}
	uint8_t protocol = (uint8_t)given(&build->protocol, row->protocol);
	if (row->write && !row->write(build, header, &header_size, error)) {
		return false;
	}
	size_t inside = header_size + build->payload.size;
	if (!nlab_build_ip_check(build, inside, error)) {
		return false;
	}
	size_t before = NLAB_ETHER_HEADER + nlab_build_ip_size(build);
	if (!has_room(before + inside, room, error)) {
		return false;
	}
	write_ether(build, build->version == 4 ? ETHERTYPE_IP4 : ETHERTYPE_IP6, frame);
	memcpy(frame + before, header, header_size);
	write_payload(build, frame + before + header_size);
	if (row->write) {
		write_checksum(build, protocol, frame + before, inside);
	}
	nlab_build_ip_write(build, protocol, inside, frame + NLAB_ETHER_HEADER);
	*size = before + inside;
	return true;
}

/* RFC 826, for IPv4 on Ethernet. */
static bool build_arp(const struct nlab_build *build, uint8_t *frame, size_t room, size_t *size,
		      struct nlab_error *error)
{
	static const uint8_t KIND[6] = {0, 1, 8, 0, 6, 4};
	uint8_t *at = frame + NLAB_ETHER_HEADER;
	*size = NLAB_ETHER_HEADER + ARP_SIZE + build->payload.size;
	if (!has_room(*size, room, error)) {
		return false;
	}
	write_ether(build, ETHERTYPE_ARP, frame);
	memcpy(at, KIND, sizeof KIND);
	nlab_put16(at + 6, build->arp.op);
	memcpy(at + 8, build->arp.sha, 6);
	memcpy(at + 14, build->src + 12, 4);
	memcpy(at + 18, build->arp.tha, 6);
	memcpy(at + 24, build->dst + 12, 4);
	write_payload(build, at + ARP_SIZE);
	return true;
}

static bool build_other(const struct nlab_build *build, uint8_t *frame, size_t room, size_t *size,
			struct nlab_error *error)
{
	*size = NLAB_ETHER_HEADER + build->payload.size;
	if (build->ethertype.how != NLAB_BUILD_GIVEN) {
		return nlab_error_set(error, 0, STEP, "the Ethernet type is not said");
	}
	if (!has_room(*size, room, error)) {
		return false;
	}
	write_ether(build, 0, frame);
	write_payload(build, frame + NLAB_ETHER_HEADER);
	return true;
}

bool nlab_build_frame(const struct nlab_build *build, uint8_t *frame, size_t room, size_t *size,
		      struct nlab_error *error)
{
	if (build->proto >= NLAB_PROTO_COUNT) {
		return nlab_error_set(error, 0, STEP, "there is no protocol %u", build->proto);
	}
	if (build->payload.size > PAYLOAD_MOST) {
		return nlab_error_set(error, 0, STEP, "%zu bytes of payload: up to %d", build->payload.size,
				      PAYLOAD_MOST);
	}
	if (build->proto == NLAB_PROTO_OTHER) {
		return build_other(build, frame, room, size, error);
	}
	return (build->proto == NLAB_PROTO_ARP ? build_arp : build_ip)(build, frame, room, size, error);
}

/* checksum.c: the Internet checksum. Floor facts. */
#include "facts/checksum.h"

#include "facts/bytes.h"

#include <netinet/in.h>

/* Where the checksum stands in each transport header, and whether a pseudo header is summed with it. */
static const struct checksum_row {
	uint8_t proto;  /* enum nlab_proto */
	uint8_t offset; /* in the transport header */
	bool pseudo;
	bool optional; /* over IPv4, 0 means: none */
} ROWS[] = {
    {NLAB_PROTO_TCP, 16, true, false},
    {NLAB_PROTO_UDP, 6, true, true},
    {NLAB_PROTO_ICMP, 2, false, false},
    {NLAB_PROTO_ICMP6, 2, true, false},
};

uint32_t nlab_checksum_add(uint32_t sum, const uint8_t *bytes, size_t size)
{
	uint64_t total = sum;
	for (; size >= 2; bytes += 2, size -= 2) {
		total += nlab_get16(bytes);
	}
	if (size) {
		total += (uint32_t)bytes[0] << 8;
	}
	while (total >> 16) {
		total = (total & 0xffff) + (total >> 16);
	}
	return (uint32_t)total;
}

uint16_t nlab_checksum_fold(uint32_t sum)
{
	while (sum >> 16) {
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (uint16_t)~sum;
}

static const struct checksum_row *find_row(uint8_t proto)
{
	for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
		if (ROWS[i].proto == proto) {
			return &ROWS[i];
		}
	}
	return NULL;
}

static size_t segment_size(const struct nlab_packet *packet)
{
	return packet->payload - packet->transport + packet->payload_length;
}

/* Can the transport checksum be summed: is the segment whole and there? */
static bool summable(const struct nlab_packet *packet, const struct checksum_row *row)
{
	return row && !(packet->layers & (NLAB_LAYER_FRAGMENT | NLAB_LAYER_MALFORMED)) &&
	       !packet->ip.routed && packet->transport + segment_size(packet) <= packet->captured &&
	       segment_size(packet) >= row->offset + 2u;
}

/* RFC 9293 3.1, RFC 8200 8.1. An IPv4 address adds the same whether its mapped form or its 4 bytes are summed
 * but for the ::ffff in front, so only the last 4 bytes are. */
static uint32_t pseudo_sum(const struct nlab_packet *packet)
{
	size_t skip = packet->ip.version == 4 ? 12 : 0;
	uint32_t sum = packet->ip.protocol + (uint32_t)segment_size(packet);
	sum = nlab_checksum_add(sum, packet->ip.src + skip, 16 - skip);
	return nlab_checksum_add(sum, packet->ip.dst + skip, 16 - skip);
}

static uint32_t segment_sum(const struct nlab_packet *packet, const struct checksum_row *row)
{
	return nlab_checksum_add(row->pseudo ? pseudo_sum(packet) : 0, packet->frame + packet->transport,
				 segment_size(packet));
}

enum nlab_checksum nlab_checksum_verify(const struct nlab_packet *packet)
{
	const struct checksum_row *row = find_row(packet->proto);
	const uint8_t *ip = packet->frame + NLAB_ETHER_HEADER;
	if (packet->layers & NLAB_LAYER_IP4 && packet->ip.complete &&
	    nlab_checksum_fold(nlab_checksum_add(0, ip, (ip[0] & 15u) * 4)) != 0) {
		return NLAB_CHECKSUM_BAD;
	}
	if (!summable(packet, row)) {
		return NLAB_CHECKSUM_UNKNOWN;
	}
	const uint8_t *field = packet->frame + packet->transport + row->offset;
	if (row->optional && nlab_get16(field) == 0) {
		return packet->ip.version == 4 ? NLAB_CHECKSUM_OK : NLAB_CHECKSUM_BAD;
	}
	return nlab_checksum_fold(segment_sum(packet, row)) == 0 ? NLAB_CHECKSUM_OK : NLAB_CHECKSUM_BAD;
}

bool nlab_checksum_complete(uint8_t *frame, size_t captured)
{
	struct nlab_packet packet;
	nlab_packet_decode(&packet, frame, captured, captured);
	const struct checksum_row *row = find_row(packet.proto);
	if (!summable(&packet, row)) {
		return false;
	}
	uint8_t *field = frame + packet.transport + row->offset;
	nlab_put16(field, 0);
	uint16_t checksum = nlab_checksum_fold(segment_sum(&packet, row));
	if (checksum == 0 && row->optional) {
		checksum = 0xffff; /* RFC 768: 0 would mean that there is none */
	}
	nlab_put16(field, checksum);
	return true;
}

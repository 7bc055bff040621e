/* packet.h: what the bytes of an Ethernet frame say: Ethernet, ARP (RFC 826), IPv4 (RFC 791), IPv6 (RFC
 * 8200), TCP (RFC 9293), UDP (RFC 768), ICMP (RFC 792), ICMPv6 (RFC 4443). Floor facts. Decoding is a total
 * function: it takes any bytes, allocates nothing, and reads only what was captured. A layer counts as there
 * when its fixed header was captured; a length that lies is cut to what the layer below has, and the packet
 * is then marked NLAB_LAYER_MALFORMED. Integers are in host byte order. */
#ifndef NLAB_FACTS_PACKET_H
#define NLAB_FACTS_PACKET_H

#include "facts/tcp_option.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NLAB_ETHER_HEADER 14

/* Bits of nlab_packet.layers */
enum nlab_layer {
	NLAB_LAYER_ETHER = 1 << 0,
	NLAB_LAYER_ARP = 1 << 1, /* for IPv4 on Ethernet, complete */
	NLAB_LAYER_IP = 1 << 2,  /* either version */
	NLAB_LAYER_IP4 = 1 << 3,
	NLAB_LAYER_IP6 = 1 << 4,
	NLAB_LAYER_ADDRESSES = 1 << 5, /* src and dst are known: IP or ARP */
	NLAB_LAYER_FRAGMENT = 1 << 6,  /* a part of a datagram; only the first one has a transport header */
	NLAB_LAYER_TCP = 1 << 7,
	NLAB_LAYER_UDP = 1 << 8,
	NLAB_LAYER_PORTS = 1 << 9, /* TCP or UDP */
	NLAB_LAYER_ICMP4 = 1 << 10,
	NLAB_LAYER_ICMP6 = 1 << 11,
	NLAB_LAYER_ICMP = 1 << 12,   /* either version */
	NLAB_LAYER_QUOTED = 1 << 13, /* an ICMP error with the beginning of the packet that it is about */
	NLAB_LAYER_MALFORMED = 1 << 14,
	NLAB_LAYER_TRUNCATED = 1 << 15, /* fewer bytes were captured than were on the wire */
};

/* Control bits as they stand in the header, RFC 9293 3.1 */
enum nlab_tcp_flag {
	NLAB_TCP_FIN = 0x01,
	NLAB_TCP_SYN = 0x02,
	NLAB_TCP_RST = 0x04,
	NLAB_TCP_PSH = 0x08,
	NLAB_TCP_ACK = 0x10,
	NLAB_TCP_URG = 0x20,
	NLAB_TCP_ECE = 0x40,
	NLAB_TCP_CWR = 0x80,
};

/* The highest protocol that was decoded */
enum nlab_proto {
	NLAB_PROTO_OTHER,
	NLAB_PROTO_ARP,
	NLAB_PROTO_IP, /* IPv4 with something else inside, or a later fragment */
	NLAB_PROTO_IP6,
	NLAB_PROTO_ICMP,
	NLAB_PROTO_ICMP6,
	NLAB_PROTO_TCP,
	NLAB_PROTO_UDP,
	NLAB_PROTO_COUNT
};

/* What an IP header of either version says. An IPv4 address is held as IPv4-mapped IPv6 address
 * (::ffff:a.b.c.d). */
struct nlab_ip {
	uint8_t src[16], dst[16];
	uint32_t id;              /* identification; IPv6: of the fragment header, else 0 */
	uint32_t header_length;   /* options and extension headers included */
	uint32_t length;          /* of the whole datagram */
	uint16_t fragment_offset; /* bytes */
	uint8_t version;          /* 4 or 6 */
	uint8_t protocol;         /* of what is behind the header and its extensions */
	uint8_t ttl;              /* hop limit */
	uint8_t tos;              /* traffic class */
	bool df, mf;
	bool fragment;
	bool routed;    /* a routing header with segments left: dst is not yet the last one */
	bool complete;  /* the header was captured with all its options and extensions */
	bool malformed; /* a length in it lies */
};

struct nlab_arp {
	uint16_t op; /* 1 request, 2 reply */
	uint8_t sha[6], tha[6];
};

struct nlab_tcp {
	uint32_t seq, ack; /* as they stand in the header */
	uint16_t window, urgent;
	uint8_t flags; /* enum nlab_tcp_flag */
};

struct nlab_quoted {
	struct nlab_ip ip;
	uint16_t sport, dport; /* when has_ports */
	bool has_ports;
};

struct nlab_packet {
	const uint8_t *frame; /* borrowed: what was decoded */
	uint32_t captured, length;
	uint32_t layers; /* enum nlab_layer; a part below is meaningful when its bit is set */
	uint16_t ethertype;
	uint8_t proto; /* enum nlab_proto */
	uint8_t icmp_type, icmp_code;
	uint16_t sport, dport; /* LAYER_PORTS */
	uint32_t transport;    /* offset of the transport header in the frame */
	uint32_t payload; /* offset of the payload: behind the highest header, for ICMP behind its 8 bytes */
	uint32_t payload_length, payload_captured; /* as the headers say; of these, bytes that are there */
	struct nlab_arp arp;
	struct nlab_tcp tcp;
	struct nlab_ip ip; /* LAYER_IP; with LAYER_ARP src and dst are the protocol addresses */
	struct nlab_tcp_options options;
	struct nlab_quoted quoted;
};

/* Decode `frame`, of which `captured` bytes are there, of `length` on the wire. `packet` borrows `frame`. */
void nlab_packet_decode(struct nlab_packet *packet, const uint8_t *frame, size_t captured, size_t length);

/* The name of an enum nlab_proto: "tcp", "udp", "icmp", "icmp6", "arp", "ip", "ip6", "other". */
const char *nlab_proto_name(unsigned proto);

/* The enum nlab_proto that belongs to an IP protocol number (6: NLAB_PROTO_TCP), NLAB_PROTO_OTHER for all
 * others. */
enum nlab_proto nlab_proto_of_ip(uint8_t protocol);

/* Write control bits by name in the order of RFC 9293's list of states: SYN,FIN,RST,PSH,ACK,URG,ECE,CWR with
 * commas between, "" for none. 32 bytes are enough; returns `buffer`. */
const char *nlab_tcp_flags_text(uint8_t flags, char *buffer, size_t size);

/* Write an address, 16 bytes, as text: dotted when it is IPv4-mapped. 46 bytes are enough; returns `buffer`.
 */
const char *nlab_address_text(const uint8_t address[16], char *buffer, size_t size);

#endif

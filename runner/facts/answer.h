/* answer.h: the answer to a packet, as a frame back to who sent it: a reset, another segment, an ICMP error, an address
 * resolved. Floor facts; pure functions that allocate nothing and write only into the caller's buffer.
 *
 * Each returns the size of the frame, 0 when there is no answer: the packet is not of that kind, RFC 1122 3.2.2, RFC 4443
 * 2.4(e) or RFC 9293 3.10.7.1 forbids one, its checksum is wrong, or it is cut off. `room` is NLAB_ANSWER_ROOM or more.
 * The frame goes from the MAC that the packet went to, unless one is given, to the MAC that it came from; its TTL is 64,
 * its checksums are right. `to` is decoded; `frame` must not overlap its bytes. */
#ifndef NLAB_FACTS_ANSWER_H
#define NLAB_FACTS_ANSWER_H

#include "facts/packet.h"

#define NLAB_ANSWER_ROOM 1536 /* bytes: the largest answer is an ICMPv6 error, 14 + 1280 */

/* A segment of one's own to whom `to` came from: its control bits, numbers as on the wire, window 65535 (0 with RST). */
struct nlab_answer_segment {
	uint8_t flags; /* enum nlab_tcp_flag */
	uint32_t seq, ack;
	uint16_t mss; /* the option; 0: none */
};

/* An ICMP or ICMPv6 error. */
struct nlab_answer_error {
	uint8_t type, code;
	uint32_t rest;    /* bytes 4 to 7: the next-hop MTU, ... */
	uint8_t from[16]; /* its source, IPv4 as IPv4-mapped; all zero: the packet's destination */
};

/* The reset of RFC 9293 3.10.7.1: RST,ACK with seq 0 and the ack behind a segment without ACK, else RST with seq = its ack.
 * None to a reset, and none to what is not TCP. */
size_t nlab_answer_reset(const struct nlab_packet *to, uint8_t *frame, size_t room);

/* Any segment. None to what is not TCP. */
size_t nlab_answer_tcp(const struct nlab_packet *to, const struct nlab_answer_segment *segment,
		       uint8_t *frame, size_t room);

/* An error that quotes the packet: as much as fits 576 bytes of IPv4 (RFC 1812 4.3.2.3), 1280 of IPv6 (RFC 4443 2.4(c)). None to
 * an ICMP error, a later fragment, a group address, or when `from` is of the other IP version. */
size_t nlab_answer_icmp(const struct nlab_packet *to, const struct nlab_answer_error *error, uint8_t *frame,
			size_t room);

/* The address that an ARP request (RFC 826) or a neighbour solicitation (RFC 4861 4.3) asks for. False: it is neither. */
bool nlab_answer_asked(const struct nlab_packet *to, uint8_t address[16]);

/* The ARP reply or the neighbour advertisement (RFC 4861 7.2.4) that says that `mac` has the address that is asked for. */
size_t nlab_answer_neighbour(const struct nlab_packet *to, const uint8_t mac[6], uint8_t *frame, size_t room);

/* How much of the sequence space a segment takes: its data, SYN and FIN (RFC 9293 3.4). */
uint32_t nlab_answer_space(const struct nlab_packet *segment);

#endif

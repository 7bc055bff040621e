/* flow.h: which connection a packet belongs to, and what to subtract from its sequence numbers to have them
 * count from the connection's beginning. Floor facts; state only in the table that the caller owns.
 *
 * TCP: the SYN of a direction is its 0. A direction whose SYN was not seen begins with the first segment seen
 * (0); when an acknowledgment for it was seen before, that counts as 1, as if it had acknowledged a SYN. RFC
 * 9293 3.10.7.1 makes resets of numbers that are not the sender's own: "RST,ACK" in answer to a segment
 * without ACK has SEG.SEQ = 0, which is shown as 0; "RST" in answer to one with ACK takes its number from
 * that ACK, so it is shown as that ACK was.
 *
 * A connection is the pair of endpoints in one scope. It ends when a SYN with another initial sequence number
 * comes on the pair; the other side's SYN of a simultaneous open belongs to it. Segments that still belong to
 * the connection before (a challenge ACK to that SYN, RFC 5961 4) are told apart by the nearness of their
 * sequence numbers. */
#ifndef NLAB_FACTS_FLOW_H
#define NLAB_FACTS_FLOW_H

#include "facts/packet.h"

#include <stdint.h>

#define NLAB_FLOWS_MAX 65536 /* flows kept; beyond that the oldest is forgotten */

struct nlab_flows;

struct nlab_flow_mark {
	uint32_t flow;               /* counts flows from 1; 0: the packet belongs to none */
	uint32_t seq_base, ack_base; /* subtract them from seq and ack, modulo 2^32 */
};

/* An empty table, or NULL with errno ENOMEM. Free it with nlab_flows_free(). */
struct nlab_flows *nlab_flows_new(void);

/* Free a table; NULL is harmless. */
void nlab_flows_free(struct nlab_flows *flows);

/* Take note of a packet and mark it. Packets must come in the order in which they were sent. Only TCP and UDP
 * packets with their ports belong to a flow; any other gets a mark of zeros. `scope` keeps apart what has
 * equal addresses in different places: 0 on a network, an id of the host on loopback. Never fails: without
 * memory for a new flow the oldest one is forgotten. */
void nlab_flows_see(struct nlab_flows *flows, const struct nlab_packet *packet, uint32_t scope,
		    struct nlab_flow_mark *mark);

#endif

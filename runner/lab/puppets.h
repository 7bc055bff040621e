/* puppets.h: what puppets answer by themselves, when they were asked to: enum nlab_answers says it. Floor lab.
 * A puppet answers what is for its own addresses alone. The numbers of its segments, in the words of RFC 9293 3.3.1:
 * ISS is NLAB_PUPPET_ISS, or what the script sent in a SYN; SND.NXT is behind the last byte, SYN or FIN that the puppet has
 * sent, by itself or by the script; RCV.NXT is behind the last one that came without a hole before it. */
#ifndef NLAB_LAB_PUPPETS_H
#define NLAB_LAB_PUPPETS_H

#include "facts/order.h"
#include "facts/packet.h"
#include "facts/recording.h"
#include "lab/tap.h"

#define NLAB_PUPPET_ISS                                                                                      \
	1000000 /* where the script's own packets of a puppet begin, too (lua/netlab/lab/conversation.lua) */
#define NLAB_PUPPET_MSS   1460 /* in its SYN,ACK; 20 less over IPv6 */
#define NLAB_PUPPET_HOSTS 64   /* host ids are below */

struct nlab_puppet_talk;

struct nlab_puppets {                       /* all zero: none answers */
	uint8_t answers[NLAB_PUPPET_HOSTS]; /* by host id: bits of enum nlab_answers */
	struct nlab_puppet_talk *talks;     /* connections, in the order in which they were seen */
	size_t count, room;
};

void nlab_puppets_free(struct nlab_puppets *puppets);

/* Have the puppet with this host id answer so (0: not at all). False when this is no such set: acknowledge and refuse
 * exclude each other. */
bool nlab_puppets_set(struct nlab_puppets *puppets, uint16_t host, int64_t answers);

/* Whether this tap belongs to a puppet that answers anything. */
bool nlab_puppets_listen(const struct nlab_puppets *puppets, const struct nlab_tap *tap);

/* Note what a puppet sends. */
void nlab_puppets_sent(struct nlab_puppets *puppets, uint16_t host, uint32_t flow,
		       const struct nlab_packet *packet);

/* Build the answer to a packet that has reached `tap`. `asked`: the host that owns the address that the packet is for, or
 * asks for. Returns the size of the frame, 0: there is none. `room` as for facts/answer.h. */
size_t nlab_puppets_answer(struct nlab_puppets *puppets, const struct nlab_tap *tap, uint16_t asked,
			   uint32_t flow, const struct nlab_packet *packet, uint8_t *frame, size_t room);

#endif

/* puppets.c: what puppets answer by themselves. Floor lab. */
#include "lab/puppets.h"

#include "facts/answer.h"

#include <stdlib.h>

struct nlab_puppet_talk { /* a connection as the puppet sees it: RFC 9293 3.3.1 */
	uint32_t flow;
	uint16_t host;
	bool sent, received; /* something was: iss and snd_nxt, or rcv_nxt, are known */
	uint32_t iss, snd_nxt, rcv_nxt;
};

static bool is_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

void nlab_puppets_free(struct nlab_puppets *puppets)
{
	free(puppets->talks);
	puppets->talks = NULL;
	puppets->count = puppets->room = 0;
}

bool nlab_puppets_set(struct nlab_puppets *puppets, uint16_t host, int64_t answers)
{
	bool known = answers >= 0 && answers < NLAB_ANSWERS_END && host < NLAB_PUPPET_HOSTS;
	if (!known || ((answers & NLAB_ANSWERS_ACKNOWLEDGE) && (answers & NLAB_ANSWERS_REFUSE))) {
		return false;
	}
	puppets->answers[host] = (uint8_t)answers;
	return true;
}

bool nlab_puppets_listen(const struct nlab_puppets *puppets, const struct nlab_tap *tap)
{
	return !tap->port.port && tap->port.host < NLAB_PUPPET_HOSTS && puppets->answers[tap->port.host];
}

/* The state of a connection, made when it is new; NULL without memory. */
static struct nlab_puppet_talk *talk_of(struct nlab_puppets *puppets, uint16_t host, uint32_t flow)
{
	for (size_t i = puppets->count; i > 0; i--) {
		struct nlab_puppet_talk *talk = &puppets->talks[i - 1];
		if (talk->flow == flow && talk->host == host) {
			return talk;
		}
	}
	if (puppets->count == puppets->room) {
		size_t room = puppets->room ? puppets->room * 2 : 16;
		struct nlab_puppet_talk *talks = realloc(puppets->talks, room * sizeof *talks);
		if (!talks) {
			return NULL;
		}
		puppets->talks = talks;
		puppets->room = room;
	}
	struct nlab_puppet_talk *talk = &puppets->talks[puppets->count++];
	*talk = (struct nlab_puppet_talk){.flow = flow, .host = host};
	return talk;
}

void nlab_puppets_sent(struct nlab_puppets *puppets, uint16_t host, uint32_t flow,
		       const struct nlab_packet *packet)
{
	bool counts = (packet->layers & NLAB_LAYER_TCP) && !(packet->tcp.flags & NLAB_TCP_RST);
	struct nlab_puppet_talk *talk = counts ? talk_of(puppets, host, flow) : NULL;
	if (!talk) {
		return;
	}
	uint32_t end = packet->tcp.seq + nlab_answer_space(packet);
	if (!talk->sent) {
		talk->iss = packet->tcp.seq;
		talk->snd_nxt = end;
		talk->sent = true;
	} else if (is_before(talk->snd_nxt, end)) {
		talk->snd_nxt = end;
	}
}

/* Take a segment in; returns whether it is to be acknowledged: it takes sequence numbers, or repeats old ones (RFC 9293
 * 3.10.7.4; a probe of keep-alive). */
static bool receive(struct nlab_puppet_talk *talk, const struct nlab_packet *packet, bool opens)
{
	uint32_t seq = packet->tcp.seq;
	uint32_t end = seq + (opens ? 1 : nlab_answer_space(packet)); /* data in a SYN is not taken */
	if (!talk->received) {
		talk->rcv_nxt = seq;
		talk->received = true;
	}
	if (!talk->sent) {
		talk->iss = talk->snd_nxt =
		    packet->tcp.flags & NLAB_TCP_ACK ? packet->tcp.ack : NLAB_PUPPET_ISS;
		talk->sent = true;
	}
	bool old = is_before(seq, talk->rcv_nxt);
	if (!is_before(talk->rcv_nxt, seq) && is_before(talk->rcv_nxt, end)) {
		talk->rcv_nxt = end;
	}
	return end != seq || old;
}

static size_t acknowledge(struct nlab_puppet_talk *talk, const struct nlab_packet *packet, uint8_t *frame,
			  size_t room)
{
	bool opens = (packet->tcp.flags & (NLAB_TCP_SYN | NLAB_TCP_ACK)) == NLAB_TCP_SYN;
	if (!talk || (packet->tcp.flags & NLAB_TCP_RST) || !receive(talk, packet, opens)) {
		return 0;
	}
	uint16_t mss = packet->layers & NLAB_LAYER_IP6 ? NLAB_PUPPET_MSS - 20 : NLAB_PUPPET_MSS;
	const struct nlab_answer_segment segment = {
	    .flags = opens ? NLAB_TCP_SYN | NLAB_TCP_ACK : NLAB_TCP_ACK,
	    .seq = opens ? talk->iss : talk->snd_nxt,
	    .ack = talk->rcv_nxt,
	    .mss = opens ? mss : 0,
	};
	return nlab_answer_tcp(packet, &segment, frame, room);
}

static size_t refuse(const struct nlab_packet *packet, uint8_t *frame, size_t room)
{
	static const struct nlab_answer_error PORT4 = {.type = 3, .code = 3}, PORT6 = {.type = 1, .code = 4};
	if (packet->layers & NLAB_LAYER_UDP) {
		return nlab_answer_icmp(packet, packet->layers & NLAB_LAYER_IP6 ? &PORT6 : &PORT4, frame,
					room);
	}
	return nlab_answer_reset(packet, frame, room);
}

size_t nlab_puppets_answer(struct nlab_puppets *puppets, const struct nlab_tap *tap, uint16_t asked,
			   uint32_t flow, const struct nlab_packet *packet, uint8_t *frame, size_t room)
{
	uint16_t host = tap->port.host;
	uint8_t answers = puppets->answers[host];
	uint8_t address[16];
	if (asked != host) {
		return 0;
	}
	if (nlab_answer_asked(packet, address)) {
		return answers & NLAB_ANSWERS_ARP ? nlab_answer_neighbour(packet, tap->port.mac, frame, room)
						  : 0;
	}
	if (answers & NLAB_ANSWERS_REFUSE) {
		return refuse(packet, frame, room);
	}
	bool talks = (answers & NLAB_ANSWERS_ACKNOWLEDGE) && (packet->layers & NLAB_LAYER_TCP);
	return talks ? acknowledge(talk_of(puppets, host, flow), packet, frame, room) : 0;
}

/* flow.c: the table of flows. Floor facts.
 * A flow with id i lives in place (i - 1) % capacity, so that a new one takes the place of the oldest when
 * the table may not grow. Ids fall along a hash chain; a chain ends at the first id that is no longer in the
 * table, so that a forgotten flow needs no unlinking. */
#include "facts/flow.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 64
#define FAR            UINT32_MAX

struct endpoint {
	uint8_t address[16];
	uint16_t port;
};

struct flow_key {
	struct endpoint end[2]; /* the lesser one first: direction 0 is from end[0] */
	uint16_t proto;
	uint16_t none; /* without it there would be a gap here, and keys are compared as bytes */
	uint32_t scope;
};

struct direction {
	uint32_t base; /* the sequence number that is shown as 0 */
	bool known;
	bool syn;   /* base is the number of a SYN */
	bool acked; /* the other side acknowledged something behind base */
};

struct flow {
	struct flow_key key;
	uint32_t id;   /* 0: empty */
	uint32_t next; /* id of the next flow in the chain, 0: none */
	struct direction direction[2];
};

struct nlab_flows {
	struct flow *table;
	uint32_t *chains;  /* capacity of them: id of the newest flow of each chain */
	uint32_t capacity; /* a power of two */
	uint32_t newest;   /* id of the newest flow */
	bool full;         /* no more growth */
};

/* ---- the table ---- */

static uint32_t hash_key(const struct flow_key *key, uint32_t capacity)
{
	uint32_t words[sizeof *key / 4], hash = 2166136261u;
	memcpy(words, key, sizeof words);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		hash = (hash ^ words[i]) * 16777619u;
		hash ^= hash >> 15;
	}
	return hash & (capacity - 1);
}

static struct flow *flow_by_id(const struct nlab_flows *flows, uint32_t id)
{
	struct flow *flow = id ? &flows->table[(id - 1) & (flows->capacity - 1)] : NULL;
	return flow && flow->id == id ? flow : NULL;
}

/* The newest flow of a key in the chain that begins with flow `id`, or NULL. */
static struct flow *find(const struct nlab_flows *flows, const struct flow_key *key, uint32_t id)
{
	struct flow *flow = flow_by_id(flows, id);
	while (flow && memcmp(&flow->key, key, sizeof *key) != 0) {
		flow = flow_by_id(flows, flow->next);
	}
	return flow;
}

static void link_flow(struct nlab_flows *flows, struct flow *flow)
{
	uint32_t *chain = &flows->chains[hash_key(&flow->key, flows->capacity)];
	flow->next = *chain;
	*chain = flow->id;
}

/* Double the table, or mark it full. */
static void grow(struct nlab_flows *flows)
{
	uint32_t capacity = flows->capacity * 2;
	struct flow *table = capacity <= NLAB_FLOWS_MAX ? calloc(capacity, sizeof *table) : NULL;
	uint32_t *chains = table ? calloc(capacity, sizeof *chains) : NULL;
	if (!chains) {
		free(table);
		flows->full = true;
		return;
	}
	memcpy(table, flows->table, flows->capacity * sizeof *table);
	free(flows->table);
	free(flows->chains);
	flows->table = table;
	flows->chains = chains;
	flows->capacity = capacity;
	for (uint32_t id = 1; id <= flows->newest; id++) {
		link_flow(flows, &table[id - 1]);
	}
}

static struct flow *add_flow(struct nlab_flows *flows, const struct flow_key *key)
{
	if (flows->newest == flows->capacity && !flows->full) {
		grow(flows);
	}
	uint32_t id = ++flows->newest;
	struct flow *flow = &flows->table[(id - 1) & (flows->capacity - 1)];
	*flow = (struct flow){.id = id};
	memcpy(&flow->key, key, sizeof *key);
	link_flow(flows, flow);
	return flow;
}

struct nlab_flows *nlab_flows_new(void)
{
	struct nlab_flows *flows = calloc(1, sizeof *flows);
	if (!flows) {
		return NULL;
	}
	flows->capacity = FIRST_CAPACITY;
	flows->table = calloc(FIRST_CAPACITY, sizeof *flows->table);
	flows->chains = calloc(FIRST_CAPACITY, sizeof *flows->chains);
	if (!flows->table || !flows->chains) {
		nlab_flows_free(flows);
		return NULL;
	}
	return flows;
}

void nlab_flows_free(struct nlab_flows *flows)
{
	if (flows) {
		free(flows->table);
		free(flows->chains);
		free(flows);
	}
}

/* Fill in the key; returns the packet's direction. */
static unsigned make_key(struct flow_key *key, const struct nlab_packet *packet, uint32_t scope)
{
	struct endpoint ends[2];
	memset(ends, 0, sizeof ends);
	memset(key, 0, sizeof *key);
	memcpy(ends[0].address, packet->ip.src, 16);
	memcpy(ends[1].address, packet->ip.dst, 16);
	ends[0].port = packet->sport;
	ends[1].port = packet->dport;
	unsigned direction = memcmp(&ends[0], &ends[1], sizeof ends[0]) > 0;
	key->end[direction] = ends[0];
	key->end[!direction] = ends[1];
	key->proto = packet->proto;
	key->scope = scope;
	return direction;
}

/* ---- TCP ---- */

static bool is_syn(const struct nlab_tcp *tcp)
{
	return (tcp->flags & (NLAB_TCP_SYN | NLAB_TCP_ACK)) == NLAB_TCP_SYN;
}

/* A reset in answer to a segment without ACK: its sequence number is 0 whatever its sender's are. */
static bool is_zero_reset(const struct nlab_tcp *tcp)
{
	uint8_t bits = NLAB_TCP_RST | NLAB_TCP_ACK;
	return (tcp->flags & bits) == bits && tcp->seq == 0;
}

/* The directions of a flow as seen by a segment: its own and the other one; one and the same in a
 * self-connect. */
static struct direction *own(struct flow *flow, unsigned d)
{
	return &flow->direction[d];
}

static struct direction *other(struct flow *flow, unsigned d)
{
	bool self = memcmp(&flow->key.end[0], &flow->key.end[1], sizeof flow->key.end[0]) == 0;
	return &flow->direction[self ? d : !d];
}

static uint32_t nearness(uint32_t a, uint32_t b)
{
	uint32_t forward = a - b, back = b - a;
	return forward < back ? forward : back;
}

/* How far a segment lies from what a flow has seen so far. */
static uint32_t distance(struct flow *flow, unsigned d, const struct nlab_tcp *tcp)
{
	if (own(flow, d)->known && !is_zero_reset(tcp)) {
		return nearness(tcp->seq, own(flow, d)->base);
	}
	if (other(flow, d)->known && (tcp->flags & NLAB_TCP_ACK)) {
		return nearness(tcp->ack, other(flow, d)->base);
	}
	return FAR;
}

/* Does a SYN belong to this flow: sent again, or the second one of a simultaneous open? A SYN that was
 * answered, also with a RST,ACK, takes part in none. */
static bool joins(struct flow *flow, unsigned d, const struct nlab_tcp *tcp)
{
	if (own(flow, d)->syn) {
		return own(flow, d)->base == tcp->seq;
	}
	return other(flow, d)->syn && !other(flow, d)->acked;
}

/* The flow of a TCP segment among the two newest of its pair, or NULL when it begins a new one. */
static struct flow *choose(const struct nlab_flows *flows, struct flow *newest, unsigned d,
			   const struct nlab_tcp *tcp)
{
	struct flow *before = newest ? find(flows, &newest->key, newest->next) : NULL;
	if (is_syn(tcp)) {
		if (newest && joins(newest, d, tcp)) {
			return newest;
		}
		return before && own(before, d)->syn && own(before, d)->base == tcp->seq ? before : NULL;
	}
	return before && distance(before, d, tcp) < distance(newest, d, tcp) ? before : newest;
}

/* Learn the bases of both directions from a segment. */
static void learn(struct flow *flow, unsigned d, const struct nlab_tcp *tcp)
{
	struct direction *mine = own(flow, d), *theirs = other(flow, d);
	bool syn = tcp->flags & NLAB_TCP_SYN, ack = tcp->flags & NLAB_TCP_ACK;
	if (syn && !(mine->syn && mine->acked)) {
		*mine = (struct direction){.base = tcp->seq, .known = true, .syn = true};
	} else if (!mine->known && !is_zero_reset(tcp)) {
		mine->base = tcp->seq;
		mine->known = true;
	}
	if (ack && !theirs->known) {
		theirs->base = tcp->ack - 1;
		theirs->known = true;
	}
	uint32_t beyond = tcp->ack - theirs->base;
	if (ack && beyond >= 1 && beyond < UINT32_C(1) << 31) {
		theirs->acked = true;
	}
}

static void see_tcp(struct nlab_flows *flows, struct flow *newest, const struct flow_key *key, unsigned d,
		    const struct nlab_tcp *tcp, struct nlab_flow_mark *mark)
{
	struct flow *flow = choose(flows, newest, d, tcp);
	if (!flow) {
		flow = add_flow(flows, key);
	}
	learn(flow, d, tcp);
	mark->flow = flow->id;
	mark->seq_base = is_zero_reset(tcp) ? 0 : own(flow, d)->base;
	mark->ack_base = other(flow, d)->base;
}

void nlab_flows_see(struct nlab_flows *flows, const struct nlab_packet *packet, uint32_t scope,
		    struct nlab_flow_mark *mark)
{
	*mark = (struct nlab_flow_mark){0};
	if (!(packet->layers & NLAB_LAYER_PORTS)) {
		return;
	}
	struct flow_key key;
	unsigned d = make_key(&key, packet, scope);
	struct flow *flow = find(flows, &key, flows->chains[hash_key(&key, flows->capacity)]);
	if (packet->layers & NLAB_LAYER_TCP) {
		see_tcp(flows, flow, &key, d, &packet->tcp, mark);
	} else {
		mark->flow = flow ? flow->id : add_flow(flows, &key)->id;
	}
}

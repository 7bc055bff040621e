/* verdict.c: the rules of the wire. Floor lab. */
#include "lab/verdict.h"

#include "base/clock.h"
#include "facts/answer.h"

#include <errno.h>
#include <string.h>

#define COPIES_MAX 64
#define BITS       INT64_C(8)

/* splitmix64: small, and the same on every machine. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static bool has_luck(struct nlab_verdict_rule *rule)
{
	return !rule->chance || (uint32_t)(next_random(&rule->random) >> 32) < rule->chance;
}

/* A packet that is put to the rules, with what these look at. */
struct question {
	struct nlab_verdicts *verdicts;
	const struct nlab_queue *queue;
	uint16_t link;
	const struct nlab_packet_context *context;
};

/* What an action asks beside its rule: no answer to an answer; no second packet of a direction while one waits. */
static bool is_concerned(const struct question *q, const struct nlab_verdict_rule *rule)
{
	return rule->left > 0 && (!rule->link || rule->link == q->link) &&
	       !(rule->action == NLAB_ACTION_REJECT && q->context->record->made_by) &&
	       !(rule->action == NLAB_ACTION_REORDER &&
		 nlab_queue_is_overtaken(q->queue, rule->id, q->context->record));
}

/* Chance, and what is left of a burst. */
static bool is_hit(struct nlab_verdict_rule *rule)
{
	if (rule->burst > 0) {
		rule->burst--;
		return true;
	}
	bool lucky = has_luck(rule);
	rule->burst = lucky && rule->action == NLAB_ACTION_DROP && rule->amount > 0 ? rule->amount - 1 : 0;
	return lucky;
}

/* The rule of this action that decides about this packet, or NULL; it is counted. */
static struct nlab_verdict_rule *decide(const struct question *q, enum nlab_action action)
{
	struct nlab_verdicts *verdicts = q->verdicts;
	for (size_t i = 0; i < verdicts->count; i++) {
		struct nlab_verdict_rule *rule = &verdicts->rules[i];
		if (rule->action != action || !is_concerned(q, rule) ||
		    !nlab_rule_matches(&rule->rule, q->context)) {
			continue;
		}
		rule->matched = true;
		if (rule->skip > 0) {
			rule->skip--;
		} else if (is_hit(rule)) {
			rule->hits++;
			rule->left -= rule->left != UINT32_MAX;
			return rule;
		}
	}
	return NULL;
}

/* Delay with jitter keeps the order of the rule's packets: none is due before the one before it. */
static int64_t delayed(struct nlab_verdict_rule *rule, int64_t sent_ns)
{
	int64_t jitter =
	    rule->amount
		? (int64_t)(next_random(&rule->random) % (uint64_t)(2 * rule->amount + 1)) - rule->amount
		: 0;
	int64_t due = sent_ns + (rule->value + jitter > 0 ? rule->value + jitter : 0);
	rule->last_due_ns = due > rule->last_due_ns ? due : rule->last_due_ns;
	return rule->last_due_ns;
}

/* When the last bit of a packet has left a line of rule->value bits a second; -1 when its queue has no room. */
static int64_t queued(struct nlab_verdict_rule *rule, int64_t sent_ns, uint32_t length)
{
	int64_t free_ns = rule->last_due_ns > sent_ns ? rule->last_due_ns : sent_ns;
	double waiting = (double)(free_ns - sent_ns) * (double)rule->value / (double)(BITS * NLAB_NS_PER_S);
	if (waiting + length > (double)rule->amount) {
		return -1;
	}
	rule->last_due_ns =
	    free_ns + (int64_t)((double)length * (double)(BITS * NLAB_NS_PER_S) / (double)rule->value);
	return rule->last_due_ns;
}

/* The time of delivery, by the line's rate and then its delay. */
static void schedule(const struct question *q, struct nlab_verdict *verdict)
{
	const struct nlab_packet_context *context = q->context;
	struct nlab_verdict_rule *rate = decide(q, NLAB_ACTION_RATE);
	struct nlab_verdict_rule *delay;
	int64_t due = context->record->head.time_ns;
	if (rate) {
		due = queued(rate, due, context->record->length);
		verdict->rule = rate->id;
		verdict->fate = due < 0 ? NLAB_FATE_DROPPED : NLAB_FATE_PENDING;
	}
	if (due >= 0 && (delay = decide(q, NLAB_ACTION_DELAY))) {
		due = delayed(delay, due);
		verdict->rule = delay->id;
		verdict->fate = NLAB_FATE_PENDING;
	}
	verdict->due_ns = due;
}

/* Whether a rule keeps the packet back until something happens. */
static bool keep(const struct question *q, struct nlab_verdict *verdict)
{
	struct nlab_verdict_rule *rule = decide(q, NLAB_ACTION_HOLD);
	bool held = rule != NULL;
	if (!rule && !(rule = decide(q, NLAB_ACTION_REORDER))) {
		return false;
	}
	verdict->fate = held ? NLAB_FATE_HELD : NLAB_FATE_PENDING;
	verdict->rule = rule->id;
	verdict->wait = held ? NLAB_WAIT_RELEASE : NLAB_WAIT_OVERTAKEN;
	verdict->gap = held ? 0 : (uint32_t)rule->amount;
	verdict->due_ns =
	    held || rule->value == 0 ? INT64_MAX : q->context->record->head.time_ns + rule->value;
	return true;
}

struct nlab_verdict nlab_verdict(struct nlab_verdicts *verdicts, const struct nlab_queue *queue,
				 uint16_t link, const struct nlab_packet_context *context)
{
	static const struct {
		enum nlab_action action;
		enum nlab_fate fate;
	} LOSSES[] = {{NLAB_ACTION_CUT, NLAB_FATE_CUT},
		      {NLAB_ACTION_DROP, NLAB_FATE_DROPPED},
		      {NLAB_ACTION_REJECT, NLAB_FATE_REJECTED}};
	const struct question q = {verdicts, queue, link, context};
	struct nlab_verdict verdict = {.fate = NLAB_FATE_DELIVERED};
	struct nlab_verdict_rule *rule;
	for (size_t i = 0; i < sizeof LOSSES / sizeof LOSSES[0]; i++) {
		if ((rule = decide(&q, LOSSES[i].action))) {
			return (struct nlab_verdict){.fate = LOSSES[i].fate,
						     .rule = rule->id,
						     .rejects =
							 LOSSES[i].fate == NLAB_FATE_REJECTED ? rule : NULL};
		}
	}
	if ((rule = decide(&q, NLAB_ACTION_FILTER))) {
		return (struct nlab_verdict){
		    .fate = NLAB_FATE_ASKED, .rule = rule->id, .wait = NLAB_WAIT_FILTER, .due_ns = INT64_MAX};
	}
	verdict.altered = decide(&q, NLAB_ACTION_CORRUPT);
	if (!verdict.altered) {
		verdict.altered = decide(&q, NLAB_ACTION_TRUNCATE);
	}
	if ((rule = decide(&q, NLAB_ACTION_DUPLICATE))) {
		verdict.copies = (unsigned)rule->amount;
		verdict.copier = rule->id;
	}
	if (!keep(&q, &verdict)) {
		schedule(&q, &verdict);
	}
	return verdict;
}

static void tell(struct nlab_recording *recording, const struct nlab_verdict_rule *rule, bool decided,
		 int64_t time_ns)
{
	const struct nlab_event_record event = {
	    .head.time_ns = time_ns, .event = NLAB_EVENT_MATCH, .a = rule->id, .b = decided};
	nlab_recording_event(recording, &event, "", 0);
}

void nlab_verdicts_tell(struct nlab_verdicts *verdicts, struct nlab_recording *recording, int64_t time_ns)
{
	for (size_t i = 0; i < verdicts->count; i++) {
		struct nlab_verdict_rule *rule = &verdicts->rules[i];
		if (rule->matched && !rule->told_match) {
			tell(recording, rule, false, time_ns);
			rule->told_match = true;
		}
		if (rule->hits && !rule->told_hit) {
			tell(recording, rule, true, time_ns);
			rule->told_hit = true;
		}
	}
}

/* Where the transport checksum stands in the frame; SIZE_MAX when it has none. */
static size_t checksum_offset(const struct nlab_packet *packet)
{
	static const struct {
		uint32_t layer;
		uint32_t offset;
	} ROWS[] = {{NLAB_LAYER_TCP, 16}, {NLAB_LAYER_UDP, 6}, {NLAB_LAYER_ICMP, 2}};
	for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
		if (packet->layers & ROWS[i].layer) {
			return packet->transport + ROWS[i].offset;
		}
	}
	return SIZE_MAX;
}

size_t nlab_verdict_alter(const struct nlab_verdict_rule *rule, const struct nlab_packet *packet,
			  uint8_t *frame, size_t length)
{
	if (rule->action == NLAB_ACTION_TRUNCATE) {
		return (size_t)rule->value < length ? (size_t)rule->value : length;
	}
	size_t byte = rule->amount ? checksum_offset(packet) : (size_t)(rule->value / BITS);
	if (byte < length) {
		frame[byte] ^= (uint8_t)(0x80 >> rule->value % BITS);
	}
	return length;
}

size_t nlab_verdict_answer(const struct nlab_verdict_rule *rule, const struct nlab_packet *packet,
			   uint8_t *frame, size_t room)
{
	bool six = packet->layers & NLAB_LAYER_IP6;
	struct nlab_answer_error error = {.type = (uint8_t)(rule->value >> (six ? 8 : 24)),
					  .code = (uint8_t)(rule->value >> (six ? 0 : 16)),
					  .rest = (uint32_t)rule->amount};
	memcpy(error.from, rule->address, sizeof error.from);
	return rule->value == NLAB_REJECT_RESET ? nlab_answer_reset(packet, frame, room)
						: nlab_answer_icmp(packet, &error, frame, room);
}

/* What an order must say beside its rule, by action: the least value and amount, and the largest. */
static bool is_sane(const struct nlab_order *order)
{
	static const struct {
		int64_t value_min, value_max, amount_min, amount_max;
	} RANGES[NLAB_ACTION_COUNT] = {
	    [NLAB_ACTION_DROP] = {0, INT64_MAX, 0, UINT32_MAX},
	    [NLAB_ACTION_DELAY] = {0, INT64_MAX / 4, 0, INT64_MAX / 4},
	    [NLAB_ACTION_HOLD] = {0, INT64_MAX, 0, INT64_MAX},
	    [NLAB_ACTION_CUT] = {0, INT64_MAX, 0, INT64_MAX},
	    [NLAB_ACTION_DUPLICATE] = {0, INT64_MAX, 1, COPIES_MAX},
	    [NLAB_ACTION_CORRUPT] = {0, 65535 * BITS, 0, INT64_MAX},
	    [NLAB_ACTION_TRUNCATE] = {14, 65535, 0, INT64_MAX},
	    [NLAB_ACTION_RATE] = {1, INT64_C(1000000000000), 1, INT64_C(1) << 40},
	    [NLAB_ACTION_REORDER] = {0, INT64_MAX / 4, 1, 1000000},
	    [NLAB_ACTION_FILTER] = {0, 0, 0, 0},
	    [NLAB_ACTION_REJECT] = {0, NLAB_REJECT_RESET, 0, UINT32_MAX},
	};
	return order->action > 0 && order->action < NLAB_ACTION_COUNT && nlab_rule_valid(&order->rule) &&
	       order->value >= RANGES[order->action].value_min &&
	       order->value <= RANGES[order->action].value_max &&
	       order->amount >= RANGES[order->action].amount_min &&
	       order->amount <= RANGES[order->action].amount_max;
}

uint16_t nlab_verdicts_add(struct nlab_verdicts *verdicts, const struct nlab_order *order,
			   struct nlab_error *error)
{
	bool sane = is_sane(order);
	if (!sane || verdicts->count == NLAB_VERDICTS_MAX || verdicts->last_id == UINT16_MAX) {
		nlab_error_set(error, sane ? ENOSPC : EINVAL, "add a rule to the wire", "%s", order->text);
		return 0;
	}
	struct nlab_verdict_rule *rule = &verdicts->rules[verdicts->count++];
	*rule = (struct nlab_verdict_rule){
	    .id = ++verdicts->last_id,
	    .action = order->action,
	    .link = order->link,
	    .left = order->count ? order->count : UINT32_MAX,
	    .skip = order->skip,
	    .chance = order->chance,
	    .random = order->seed,
	    .value = order->value,
	    .amount = order->amount,
	    .rule = order->rule,
	};
	memcpy(rule->address, order->address, sizeof rule->address);
	return verdicts->last_id;
}

uint16_t nlab_verdicts_remove(struct nlab_verdicts *verdicts, uint16_t id, unsigned action)
{
	for (size_t i = 0; i < verdicts->count; i++) {
		struct nlab_verdict_rule *rule = &verdicts->rules[i];
		if (id ? rule->id == id : action == 0 || rule->action == action) {
			uint16_t gone = rule->id;
			memmove(rule, rule + 1, (verdicts->count - i - 1) * sizeof *rule);
			verdicts->count--;
			return gone;
		}
	}
	return 0;
}

bool nlab_verdicts_hits(const struct nlab_verdicts *verdicts, uint16_t id, uint64_t *hits)
{
	for (size_t i = 0; i < verdicts->count; i++) {
		if (verdicts->rules[i].id == id) {
			*hits = verdicts->rules[i].hits;
			return true;
		}
	}
	return false;
}

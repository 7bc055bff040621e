/* queue.c: the packets that the wire keeps back. Floor lab. */
#include "lab/queue.h"

#include <stdlib.h>
#include <string.h>

static bool grow(struct nlab_queue *queue)
{
	size_t room = queue->room ? queue->room * 2 : 64;
	struct nlab_queue_item *items = realloc(queue->items, room * sizeof *items);
	if (!items) {
		return false;
	}
	queue->items = items;
	queue->room = room;
	return true;
}

bool nlab_queue_add(struct nlab_queue *queue, const struct nlab_queue_item *item)
{
	if (queue->count == queue->room && !grow(queue)) {
		return false;
	}
	size_t at = queue->count++;
	for (; at > 0 && queue->items[at - 1].due_ns > item->due_ns; at--) {
		queue->items[at] = queue->items[at - 1];
	}
	queue->items[at] = *item;
	queue->overtaken += item->wait == NLAB_WAIT_OVERTAKEN;
	return true;
}

static struct nlab_packet_record *take(struct nlab_queue *queue, size_t index)
{
	struct nlab_packet_record *record = queue->items[index].record;
	queue->overtaken -= queue->items[index].wait == NLAB_WAIT_OVERTAKEN;
	queue->count--;
	memmove(&queue->items[index], &queue->items[index + 1],
		(queue->count - index) * sizeof *queue->items);
	return record;
}

struct nlab_packet_record *nlab_queue_take_due(struct nlab_queue *queue, int64_t now_ns)
{
	bool due = queue->count > 0 && queue->items[0].due_ns <= now_ns;
	return due ? take(queue, 0) : NULL;
}

/* The place of the first packet that waits for this, of one rule (0: any) and with one id (0: any), or queue->count. */
static size_t find(const struct nlab_queue *queue, enum nlab_wait wait, uint16_t rule, uint32_t id)
{
	size_t i = 0;
	while (i < queue->count && (queue->items[i].wait != wait || (rule && queue->items[i].rule != rule) ||
				    (id && queue->items[i].record->id != id))) {
		i++;
	}
	return i;
}

struct nlab_packet_record *nlab_queue_take_held(struct nlab_queue *queue, uint16_t rule)
{
	size_t at = find(queue, NLAB_WAIT_RELEASE, rule, 0);
	return at < queue->count ? take(queue, at) : NULL;
}

struct nlab_packet_record *nlab_queue_take_packet(struct nlab_queue *queue, enum nlab_wait wait,
						  uint16_t rule, uint32_t id)
{
	size_t at = find(queue, wait, rule, id);
	return at < queue->count && id ? take(queue, at) : NULL;
}

uint32_t nlab_queue_asked(const struct nlab_queue *queue, uint16_t rule)
{
	size_t at = find(queue, NLAB_WAIT_FILTER, rule, 0);
	return at < queue->count ? queue->items[at].record->id : 0;
}

static bool is_same_way(const struct nlab_packet_record *a, const struct nlab_packet_record *b)
{
	return a->from_port == b->from_port && a->to_port == b->to_port;
}

void nlab_queue_overtake(struct nlab_queue *queue, const struct nlab_packet_record *record)
{
	for (size_t i = 0; queue->overtaken && i < queue->count; i++) {
		struct nlab_queue_item *item = &queue->items[i];
		bool overtaken = item->wait == NLAB_WAIT_OVERTAKEN && item->record->id < record->id &&
				 is_same_way(item->record, record);
		item->gap -= overtaken && item->gap > 0;
	}
}

struct nlab_packet_record *nlab_queue_take_overtaken(struct nlab_queue *queue)
{
	for (size_t i = 0; queue->overtaken && i < queue->count; i++) {
		if (queue->items[i].wait == NLAB_WAIT_OVERTAKEN && queue->items[i].gap == 0) {
			return take(queue, i);
		}
	}
	return NULL;
}

bool nlab_queue_is_overtaken(const struct nlab_queue *queue, uint16_t rule,
			     const struct nlab_packet_record *record)
{
	for (size_t i = 0; queue->overtaken && i < queue->count; i++) {
		const struct nlab_queue_item *item = &queue->items[i];
		if (item->wait == NLAB_WAIT_OVERTAKEN && item->rule == rule &&
		    is_same_way(item->record, record)) {
			return true;
		}
	}
	return false;
}

struct nlab_packet_record *nlab_queue_take_of(struct nlab_queue *queue, uint16_t rule)
{
	for (size_t i = 0; i < queue->count; i++) {
		if (queue->items[i].rule == rule) {
			return take(queue, i);
		}
	}
	return NULL;
}

int64_t nlab_queue_next_due(const struct nlab_queue *queue)
{
	return queue->count ? queue->items[0].due_ns : INT64_MAX;
}

size_t nlab_queue_count_held(const struct nlab_queue *queue, uint16_t rule)
{
	size_t held = 0;
	for (size_t i = 0; i < queue->count; i++) {
		held += queue->items[i].wait == NLAB_WAIT_RELEASE && queue->items[i].rule == rule;
	}
	return held;
}

void nlab_queue_free(struct nlab_queue *queue)
{
	free(queue->items);
	*queue = (struct nlab_queue){0};
}

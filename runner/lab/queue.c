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

bool nlab_queue_add(struct nlab_queue *queue, struct nlab_packet_record *record, uint16_t rule,
		    int64_t due_ns)
{
	if (queue->count == queue->room && !grow(queue)) {
		return false;
	}
	size_t at = queue->count++;
	for (; at > 0 && queue->items[at - 1].due_ns > due_ns; at--) {
		queue->items[at] = queue->items[at - 1];
	}
	queue->items[at] = (struct nlab_queue_item){record, rule, due_ns};
	return true;
}

static struct nlab_packet_record *take(struct nlab_queue *queue, size_t index)
{
	struct nlab_packet_record *record = queue->items[index].record;
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

struct nlab_packet_record *nlab_queue_take_held(struct nlab_queue *queue, uint16_t rule)
{
	for (size_t i = 0; i < queue->count; i++) {
		if (queue->items[i].due_ns == INT64_MAX && (rule == 0 || queue->items[i].rule == rule)) {
			return take(queue, i);
		}
	}
	return NULL;
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
		held += queue->items[i].due_ns == INT64_MAX && queue->items[i].rule == rule;
	}
	return held;
}

void nlab_queue_free(struct nlab_queue *queue)
{
	free(queue->items);
	*queue = (struct nlab_queue){0};
}

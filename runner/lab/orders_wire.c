/* orders_wire.c: the orders about rules of the wire. Floor lab. */
#include "lab/orders_wire.h"

#include "base/clock.h"

#include <errno.h>
#include <string.h>

static void record_order(struct nlab_request *c, enum nlab_event_kind kind, int64_t id, int64_t b)
{
	struct nlab_event_record event = {
	    .head.time_ns = nlab_clock_recording_ns(), .event = (uint16_t)kind, .a = id, .b = b};
	nlab_recording_event(c->orders->recording, &event, c->order->text, strlen(c->order->text));
}

/* The rule id that an order names; 0: none in particular. */
static bool read_id(struct nlab_request *c, uint16_t *id)
{
	*id = (uint16_t)c->order->value;
	return *id == c->order->value ||
	       nlab_request_refuse(c, EINVAL, "find a rule of the wire", "no rule has such a number");
}

bool nlab_orders_add_rule(struct nlab_request *c)
{
	nlab_wire_drain(c->orders->wire, NLAB_DRAIN_MAX); /* what was sent before is not concerned */
	c->reply->value = nlab_wire_rule(c->orders->wire, c->order, &c->reply->error);
	if (c->reply->value == 0) {
		return false;
	}
	record_order(c, NLAB_EVENT_RULE, c->reply->value, c->order->line);
	return true;
}

bool nlab_orders_remove_rule(struct nlab_request *c)
{
	uint16_t id;
	if (!read_id(c, &id)) {
		return false;
	}
	nlab_wire_drain(c->orders->wire, NLAB_DRAIN_MAX);
	record_order(c, NLAB_EVENT_ORDER, c->order->value, c->order->action);
	c->reply->value = (int64_t)nlab_wire_remove(c->orders->wire, id, c->order->action);
	return true;
}

bool nlab_orders_release_held(struct nlab_request *c)
{
	uint16_t id;
	if (!read_id(c, &id)) {
		return false;
	}
	nlab_wire_drain(c->orders->wire, NLAB_DRAIN_MAX);
	record_order(c, NLAB_EVENT_ORDER, c->order->value, c->order->action);
	if (c->order->amount > 0) {
		c->reply->value = c->order->amount <= UINT32_MAX &&
				  nlab_wire_release_packet(c->orders->wire, id, (uint32_t)c->order->amount);
		return true;
	}
	c->reply->value =
	    (int64_t)nlab_wire_release(c->orders->wire, id, c->order->count ? c->order->count : SIZE_MAX);
	return true;
}

bool nlab_orders_tell_hits(struct nlab_request *c)
{
	uint64_t hits;
	uint64_t held;
	uint16_t id;
	if (!read_id(c, &id)) {
		return false;
	}
	nlab_wire_drain(c->orders->wire, NLAB_DRAIN_MAX);
	if (!nlab_wire_hits(c->orders->wire, id, &hits, &held)) {
		return nlab_request_refuse(c, ENOENT, "look up a rule of the wire", "it was removed");
	}
	c->reply->value = (int64_t)hits;
	c->reply->value2 = (int64_t)held;
	return true;
}

bool nlab_orders_drain(struct nlab_request *c)
{
	nlab_wire_drain(c->orders->wire, NLAB_DRAIN_MAX);
	c->reply->value = atomic_load(&c->orders->recording->lab->packets);
	c->later = nlab_filters_wait(&c->orders->filters, c->orders->wire, c->socket);
	return true;
}

bool nlab_orders_filter(struct nlab_request *c)
{
	c->later =
	    nlab_filters_next(&c->orders->filters, c->orders->wire, c->socket, c->order, &c->reply->error);
	return c->later;
}

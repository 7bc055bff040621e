/* filters.c: the processes that decide about packets. Floor lab. */
#include "lab/filters.h"

#include <errno.h>

static size_t find(const struct nlab_filters *filters, int socket)
{
	size_t i = 0;
	while (i < filters->count && filters->list[i].socket != socket) {
		i++;
	}
	return i;
}

static void reply(int socket, int64_t value)
{
	const struct nlab_reply done = {.value = value};
	nlab_order_send(socket, &done, sizeof done, -1);
}

bool nlab_filters_next(struct nlab_filters *filters, struct nlab_wire *wire, int socket,
		       const struct nlab_order *order, struct nlab_error *error)
{
	size_t at = find(filters, socket);
	bool sane = order->value > 0 && order->value <= UINT16_MAX && order->amount >= 0 &&
		    order->amount <= UINT32_MAX && order->timeout_ns >= 0 &&
		    order->timeout_ns <= INT64_MAX / 4;
	if (sane && at == NLAB_FILTERS_MAX) { /* nobody would decide about what its rule matches */
		nlab_wire_remove(wire, (uint16_t)order->value, 0);
	}
	if (!sane || at == NLAB_FILTERS_MAX) {
		return nlab_error_set(error, sane ? ENOSPC : EINVAL, "be a filter", "at the most %d at once",
				      NLAB_FILTERS_MAX);
	}
	uint16_t rule = (uint16_t)order->value;
	if (!nlab_wire_decide(wire, rule, (uint32_t)order->amount, order->count, order->timeout_ns)) {
		return nlab_error_set(error, EINVAL, "filter a packet", "%s", "what it says is not known");
	}
	filters->count += at == filters->count;
	filters->list[at].socket = socket;
	filters->list[at].rule = rule;
	filters->list[at].idle = true;
	return true;
}

bool nlab_filters_wait(struct nlab_filters *filters, const struct nlab_wire *wire, int socket)
{
	bool waits = nlab_wire_asked(wire, 0) > 0 && find(filters, socket) == filters->count &&
		     filters->drainers < NLAB_DRAINERS_MAX;
	if (waits) {
		filters->drainer[filters->drainers++] = socket;
	}
	return waits;
}

void nlab_filters_serve(struct nlab_filters *filters, const struct nlab_wire *wire,
			const struct nlab_recording *recording)
{
	for (size_t i = 0; i < filters->count; i++) {
		uint64_t hits, held;
		bool gone = !nlab_wire_hits(wire, filters->list[i].rule, &hits, &held);
		uint32_t packet = gone ? 0 : nlab_wire_asked(wire, filters->list[i].rule);
		if (filters->list[i].idle && (gone || packet)) {
			filters->list[i].idle = false;
			reply(filters->list[i].socket, packet);
		}
	}
	while (filters->drainers && !nlab_wire_asked(wire, 0)) {
		reply(filters->drainer[--filters->drainers], atomic_load(&recording->lab->packets));
	}
}

void nlab_filters_forget(struct nlab_filters *filters, struct nlab_wire *wire, int socket)
{
	size_t at = find(filters, socket);
	if (at < filters->count) {
		uint16_t rule = filters->list[at].rule;
		filters->list[at] = filters->list[--filters->count];
		nlab_wire_remove(wire, rule, 0);
	}
	for (size_t i = filters->drainers; i > 0; i--) {
		if (filters->drainer[i - 1] == socket) {
			filters->drainer[i - 1] = filters->drainer[--filters->drainers];
		}
	}
}

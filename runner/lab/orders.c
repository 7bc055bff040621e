/* orders.c: serves the orders of an experiment's processes. Floor lab. */
#include "lab/orders.h"

#include "base/clock.h"
#include "base/fd.h"
#include "lab/orders_wire.h"
#include "lab/request.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX 16

static void record_about(struct nlab_request *c, enum nlab_event_kind kind, uint16_t host, int64_t value,
			 const char *text)
{
	struct nlab_event_record event = {
	    .head.time_ns = nlab_clock_recording_ns(), .event = (uint16_t)kind, .host = host, .a = value};
	nlab_recording_event(c->orders->recording, &event, text, strlen(text));
}

/* The reply about a new host: its id and first addresses. */
static bool tell_host(struct nlab_request *c, const struct nlab_host *host)
{
	char ip[INET_ADDRSTRLEN] = "-";
	char ip6[INET6_ADDRSTRLEN] = "-";
	if (host->ip.s_addr != INADDR_ANY) {
		inet_ntop(AF_INET, &host->ip, ip, sizeof ip);
	}
	if (!IN6_IS_ADDR_UNSPECIFIED(&host->ip6)) {
		inet_ntop(AF_INET6, &host->ip6, ip6, sizeof ip6);
	}
	snprintf(c->reply->text, sizeof c->reply->text, "%s %s %02x:%02x:%02x:%02x:%02x:%02x", ip, ip6,
		 host->mac[0], host->mac[1], host->mac[2], host->mac[3], host->mac[4], host->mac[5]);
	c->reply->value = host->id;
	return true;
}

static bool make_host(struct nlab_request *c)
{
	bool ipv6 = c->order->value & 1;
	const struct nlab_host *host =
	    c->order->value & 2
		? nlab_network_lone_host(c->orders->network, c->order->name, ipv6, &c->reply->error)
		: nlab_network_host(c->orders->network, c->order->name, ipv6, &c->reply->error);
	if (!host) {
		return false;
	}
	c->returned = host->space;
	return tell_host(c, host);
}

static bool make_puppet(struct nlab_request *c)
{
	const struct nlab_host *host =
	    nlab_network_puppet(c->orders->network, c->order->name, c->order->value & 1,
				!(c->order->value & 2), &c->reply->error);
	return host && tell_host(c, host);
}

static bool inject_frame(struct nlab_request *c)
{
	nlab_wire_drain(c->orders->wire, NLAB_DRAIN_MAX); /* what was sent before this stands before it */
	uint16_t port =
	    nlab_network_port(c->orders->network, c->order->host, c->order->name, &c->reply->error);
	return port > 0 && (nlab_wire_inject(c->orders->wire, port, c->orders->message->frame, c->length) ||
			    nlab_request_refuse(c, EINVAL, "send a frame", c->order->name));
}

static bool set_answers(struct nlab_request *c)
{
	uint16_t host = c->order->host;
	bool puppet =
	    host > 0 && host <= c->orders->network->count && c->orders->network->hosts[host - 1].puppet;
	nlab_wire_drain(c->orders->wire, NLAB_DRAIN_MAX); /* what was sent before is not concerned */
	return (puppet && nlab_wire_answer(c->orders->wire, host, c->order->value)) ||
	       nlab_request_refuse(c, EINVAL, "have a puppet answer", puppet ? "not so" : "it is no puppet");
}

static bool make_link(struct nlab_request *c)
{
	c->reply->value =
	    nlab_network_link(c->orders->network, c->order->name, c->order->value != 0, &c->reply->error);
	return c->reply->value > 0;
}

static bool attach_host(struct nlab_request *c)
{
	bool sane = c->order->value >= 0 && c->order->value <= UINT16_MAX;
	const struct nlab_interface *made =
	    sane ? nlab_network_attach(c->orders->network, c->order->host, c->order->link, c->order->text,
				       (unsigned)c->order->value, &c->reply->error)
		 : NULL;
	if (!made) {
		return sane ? false
			    : nlab_request_refuse(c, EINVAL, "make an interface", "its MTU makes no sense");
	}
	snprintf(c->reply->text, sizeof c->reply->text, "%s %02x:%02x:%02x:%02x:%02x:%02x", made->name,
		 made->mac[0], made->mac[1], made->mac[2], made->mac[3], made->mac[4], made->mac[5]);
	return true;
}

static bool move_cable(struct nlab_request *c)
{
	nlab_wire_drain(c->orders->wire, NLAB_DRAIN_MAX); /* what was sent before still arrives */
	record_about(c, NLAB_EVENT_CABLE, c->order->host, c->order->value, c->order->name);
	return nlab_network_cable(c->orders->network, c->order->host, c->order->name, c->order->value != 0,
				  &c->reply->error);
}

static bool move_interface(struct nlab_request *c)
{
	nlab_wire_drain(c->orders->wire, NLAB_DRAIN_MAX);
	record_about(c, NLAB_EVENT_INTERFACE, c->order->host, c->order->value, c->order->name);
	return nlab_network_interface(c->orders->network, c->order->host, c->order->name,
				      c->order->value != 0, &c->reply->error);
}

static bool crash_host(struct nlab_request *c)
{
	nlab_wire_drain(c->orders->wire, NLAB_DRAIN_MAX);
	record_about(c, NLAB_EVENT_CRASH, c->order->host, 0, "");
	bool done = nlab_network_crash(c->orders->network, c->order->host, &c->reply->error);
	if (done) {
		nlab_reaper_kill(c->orders->reaper, c->order->host);
	}
	return done;
}

static bool reboot_host(struct nlab_request *c)
{
	const struct nlab_host *host =
	    nlab_network_reboot(c->orders->network, c->order->host, &c->reply->error);
	if (host) {
		record_about(c, NLAB_EVENT_CRASH, host->id, 1, host->name);
		c->returned = host->space;
	}
	return host != NULL;
}

static bool register_process(struct nlab_request *c)
{
	if (c->given < 0) {
		return nlab_request_refuse(c, EINVAL, "register a process", "no socket came along");
	}
	if (c->order->pid <= 0 || c->order->host > c->orders->network->count) {
		return nlab_request_refuse(c, EINVAL, "register a process",
					   "there is no such process or host");
	}
	if (!nlab_reaper_started(c->orders->reaper, c->order->pid, c->order->host, c->order->name)) {
		return nlab_request_refuse(c, ENOSPC, "register a process", "too many were started");
	}
	int socket = nlab_fd_steal(&c->given);
	if (send(socket, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1) {
		close(socket); /* it is dead already */
		return true;
	}
	return nlab_orders_admit(c->orders, socket, &c->reply->error);
}

static bool wait_process(struct nlab_request *c)
{
	nlab_reaper_wait(c->orders->reaper, c->socket, c->order->pid, c->order->timeout_ns);
	c->later = true;
	return true;
}

/* Its process still lives, so that what its sockets would send at its exit is in no recording. */
static bool end_script(struct nlab_request *c)
{
	if (c->socket != c->orders->script_socket) {
		return nlab_request_refuse(c, EPERM, "end the script",
					   "only the script says that it has ended");
	}
	nlab_reaper_finished(c->orders->reaper, c->orders->script, (int)c->order->value);
	c->later = true;
	return true;
}

static const struct {
	bool (*serve)(struct nlab_request *);
	bool network; /* only when the experiment is really run */
} HANDLERS[NLAB_ORDER_COUNT] = {
    [NLAB_ORDER_PUPPET] = {make_puppet, true},
    [NLAB_ORDER_INJECT] = {inject_frame, true},
    [NLAB_ORDER_ANSWER] = {set_answers, true},
    [NLAB_ORDER_LINK] = {make_link, true},
    [NLAB_ORDER_ATTACH] = {attach_host, true},
    [NLAB_ORDER_CABLE] = {move_cable, true},
    [NLAB_ORDER_CRASH] = {crash_host, true},
    [NLAB_ORDER_INTERFACE] = {move_interface, true},
    [NLAB_ORDER_REBOOT] = {reboot_host, true},
    [NLAB_ORDER_HOST] = {make_host, true},
    [NLAB_ORDER_PROCESS] = {register_process, false},
    [NLAB_ORDER_WAIT] = {wait_process, false},
    [NLAB_ORDER_RULE] = {nlab_orders_add_rule, true},
    [NLAB_ORDER_REMOVE] = {nlab_orders_remove_rule, true},
    [NLAB_ORDER_RELEASE] = {nlab_orders_release_held, true},
    [NLAB_ORDER_HITS] = {nlab_orders_tell_hits, true},
    [NLAB_ORDER_DRAIN] = {nlab_orders_drain, true},
    [NLAB_ORDER_END] = {end_script, false},
    [NLAB_ORDER_FILTER] = {nlab_orders_filter, true},
};

/* Obey one order; returns the descriptor that came along, or -1 when it was taken. */
static int handle(struct nlab_orders *orders, int socket, size_t length, int given)
{
	struct nlab_reply reply = {0};
	struct nlab_order *order = &orders->message->order;
	struct nlab_request c = {orders, order, socket, given, &reply, -1, false, length};
	bool known = order->kind < NLAB_ORDER_COUNT && HANDLERS[order->kind].serve;
	order->name[sizeof order->name - 1] = '\0';
	order->text[sizeof order->text - 1] = '\0';
	if (!known) {
		nlab_request_refuse(&c, EINVAL, "obey an order", "it is not known");
	} else if (HANDLERS[order->kind].network && !orders->allowed) {
		nlab_request_refuse(&c, EPERM, "obey an order",
				    "outside of an experiment's run function there is no network");
	} else {
		HANDLERS[order->kind].serve(&c);
	}
	if (!c.later) {
		nlab_order_send(socket, &reply, sizeof reply, c.returned);
	}
	return c.given;
}

static void dismiss(struct nlab_orders *orders, int socket)
{
	nlab_reaper_forget(orders->reaper, socket);
	nlab_filters_forget(&orders->filters, orders->wire, socket);
	close(socket); /* leaves the epoll set by itself */
	orders->peers--;
}

/* One order of one process at a time: a process that asks without end does not starve the others. */
static void serve_peer(struct nlab_orders *orders, int socket)
{
	nlab_autofd given = -1;
	const size_t size = sizeof orders->message->order;
	ssize_t got =
	    nlab_order_receive(socket, orders->message, sizeof *orders->message, &given, MSG_DONTWAIT);
	if (got >= (ssize_t)size) {
		given = handle(orders, socket, (size_t)got - size, given);
	} else if (got >= 0 || errno != EAGAIN) {
		dismiss(orders, socket);
	}
}

bool nlab_orders_open(struct nlab_orders *orders, struct nlab_error *error)
{
	orders->epoll = epoll_create1(EPOLL_CLOEXEC);
	orders->message = malloc(sizeof *orders->message);
	return (orders->epoll >= 0 && orders->message) ||
	       nlab_error_set(error, errno, "serve orders", "epoll_create1");
}

void nlab_orders_close(struct nlab_orders *orders)
{
	nlab_fd_close(&orders->epoll);
	free(orders->message);
	orders->message = NULL;
}

bool nlab_orders_admit(struct nlab_orders *orders, int socket, struct nlab_error *error)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = socket};
	fcntl(socket, F_SETFL, O_NONBLOCK); /* whoever does not read its replies loses them */
	if (orders->peers == NLAB_ORDERS_PEERS || epoll_ctl(orders->epoll, EPOLL_CTL_ADD, socket, &event)) {
		close(socket);
		return nlab_error_set(error, ENOSPC, "serve a process", "at the most %d at once",
				      NLAB_ORDERS_PEERS);
	}
	orders->peers++;
	return true;
}

void nlab_orders_serve(struct nlab_orders *orders)
{
	struct epoll_event events[EVENTS_MAX];
	int ready = epoll_wait(orders->epoll, events, EVENTS_MAX, 0);
	for (int i = 0; i < ready; i++) {
		serve_peer(orders, events[i].data.fd);
	}
}

void nlab_orders_settle(struct nlab_orders *orders)
{
	nlab_filters_serve(&orders->filters, orders->wire, orders->recording);
}

int nlab_orders_fd(const struct nlab_orders *orders)
{
	return orders->epoll;
}

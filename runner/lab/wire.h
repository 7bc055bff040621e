/* wire.h: the wire: carries the frames between the hosts, records every one, and obeys the rules of the script.
 * Floor lab. Also records what stays inside a host (loopback). Times of packets are on the recording's clock.
 *
 * A frame is recorded, with what the wire does with it, before it is handed to its receiver, so an answer always stands
 * behind what it answers. lab/verdict.h says which rule decides. */
#ifndef NLAB_LAB_WIRE_H
#define NLAB_LAB_WIRE_H

#include "facts/order.h"
#include "facts/recording.h"
#include "lab/tap.h"

#include <netinet/in.h>
#include <stdint.h>

#define NLAB_DRAIN_MAX 100000 /* frames that one drain carries at the most */

struct nlab_wire;

/* A wire without ports. NULL with `error` when there is no memory. Free with nlab_wire_free(). */
struct nlab_wire *nlab_wire_new(struct nlab_recording *recording, struct nlab_error *error);
void nlab_wire_free(struct nlab_wire *wire);

/* Close every port at once, each in a thread of its own: the kernel waits a grace period of RCU in each close(2), 12 to 28
 * ms, and these can pass together. Nothing is carried afterwards. */
void nlab_wire_close_ports(struct nlab_wire *wire);

/* Add a port. False when there are NLAB_WIRE_PORTS already. */
bool nlab_wire_add(struct nlab_wire *wire, const struct nlab_wire_port *port);

/* Send a frame of `length` bytes into the link as if the interface with this id had sent it: it is recorded, judged by the
 * rules and delivered. On loopback it goes to the host itself. The frame's bytes may be changed. False when there is no
 * such interface, or the host's loopback does not take it. */
bool nlab_wire_inject(struct nlab_wire *wire, uint16_t interface, uint8_t *frame, size_t length);

/* Say that `host` has this network address (IPv4 as ::ffff:a.b.c.d), so that packets carry the host's id. */
bool nlab_wire_address(struct nlab_wire *wire, uint16_t host, const struct in6_addr *address);

/* Have a puppet answer by itself: bits of enum nlab_answers. False when these make no sense (lab/puppets.h). */
bool nlab_wire_answer(struct nlab_wire *wire, uint16_t host, int64_t answers);

/* Take the ports of a host out: nothing of it is carried or recorded any more. They stay open, since closing takes long. */
void nlab_wire_unplug(struct nlab_wire *wire, uint16_t host);

/* Carry what has arrived, once: read every port, sort by time, record, and deliver. Returns how many frames it read. */
size_t nlab_wire_carry(struct nlab_wire *wire);

/* Carry until every port is empty; nothing that was sent before this call is left. Bounded by `limit` frames. */
void nlab_wire_drain(struct nlab_wire *wire, size_t limit);

/* Deliver the delayed frames whose time has come; returns when the next one is due (recording's clock), INT64_MAX: none. */
int64_t nlab_wire_due(struct nlab_wire *wire);

/* Add a rule: see struct nlab_order. Returns its id, 0 with `error` when there are too many. */
uint16_t nlab_wire_rule(struct nlab_wire *wire, const struct nlab_order *order, struct nlab_error *error);

/* Take rules out, as NLAB_ORDER_REMOVE says; what they hold or delay is delivered. Returns how many rules. */
size_t nlab_wire_remove(struct nlab_wire *wire, uint16_t id, unsigned action);

/* Deliver held frames, as NLAB_ORDER_RELEASE says. Returns how many. */
size_t nlab_wire_release(struct nlab_wire *wire, uint16_t id, size_t count);

/* The oldest packet that a filter is to decide about, of rule `id` (0: of any); 0: none. */
uint32_t nlab_wire_asked(const struct nlab_wire *wire, uint16_t id);

/* Do what the filter of rule `id` says about a packet; harmless when it does not wait for that any more. False when it
 * says nothing known. */
bool nlab_wire_decide(struct nlab_wire *wire, uint16_t id, uint32_t packet, unsigned says, int64_t delay_ns);

/* Deliver one held packet, if rule `id` (0: any) holds it. Returns whether it did. */
bool nlab_wire_release_packet(struct nlab_wire *wire, uint16_t id, uint32_t packet);

/* How many packets rule `id` has decided; *held: how many it holds now. False when there is no such rule. */
bool nlab_wire_hits(const struct nlab_wire *wire, uint16_t id, uint64_t *hits, uint64_t *held);

/* Record the frames that the ports have lost since the last call (there must be none: they fail the experiment). */
void nlab_wire_check_lost(struct nlab_wire *wire);

/* One descriptor that is readable when a frame has arrived (epoll(7)). Owned by the wire. */
int nlab_wire_fd(const struct nlab_wire *wire);

#endif

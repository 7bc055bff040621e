/* recording.h: the recording of one experiment: what happened, in two segments of shared memory.
 * Floor facts. Both segments are made before the experiment's processes start and are shared by all of them, so a
 * kill -9 of any process loses nothing. Nothing in them is ever moved or freed.
 *
 *   lab segment    packets and lab events, variable length, appended by the lab process alone;
 *   calls segment  slots of NLAB_SLOT_SIZE bytes, appended by whoever makes a call, without locks (also from a
 *                  signal handler). A text that is longer than a slot goes on in the slots behind it.
 *
 * All times are nanoseconds on the recording's clock (base/clock.h), all integers in host byte order.
 * Readers may run beside the writers: what is committed does not change, but for the fate and received_ns of a packet
 * and the end of a call. */
#ifndef NLAB_FACTS_RECORDING_H
#define NLAB_FACTS_RECORDING_H

#include "base/error.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- the lab segment ---- */

#define NLAB_HOST_NONE  0      /* host ids count from 1 in the order of creation */
#define NLAB_PORT_NONE  0      /* interface ids count from 1 */
#define NLAB_PORT_FLOOD 0xffff /* to every port but the one it came from */

/* What the wire did with a packet */
enum nlab_fate {
	NLAB_FATE_PENDING,   /* underway: delayed */
	NLAB_FATE_HELD,      /* waits for a release */
	NLAB_FATE_DELIVERED, /* handed to the receiver at received_ns */
	NLAB_FATE_DROPPED,   /* lost by order of rule `rule` */
	NLAB_FATE_CUT,       /* lost because the link is cut */
	NLAB_FATE_NOWHERE,   /* no port has the destination address */
	NLAB_FATE_ALTERED,   /* replaced on the wire by a copy that differs, by order of rule `rule` */
	NLAB_FATE_REJECTED,  /* lost by order of rule `rule`, which answered it */
	NLAB_FATE_ASKED,     /* waits for what the filter of rule `rule` says */
	NLAB_FATE_COUNT
};

/* The name of a fate as scripts and reports use it ("delivered", "dropped", ...). */
const char *nlab_fate_name(unsigned fate);

enum nlab_lab_kind {
	NLAB_LAB_PACKET = 1, /* struct nlab_packet_record */
	NLAB_LAB_EVENT,      /* struct nlab_event_record */
};

struct nlab_lab_record {
	uint32_t size; /* whole record with this header, a multiple of 8 */
	uint16_t kind; /* enum nlab_lab_kind */
	uint16_t reserved;
	int64_t time_ns;
};

struct nlab_packet_record {
	struct nlab_lab_record head; /* time_ns: when it left the sender, stamped by the kernel */
	_Atomic int64_t received_ns; /* when it was handed to the receiver; 0 when it (still) was not */
	uint32_t id;                 /* counts packets from 1 */
	_Atomic uint32_t fate;       /* enum nlab_fate */
	uint16_t from_port, to_port; /* interface ids; the same one for loopback traffic */
	uint16_t src_host,
	    dst_host;     /* hosts that own the network addresses, NLAB_HOST_NONE when nobody does */
	uint16_t rule;    /* the wire's rule that decided, 0: none */
	uint16_t made_by; /* the wire's rule that made it, as an answer; 0: an interface sent it */
	uint32_t copy_of; /* id of the packet that the wire made this copy of, 0: it was sent */
	uint32_t flow;    /* the flow's id, from 1; 0 when the packet belongs to none */
	uint32_t seq_base,
	    ack_base; /* subtract them from seq and ack to have relative numbers (facts/flow.h) */
	uint32_t captured, length; /* bytes kept in frame[], bytes on the wire */
	uint8_t frame[];           /* from the Ethernet header on */
};

enum nlab_event_kind {
	NLAB_EVENT_HOST = 1, /* a host came: host, text = its name */
	NLAB_EVENT_PORT, /* an interface came: host, a = interface id, b = link id, text = "eth0 MAC ADDRESS/LEN ..." */
	NLAB_EVENT_LINK,      /* a link came: a = link id, text = its name */
	NLAB_EVENT_CABLE,     /* a cable was pulled (a = 0) or plugged in (1): host, text = the interface */
	NLAB_EVENT_INTERFACE, /* an interface was set down (a = 0) or up (1): host, text = the interface */
	NLAB_EVENT_CRASH,     /* a host vanished (a = 0) or came back (1): host, text = its name */
	NLAB_EVENT_SYSCTL,    /* a pinned sysctl: host, text = "name=value" */
	NLAB_EVENT_START,     /* a process started: host, pid, text = its name */
	NLAB_EVENT_EXIT,  /* a process ended: pid, a = exit status or -1, b = signal or 0, text = its name */
	NLAB_EVENT_ORDER, /* an order to the wire: text = as the script wrote it */
	NLAB_EVENT_RULE,  /* a rule of the wire: a = rule id, b = the script's line, text = its packet form */
	NLAB_EVENT_MATCH, /* the first packet that rule id a matched (b = 0), or decided about (b = 1) */
	NLAB_EVENT_OUTPUT,  /* output: pid 0, a = 1 stdout or 2 stderr, text = the bytes */
	NLAB_EVENT_LIMIT,   /* a bound was hit: text = which, and its value */
	NLAB_EVENT_LOST,    /* frames that the recorder lost: host, a = how many */
	NLAB_EVENT_TROUBLE, /* the lab could not do something: text = what, as nlab_error_text() writes it */
	NLAB_EVENT_COUNT
};

struct nlab_event_record {
	struct nlab_lab_record head;
	uint16_t event; /* enum nlab_event_kind */
	uint16_t host;
	int32_t pid;
	int64_t a, b;
	uint32_t text_length;
	char text[]; /* not terminated */
};

/* The name of an event kind as reports use it ("host", "start", ...). */
const char *nlab_event_name(unsigned event);

/* ---- the calls segment ---- */

#define NLAB_SLOT_SIZE 256

enum nlab_slot_kind {
	NLAB_SLOT_CALL = 1, /* a system call: text = arguments, NUL, what came out */
	NLAB_SLOT_SIGNAL,   /* a signal handler ran: result = the signal's number */
	NLAB_SLOT_CHECK,    /* a check: result = 1 passed, 0 failed; text = see lua/netlab/check.lua */
	NLAB_SLOT_NOTE,     /* text = a note of the script */
	NLAB_SLOT_RETURN,   /* an actor's return values, or what it raised: result = 1 or 0; text = JSON */
	NLAB_SLOT_SCRIPT,   /* about the script itself: text = JSON (declaration, error, skip, end) */
	NLAB_SLOT_COUNT
};

enum nlab_slot_state {
	NLAB_SLOT_EMPTY, /* never filled: its writer died right there */
	NLAB_SLOT_BEGUN, /* a call that has not returned */
	NLAB_SLOT_ENDED,
};

struct nlab_slot {
	_Atomic uint32_t head;  /* slots taken << 16 | kind << 8 | state */
	int32_t pid;            /* as the lab's pid namespace counts */
	uint16_t host;          /* where, NLAB_HOST_NONE: nowhere in particular */
	uint16_t args_length;   /* of text: the arguments, without the NUL behind them */
	uint16_t out_length;    /* of text: what came out, behind that NUL */
	_Atomic uint8_t looked; /* a failure: 1 once the script looked at it */
	uint8_t reserved;
	int32_t fd;           /* the descriptor the call is about, -1: none */
	int32_t line;         /* of the script, 0: unknown */
	int32_t error;        /* errno when result is -1 */
	uint32_t text_length; /* of text when the slot is not a call */
	int64_t begin_ns, end_ns;
	int64_t result; /* what the call returned */
	char name[16];  /* the call's POSIX name, NUL-terminated */
	char text[NLAB_SLOT_SIZE - 72];
};
_Static_assert(sizeof(struct nlab_slot) == NLAB_SLOT_SIZE, "a slot is NLAB_SLOT_SIZE bytes");

/* ---- one recording ---- */

struct nlab_lab_header {
	_Atomic uint32_t committed8; /* bytes committed behind this header, in units of 8; also a futex */
	_Atomic uint32_t waiters;    /* how many wait on committed8 */
	_Atomic uint32_t overflow;   /* records that found no room */
	_Atomic uint32_t packets;    /* packets committed */
};

struct nlab_calls_header {
	_Atomic uint32_t taken;    /* slots taken */
	_Atomic uint32_t overflow; /* records that found no room */
};

struct nlab_recording {
	struct nlab_lab_header *lab;     /* records follow 64 bytes behind it */
	struct nlab_calls_header *calls; /* slots follow NLAB_SLOT_SIZE bytes behind it */
	size_t lab_size, calls_size;     /* of the mappings, in bytes, headers included */
	int32_t pid; /* of this process: what slots are signed with; set it after a fork */
};

/* Map the two segments (shared, anonymous, zeroed, taken from memory only as they are written): room for `lab_bytes`
 * of packets and events and for `slots` slots. Fails with the errno of mmap(2). Free with nlab_recording_close(). */
bool nlab_recording_open(struct nlab_recording *recording, size_t lab_bytes, size_t slots,
			 struct nlab_error *error);

/* Keep later forks of this process from sharing the recording: they are other experiments. madvise(2), MADV_DONTFORK. */
void nlab_recording_private(struct nlab_recording *recording);

/* Unmap both segments. Harmless on a recording that is closed or all zero. */
void nlab_recording_close(struct nlab_recording *recording);

/* True when a record found no room: then the recording is not complete, and the experiment is in ERROR. */
bool nlab_recording_overflowed(const struct nlab_recording *recording);

/* -- writing the lab segment: the lab process alone -- */

/* Append a packet. `packet` gives every field but the sizes, `frame` its `packet->captured` bytes. Returns the
 * record in the segment (its fate and received_ns may be changed later), or NULL when there is no room. */
struct nlab_packet_record *nlab_recording_packet(struct nlab_recording *recording,
						 const struct nlab_packet_record *packet,
						 const uint8_t *frame);

/* Append an event. `event` gives every field but the sizes, `text` its `length` bytes. False when there is no room. */
bool nlab_recording_event(struct nlab_recording *recording, const struct nlab_event_record *event,
			  const void *text, size_t length);

/* Wake whoever waits in nlab_recording_wait(). Appending wakes by itself; a change of fate does not. */
void nlab_recording_wake(struct nlab_recording *recording);

/* -- writing the calls segment: any process, also a signal handler -- */

/* Take slots for a record with `text_length` bytes of text and fill in kind, pid (recording->pid) and begin_ns; the state is BEGUN.
 * Returns NULL when there is no room (and counts that). Async-signal-safe. */
struct nlab_slot *nlab_recording_slot(struct nlab_recording *recording, enum nlab_slot_kind kind,
				      size_t text_length);

/* Set end_ns to now and the state to ENDED. Async-signal-safe. */
void nlab_recording_slot_end(struct nlab_slot *slot);

/* Append a whole record that is not a call: `name` (15 bytes at the most) and text. NULL when there is no room. */
struct nlab_slot *nlab_recording_text(struct nlab_recording *recording, enum nlab_slot_kind kind,
				      uint16_t host, int32_t line, int64_t result, const char *name,
				      const char *text, size_t length);

/* -- reading: any process -- */

/* The record behind `previous` (NULL: the first one), or NULL when no more is committed. */
const struct nlab_lab_record *nlab_recording_next(const struct nlab_recording *recording,
						  const struct nlab_lab_record *previous);

/* The slot with number `index` (from 0), or NULL when it was not taken. */
struct nlab_slot *nlab_recording_slot_at(const struct nlab_recording *recording, uint32_t index);

/* The number of the first record at or behind slot `index` that was filled, or UINT32_MAX. Continuation slots and
 * those whose writer died are passed over. Step on with index + nlab_slot_count(slot). */
uint32_t nlab_recording_slot_find(const struct nlab_recording *recording, uint32_t index);

static inline unsigned nlab_slot_state(const struct nlab_slot *slot)
{
	return atomic_load_explicit(&slot->head, memory_order_acquire) & 0xff;
}

static inline unsigned nlab_slot_kind(const struct nlab_slot *slot)
{
	return atomic_load_explicit(&slot->head, memory_order_acquire) >> 8 & 0xff;
}

static inline unsigned nlab_slot_count(const struct nlab_slot *slot)
{
	return atomic_load_explicit(&slot->head, memory_order_acquire) >> 16;
}

/* Wait until the lab segment is longer than `committed8` (as read before), or until `timeout_ns` have gone (limit
 * clock, < 0: no limit). Returns false on the time-out. May return true early: read again. Blocks; a signal ends it
 * early with true. */
bool nlab_recording_wait(struct nlab_recording *recording, uint32_t committed8, int64_t timeout_ns);

#endif

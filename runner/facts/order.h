/* order.h: what the processes of an experiment ask of the lab process, and what it answers.
 * Floor facts. One SOCK_SEQPACKET message an order, one a reply, in turn, over a socket of the asking process's own.
 * A peer is never trusted: the lab checks every field. */
#ifndef NLAB_FACTS_ORDER_H
#define NLAB_FACTS_ORDER_H

#include "base/error.h"
#include "facts/rule.h"

#include <stdint.h>
#include <sys/types.h>

/* What is asked for: which fields of the order it takes -> what comes back in the reply. Without more, the reply only says
 * whether it was done. */
enum nlab_order_kind {
	/* Make a host on the LAN: name, value = 1 with IPv6, 2 with loopback only, 3 both -> value = host id, its network
	 * namespace's descriptor, text = "IPV4|- IPV6|- MAC". */
	NLAB_ORDER_HOST = 1,
	/* Make a puppet: name, value as for HOST -> the same, without a descriptor. */
	NLAB_ORDER_PUPPET,
	/* Send a frame as if a host's interface had sent it: host, name = interface; the frame's bytes follow the order in the
	 * same message. */
	NLAB_ORDER_INJECT,
	/* Make a link: name, value = 1 with real address resolution -> value = link id. */
	NLAB_ORDER_LINK,
	/* Give a host an interface: host, link, text = its addresses, value = MTU or 0 -> text = "NAME MAC". */
	NLAB_ORDER_ATTACH,
	/* What a puppet answers by itself from now on: host, value = bits of enum nlab_answers. */
	NLAB_ORDER_ANSWER,
	/* Pull a cable or plug it in: host, name = interface, value = 1 plugged in. */
	NLAB_ORDER_CABLE,
	/* Set a host's interface up or down: host, name = interface, value = 1 up. Up again, it has its addresses and static
	 * neighbours as before, but not its routes. */
	NLAB_ORDER_INTERFACE,
	/* Take a host away without a FIN or RST: host. The processes in it are killed. */
	NLAB_ORDER_CRASH,
	/* Bring a crashed host back, empty: host -> its new network namespace's descriptor. */
	NLAB_ORDER_REBOOT,
	/* A process was started: pid, host, name; a descriptor comes along: its own order socket, on which it gets one byte
	 * once the start is recorded. */
	NLAB_ORDER_PROCESS,
	/* Wait until process `pid` has ended, or timeout_ns (< 0: no limit) -> value = exit status or -1, value2 = signal or
	 * 0; ETIMEDOUT; ECHILD when it was never started. */
	NLAB_ORDER_WAIT,
	/* Add a rule of the wire: action with value and amount, link (0: any), rule, skip, count (0: no limit), chance, seed,
	 * line, text = as written -> value = rule id. */
	NLAB_ORDER_RULE,
	/* Take rule id `value` out (0: all of `action`; action 0: all); packets that it holds or delays are delivered first
	 * -> value = how many rules. */
	NLAB_ORDER_REMOVE,
	/* Deliver packets held by rule id `value` (0: by all), at the most `count` (0: all), in the order in which they came;
	 * or (amount > 0) the one with the id `amount` -> value = how many. */
	NLAB_ORDER_RELEASE,
	/* Ask about rule id `value` -> value = how many packets it has decided, value2 = how many it holds now. */
	NLAB_ORDER_HITS,
	/* Be the filter of rule id `value`: what it decides about packet id `amount` (0: none yet) is `count`, an enum
	 * nlab_filter_says, with timeout_ns; then wait for the next packet -> value = its id, 0: the rule was taken out. */
	NLAB_ORDER_FILTER,
	/* Read every port until all are empty, and wait until filters have decided about all packets (but for a filter that
	 * asks) -> value = packets recorded so far. */
	NLAB_ORDER_DRAIN,
	/* The script has ended, with exit status `value`; it waits to be killed. Only from the script itself; no reply. */
	NLAB_ORDER_END,
	NLAB_ORDER_COUNT
};

/* What a rule of the wire does with a packet; `value` and `amount` are the order's. */
enum nlab_action {
	NLAB_ACTION_DROP = 1, /* lose it, and the matching ones behind it until there are `amount` (0: 1) */
	NLAB_ACTION_DELAY, /* deliver it `value` nanoseconds after it was sent, plus or minus up to `amount` */
	NLAB_ACTION_HOLD,  /* keep it until it is released */
	NLAB_ACTION_CUT,   /* lose it: the cable is cut */
	NLAB_ACTION_DUPLICATE, /* deliver it, and `amount` copies behind it */
	NLAB_ACTION_CORRUPT, /* deliver it with bit number `value` of its frame inverted; amount 1: a bit of its TCP, UDP
				* or ICMP checksum instead */
	NLAB_ACTION_TRUNCATE, /* deliver only the first `value` bytes of its frame */
	NLAB_ACTION_RATE, /* deliver it as a line of `value` bits a second does, with a queue of `amount` bytes before it;
				* what finds no room there is lost */
	NLAB_ACTION_REORDER, /* deliver it behind the next `amount` packets of its direction, or `value` nanoseconds (0: no
			      * limit) after it was sent; decides about no other of this direction meanwhile */
	NLAB_ACTION_FILTER, /* do what a process says: NLAB_ORDER_FILTER */
	NLAB_ACTION_REJECT, /* lose it, and answer it in the name of its receiver: `value` is NLAB_REJECT_RESET, or
			     * NLAB_REJECT_ICMP(); `amount` is bytes 4 to 7 of the ICMP error (an MTU), `address` its
			     * source (all zero: the packet's destination) */
	NLAB_ACTION_COUNT
};

/* What a filter says about a packet. */
enum nlab_filter_says {
	NLAB_FILTER_PASS,
	NLAB_FILTER_DROP,
	NLAB_FILTER_HOLD,      /* until it is released */
	NLAB_FILTER_DUPLICATE, /* deliver it, and a copy behind it */
	NLAB_FILTER_DELAY,     /* deliver it timeout_ns after it was sent */
	NLAB_FILTER_COUNT
};

#define NLAB_REJECT_RESET (INT64_C(1) << 32)

/* An ICMP error by type and code over IPv4, and over IPv6. */
#define NLAB_REJECT_ICMP(type4, code4, type6, code6)                                                         \
	((int64_t)(type4) << 24 | (int64_t)(code4) << 16 | (int64_t)(type6) << 8 | (int64_t)(code6))

/* What a puppet may answer by itself. */
enum nlab_answers {
	NLAB_ANSWERS_ARP = 1 << 0, /* ARP requests and neighbour solicitations for its addresses */
	NLAB_ANSWERS_ACKNOWLEDGE =
	    1 << 1,                   /* SYN with SYN,ACK; all else that takes sequence numbers with ACK */
	NLAB_ANSWERS_REFUSE = 1 << 2, /* TCP with RST, UDP with port unreachable */
	NLAB_ANSWERS_END = 1 << 3
};

/* The name of an action as scripts and reports use it ("drop", "delay", ...). */
const char *nlab_action_name(unsigned action);

#define NLAB_ORDER_FRAME_MAX 65550 /* bytes that may follow an order */

#define NLAB_ORDER_NAME 32
#define NLAB_ORDER_TEXT 160

struct nlab_order {
	uint16_t kind;   /* enum nlab_order_kind */
	uint16_t action; /* enum nlab_action */
	uint16_t host;
	uint16_t link;
	int32_t pid;
	uint32_t count;
	int64_t value;
	int64_t timeout_ns;
	int64_t amount;
	uint64_t seed;              /* of the rule's random numbers */
	uint8_t address[16];        /* IPv4 as IPv4-mapped */
	uint32_t skip;              /* so many matching packets pass first */
	uint32_t chance;            /* of deciding, in units of 2^-32; 0: always */
	int32_t line;               /* of the script, where a rule stands; 0: unknown */
	char name[NLAB_ORDER_NAME]; /* terminated */
	char text[NLAB_ORDER_TEXT]; /* terminated */
	struct nlab_rule rule;
};

struct nlab_reply {
	struct nlab_error error; /* error.step empty: it is done */
	int64_t value, value2;
	char text[NLAB_ORDER_TEXT];
};

/* Send `size` bytes and, when fd >= 0, a copy of that descriptor (unix(7), SCM_RIGHTS). True when all went. Blocks when
 * the peer does not read; never raises SIGPIPE. */
bool nlab_order_send(int socket, const void *message, size_t size, int fd);

/* Receive a message of at most `size` bytes (more are cut off) and the descriptor that came along, -1 when none did (*fd may be NULL: it is
 * closed then). Returns the bytes received, 0 at the end, -1 with errno. `flags` as for recvmsg(2). */
ssize_t nlab_order_receive(int socket, void *message, size_t size, int *fd, int flags);

#endif

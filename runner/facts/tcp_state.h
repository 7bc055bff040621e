/* tcp_state.h: the states of a TCP connection: RFC 9293's names and the kernel's numbers. Floor facts. */
#ifndef NLAB_FACTS_TCP_STATE_H
#define NLAB_FACTS_TCP_STATE_H

#include <stddef.h>

/* RFC 9293's name ("SYN-RECEIVED") of a state as TCP_INFO and sock_diag(7) number them, or NULL. A request
 * socket (TCP_NEW_SYN_RECV) is in SYN-RECEIVED, a bound one that does nothing else (TCP_BOUND_INACTIVE) in
 * CLOSED. Static storage. */
const char *nlab_tcp_state_name(unsigned number);

/* The kernel's number of a state by RFC 9293's name, or -1. SYN-RECEIVED gives TCP_SYN_RECV. */
int nlab_tcp_state_number(const char *name);

/* The name of state `index` (from 0), each state once, or NULL behind the last one. Static storage. */
const char *nlab_tcp_state_at(size_t index);

#endif

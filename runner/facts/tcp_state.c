/* tcp_state.c: the table of TCP states. Floor facts.
 * Numbers as in the kernel's include/net/tcp_states.h; the first eleven are in netinet/tcp.h too. */
#include "facts/tcp_state.h"

#include <string.h>

#define STATES 11 /* rows that name a state for the first time */

static const struct {
	const char *name;
	unsigned number;
} TABLE[] = {
    {"ESTABLISHED", 1}, {"SYN-SENT", 2},  {"SYN-RECEIVED", 3}, {"FIN-WAIT-1", 4},
    {"FIN-WAIT-2", 5},  {"TIME-WAIT", 6}, {"CLOSED", 7},       {"CLOSE-WAIT", 8},
    {"LAST-ACK", 9},    {"LISTEN", 10},   {"CLOSING", 11},     {"SYN-RECEIVED", 12}, /* TCP_NEW_SYN_RECV */
    {"CLOSED", 13},                                                                  /* TCP_BOUND_INACTIVE */
};

const char *nlab_tcp_state_name(unsigned number)
{
	for (size_t i = 0; i < sizeof TABLE / sizeof *TABLE; i++) {
		if (TABLE[i].number == number) {
			return TABLE[i].name;
		}
	}
	return NULL;
}

int nlab_tcp_state_number(const char *name)
{
	for (size_t i = 0; i < sizeof TABLE / sizeof *TABLE; i++) {
		if (strcmp(TABLE[i].name, name) == 0) {
			return (int)TABLE[i].number;
		}
	}
	return -1;
}

const char *nlab_tcp_state_at(size_t index)
{
	return index < STATES ? TABLE[index].name : NULL;
}

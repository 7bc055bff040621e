/* context.h: what a process of an experiment knows about itself, reachable from its Lua state, and the record
 * of each system call that a binding makes. Floor bind. The context lives as long as the Lua state; a forked
 * actor has its own copy. */
#ifndef NLAB_BIND_CONTEXT_H
#define NLAB_BIND_CONTEXT_H

#include "facts/recording.h"

#include <lua.h>
#include <stdint.h>

#define NLAB_HOSTS_MAX 64

struct nlab_context {
	struct nlab_recording *recording;
	int lab;       /* SOCK_SEQPACKET to the lab process, this process's own */
	int files;     /* SOCK_SEQPACKET to the runner: opens files for require() */
	int prompt;    /* SOCK_SEQPACKET to the prompt of netlab shell, or -1 */
	uint16_t here; /* the host whose network namespace this process is in, or NLAB_HOST_NONE */
	int host_namespace[NLAB_HOSTS_MAX]; /* network namespaces, by host id; -1: none */
	const char *script;                 /* the chunk name of the running script ("@FILE"); NULL: any chunk
					       that was read from a file ("@...") counts as the script */
};

/* The context that nlab_context_set() stored. Raises a Lua error when there is none (outside a lab). */
struct nlab_context *nlab_context(lua_State *L);

/* Store a context in the state's registry; it must outlive the state. */
void nlab_context_set(lua_State *L, struct nlab_context *context);

/* Go into a host's network namespace with setns(2), unless the process is there already. Raises a Lua error
 * (the lab cannot run) when the host does not exist or the kernel refuses. */
void nlab_context_enter(lua_State *L, struct nlab_context *context, uint16_t host);

/* The id of the host at stack index `arg`: a table with the field `id`. Raises an argument error when it is none. */
uint16_t nlab_context_host(lua_State *L, int arg);

/* The line of the innermost function of the running script (not of the library), 0 when there is none. */
int nlab_context_line(lua_State *L);

/* Begin the record of a system call: `name` as in POSIX, the descriptor or -1, the host or NLAB_HOST_NONE,
 * and its arguments as C would write them, cut to NLAB_CALL_ARGS bytes: nlab_call_begin(L, "listen", fd,
 * host, "%d", backlog). Room for NLAB_CALL_OUT bytes of what comes out is taken with it. Raises a Lua error
 * when the recording is full. */
#define NLAB_CALL_ARGS 320
#define NLAB_CALL_OUT  96
__attribute__((format(printf, 5, 6))) struct nlab_slot *
nlab_call_begin(lua_State *L, const char *name, int fd, uint16_t host, const char *args, ...);

/* Say what came out of the call (data received, an address, an option's value), as C would write it, before
 * the end. Once a record; cut to the room that is left. errno is preserved. */
__attribute__((format(printf, 2, 3))) void nlab_call_out(struct nlab_slot *slot, const char *out, ...);

/* End the record. `result` is what the call returned; when it is -1, `error` is its errno. errno is
 * preserved. */
void nlab_call_end(struct nlab_slot *slot, int64_t result, int error);

/* Push the kernel's no: nil and a new error value for `error` (bind/errno.h) that belongs to this record, so
 * that looking at it marks the record as looked at. Returns 2. */
int nlab_call_refused(lua_State *L, struct nlab_slot *slot, int error);

/* For a call that returns 0 or -1: end the record (errno is read first), then push true, or nil and the
 * error. Returns how many values were pushed. */
int nlab_call_done(lua_State *L, struct nlab_slot *slot, int result);

/* Write `length` bytes as a C string literal, with quotes and terminated, into the `size` (8 or more) bytes
 * of `buffer`; what does not fit is cut, and ... stands behind the closing quote. Returns `buffer`. */
const char *nlab_call_quote(char *buffer, size_t size, const void *bytes, size_t length);

#endif

/* errno.h: error values, as Lua sees them. Floor bind.
 * An error value holds an error number and, when it is the answer of a failed call, that call's record.
 * Reading a field, comparing it, printing or joining it marks the record as looked at (`looked` in
 * facts/recording.h). */
#ifndef NLAB_BIND_ERRNO_H
#define NLAB_BIND_ERRNO_H

#include "facts/recording.h"

#include <lua.h>
#include <stdbool.h>

#define NLAB_ERRNO_META "netlab.errno"

struct nlab_errno {
	int number;
	struct nlab_slot
	    *slot; /* borrowed from the recording, which outlives the state; NULL for a constant */
};

/* Push a new error value for `number`; `slot` is the failed call's record, or NULL. */
void nlab_errno_push(lua_State *L, int number, struct nlab_slot *slot);

/* The error value at stack index `arg`; raises an argument error when it is none. Marks nothing. */
struct nlab_errno *nlab_errno_check(lua_State *L, int arg);

/* The module netlab.core.errno. */
int luaopen_netlab_errno(lua_State *L);

#endif

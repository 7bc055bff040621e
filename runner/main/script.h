/* script.h: the Lua state in which scripts run, and the script process of an experiment.
 * Floor main. The state is made once, with the library loaded, before any lab starts; each script process works in its
 * forked copy of it. */
#ifndef NLAB_MAIN_SCRIPT_H
#define NLAB_MAIN_SCRIPT_H

#include "main/heap.h"
#include "main/run.h"

#include <lua.h>
#include <stddef.h>

struct nlab_script {
	lua_State *L;
	struct nlab_heap heap;
	size_t used, limit;  /* bytes of the Lua state; limit 0: none yet */
	bool refused;        /* an allocation was refused, and not granted when it was asked for again */
	bool refused_before; /* the same, before the last refusal */
	size_t asked;        /* bytes of the last allocation, when it was refused; else 0 */
};

/* Make the state and load the library into it. NULL-terminated message in `error` when that fails. Close it with
 * lua_close(script->L). */
bool nlab_script_open(struct nlab_script *script, struct nlab_error *error);

/* Be the script process: `context` is a struct nlab_script. See nlab_script_function. */
int nlab_script_process(void *context, const struct nlab_job *job, struct nlab_recording *recording,
			const struct nlab_script_sockets *sockets);

#endif

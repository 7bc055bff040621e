/* session.h: one lab that goes on while somebody types: the runner's side of netlab shell.
 * Floor main. */
#ifndef NLAB_MAIN_SESSION_H
#define NLAB_MAIN_SESSION_H

#include "main/script.h"

#include <lua.h>

/* Make the module "netlab.core.session" known to require() in this state; `script` is borrowed and must outlive it.
 * open(job) -> session; nil, message. `job` is as of main/job.h, with prompt = true. No time limit is kept.
 * session:recording() -> the recording, to be read while it grows; not after close().
 * session:send(text) -> true; nil, message.
 * session:wait(seconds) -> "answer", text; "over" when the script process has ended; nil when the time is over. Serves the
 *   script's require() meanwhile.
 * session:interrupt() sends SIGINT to the script process.
 * session:result() -> {seconds =, over =, error = text or nil} as of main/runner.h, for a verdict.
 * session:close() kills the lab and frees everything; the end of the session's userdata does the same. */
void nlab_session_register(lua_State *L, struct nlab_script *script);

#endif

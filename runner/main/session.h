/* session.h: one lab that goes on while somebody types: the runner's side of netlab shell.
 * Floor main. */
#ifndef NLAB_MAIN_SESSION_H
#define NLAB_MAIN_SESSION_H

#include <lua.h>

/* The module "netlab.core.session"; its upvalue is the struct nlab_script of main/runner.h.
 * open(job) -> session; nil, message. `job` is as of main/job.h, with prompt = true. No time limit is kept.
 * session:recording() -> the recording, to be read while it grows; not after close().
 * session:send(text) -> true; nil, message.
 * session:wait(seconds) -> "answer", text; "over" when the script process has ended; nil when the time is over. Serves the
 *   script's require() meanwhile.
 * session:interrupt() sends SIGINT to the script process.
 * session:result() -> {seconds =, over =}, as ended() of netlab.core.runner has them, for a verdict.
 * session:close() kills the lab and frees everything; the end of the session's userdata does the same. */
int luaopen_netlab_session(lua_State *L);

#endif

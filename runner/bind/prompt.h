/* prompt.h: the script process's side of netlab shell: what it is told to run, what it answers, and Ctrl-C.
 * Floor bind. */
#ifndef NLAB_BIND_PROMPT_H
#define NLAB_BIND_PROMPT_H

#include <lua.h>

/* The module "netlab.core.prompt", for a process whose context has a prompt socket:
 * open() says hello, with a descriptor by which this process can be sent SIGINT; once, first of all.
 * receive() -> text; nil: the other side has gone. Blocks.
 * send(text) -> true; nil, message when the text is longer than the socket takes. Blocks.
 * call(fn, handler) -> as xpcall(). SIGINT meanwhile makes a blocking system call return with EINTR and stops fn with the
 * error "interrupted"; at any other time SIGINT does nothing. */
int luaopen_netlab_prompt(lua_State *L);

#endif

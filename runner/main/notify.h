/* notify.h: waiting until a file is written again, for the command line: inotify(7). Floor main. */
#ifndef NLAB_MAIN_NOTIFY_H
#define NLAB_MAIN_NOTIFY_H

#include <lua.h>

/* The module "netlab.core.notify": open(path) -> watch; nil, message.
 * From then on SIGINT and SIGTERM are blocked in this process, until watch:close(); wait() returns them, or the
 * scheduler does, whichever runs. */
int luaopen_netlab_notify(lua_State *L);

#endif

/* capture.h: live captures as Lua values. Floor bind. */
#ifndef NLAB_BIND_CAPTURE_H
#define NLAB_BIND_CAPTURE_H

#include <lua.h>

#define NLAB_CAPTURE_META "netlab.capture"

/* The module netlab.core.capture: {open, compile_filter}; described in lua/netlab/meta/capture.lua. */
int luaopen_netlab_capture(lua_State *L);

#endif

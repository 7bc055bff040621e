/* recording.h: the Lua userdata "netlab.recording": reading a recording while it grows, or after its end.
 * Floor bind. */
#ifndef NLAB_BIND_RECORDING_H
#define NLAB_BIND_RECORDING_H

#include "facts/recording.h"

#include <lua.h>

/* Open the module "netlab.core.recording" (an empty table: recordings come from nlab_recording_push()). */
int luaopen_netlab_recording(lua_State *L);

/* Push a userdata that reads `recording`, which is borrowed and must stay open as long as the state, or until
 * nlab_recording_detach(). Its second user value is the caller's, for what has to live as long. */
void nlab_recording_push(lua_State *L, struct nlab_recording *recording);

/* Cut the userdata at stack index `index` off from its recording, which may be closed then: every method
 * raises from now on. Packets that were taken from it must not be used any more. */
void nlab_recording_detach(lua_State *L, int index);

#endif

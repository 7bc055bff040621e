/* record.h: what a script says about itself in the recording, module netlab.core.record. Floor bind. */
#ifndef NLAB_BIND_RECORD_H
#define NLAB_BIND_RECORD_H

#include <lua.h>

/* The module netlab.core.record. */
int luaopen_netlab_record(lua_State *L);

#endif

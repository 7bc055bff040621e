/* runner.h: the runner as Lua sees it, module netlab.core.runner. Floor main. */
#ifndef NLAB_MAIN_RUNNER_H
#define NLAB_MAIN_RUNNER_H

#include "main/script.h"

#include <lua.h>

/* Make the modules that only the runner has known to require() in this state; `script` is borrowed and must outlive it. */
void nlab_runner_register(lua_State *L, struct nlab_script *script);

#endif

/* rule.h: conditions on packets, from Lua to plain data, module netlab.core.rule. Floor bind. */
#ifndef NLAB_BIND_RULE_H
#define NLAB_BIND_RULE_H

#include <lua.h>

/* The module netlab.core.rule: encode(terms) -> the bytes of a struct nlab_rule (facts/rule.h). */
int luaopen_netlab_rule(lua_State *L);

#endif

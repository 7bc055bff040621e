/* tidy.h: what clang-tidy must know of Lua beyond its headers: these functions do not return (lua_error(3)).
 * Included before every file by tests/tools/tidy.sh; the program is not built with it. */
#ifndef NLAB_TESTS_TIDY_H
#define NLAB_TESTS_TIDY_H

typedef struct lua_State lua_State;

__attribute__((noreturn)) int lua_error(lua_State *L);
__attribute__((noreturn)) int luaL_error(lua_State *L, const char *fmt, ...);
__attribute__((noreturn)) int luaL_argerror(lua_State *L, int arg, const char *extramsg);
__attribute__((noreturn)) int luaL_typeerror(lua_State *L, int arg, const char *tname);

#endif

/* units.h: numbers, times and sizes as Lua arguments. Floor bind.
 * A time is a number of seconds or a text with a unit ("50ms"); a size is a number of bytes or a text
 * ("64K"). */
#ifndef NLAB_BIND_UNITS_H
#define NLAB_BIND_UNITS_H

#include <lua.h>
#include <stdint.h>

/* The integer argument `arg`; raises an argument error when it is none or lies outside `min` to `max`. */
lua_Integer nlab_units_integer(lua_State *L, int arg, lua_Integer min, lua_Integer max);

/* The argument `arg` as a C int. */
int nlab_units_int(lua_State *L, int arg);

/* The argument `arg` as a C int; `otherwise` when it is absent or nil. */
int nlab_units_opt_int(lua_State *L, int arg, int otherwise);

/* The time at `arg` in nanoseconds, 0 or more; raises an argument error that lists the units. */
int64_t nlab_units_ns(lua_State *L, int arg);

/* The size at `arg` in bytes, 0 or more; raises an argument error that lists the units. */
int64_t nlab_units_size(lua_State *L, int arg);

/* Push nanoseconds as a number of seconds. */
void nlab_units_push_seconds(lua_State *L, int64_t ns);

/* The module netlab.core.units. */
int luaopen_netlab_units(lua_State *L);

#endif

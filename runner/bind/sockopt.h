/* sockopt.h: the values of socket options between Lua and C, by codec. Floor bind. */
#ifndef NLAB_BIND_SOCKOPT_H
#define NLAB_BIND_SOCKOPT_H

#include "facts/sockopt.h"

#include <lua.h>
#include <stddef.h>

#define NLAB_SOCKOPT_TEXT 96 /* bytes that hold a printed value, cut if need be */

struct nlab_sockopt_value { /* a value as setsockopt(2) and getsockopt(2) have it */
	size_t length;
	union {
		char bytes[512];
		long long align;
	};
};

/* Read the Lua value at `arg`; raises an argument error that says what the option takes. */
void nlab_sockopt_read(lua_State *L, int arg, enum nlab_sockopt_codec codec,
		       struct nlab_sockopt_value *value);

/* Push the value as Lua has it. */
void nlab_sockopt_push(lua_State *L, enum nlab_sockopt_codec codec, const struct nlab_sockopt_value *value);

/* Write the value as call records show it; returns `text`. */
const char *nlab_sockopt_print(enum nlab_sockopt_codec codec, const struct nlab_sockopt_value *value,
			       char text[NLAB_SOCKOPT_TEXT]);

#endif

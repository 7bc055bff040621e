/* socket.c: the life of a socket: open, close, what it is; the module netlab.core.socket. Floor bind.
 * Invariant: an open socket is in the registry's table ANCHORS (by its address); a closed one is not. */
#include "bind/socket.h"

#include "bind/context.h"
#include "bind/units.h"
#include "facts/constants.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANCHORS "netlab.sockets"

struct nlab_socket *nlab_socket_check(lua_State *L, int arg)
{
	struct nlab_socket *found = luaL_checkudata(L, arg, NLAB_SOCKET_META);
	luaL_argcheck(L, found->fd >= 0, arg, "the socket is closed");
	return found;
}

struct nlab_socket *nlab_socket_new(lua_State *L, const struct nlab_socket *like)
{
	struct nlab_socket *made = lua_newuserdatauv(L, sizeof *made, 1);
	*made = *like;
	made->fd = -1;
	luaL_setmetatable(L, NLAB_SOCKET_META);
	lua_insert(L, -2);
	lua_setiuservalue(L, -2, 1);
	luaL_getsubtable(L, LUA_REGISTRYINDEX, ANCHORS);
	lua_pushvalue(L, -2);
	lua_rawsetp(L, -2, made);
	lua_pop(L, 1);
	return made;
}

void nlab_socket_forget(lua_State *L, const struct nlab_socket *socket)
{
	lua_getfield(L, LUA_REGISTRYINDEX, ANCHORS);
	lua_pushnil(L);
	lua_rawsetp(L, -2, socket);
	lua_pop(L, 1);
}

/* The host table at `arg`: its id; pushes its name. */
static uint16_t check_host(lua_State *L, int arg)
{
	uint16_t id = nlab_context_host(L, arg);
	if (lua_getfield(L, arg, "name") != LUA_TSTRING) {
		lua_pop(L, 1);
		lua_pushfstring(L, "host %d", (int)id);
	}
	return id;
}

/* The type argument of socket(2) as C would write it. */
static void print_type(int type, char *text, size_t size)
{
	int flags = type & (SOCK_NONBLOCK | SOCK_CLOEXEC);
	char kind[48], extra[48];
	nlab_constant_print(NLAB_GROUP_TYPE, type & ~flags, kind, sizeof kind);
	nlab_constant_flags(NLAB_GROUP_TYPE_FLAG, (uint64_t)flags, extra, sizeof extra);
	snprintf(text, size, flags ? "%s|%s" : "%s", kind, extra);
}

static int socket_open(lua_State *L)
{
	struct nlab_socket like = {.fd = -1, .family = nlab_units_int(L, 2)};
	int type = nlab_units_int(L, 3), protocol = nlab_units_opt_int(L, 4, 0);
	char family_text[48], type_text[100], protocol_text[48];
	like.type = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
	like.host = check_host(L, 1);
	struct nlab_socket *made = nlab_socket_new(L, &like);
	nlab_context_enter(L, nlab_context(L), like.host);
	nlab_constant_print(NLAB_GROUP_FAMILY, like.family, family_text, sizeof family_text);
	print_type(type, type_text, sizeof type_text);
	nlab_constant_print(NLAB_GROUP_PROTOCOL, protocol, protocol_text, sizeof protocol_text);
	struct nlab_slot *slot = nlab_call_begin(L, "socket", -1, like.host, "%s, %s, %s", family_text,
						 type_text, protocol ? protocol_text : "0");
	made->fd = socket(like.family, type, protocol);
	if (made->fd < 0) {
		nlab_socket_forget(L, made);
		return nlab_call_done(L, slot, -1);
	}
	slot->fd = made->fd;
	nlab_call_end(slot, made->fd, 0);
	return 1;
}

static int socket_close(lua_State *L)
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	int fd = self->fd;
	struct nlab_slot *slot = nlab_call_begin(L, "close", fd, self->host, "%s", "");
	self->fd = -1; /* Linux gives the descriptor free whatever close(2) says */
	nlab_socket_forget(L, self);
	return nlab_call_done(L, slot, close(fd));
}

static int socket_leave(lua_State *L)
{
	struct nlab_socket *self = luaL_checkudata(L, 1, NLAB_SOCKET_META);
	return self->fd < 0 ? 0 : socket_close(L);
}

static int socket_tostring(lua_State *L)
{
	struct nlab_socket *self = luaL_checkudata(L, 1, NLAB_SOCKET_META);
	lua_getiuservalue(L, 1, 1);
	const char *host = lua_tostring(L, -1);
	if (self->fd < 0) {
		lua_pushfstring(L, "socket closed (%s)", host);
	} else {
		lua_pushfstring(L, "socket %d (%s)", self->fd, host);
	}
	return 1;
}

static int socket_fileno(lua_State *L)
{
	lua_pushinteger(L, nlab_socket_check(L, 1)->fd);
	return 1;
}

static int socket_family(lua_State *L)
{
	struct nlab_socket *self = luaL_checkudata(L, 1, NLAB_SOCKET_META);
	lua_pushinteger(L, self->family);
	return 1;
}

static int socket_type(lua_State *L)
{
	struct nlab_socket *self = luaL_checkudata(L, 1, NLAB_SOCKET_META);
	lua_pushinteger(L, self->type);
	return 1;
}

static int socket_host(lua_State *L)
{
	struct nlab_socket *self = luaL_checkudata(L, 1, NLAB_SOCKET_META);
	lua_pushinteger(L, self->host);
	return 1;
}

static const luaL_Reg METHODS[] = {{"close", socket_close},   {"fileno", socket_fileno},
				   {"family", socket_family}, {"type", socket_type},
				   {"host", socket_host},     {NULL, NULL}};

static const luaL_Reg METAMETHODS[] = {
    {"__close", socket_leave}, {"__tostring", socket_tostring}, {NULL, NULL}};

/* close(2) the socket on top of the stack without a record, and take it out of the anchors. */
static void drop(lua_State *L)
{
	struct nlab_socket *dropped = luaL_checkudata(L, -1, NLAB_SOCKET_META);
	close(dropped->fd);
	dropped->fd = -1;
	nlab_socket_forget(L, dropped); /* a field may be cleared during a traversal */
}

/* abandon(keep): close every open socket of this process that is not a key of `keep`, without a record: they are a
 * fork's copies of another process's sockets, and the script of this one cannot reach them. */
static int socket_abandon(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_getsubtable(L, LUA_REGISTRYINDEX, ANCHORS);
	lua_pushnil(L);
	while (lua_next(L, 2)) {
		lua_pushvalue(L, -1);
		bool kept = lua_rawget(L, 1) != LUA_TNIL;
		lua_pop(L, 1);
		if (!kept) {
			drop(L);
		}
		lua_pop(L, 1);
	}
	return 0;
}

/* vanish(host): close every open socket of this process in a host that has crashed, without a record. */
static int socket_vanish(lua_State *L)
{
	uint16_t host = nlab_context_host(L, 1);
	luaL_getsubtable(L, LUA_REGISTRYINDEX, ANCHORS);
	lua_pushnil(L);
	while (lua_next(L, 2)) {
		const struct nlab_socket *found = luaL_checkudata(L, -1, NLAB_SOCKET_META);
		if (found->host == host) {
			drop(L);
		}
		lua_pop(L, 1);
	}
	return 0;
}

static const luaL_Reg FUNCTIONS[] = {
    {"open", socket_open}, {"abandon", socket_abandon}, {"vanish", socket_vanish}, {NULL, NULL}};

int luaopen_netlab_socket(lua_State *L)
{
	luaL_newmetatable(L, NLAB_SOCKET_META);
	luaL_setfuncs(L, METAMETHODS, 0);
	lua_newtable(L);
	luaL_setfuncs(L, METHODS, 0);
	luaL_setfuncs(L, nlab_socket_calls_methods, 0);
	luaL_setfuncs(L, nlab_socket_io_methods, 0);
	luaL_setfuncs(L, nlab_socket_msg_methods, 0);
	luaL_setfuncs(L, nlab_socket_option_methods, 0);
	lua_setfield(L, -2, "__index");
	lua_newtable(L);
	luaL_setfuncs(L, FUNCTIONS, 0);
	luaL_setfuncs(L, nlab_readiness_functions, 0);
	luaL_setfuncs(L, nlab_socket_option_functions, 0);
	return 1;
}

/* diag.c: the sockets of a host, as Lua tables: the module netlab.core.diag. Floor bind.
 * What a listing holds (a netlink socket, an array) belongs to a userdata, so that an error on the way frees it. */
#include "bind/diag.h"

#include "bind/context.h"
#include "bind/units.h"
#include "facts/tcp_state.h"
#include "kernel/sockdiag.h"

#include <arpa/inet.h>
#include <lauxlib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#define LISTING_META "netlab.diag.listing"
#define NS_PER_MS    INT64_C(1000000)

struct listing {
	struct nlab_sockdiag diag;
	struct nlab_socket_list list;
};

static int listing_free(lua_State *L)
{
	struct listing *listing = luaL_checkudata(L, 1, LISTING_META);
	nlab_sockdiag_close(&listing->diag);
	nlab_socket_list_free(&listing->list);
	return 0;
}

static void set_integer(lua_State *L, const char *field, lua_Integer value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, field);
}

static void set_string(lua_State *L, const char *field, const char *value)
{
	lua_pushstring(L, value);
	lua_setfield(L, -2, field);
}

static const char *state_name(const struct nlab_socket_info *info)
{
	if (info->protocol == IPPROTO_TCP) {
		return nlab_tcp_state_name(info->state);
	}
	return info->state == TCP_ESTABLISHED ? "CONNECTED" : "UNCONNECTED";
}

static void set_addresses(lua_State *L, const struct nlab_socket_info *info)
{
	char text[INET6_ADDRSTRLEN];
	set_string(L, "ip", inet_ntop(info->family, info->address, text, sizeof text));
	set_integer(L, "port", info->port);
	if (info->peer_port) {
		set_string(L, "peer_ip", inet_ntop(info->family, info->peer_address, text, sizeof text));
		set_integer(L, "peer_port", info->peer_port);
	}
}

static void push_info(lua_State *L, const struct nlab_socket_info *info)
{
	lua_createtable(L, 0, 15);
	set_integer(L, "family", info->family);
	set_string(L, "proto", info->protocol == IPPROTO_TCP ? "tcp" : "udp");
	set_string(L, "state", state_name(info));
	set_addresses(L, info);
	set_integer(L, "recv_queue", info->receive_queue);
	set_integer(L, "send_queue", info->send_queue);
	set_integer(L, "retransmits", info->retransmits);
	set_integer(L, "inode", info->inode);
	lua_pushboolean(L, info->orphan);
	lua_setfield(L, -2, "orphan");
	if (nlab_socket_timer_name(info->timer)) {
		set_string(L, "timer", nlab_socket_timer_name(info->timer));
		nlab_units_push_seconds(L, info->expires_ms * NS_PER_MS);
		lua_setfield(L, -2, "expires");
	}
}

/* sockets(host) -> list of netlab.SocketInfo */
static int diag_sockets(lua_State *L)
{
	struct nlab_error error;
	nlab_context_enter(L, nlab_context(L), nlab_context_host(L, 1));
	struct listing *listing = lua_newuserdatauv(L, sizeof *listing, 0);
	*listing = (struct listing){0};
	luaL_setmetatable(L, LISTING_META);
	if (!nlab_sockdiag_open(&listing->diag, &error) ||
	    !nlab_sockdiag_list(&listing->diag, &listing->list, &error)) {
		char text[512];
		return luaL_error(L, "%s", nlab_error_text(&error, text, sizeof text));
	}
	nlab_sockdiag_close(&listing->diag);
	lua_createtable(L, (int)listing->list.count, 0);
	for (size_t i = 0; i < listing->list.count; i++) {
		push_info(L, &listing->list.sockets[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	nlab_socket_list_free(&listing->list);
	return 1;
}

static const luaL_Reg functions[] = {
    {"sockets", diag_sockets},
    {NULL, NULL},
};

int luaopen_netlab_diag(lua_State *L)
{
	luaL_newmetatable(L, LISTING_META);
	lua_pushcfunction(L, listing_free);
	lua_setfield(L, -2, "__gc");
	luaL_newlib(L, functions);
	return 1;
}

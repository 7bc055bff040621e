/* link.c: a host's interfaces, addresses, routes and neighbours from Lua: rtnetlink(7) in the host's namespace.
 * Floor bind. What the kernel refuses is misuse: it raises an error with the kernel's own words. The record of each is a
 * call "rtnetlink" whose arguments say what was asked for. */
#include "bind/link.h"

#include "bind/context.h"
#include "bind/units.h"
#include "kernel/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <lauxlib.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct prefix {
	int family;
	unsigned length;
	uint8_t address[16];
};

/* The request of one call: in a userdata, since it is large and errors may jump out. */
struct request {
	struct nlab_netlink netlink;
	struct nlab_slot *slot;
	unsigned index;
};

static int request_gc(lua_State *L)
{
	struct request *request = lua_touserdata(L, 1);
	nlab_netlink_close(&request->netlink);
	return 0;
}

/* Enter the host at 1, find its interface at 2, open a handle, begin the record. Leaves the request on the stack. */
static struct request *begin(lua_State *L, const char *what)
{
	struct nlab_error error;
	char text[512];
	uint16_t host = (uint16_t)nlab_units_integer(L, 1, 1, NLAB_HOSTS_MAX - 1);
	const char *name = luaL_checkstring(L, 2);
	nlab_context_enter(L, nlab_context(L), host);
	unsigned index = if_nametoindex(name);
	luaL_argcheck(L, index > 0, 2, "the host has no such interface");
	struct request *request = lua_newuserdatauv(L, sizeof *request, 0);
	memset(request, 0, sizeof *request);
	if (luaL_newmetatable(L, "netlab.link.request")) {
		lua_pushcfunction(L, request_gc);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	request->index = index;
	request->slot = nlab_call_begin(L, "rtnetlink", -1, host, "%s %s", name, what);
	if (!nlab_netlink_open(&request->netlink, &error)) {
		nlab_call_end(request->slot, -1, error.code);
		luaL_error(L, "%s", nlab_error_text(&error, text, sizeof text));
	}
	return request;
}

static int finish(lua_State *L, struct request *request)
{
	struct nlab_error error = {0};
	char text[512];
	bool done = nlab_netlink_run(&request->netlink, &error);
	nlab_netlink_close(&request->netlink);
	nlab_call_end(request->slot, done ? 0 : -1, error.code);
	request->slot->looked = 1;
	return done ? 0 : luaL_error(L, "%s", nlab_error_text(&error, text, sizeof text));
}

/* The address at `arg`, "10.0.0.1/24" or without a length (then the whole address). */
static void check_prefix(lua_State *L, int arg, struct prefix *prefix)
{
	char text[80];
	char *end = NULL;
	snprintf(text, sizeof text, "%s", luaL_checkstring(L, arg));
	char *slash = strchr(text, '/');
	if (slash) {
		*slash = '\0';
	}
	prefix->family = inet_pton(AF_INET, text, prefix->address) == 1    ? AF_INET
			 : inet_pton(AF_INET6, text, prefix->address) == 1 ? AF_INET6
									   : 0;
	unsigned most = prefix->family == AF_INET ? 32 : 128;
	unsigned long length = slash ? strtoul(slash + 1, &end, 10) : most;
	luaL_argcheck(L, prefix->family && (!slash || (*end == '\0' && end != slash + 1)) && length <= most,
		      arg, "an IPv4 or IPv6 address, with its prefix length: 10.0.0.1/24");
	prefix->length = (unsigned)length;
}

/* Clear the bits behind the prefix: the address of the network. */
static void mask_prefix(struct prefix *prefix)
{
	for (unsigned i = 0; i < sizeof prefix->address; i++) {
		unsigned bits = prefix->length > i * 8 ? prefix->length - i * 8 : 0;
		prefix->address[i] &= (uint8_t)(bits >= 8 ? 0xff : 0xff00 >> bits);
	}
}

/* network("10.1.0.7/24") -> "10.1.0.0/24" */
static int link_network(lua_State *L)
{
	struct prefix prefix = {0};
	char text[INET6_ADDRSTRLEN];
	check_prefix(L, 1, &prefix);
	mask_prefix(&prefix);
	inet_ntop(prefix.family, prefix.address, text, sizeof text);
	lua_pushfstring(L, "%s/%d", text, (int)prefix.length);
	return 1;
}

/* up(host id, interface, true or false): IFF_UP */
static int link_up(lua_State *L)
{
	bool up = lua_toboolean(L, 3);
	struct request *request = begin(L, up ? "up" : "down");
	nlab_link_up(&request->netlink, request->index, up);
	return finish(L, request);
}

/* mtu(host id, interface, bytes) */
static int link_mtu(lua_State *L)
{
	char what[32];
	unsigned mtu = (unsigned)nlab_units_integer(L, 3, 68, 65535);
	snprintf(what, sizeof what, "mtu %u", mtu);
	struct request *request = begin(L, what);
	nlab_link_mtu(&request->netlink, request->index, mtu);
	return finish(L, request);
}

/* address(host id, interface, "10.0.0.1/24"): add it */
static int link_address(lua_State *L)
{
	struct prefix prefix;
	char what[96];
	check_prefix(L, 3, &prefix);
	snprintf(what, sizeof what, "address %s", lua_tostring(L, 3));
	struct request *request = begin(L, what);
	nlab_link_address(&request->netlink, request->index, prefix.family, prefix.address, prefix.length);
	return finish(L, request);
}

/* route(host id, interface, "10.1.0.0/24", gateway or nil): add it; "0.0.0.0/0" is the default route */
static int link_route(lua_State *L)
{
	struct prefix prefix = {0};
	struct prefix gateway = {0};
	char what[160];
	const char *through = luaL_optstring(L, 4, NULL);
	check_prefix(L, 3, &prefix);
	mask_prefix(&prefix);
	if (through) {
		check_prefix(L, 4, &gateway);
		luaL_argcheck(L, gateway.family == prefix.family, 4,
			      "a gateway of the route's address family");
	}
	snprintf(what, sizeof what, "route %s%s%s", lua_tostring(L, 3), through ? " via " : "",
		 through ? through : "");
	struct request *request = begin(L, what);
	nlab_link_route(&request->netlink, request->index, prefix.family, prefix.address, prefix.length,
			through ? gateway.address : NULL);
	return finish(L, request);
}

/* neighbour(host id, interface, address, MAC or nil): add a permanent one, or take it away */
static int link_neighbour(lua_State *L)
{
	struct prefix prefix;
	unsigned mac[6];
	uint8_t bytes[6];
	char what[160];
	const char *text = luaL_optstring(L, 4, NULL);
	check_prefix(L, 3, &prefix);
	if (text) {
		luaL_argcheck(L,
			      sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x", &mac[0], &mac[1], &mac[2], &mac[3],
				     &mac[4], &mac[5]) == 6,
			      4, "a MAC address: 02:00:00:00:00:01");
		for (int i = 0; i < 6; i++) {
			bytes[i] = (uint8_t)mac[i];
		}
	}
	snprintf(what, sizeof what, "neighbour %s %s", lua_tostring(L, 3), text ? text : "gone");
	struct request *request = begin(L, what);
	if (text) {
		nlab_link_neighbour(&request->netlink, request->index, prefix.family, prefix.address, bytes);
	} else {
		nlab_link_forget(&request->netlink, request->index, prefix.family, prefix.address);
	}
	return finish(L, request);
}

static const luaL_Reg FUNCTIONS[] = {
    {"up", link_up},
    {"mtu", link_mtu},
    {"address", link_address},
    {"network", link_network},
    {"route", link_route},
    {"neighbour", link_neighbour},
    {NULL, NULL},
};

int luaopen_netlab_link(lua_State *L)
{
	luaL_newlib(L, FUNCTIONS);
	return 1;
}

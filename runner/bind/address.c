/* address.c: socket addresses between Lua and struct sockaddr. Floor bind.
 * One table has what differs between AF_INET and AF_INET6. */
#include "bind/address.h"

#include "facts/constants.h"

#include <arpa/inet.h>
#include <lauxlib.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static const struct family {
	int family;
	const char *field;   /* of a host or sockaddr table */
	const char *example; /* for messages */
	const char *format;  /* of the printed address and port */
	socklen_t length;
	size_t address_offset, port_offset;
} FAMILIES[] = {
    {AF_INET, "ip", "IPv4 address like \"10.0.0.1\"", "%s:%u", sizeof(struct sockaddr_in),
     offsetof(struct sockaddr_in, sin_addr), offsetof(struct sockaddr_in, sin_port)},
    {AF_INET6, "ip6", "IPv6 address like \"fd00::1\" or \"::ffff:10.0.0.1\"", "[%s]:%u",
     sizeof(struct sockaddr_in6), offsetof(struct sockaddr_in6, sin6_addr),
     offsetof(struct sockaddr_in6, sin6_port)},
};

static const struct family *find_family(int family)
{
	for (size_t i = 0; i < sizeof FAMILIES / sizeof *FAMILIES; i++) {
		if (FAMILIES[i].family == family) {
			return &FAMILIES[i];
		}
	}
	return NULL;
}

static const struct family *check_family(lua_State *L, int arg, int family)
{
	const struct family *found = find_family(family);
	if (!found) {
		luaL_argerror(
		    L, arg,
		    lua_pushfstring(L, "addresses are of AF_INET or AF_INET6, not of family %d", family));
	}
	return found;
}

static void set_port(const struct family *kind, struct nlab_address *address, uint16_t port)
{
	uint16_t network = htons(port);
	memcpy((char *)&address->storage + kind->port_offset, &network, sizeof network);
}

/* Set family and address; an argument error names `arg` when `ip` is none of this family. */
static void set_ip(lua_State *L, int arg, const struct family *kind, const char *ip,
		   struct nlab_address *address)
{
	address->storage.ss_family = (sa_family_t)kind->family;
	address->length = kind->length;
	if (inet_pton(kind->family, ip, (char *)&address->storage + kind->address_offset) != 1) {
		luaL_argerror(L, arg, lua_pushfstring(L, "%s expected, got \"%s\"", kind->example, ip));
	}
}

/* The port at stack index `at`; an argument error names `arg`. */
static uint16_t check_port(lua_State *L, int at, int arg)
{
	int exact;
	lua_Integer port = lua_tointegerx(L, at, &exact);
	if (!exact || port < 0 || port > UINT16_MAX) {
		luaL_argerror(L, arg,
			      lua_pushfstring(L, "port expected (an integer from 0 to 65535), got %s",
					      luaL_tolstring(L, at, NULL)));
	}
	return (uint16_t)port;
}

/* An integer field of the table at `arg`, 0 when it is absent. */
static uint32_t field_u32(lua_State *L, int arg, const char *field)
{
	int exact = 1;
	lua_Integer value = lua_getfield(L, arg, field) == LUA_TNIL ? 0 : lua_tointegerx(L, -1, &exact);
	lua_pop(L, 1);
	if (!exact || value < 0 || value > UINT32_MAX) {
		luaL_argerror(L, arg,
			      lua_pushfstring(L, "field %s must be an integer from 0 to 4294967295", field));
	}
	return (uint32_t)value;
}

/* The name of the host table at `arg` for messages; leaves it on the stack. */
static const char *host_name(lua_State *L, int arg)
{
	return lua_getfield(L, arg, "name") == LUA_TSTRING ? lua_tostring(L, -1) : "this table";
}

static void read_table(lua_State *L, int arg, int family, struct nlab_address *address)
{
	if (lua_getfield(L, arg, "family") != LUA_TNIL) {
		int exact;
		lua_Integer own = lua_tointegerx(L, -1, &exact);
		luaL_argcheck(L, exact && own >= 0 && own <= UINT16_MAX, arg,
			      "field family must be AF_INET, AF_INET6 or AF_UNSPEC");
		family = (int)own;
	}
	lua_pop(L, 1);
	if (family == AF_UNSPEC) {
		address->length = sizeof(struct sockaddr);
		return;
	}
	const struct family *kind = check_family(L, arg, family);
	int top = lua_gettop(L);
	bool mapped = family == AF_INET6 && lua_getfield(L, arg, "mapped") == LUA_TSTRING;
	if (!mapped && lua_getfield(L, arg, kind->field) != LUA_TSTRING) {
		const char *name = host_name(L, arg);
		luaL_argerror(L, arg,
			      lua_pushfstring(L, "%s has no %s address (field %s)", name,
					      family == AF_INET ? "IPv4" : "IPv6", kind->field));
	}
	set_ip(L, arg, kind, lua_tostring(L, -1), address);
	lua_settop(L, top);
	if (family == AF_INET6) {
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address->storage;
		in6->sin6_flowinfo = htonl(field_u32(L, arg, "flowinfo"));
		in6->sin6_scope_id = field_u32(L, arg, "scope_id");
	}
}

/* Find the port: the argument behind the address, or the table's own. */
static void read_port(lua_State *L, int arg, bool needs_port, struct nlab_address *address)
{
	const struct family *kind = find_family(address->storage.ss_family);
	bool given = !lua_isnoneornil(L, arg + 1);
	if (!kind) {
		return; /* AF_UNSPEC */
	}
	if (given) {
		set_port(kind, address, check_port(L, arg + 1, arg + 1));
		return;
	}
	if (lua_istable(L, arg) && lua_getfield(L, arg, "port") != LUA_TNIL) {
		set_port(kind, address, check_port(L, -1, arg));
		lua_pop(L, 1);
	} else if (needs_port) {
		luaL_argerror(L, arg + 1, "port expected (an integer from 0 to 65535)");
	}
}

void nlab_address_check(lua_State *L, int arg, int family, bool needs_port, struct nlab_address *address)
{
	memset(address, 0, sizeof *address);
	if (lua_type(L, arg) == LUA_TSTRING) {
		set_ip(L, arg, check_family(L, arg, family), lua_tostring(L, arg), address);
	} else if (lua_istable(L, arg)) {
		read_table(L, arg, family, address);
	} else {
		luaL_argerror(
		    L, arg,
		    lua_pushfstring(L, "address expected (a host, a sockaddr table or a string), got %s",
				    luaL_typename(L, arg)));
	}
	read_port(L, arg, needs_port, address);
	nlab_address_print(&address->storage, address->length, address->text);
}

void nlab_address_wildcard(lua_State *L, int arg, int family, struct nlab_address *address)
{
	const struct family *kind = check_family(L, arg, family);
	memset(address, 0, sizeof *address);
	address->storage.ss_family = (sa_family_t)family;
	address->length = kind->length;
	set_port(kind, address, check_port(L, arg, arg));
	nlab_address_print(&address->storage, address->length, address->text);
}

/* The address as text and the port of an AF_INET or AF_INET6 address. */
static uint16_t split(const struct family *kind, const struct sockaddr_storage *storage,
		      char ip[INET6_ADDRSTRLEN])
{
	uint16_t port;
	inet_ntop(kind->family, (const char *)storage + kind->address_offset, ip, INET6_ADDRSTRLEN);
	memcpy(&port, (const char *)storage + kind->port_offset, sizeof port);
	return ntohs(port);
}

static void push_opaque(lua_State *L, const struct sockaddr_storage *storage, socklen_t length)
{
	size_t head = offsetof(struct sockaddr, sa_data);
	size_t kept = length < sizeof *storage ? length : sizeof *storage;
	lua_pushinteger(L, storage->ss_family);
	lua_setfield(L, -2, "family");
	lua_pushlstring(L, (const char *)storage + head, kept > head ? kept - head : 0);
	lua_setfield(L, -2, "data");
}

static void push_metatable(lua_State *L);

void nlab_address_push(lua_State *L, const struct sockaddr_storage *storage, socklen_t length)
{
	const struct family *kind = find_family(storage->ss_family);
	char ip[INET6_ADDRSTRLEN];
	if (length == 0) {
		lua_pushnil(L);
		return;
	}
	lua_createtable(L, 0, 5);
	if (!kind) {
		push_opaque(L, storage, length);
	} else {
		lua_pushinteger(L, kind->family);
		lua_setfield(L, -2, "family");
		lua_pushinteger(L, split(kind, storage, ip));
		lua_setfield(L, -2, "port");
		lua_pushstring(L, ip);
		lua_setfield(L, -2, kind->field);
	}
	if (kind && kind->family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)storage;
		lua_pushinteger(L, ntohl(in6->sin6_flowinfo));
		lua_setfield(L, -2, "flowinfo");
		lua_pushinteger(L, in6->sin6_scope_id);
		lua_setfield(L, -2, "scope_id");
	}
	push_metatable(L);
	lua_setmetatable(L, -2);
}

const char *nlab_address_print(const struct sockaddr_storage *storage, socklen_t length,
			       char text[NLAB_ADDRESS_TEXT])
{
	const struct family *kind = find_family(storage->ss_family);
	char ip[INET6_ADDRSTRLEN];
	if (length == 0) {
		snprintf(text, NLAB_ADDRESS_TEXT, "NULL");
	} else if (kind) {
		unsigned port = split(kind, storage, ip);
		snprintf(text, NLAB_ADDRESS_TEXT, kind->format, ip, port);
	} else {
		nlab_constant_print(NLAB_GROUP_FAMILY, storage->ss_family, text, NLAB_ADDRESS_TEXT);
	}
	return text;
}

static int sockaddr_tostring(lua_State *L)
{
	struct nlab_address address;
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_getfield(L, 1, "family");
	lua_Integer family = lua_tointeger(L, -1);
	lua_settop(L, 1); /* what stands behind an address is its port */
	if (family >= 0 && family <= UINT16_MAX && find_family((int)family)) {
		nlab_address_check(L, 1, AF_UNSPEC, false, &address);
	} else {
		nlab_constant_print(NLAB_GROUP_FAMILY, family, address.text, sizeof address.text);
	}
	lua_pushstring(L, address.text);
	return 1;
}

static int sockaddr_concat(lua_State *L)
{
	luaL_tolstring(L, 1, NULL);
	luaL_tolstring(L, 2, NULL);
	lua_concat(L, 2);
	return 1;
}

/* `address` is the address, whatever its family is. */
static int sockaddr_index(lua_State *L)
{
	bool wanted = lua_type(L, 2) == LUA_TSTRING && strcmp(lua_tostring(L, 2), "address") == 0;
	lua_settop(L, 1);
	for (size_t i = 0; wanted && i < sizeof FAMILIES / sizeof *FAMILIES; i++) {
		lua_pushstring(L, FAMILIES[i].field);
		if (lua_rawget(L, 1) == LUA_TSTRING) {
			return 1;
		}
	}
	lua_pushnil(L);
	return 1;
}

static const luaL_Reg METAMETHODS[] = {{"__tostring", sockaddr_tostring},
				       {"__concat", sockaddr_concat},
				       {"__index", sockaddr_index},
				       {NULL, NULL}};

/* Push the metatable of sockaddr tables; it is made at its first use. */
static void push_metatable(lua_State *L)
{
	if (luaL_newmetatable(L, NLAB_SOCKADDR_META)) {
		luaL_setfuncs(L, METAMETHODS, 0);
	}
}

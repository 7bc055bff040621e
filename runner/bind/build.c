/* build.c: frames from Lua tables. Floor bind.
 * The bytes that a description points to are strings of the Lua table, which is on the stack while it is used; no
 * metamethod of the table runs. */
#include "bind/build.h"

#include "bind/build_field.h"
#include "facts/build_fragment.h"

#include <lauxlib.h>
#include <string.h>

#define TTL_DEFAULT    64
#define WINDOW_DEFAULT 65535
#define NAME_MAX_SIZE  24

/* ---- which fields there are ---- */

static bool has(const struct nlab_build_reading *reading, const char *name)
{
	for (unsigned i = 0; nlab_build_row_at(i); i++) {
		if (strcmp(nlab_build_row_at(i)->name, name) == 0) {
			return reading->seen >> i & 1;
		}
	}
	return false;
}

/* How many letters must be changed, added or taken away between two short names. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[NAME_MAX_SIZE + 1];
	size_t length = strlen(b);
	if (length > NAME_MAX_SIZE || strlen(a) > NAME_MAX_SIZE) {
		return NAME_MAX_SIZE;
	}
	for (unsigned j = 0; j <= length; j++) {
		row[j] = j;
	}
	for (unsigned i = 0; a[i]; i++) {
		unsigned corner = row[0];
		row[0] = i + 1;
		for (unsigned j = 0; j < length; j++) {
			unsigned change = corner + (a[i] != b[j]);
			unsigned shift = (row[j] < row[j + 1] ? row[j] : row[j + 1]) + 1;
			corner = row[j + 1];
			row[j + 1] = change < shift ? change : shift;
		}
	}
	return row[length];
}

static int unknown_field(lua_State *L, const char *name)
{
	const char *nearest = NULL;
	unsigned least = strlen(name) > 5 ? 3 : 2; /* more changes than that are another word */
	luaL_Buffer all;
	for (unsigned i = 0; nlab_build_row_at(i); i++) {
		unsigned changes = distance(name, nlab_build_row_at(i)->name);
		if (changes < least) {
			least = changes;
			nearest = nlab_build_row_at(i)->name;
		}
	}
	if (nearest) {
		return luaL_error(L, "unknown field '%s'; did you mean '%s'?", name, nearest);
	}
	luaL_buffinit(L, &all);
	for (unsigned i = 0; nlab_build_row_at(i); i++) {
		luaL_addstring(&all, i ? ", " : "");
		luaL_addstring(&all, nlab_build_row_at(i)->name);
	}
	luaL_pushresult(&all);
	return luaL_error(L, "unknown field '%s'; the fields are %s", name, lua_tostring(L, -1));
}

/* ---- reading a table ---- */

/* Read the value on top of the stack; its key is below it. */
static void read_entry(lua_State *L, struct nlab_build_reading *reading)
{
	if (lua_type(L, -2) != LUA_TSTRING) {
		luaL_error(L, "field names are texts, got %s", luaL_tolstring(L, -2, NULL));
	}
	const char *name = lua_tostring(L, -2);
	for (unsigned i = 0; nlab_build_row_at(i); i++) {
		const struct nlab_build_row *row = nlab_build_row_at(i);
		if (strcmp(row->name, name) == 0) {
			row->read(L, row, reading);
			reading->seen |= UINT64_C(1) << i;
			return;
		}
	}
	unknown_field(L, name);
}

/* The protocol when the table does not say it: the one whose fields it has. */
static void find_proto(lua_State *L, struct nlab_build_reading *reading)
{
	uint8_t *proto = &reading->build.proto;
	if (has(reading, "proto")) {
		bool six = *proto == NLAB_PROTO_IP && reading->build.version == 6;
		*proto = six ? NLAB_PROTO_IP6 : *proto;
	} else if (has(reading, "flags")) {
		*proto = NLAB_PROTO_TCP;
	} else if (has(reading, "arp_op")) {
		*proto = NLAB_PROTO_ARP;
	} else if (has(reading, "icmp_type")) {
		*proto = reading->build.version == 6 ? NLAB_PROTO_ICMP6 : NLAB_PROTO_ICMP;
	} else {
		luaL_error(L, "field 'proto' is missing: tcp, udp, icmp, icmp6, arp, ip or other");
	}
}

static void need(lua_State *L, const struct nlab_build_reading *reading, const char *name)
{
	if (!has(reading, name)) {
		luaL_error(L, "field '%s' is missing", name);
	}
}

static void check_fields(lua_State *L, const struct nlab_build_reading *reading)
{
	uint8_t proto = reading->build.proto;
	for (unsigned i = 0; nlab_build_row_at(i); i++) {
		const struct nlab_build_row *row = nlab_build_row_at(i);
		if (reading->seen >> i & 1 && !(row->of >> proto & 1)) {
			luaL_error(L, "field '%s': a packet of protocol %s has none", row->name,
				   nlab_proto_name(proto));
		}
	}
	if (proto == NLAB_PROTO_ARP) {
		need(L, reading, "arp_op");
		need(L, reading, "arp_spa");
		need(L, reading, "arp_tpa");
		if (reading->build.version != 4) {
			luaL_error(L, "fields 'arp_spa' and 'arp_tpa': ARP is about IPv4 addresses");
		}
	} else if (proto != NLAB_PROTO_OTHER) {
		need(L, reading, "src");
		need(L, reading, "dst");
	}
	if (reading->build.proto == NLAB_PROTO_ICMP || reading->build.proto == NLAB_PROTO_ICMP6) {
		need(L, reading, "icmp_type");
	}
}

/* Read the table at stack index `table` into `reading`. */
static void read_table(lua_State *L, int table, struct nlab_build_reading *reading)
{
	struct nlab_build *build = &reading->build;
	*reading = (struct nlab_build_reading){.build = {.ttl = TTL_DEFAULT, .tcp.window = WINDOW_DEFAULT}};
	for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
		read_entry(L, reading);
	}
	if (reading->families == (1u << 4 | 1u << 6)) {
		luaL_error(L,
			   "fields 'src' and 'dst': one is an IPv4 address, the other one an IPv6 address");
	}
	build->version = reading->families == 1u << 6 ? 6 : 4;
	build->fragment_header = build->version == 6 && has(reading, "ipid");
	find_proto(L, reading);
	check_fields(L, reading);
	if (!has(reading, "arp_sha")) {
		memcpy(build->arp.sha, build->src_mac, sizeof build->arp.sha);
	}
}

/* ---- frames ---- */

static void push_frame(lua_State *L, const struct nlab_build *build)
{
	struct nlab_error error;
	char text[sizeof error + 64];
	luaL_Buffer buffer;
	size_t size, room = build->payload.size + NLAB_BUILD_HEADERS;
	uint8_t *frame = (uint8_t *)luaL_buffinitsize(L, &buffer, room);
	if (!nlab_build_frame(build, frame, room, &size, &error)) {
		luaL_error(L, "%s", nlab_error_text(&error, text, sizeof text));
	}
	luaL_pushresultsize(&buffer, size);
}

static void set_payload(lua_State *L, struct nlab_build_reading *reading, int string)
{
	if (has(reading, "payload")) {
		luaL_error(L, "fields 'payload' and 'quoted': a packet has one of them");
	}
	reading->build.payload.at = (const uint8_t *)lua_tolstring(L, string, &reading->build.payload.size);
}

/* Push the packet that the table on top of the stack describes, from its IP header on. */
static void push_quoted(lua_State *L)
{
	struct nlab_build_reading reading;
	read_table(L, lua_gettop(L), &reading);
	if (has(&reading, "quoted")) {
		luaL_error(L, "field 'quoted': a packet that is quoted quotes no other one");
	}
	push_frame(L, &reading.build);
	size_t size;
	const char *frame = lua_tolstring(L, -1, &size);
	lua_pushlstring(L, frame + NLAB_ETHER_HEADER, size - NLAB_ETHER_HEADER);
}

/* Push the frame of the table at stack index 1, which is left to `reading` as well. */
static void frame_of_table(lua_State *L, struct nlab_build_reading *reading)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_pushliteral(L, "quoted");
	int kind = lua_rawget(L, 1);
	if (kind == LUA_TTABLE) {
		push_quoted(L);
	} else if (kind != LUA_TSTRING && kind != LUA_TNIL) {
		luaL_error(L, "field 'quoted': a string or the table of a packet expected, got %s",
			   luaL_typename(L, -1));
	}
	int quoted = lua_gettop(L);
	read_table(L, 1, reading);
	need(L, reading, "src_mac");
	need(L, reading, "dst_mac");
	if (kind != LUA_TNIL) {
		set_payload(L, reading, quoted);
	}
	push_frame(L, &reading->build);
}

static int build_frame(lua_State *L)
{
	struct nlab_build_reading reading;
	lua_settop(L, 1);
	frame_of_table(L, &reading);
	return 1;
}

static int build_fragments(lua_State *L)
{
	struct nlab_build_reading reading;
	struct nlab_build_cut cut;
	struct nlab_error error;
	char text[sizeof error + 64];
	lua_Integer data = luaL_checkinteger(L, 2);
	luaL_argcheck(L, data > 0 && data % 8 == 0, 2, "bytes in each fragment expected, a multiple of 8");
	lua_settop(L, 2);
	frame_of_table(L, &reading);
	size_t size;
	const uint8_t *frame = (const uint8_t *)lua_tolstring(L, -1, &size);
	if (!nlab_build_cut_begin(&cut, frame, size, (size_t)data, reading.build.id, &error)) {
		return luaL_error(L, "%s", nlab_error_text(&error, text, sizeof text));
	}
	uint8_t *fragment = lua_newuserdatauv(L, size + NLAB_BUILD_CUT_MORE, 0);
	lua_newtable(L);
	for (lua_Integer i = 1; nlab_build_cut_next(&cut, fragment, &size); i++) {
		lua_pushlstring(L, (const char *)fragment, size);
		lua_rawseti(L, -2, i);
	}
	return 1;
}

static int build_fields(lua_State *L)
{
	lua_newtable(L);
	for (unsigned i = 0; nlab_build_row_at(i); i++) {
		const struct nlab_build_row *row = nlab_build_row_at(i);
		lua_createtable(L, 0, 3);
		lua_pushstring(L, row->name);
		lua_setfield(L, -2, "name");
		lua_pushstring(L, row->kind);
		lua_setfield(L, -2, "kind");
		if (row->max) {
			lua_pushinteger(L, row->max);
			lua_setfield(L, -2, "max");
		}
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static const luaL_Reg FUNCTIONS[] = {
    {"frame", build_frame}, {"fragments", build_fragments}, {"fields", build_fields}, {NULL, NULL}};

int luaopen_netlab_build(lua_State *L)
{
	luaL_newlib(L, FUNCTIONS);
	return 1;
}

/* packet.c: what Lua sees of a packet. Floor bind. */
#include "bind/packet.h"

#include "facts/field.h"

#include <lauxlib.h>
#include <stdio.h>

#define PACKET   "netlab.packet"
#define TEXT_MAX 400 /* longest text that is made in a buffer: options */

struct packet_view {
	const struct nlab_packet_record *record;
	bool decoded;
	struct nlab_packet packet;
};

static struct packet_view *check_packet(lua_State *L, int index)
{
	struct packet_view *view = luaL_checkudata(L, index, PACKET);
	if (!view->decoded) {
		const struct nlab_packet_record *record = view->record;
		nlab_packet_decode(&view->packet, record->frame, record->captured, record->length);
		view->decoded = true;
	}
	return view;
}

/* ---- numbers of the field table, by their type; the packet is at stack index 1 ---- */

/* Push entry `which` of the recording's names: a table, or the start. */
static void push_names(lua_State *L, int which)
{
	lua_getiuservalue(L, 1, 1);
	lua_getiuservalue(L, -1, 1);
	lua_rawgeti(L, -1, which);
}

static void push_number(lua_State *L, uint64_t value)
{
	lua_pushinteger(L, (lua_Integer)value);
}

static void push_boolean(lua_State *L, uint64_t value)
{
	lua_pushboolean(L, value != 0);
}

static void push_flags(lua_State *L, uint64_t value)
{
	char text[TEXT_MAX];
	lua_pushstring(L, nlab_tcp_flags_text((uint8_t)value, text, sizeof text));
}

static void push_proto(lua_State *L, uint64_t value)
{
	lua_pushstring(L, nlab_proto_name((unsigned)value));
}

static void push_fate(lua_State *L, uint64_t value)
{
	lua_pushstring(L, nlab_fate_name((unsigned)value));
}

static void push_host(lua_State *L, uint64_t value)
{
	push_names(L, NLAB_PACKET_NAMES_HOSTS);
	lua_rawgeti(L, -1, (lua_Integer)value);
}

static void push_port(lua_State *L, uint64_t value)
{
	if (value == NLAB_PORT_FLOOD) {
		lua_pushliteral(L, "*");
		return;
	}
	push_names(L, NLAB_PACKET_NAMES_PORTS);
	lua_rawgeti(L, -1, (lua_Integer)value);
	if (!lua_isnil(L, -1)) {
		push_host(L, (uint64_t)lua_tointeger(L, -1));
	}
}

static void push_link(lua_State *L, uint64_t value)
{
	push_names(L, NLAB_PACKET_NAMES_LINKS);
	lua_rawgeti(L, -1, (lua_Integer)value);
}

static void push_time(lua_State *L, uint64_t value)
{
	push_names(L, NLAB_PACKET_NAMES_START);
	lua_pushnumber(L, (lua_Number)((int64_t)value - lua_tointeger(L, -1)) / 1e9);
}

static void push_mac(lua_State *L, uint64_t value)
{
	char text[TEXT_MAX];
	snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", (unsigned)(value >> 40 & 0xff),
		 (unsigned)(value >> 32 & 0xff), (unsigned)(value >> 24 & 0xff),
		 (unsigned)(value >> 16 & 0xff), (unsigned)(value >> 8 & 0xff), (unsigned)(value & 0xff));
	lua_pushstring(L, text);
}

static void push_address(lua_State *L, const uint8_t *address)
{
	char text[TEXT_MAX];
	lua_pushstring(L, nlab_address_text(address, text, sizeof text));
}

typedef void pusher(lua_State *L, uint64_t value);

static pusher *const PUSHERS[] = {
    [NLAB_FIELD_NUMBER] = push_number, [NLAB_FIELD_BOOLEAN] = push_boolean, [NLAB_FIELD_FLAGS] = push_flags,
    [NLAB_FIELD_PROTO] = push_proto,   [NLAB_FIELD_FATE] = push_fate,       [NLAB_FIELD_HOST] = push_host,
    [NLAB_FIELD_PORT] = push_port,     [NLAB_FIELD_LINK] = push_link,       [NLAB_FIELD_TIME] = push_time,
    [NLAB_FIELD_MAC] = push_mac,
};

static void push_field(lua_State *L, const struct packet_view *view, const struct nlab_field *field)
{
	struct nlab_packet_context context = {&view->packet, view->record};
	uint64_t value;
	const uint8_t *address = nlab_field_address(field, &context);
	if (address) {
		push_address(L, address);
	} else if (nlab_field_get(field, &context, &value)) {
		PUSHERS[nlab_field_type(field)](L, value);
	} else {
		lua_pushnil(L);
	}
}

/* ---- texts and tables that are no fields of the table ---- */

static void push_options(lua_State *L, const struct packet_view *view)
{
	char text[TEXT_MAX];
	lua_pushstring(L, nlab_tcp_options_text(&view->packet.options, text, sizeof text));
}

static void push_sack(lua_State *L, const struct packet_view *view)
{
	const struct nlab_tcp_options *options = &view->packet.options;
	uint32_t base = view->record->ack_base;
	if (!(options->has & NLAB_OPTION_SACK)) {
		lua_pushnil(L);
		return;
	}
	char text[TEXT_MAX];
	size_t used = 0;
	for (unsigned i = 0; i < options->sack_blocks; i++) {
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%u:%u", i ? " " : "",
					 options->sack[i][0] - base, options->sack[i][1] - base);
	}
	lua_pushlstring(L, text, used);
}

static void push_fastopen(lua_State *L, const struct packet_view *view)
{
	const struct nlab_tcp_options *options = &view->packet.options;
	if (!(options->has & NLAB_OPTION_FASTOPEN)) {
		lua_pushnil(L);
		return;
	}
	char text[TEXT_MAX] = "";
	for (unsigned i = 0; i < options->cookie_length; i++) {
		snprintf(text + 2 * i, sizeof text - 2 * i, "%02x", options->cookie[i]);
	}
	lua_pushstring(L, text);
}

static void push_payload(lua_State *L, const struct packet_view *view)
{
	const struct nlab_packet *packet = &view->packet;
	lua_pushlstring(L, (const char *)packet->frame + packet->payload, packet->payload_captured);
}

static void push_quoted(lua_State *L, const struct packet_view *view)
{
	const struct nlab_quoted *quoted = &view->packet.quoted;
	enum nlab_proto proto = nlab_proto_of_ip(quoted->ip.protocol);
	if (proto == NLAB_PROTO_OTHER) {
		proto = quoted->ip.version == 4 ? NLAB_PROTO_IP : NLAB_PROTO_IP6;
	}
	lua_createtable(L, 0, 5);
	push_address(L, quoted->ip.src);
	lua_setfield(L, -2, "src");
	push_address(L, quoted->ip.dst);
	lua_setfield(L, -2, "dst");
	lua_pushstring(L, nlab_proto_name(proto));
	lua_setfield(L, -2, "proto");
	if (quoted->has_ports) {
		lua_pushinteger(L, quoted->sport);
		lua_setfield(L, -2, "sport");
		lua_pushinteger(L, quoted->dport);
		lua_setfield(L, -2, "dport");
	}
}

struct extra {
	const char *name;
	uint32_t layers; /* enum nlab_layer bits that must be there */
	void (*push)(lua_State *L, const struct packet_view *view);
};

static const struct extra EXTRAS[] = {
    {"options", NLAB_LAYER_TCP, push_options},   {"sack", NLAB_LAYER_TCP, push_sack},
    {"fastopen", NLAB_LAYER_TCP, push_fastopen}, {"payload", NLAB_LAYER_IP, push_payload},
    {"quoted", NLAB_LAYER_QUOTED, push_quoted},
};

#define EXTRA_COUNT (sizeof EXTRAS / sizeof EXTRAS[0])

/* ---- the userdata: names are numbered, first the fields of the table, then the extras ---- */

static const char *name_at(unsigned number)
{
	unsigned fields = nlab_field_count();
	if (number < fields) {
		return nlab_field_name(nlab_field_at(number));
	}
	return number - fields < EXTRA_COUNT ? EXTRAS[number - fields].name : NULL;
}

static void push_at(lua_State *L, const struct packet_view *view, unsigned number)
{
	unsigned fields = nlab_field_count();
	if (number < fields) {
		push_field(L, view, nlab_field_at(number));
	} else if ((view->packet.layers & EXTRAS[number - fields].layers) == EXTRAS[number - fields].layers) {
		EXTRAS[number - fields].push(L, view);
	} else {
		lua_pushnil(L);
	}
}

static int packet_index(lua_State *L)
{
	const struct packet_view *view = check_packet(L, 1);
	lua_settop(L, 2);
	lua_pushvalue(L, 2);
	if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL) {
		return luaL_error(L, "a packet has no field '%s'", luaL_tolstring(L, 2, NULL));
	}
	push_at(L, view, (unsigned)lua_tointeger(L, -1));
	return 1;
}

/* The iterator of pairs(): (packet, name) -> the next name whose field is there, and its value. */
static int packet_next(lua_State *L)
{
	const struct packet_view *view = check_packet(L, 1);
	lua_settop(L, 2);
	unsigned number = 0;
	if (!lua_isnil(L, 2)) {
		lua_pushvalue(L, 2);
		lua_rawget(L, lua_upvalueindex(1));
		number = (unsigned)lua_tointeger(L, -1) + 1;
	}
	for (; name_at(number); number++) {
		lua_settop(L, 2);
		lua_pushstring(L, name_at(number));
		push_at(L, view, number);
		if (!lua_isnil(L, -1)) {
			lua_pushvalue(L, 3);
			lua_insert(L, -2);
			return 2;
		}
	}
	lua_pushnil(L);
	return 1;
}

static int packet_pairs(lua_State *L)
{
	luaL_checkudata(L, 1, PACKET);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_pushcclosure(L, packet_next, 1);
	lua_pushvalue(L, 1);
	lua_pushnil(L);
	return 3;
}

static const luaL_Reg METHODS[] = {
    {"__index", packet_index},
    {"__pairs", packet_pairs},
    {NULL, NULL},
};

void nlab_packet_register(lua_State *L)
{
	if (luaL_newmetatable(L, PACKET)) {
		lua_newtable(L);
		for (unsigned number = 0; name_at(number); number++) {
			lua_pushinteger(L, number);
			lua_setfield(L, -2, name_at(number));
		}
		luaL_setfuncs(L, METHODS, 1);
	}
	lua_pop(L, 1);
}

void nlab_packet_push(lua_State *L, int recording, const struct nlab_packet_record *record)
{
	recording = lua_absindex(L, recording);
	struct packet_view *view = lua_newuserdatauv(L, sizeof *view, 1);
	view->record = record;
	view->decoded = false;
	lua_pushvalue(L, recording);
	lua_setiuservalue(L, -2, 1);
	luaL_setmetatable(L, PACKET);
}

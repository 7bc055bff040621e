/* recording.c: what Lua sees of a recording. Floor bind.
 * Invariant: the packets of the lab segment up to `last` are in the index, and the names of hosts and
 * interfaces up to there are in the first user value (bind/packet.h says how). Times in Lua are seconds since
 * the first record. */
#include "bind/recording.h"

#include "base/clock.h"
#include "bind/packet.h"
#include "bind/recording_save.h"
#include "bind/recording_tables.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORDING      "netlab.recording"
#define NAMES_LINK_IDS 5 /* names[5]: link id -> name, behind the fields that bind/packet.h speaks of */

struct recording_view {
	struct nlab_recording *recording;
	const struct nlab_lab_record *last; /* read so far, NULL: nothing */
	int64_t start_ns;                   /* 0 while there is nothing */
	const struct nlab_packet_record **packets;
	uint32_t count, room; /* of packets[] */
};

/* ---- keeping up with the lab segment ---- */

static void add_packet(lua_State *L, struct recording_view *view, const struct nlab_packet_record *record)
{
	if (view->count == view->room) {
		uint32_t room = view->room ? view->room * 2 : 64;
		void *packets = realloc(view->packets, room * sizeof(struct nlab_packet_record *));
		if (!packets) {
			luaL_error(L, "no memory for an index of %d packets", (int)room);
		}
		view->packets = packets;
		view->room = room;
	}
	view->packets[view->count++] = record;
}

/* names[which][key] = the value on top of the stack, which is popped. */
static void set_name(lua_State *L, int index, int which, lua_Integer key)
{
	lua_getiuservalue(L, index, 1);
	lua_rawgeti(L, -1, which);
	lua_rotate(L, -3, 2);
	lua_rawseti(L, -2, key);
	lua_pop(L, 2);
}

/* Take names from an event: hosts by id, links by id, interfaces with their host and link. */
static void add_name(lua_State *L, int index, const struct nlab_event_record *event)
{
	if (event->event == NLAB_EVENT_HOST) {
		lua_pushlstring(L, event->text, event->text_length);
		set_name(L, index, NLAB_PACKET_NAMES_HOSTS, event->host);
	} else if (event->event == NLAB_EVENT_LINK) {
		lua_pushlstring(L, event->text, event->text_length);
		set_name(L, index, NAMES_LINK_IDS, event->a);
	} else if (event->event == NLAB_EVENT_PORT) {
		lua_pushinteger(L, event->host);
		set_name(L, index, NLAB_PACKET_NAMES_PORTS, event->a);
		lua_getiuservalue(L, index, 1);
		lua_rawgeti(L, -1, NAMES_LINK_IDS);
		lua_rawgeti(L, -1, event->b);
		lua_replace(L, -3);
		lua_pop(L, 1);
		set_name(L, index, NLAB_PACKET_NAMES_LINKS, event->a);
	}
}

static void set_start(lua_State *L, int index, struct recording_view *view, int64_t start_ns)
{
	lua_getiuservalue(L, index, 1);
	lua_pushinteger(L, start_ns);
	lua_rawseti(L, -2, NLAB_PACKET_NAMES_START);
	lua_pop(L, 1);
	view->start_ns = start_ns;
}

/* The userdata at `index` (above 0), after reading all that is committed. */
static struct recording_view *check_recording(lua_State *L, int index)
{
	struct recording_view *view = luaL_checkudata(L, index, RECORDING);
	const struct nlab_lab_record *record;
	if (!view->recording) {
		luaL_error(L, "this recording is closed");
	}
	while ((record = nlab_recording_next(view->recording, view->last))) {
		if (!view->last) {
			set_start(L, index, view, record->time_ns);
		}
		if (record->kind == NLAB_LAB_PACKET) {
			add_packet(L, view, (const struct nlab_packet_record *)(const void *)record);
		} else if (record->kind == NLAB_LAB_EVENT) {
			add_name(L, index, (const struct nlab_event_record *)(const void *)record);
		}
		view->last = record;
	}
	return view;
}

/* The number of an optional name at argument `arg` (0: not given), out of names[1 .. count - 1]. */
static unsigned check_kind(lua_State *L, int arg, const char *(*name_of)(unsigned), unsigned count)
{
	const char *given = luaL_optstring(L, arg, NULL);
	if (!given) {
		return 0;
	}
	for (unsigned kind = 1; kind < count; kind++) {
		if (strcmp(name_of(kind), given) == 0) {
			return kind;
		}
	}
	luaL_Buffer message;
	luaL_buffinit(L, &message);
	luaL_addstring(&message, "unknown kind, one of:");
	for (unsigned kind = 1; kind < count; kind++) {
		luaL_addchar(&message, ' ');
		luaL_addstring(&message, name_of(kind));
	}
	luaL_pushresult(&message);
	return (unsigned)luaL_argerror(L, arg, lua_tostring(L, -1));
}

/* ---- packets ---- */

static int recording_packet_count(lua_State *L)
{
	lua_pushinteger(L, check_recording(L, 1)->count);
	return 1;
}

static int recording_packet(lua_State *L)
{
	struct recording_view *view = luaL_checkudata(L, 1, RECORDING);
	lua_Integer id = luaL_checkinteger(L, 2);
	if (id > view->count) {
		view = check_recording(L, 1);
	}
	if (id < 1 || id > view->count) {
		lua_pushnil(L);
	} else {
		nlab_packet_push(L, 1, view->packets[id - 1]);
	}
	return 1;
}

/* The iterator of packets(): upvalues are the recording, the next id and the last one. */
static int next_packet(lua_State *L)
{
	lua_settop(L, 0);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_Integer id = lua_tointeger(L, lua_upvalueindex(2));
	lua_Integer last = lua_tointeger(L, lua_upvalueindex(3));
	struct recording_view *view = luaL_checkudata(L, 1, RECORDING);
	if (id > view->count) {
		view = check_recording(L, 1);
	}
	if (id > view->count || id > last) {
		return 0;
	}
	lua_pushinteger(L, id + 1);
	lua_replace(L, lua_upvalueindex(2));
	nlab_packet_push(L, 1, view->packets[id - 1]);
	return 1;
}

static int recording_packets(lua_State *L)
{
	luaL_checkudata(L, 1, RECORDING);
	lua_Integer first = luaL_optinteger(L, 2, 1);
	lua_Integer last = luaL_optinteger(L, 3, UINT32_MAX);
	luaL_argcheck(L, first >= 1, 2, "packets count from 1");
	lua_pushvalue(L, 1);
	lua_pushinteger(L, first);
	lua_pushinteger(L, last);
	lua_pushcclosure(L, next_packet, 3);
	return 1;
}

static int recording_wait(lua_State *L)
{
	struct recording_view *view = check_recording(L, 1);
	lua_Integer count = luaL_checkinteger(L, 2);
	bool endless = lua_isnoneornil(L, 3);
	lua_Number seconds = endless ? 0 : luaL_checknumber(L, 3);
	luaL_argcheck(L, seconds > -1e9 && seconds < 1e9, 3, "seconds, less than 1e9");
	int64_t limit = nlab_clock_limit_ns() + (int64_t)(seconds * 1e9);
	for (;;) {
		uint32_t committed8 =
		    atomic_load_explicit(&view->recording->lab->committed8, memory_order_acquire);
		view = check_recording(L, 1);
		int64_t left = endless ? -1 : limit - nlab_clock_limit_ns();
		if (view->count > count || (!endless && left <= 0)) {
			lua_pushboolean(L, view->count > count);
			return 1;
		}
		errno = 0;
		nlab_recording_wait(view->recording, committed8, left);
		if (errno == EINTR) { /* Lua may have something to do about it: a hook */
			lua_pushboolean(L, true);
			return 1;
		}
	}
}

/* ---- events ---- */

static const struct nlab_event_record *next_event(const struct recording_view *view,
						  const struct nlab_lab_record **at)
{
	while ((*at = nlab_recording_next(view->recording, *at))) {
		if ((*at)->kind == NLAB_LAB_EVENT) {
			return (const struct nlab_event_record *)(const void *)*at;
		}
	}
	return NULL;
}

static int recording_events(lua_State *L)
{
	struct recording_view *view = check_recording(L, 1);
	unsigned kind = check_kind(L, 2, nlab_event_name, NLAB_EVENT_COUNT);
	const struct nlab_lab_record *at = NULL;
	const struct nlab_event_record *event;
	lua_settop(L, 1);
	lua_newtable(L);
	while ((event = next_event(view, &at))) {
		if (!kind || event->event == kind) {
			nlab_recording_push_event(L, view->start_ns, event);
			lua_rawseti(L, 2, luaL_len(L, 2) + 1);
		}
	}
	return 1;
}

/* A host's addresses are those of its first interface that is not loopback. */
static int recording_hosts(lua_State *L)
{
	struct recording_view *view = check_recording(L, 1);
	const struct nlab_lab_record *at = NULL;
	const struct nlab_event_record *event;
	lua_settop(L, 1);
	lua_newtable(L); /* 2: by name, the result */
	lua_newtable(L); /* 3: by id */
	while ((event = next_event(view, &at))) {
		lua_settop(L, 3);
		const char *text = lua_pushlstring(L, event->text, event->text_length); /* 4 */
		if (event->event == NLAB_EVENT_HOST) {
			lua_createtable(L, 0, 4);
			lua_pushinteger(L, event->host);
			lua_setfield(L, -2, "id");
			lua_pushvalue(L, -1);
			lua_rawseti(L, 3, event->host);
			lua_setfield(L, 2, text);
		} else if (event->event == NLAB_EVENT_PORT && strncmp(text, "lo ", 3) != 0 &&
			   lua_rawgeti(L, 3, event->host) == LUA_TTABLE) {
			if (lua_getfield(L, -1, "mac") == LUA_TNIL) {
				lua_pop(L, 1);
				nlab_recording_set_addresses(L, text);
			}
		}
	}
	lua_settop(L, 2);
	return 1;
}

/* ---- slots ---- */

static int recording_slots(lua_State *L)
{
	struct recording_view *view = check_recording(L, 1);
	unsigned kind = check_kind(L, 2, nlab_recording_slot_name, NLAB_SLOT_COUNT);
	lua_Integer first = luaL_optinteger(L, 3, 0);
	lua_Integer last = luaL_optinteger(L, 4, UINT32_MAX - 1);
	luaL_argcheck(L, first >= 0 && first <= UINT32_MAX, 3, "slots count from 0");
	lua_Integer behind = first;
	uint32_t index = nlab_recording_slot_find(view->recording, (uint32_t)first);
	lua_settop(L, 1);
	lua_newtable(L);
	while (index != UINT32_MAX && index <= last) {
		struct nlab_slot *slot = nlab_recording_slot_at(view->recording, index);
		if (!kind || nlab_slot_kind(slot) == kind) {
			nlab_recording_push_slot(L, view->start_ns, index, slot);
			lua_rawseti(L, 2, luaL_len(L, 2) + 1);
		}
		behind = (lua_Integer)index + nlab_slot_count(slot);
		index = nlab_recording_slot_find(view->recording, (uint32_t)behind);
	}
	lua_pushinteger(L, behind);
	return 2;
}

/* ---- the recording as a whole ---- */

static int recording_overflowed(lua_State *L)
{
	struct recording_view *view = luaL_checkudata(L, 1, RECORDING);
	lua_pushboolean(L, nlab_recording_overflowed(view->recording));
	return 1;
}

/* progress() -> a number that is another one whenever something was recorded; what is recorded already may still change. */
static int recording_progress(lua_State *L)
{
	const struct recording_view *view = check_recording(L, 1);
	uint32_t slots = atomic_load_explicit(&view->recording->calls->taken, memory_order_acquire);
	uint32_t lab = atomic_load_explicit(&view->recording->lab->committed8, memory_order_acquire);
	lua_pushinteger(L, (lua_Integer)slots << 32 | lab);
	return 1;
}

static int recording_start_ns(lua_State *L)
{
	lua_pushinteger(L, check_recording(L, 1)->start_ns);
	return 1;
}

static int recording_now(lua_State *L)
{
	struct recording_view *view = check_recording(L, 1);
	int64_t now = view->last ? nlab_clock_recording_ns() : view->start_ns;
	lua_pushnumber(L, (lua_Number)(now - view->start_ns) / 1e9);
	return 1;
}

static int recording_save_pcapng(lua_State *L)
{
	const struct recording_view *view = luaL_checkudata(L, 1, RECORDING);
	return nlab_recording_save(L, view->recording);
}

static int recording_gc(lua_State *L)
{
	struct recording_view *view = luaL_checkudata(L, 1, RECORDING);
	free(view->packets);
	view->packets = NULL;
	view->count = view->room = 0;
	return 0;
}

static const luaL_Reg METHODS[] = {
    {"packet_count", recording_packet_count},
    {"packet", recording_packet},
    {"packets", recording_packets},
    {"events", recording_events},
    {"slots", recording_slots},
    {"hosts", recording_hosts},
    {"wait", recording_wait},
    {"overflowed", recording_overflowed},
    {"progress", recording_progress},
    {"start_ns", recording_start_ns},
    {"now", recording_now},
    {"save_pcapng", recording_save_pcapng},
    {NULL, NULL},
};

static void register_recording(lua_State *L)
{
	if (luaL_newmetatable(L, RECORDING)) {
		luaL_newlib(L, METHODS);
		lua_setfield(L, -2, "__index");
		lua_pushcfunction(L, recording_gc);
		lua_setfield(L, -2, "__gc");
	}
	lua_pop(L, 1);
	nlab_packet_register(L);
}

int luaopen_netlab_recording(lua_State *L)
{
	register_recording(L);
	lua_newtable(L);
	return 1;
}

void nlab_recording_push(lua_State *L, struct nlab_recording *recording)
{
	register_recording(L);
	struct recording_view *view = lua_newuserdatauv(L, sizeof *view, 2);
	*view = (struct recording_view){.recording = recording};
	luaL_setmetatable(L, RECORDING);
	static const int tables[] = {NLAB_PACKET_NAMES_HOSTS, NLAB_PACKET_NAMES_PORTS,
				     NLAB_PACKET_NAMES_LINKS, NAMES_LINK_IDS};
	lua_createtable(L, 5, 0);
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		lua_newtable(L);
		lua_rawseti(L, -2, tables[i]);
	}
	lua_pushinteger(L, 0);
	lua_rawseti(L, -2, NLAB_PACKET_NAMES_START);
	lua_setiuservalue(L, -2, 1);
}

void nlab_recording_detach(lua_State *L, int index)
{
	struct recording_view *view = luaL_checkudata(L, index, RECORDING);
	view->recording = NULL;
}

/* recording_tables.c: events and slots as Lua tables. Floor bind. */
#include "bind/recording_tables.h"

#include "bind/packet.h"

#include <string.h>

static void set_integer(lua_State *L, const char *name, int64_t value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, name);
}

static void set_text(lua_State *L, const char *name, const char *text, size_t length)
{
	lua_pushlstring(L, text, length);
	lua_setfield(L, -2, name);
}

static void set_time(lua_State *L, const char *name, int64_t start_ns, int64_t ns)
{
	lua_pushnumber(L, (lua_Number)(ns - start_ns) / 1e9);
	lua_setfield(L, -2, name);
}

/* t.host = the name of host `id`, for the table on top; nothing for NLAB_HOST_NONE. */
static void set_host(lua_State *L, uint16_t id)
{
	lua_getiuservalue(L, 1, 1);
	lua_rawgeti(L, -1, NLAB_PACKET_NAMES_HOSTS);
	lua_rawgeti(L, -1, id);
	lua_setfield(L, -4, "host");
	lua_pop(L, 2);
}

void nlab_recording_push_event(lua_State *L, int64_t start_ns, const struct nlab_event_record *event)
{
	lua_createtable(L, 0, 7);
	lua_pushstring(L, nlab_event_name(event->event));
	lua_setfield(L, -2, "kind");
	set_time(L, "time", start_ns, event->head.time_ns);
	set_host(L, event->host);
	if (event->pid) {
		set_integer(L, "pid", event->pid);
	}
	set_integer(L, "a", event->a);
	set_integer(L, "b", event->b);
	set_text(L, "text", event->text, event->text_length);
}

void nlab_recording_set_addresses(lua_State *L, const char *text)
{
	const char *rest = strchr(text, ' ');
	const char *name = "mac";
	while (rest) {
		const char *word = rest + 1;
		rest = strchr(word, ' ');
		set_text(L, name, word, strcspn(word, " /"));
		name = rest && memchr(rest + 1, ':', strcspn(rest + 1, " ")) ? "ip6" : "ip";
	}
}

const char *nlab_recording_slot_name(unsigned kind)
{
	static const char *const NAMES[NLAB_SLOT_COUNT] = {
	    [NLAB_SLOT_CALL] = "call", [NLAB_SLOT_SIGNAL] = "signal", [NLAB_SLOT_CHECK] = "check",
	    [NLAB_SLOT_NOTE] = "note", [NLAB_SLOT_RETURN] = "return", [NLAB_SLOT_SCRIPT] = "script",
	};
	return kind < NLAB_SLOT_COUNT && NAMES[kind] ? NAMES[kind] : "unknown";
}

/* The texts of a slot, cut to the slots it has. */
static void set_slot_text(lua_State *L, const struct nlab_slot *slot)
{
	const char *text = (const char *)slot + offsetof(struct nlab_slot, text);
	size_t room = nlab_slot_count(slot) * (size_t)NLAB_SLOT_SIZE - offsetof(struct nlab_slot, text);
	if (nlab_slot_kind(slot) != NLAB_SLOT_CALL) {
		set_text(L, "text", text, slot->text_length < room ? slot->text_length : room);
		return;
	}
	size_t args = slot->args_length < room ? slot->args_length : room;
	set_text(L, "args", text, args);
	if (slot->out_length && args + 1 + slot->out_length <= room) {
		set_text(L, "out", text + args + 1, slot->out_length);
	}
}

static void set_slot_end(lua_State *L, int64_t start_ns, const struct nlab_slot *slot)
{
	set_time(L, "ended", start_ns, slot->end_ns);
	set_integer(L, "result", slot->result);
	if (nlab_slot_kind(slot) == NLAB_SLOT_CALL && slot->result == -1) {
		lua_pushstring(L, strerrorname_np(slot->error));
		lua_setfield(L, -2, "error");
		set_integer(L, "errno", slot->error);
	}
}

void nlab_recording_push_slot(lua_State *L, int64_t start_ns, uint32_t index, const struct nlab_slot *slot)
{
	lua_createtable(L, 0, 16);
	set_integer(L, "index", index);
	lua_pushstring(L, nlab_recording_slot_name(nlab_slot_kind(slot)));
	lua_setfield(L, -2, "kind");
	set_integer(L, "pid", slot->pid);
	set_host(L, slot->host);
	set_text(L, "name", slot->name, strnlen(slot->name, sizeof slot->name));
	if (slot->fd >= 0) {
		set_integer(L, "fd", slot->fd);
	}
	if (slot->line > 0) {
		set_integer(L, "line", slot->line);
	}
	set_time(L, "began", start_ns, slot->begin_ns);
	lua_pushboolean(L, atomic_load(&slot->looked));
	lua_setfield(L, -2, "looked");
	set_slot_text(L, slot);
	if (nlab_slot_state(slot) == NLAB_SLOT_ENDED) {
		set_slot_end(L, start_ns, slot);
	}
}

/* recording_tables.h: the Lua tables that a recording's events and slots are shown as.
 * Floor bind. The recording's userdata is at stack index 1 in all of these (names are taken from it,
 * bind/packet.h); `start_ns` is the recording's start, times in tables are seconds since then. */
#ifndef NLAB_BIND_RECORDING_TABLES_H
#define NLAB_BIND_RECORDING_TABLES_H

#include "facts/recording.h"

#include <lua.h>

/* Push {kind=, time=, host=, pid=, a=, b=, text=}; host is a name; host and pid are absent when there is
 * none. */
void nlab_recording_push_event(lua_State *L, int64_t start_ns, const struct nlab_event_record *event);

/* Push {index=, kind=, pid=, host=, name=, fd=, line=, began=, looked=} with args= and out= of a call, text=
 * of anything else; and once it has ended, ended= and result=, of a failed call also error= (the errno's
 * name) and errno= (its number). */
void nlab_recording_push_slot(lua_State *L, int64_t start_ns, uint32_t index, const struct nlab_slot *slot);

/* The name of an enum nlab_slot_kind: "call", "signal", "check", "note", "return", "script". */
const char *nlab_recording_slot_name(unsigned kind);

/* Set mac, ip and ip6 of the table on top of the stack from the text of an NLAB_EVENT_PORT, NUL-terminated.
 */
void nlab_recording_set_addresses(lua_State *L, const char *text);

#endif

/* packet.h: the Lua userdata "netlab.packet": a packet of a recording, decoded when it is first looked at.
 * Floor bind. Its fields are those of facts/field.h, and texts made from them; an absent field is nil, a name
 * that is no field raises an error. pairs() walks the fields that are there.
 *
 * A packet is pushed together with the recording's userdata, which it keeps alive. That userdata must have as
 * its first user value a table with the four fields below, which the packet reads names and times from. */
#ifndef NLAB_BIND_PACKET_H
#define NLAB_BIND_PACKET_H

#include "facts/recording.h"

#include <lua.h>

#define NLAB_PACKET_NAMES_HOSTS 1 /* names[1]: host id -> name */
#define NLAB_PACKET_NAMES_PORTS 2 /* names[2]: interface id -> host id */
#define NLAB_PACKET_NAMES_START 3 /* names[3]: nanoseconds on the recording's clock that count as time 0 */
#define NLAB_PACKET_NAMES_LINKS 4 /* names[4]: interface id -> name of its link, nothing for loopback */

/* Make the metatable. Call it once in a state, before the first push. */
void nlab_packet_register(lua_State *L);

/* Push the view of a record. It is borrowed and must live as long as the recording's userdata, which is at
 * stack index `recording`. */
void nlab_packet_push(lua_State *L, int recording, const struct nlab_packet_record *record);

#endif

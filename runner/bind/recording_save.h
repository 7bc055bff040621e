/* recording_save.h: the method save_pcapng of a recording's userdata. Floor bind. */
#ifndef NLAB_BIND_RECORDING_SAVE_H
#define NLAB_BIND_RECORDING_SAVE_H

#include "facts/recording.h"

#include <lua.h>

/* recording:save_pcapng(path, title, story, comments) -> true, or nil and a message: write a pcapng file (facts/pcapng.h).
 * Nil are allowed: title, the file's comment; story, a text of the run; comments, a table of texts by packet number. */
int nlab_recording_save(lua_State *L, const struct nlab_recording *recording);

#endif

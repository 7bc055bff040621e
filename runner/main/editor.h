/* editor.h: reading lines from a person, with history and completion: editline(3). Floor main. */
#ifndef NLAB_MAIN_EDITOR_H
#define NLAB_MAIN_EDITOR_H

#include <lua.h>

/* The module "netlab.core.editor":
 * open{history = path or nil, complete = function(text) ... end, idle = function() ... end} -> editor.
 *   complete(what stands before the cursor) -> how many bytes of that are replaced, list of texts; idle() is called about
 *   every 20 ms while a line is typed, and returns a text that is to stand above the line, or nil. Errors in both are
 *   dropped. From then on SIGINT, SIGTERM, SIGCONT and SIGWINCH are blocked in this process, until editor:close().
 * editor:read(prompt) -> line, without its end; nil, "end", "interrupted" (SIGINT) or "terminated" (SIGTERM). Blocks. When the
 *   standard input is no terminal it is read as it is, and the prompt is not printed.
 * editor:signal() -> "SIGINT", "SIGTERM" or nil: what has come since then. Does not block.
 * editor:terminal() -> whether the standard input is one.
 * editor:close() */
int luaopen_netlab_editor(lua_State *L);

#endif

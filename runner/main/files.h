/* files.h: what the command line needs of the file system and the terminal, module netlab.core.files. Floor main. */
#ifndef NLAB_MAIN_FILES_H
#define NLAB_MAIN_FILES_H

#include <lua.h>

/* The module netlab.core.files: list, read, make_folder, terminal. */
int luaopen_netlab_files(lua_State *L);

#endif

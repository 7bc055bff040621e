/* offer.c: what TAB does with the texts that it may complete to. Floor main. */
#include "main/offer.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Print a list of texts in columns, below the line. */
static void print_columns(lua_State *L, int list)
{
	struct winsize window = {0};
	lua_Integer count = luaL_len(L, list);
	size_t widest = 1;
	for (lua_Integer i = 1; i <= count; i++) {
		lua_rawgeti(L, list, i);
		size_t width = strlen(lua_tostring(L, -1)) + 2;
		widest = width > widest ? width : widest;
		lua_pop(L, 1);
	}
	ioctl(STDOUT_FILENO, TIOCGWINSZ, &window);
	size_t columns = (window.ws_col ? window.ws_col : 80) / widest;
	for (lua_Integer i = 1; i <= count; i++) {
		lua_rawgeti(L, list, i);
		bool last = columns < 2 || (size_t)i % columns == 0 || i == count;
		printf("%s%-*s", i == 1 ? "\n" : "", last ? 0 : (int)widest, lua_tostring(L, -1));
		printf("%s", last ? "\n" : "");
		lua_pop(L, 1);
	}
	fflush(stdout);
}

/* How many bytes all texts of a list begin with. */
static size_t common_length(lua_State *L, int list, const char **text)
{
	lua_Integer count = luaL_len(L, list);
	lua_rawgeti(L, list, 1);
	*text = lua_tostring(L, -1); /* the list keeps it */
	lua_pop(L, 1);
	size_t length = strlen(*text);
	for (lua_Integer i = 2; i <= count; i++) {
		lua_rawgeti(L, list, i);
		const char *other = lua_tostring(L, -1);
		size_t same = 0;
		while (same < length && (*text)[same] == other[same]) {
			same++;
		}
		length = same;
		lua_pop(L, 1);
	}
	return length;
}

bool nlab_offer(EditLine *line, lua_State *L, int list)
{
	const char *text;
	if (!lua_istable(L, list) || luaL_len(L, list) == 0) {
		return false;
	}
	size_t typed = (size_t)lua_tointeger(L, list - 1);
	size_t length = common_length(L, list, &text);
	bool several = luaL_len(L, list) > 1;
	if (length > typed || !several) {
		char *insert = strndup(text, length);
		el_deletestr(line, (int)typed);
		el_insertstr(line, insert);
		free(insert);
		return true;
	}
	print_columns(L, list);
	return true;
}

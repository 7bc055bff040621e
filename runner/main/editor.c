/* editor.c: reading lines from a person. Floor main.
 * libedit calls back into C, and from there Lua is called: always protected, an error must not jump over libedit. */
#include "main/editor.h"

#include "main/offer.h"

#include <errno.h>
#include <histedit.h>
#include <lauxlib.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <wchar.h>

#define EDITOR    "netlab.editor"
#define REMEMBER  1000 /* lines of the history */
#define IDLE_MS   20
#define REDISPLAY L'\x1d'    /* ^], bound to ed-redisplay */
#define CLEAR     "\r\033[J" /* the line that is typed goes away: terminal_capabilities of every ANSI terminal */

enum { OPTIONS = 1 }; /* the user value of an editor: the table that it was opened with */

struct editor {
	lua_State *L;
	int self; /* stack index while read() works */
	EditLine *line;
	History *history;
	const char *prompt; /* while read() works */
	int signals;        /* -1: closed */
	int stopped_by;     /* the signal that ended read(), or 0 */
	sigset_t before;
	bool terminal, at_end;
	char *text; /* of an input that is no terminal: what is not a whole line yet */
	size_t used, room;
};

/* ---- calling Lua ---- */

/* Push options[name] and return true when it is a function. */
static bool push_callback(const struct editor *editor, const char *name)
{
	lua_State *L = editor->L;
	lua_getiuservalue(L, editor->self, OPTIONS);
	lua_getfield(L, -1, name);
	lua_remove(L, -2);
	if (!lua_isfunction(L, -1)) {
		lua_pop(L, 1);
		return false;
	}
	return true;
}

/* What has happened meanwhile stands above the line that is being typed. */
static void idle(const struct editor *editor)
{
	if (push_callback(editor, "idle")) {
		if (lua_pcall(editor->L, 0, 1, 0) == LUA_OK && lua_isstring(editor->L, -1)) {
			printf("%s%s", editor->terminal ? CLEAR : "", lua_tostring(editor->L, -1));
			if (editor->terminal) {
				fflush(stdout);
				el_set(editor->line, EL_REFRESH);
			}
		}
		lua_pop(editor->L, 1);
	}
	fflush(stdout);
}

/* ---- signals ---- */

/* The next signal of SIGINT and SIGTERM, 0: none. Serves the others. */
static int take_signal(const struct editor *editor)
{
	struct signalfd_siginfo one;
	while (read(editor->signals, &one, sizeof one) == sizeof one) {
		if (one.ssi_signo == SIGINT || one.ssi_signo == SIGTERM) {
			return (int)one.ssi_signo;
		}
		if (editor->line && one.ssi_signo == SIGWINCH) {
			el_resize(editor->line);
		} else if (editor->line && editor->prompt) { /* SIGCONT: somebody else had the terminal */
			el_set(editor->line, EL_PREP_TERM, 1);
			el_set(editor->line, EL_REFRESH);
		}
	}
	return 0;
}

/* Wait until a byte can be read. False: a signal ended it, see stopped_by. */
static bool wait_for_input(struct editor *editor)
{
	struct pollfd ready[] = {{STDIN_FILENO, POLLIN, 0}, {editor->signals, POLLIN, 0}};
	int count;
	do {
		count = poll(ready, 2, IDLE_MS);
		editor->stopped_by = take_signal(editor);
		idle(editor);
	} while (!editor->stopped_by && (count <= 0 || !ready[0].revents));
	return !editor->stopped_by;
}

/* ---- a terminal ---- */

/* What TAB does. Not a function of libedit's (EL_ADDFN): it never frees their names. */
static bool complete(struct editor *editor)
{
	lua_State *L = editor->L;
	int top = lua_gettop(L);
	bool done = false;
	if (push_callback(editor, "complete")) {
		const LineInfo *info = el_line(editor->line);
		lua_pushlstring(L, info->buffer, (size_t)(info->cursor - info->buffer));
		if (lua_pcall(L, 1, 2, 0) == LUA_OK) {
			done = nlab_offer(editor->line, L, lua_gettop(L));
		}
	}
	lua_settop(L, top);
	return done;
}

static int get_character(EditLine *line, wchar_t *character)
{
	struct editor *editor;
	mbstate_t state = {0};
	el_get(line, EL_CLIENTDATA, (void **)&editor);
	for (;;) {
		char byte;
		if (!wait_for_input(editor)) {
			return -1;
		}
		if (read(STDIN_FILENO, &byte, 1) != 1) {
			editor->at_end = true;
			return 0;
		}
		if (byte == '\t') {
			if (complete(editor)) {
				*character = REDISPLAY;
				return 1;
			}
			el_beep(line);
			continue;
		}
		size_t used = mbrtowc(character, &byte, 1, &state);
		if (used != (size_t)-2) { /* (size_t)-1: not a character: taken as it is */
			*character = used == (size_t)-1 ? (wchar_t)(unsigned char)byte : *character;
			return 1;
		}
	}
}

static char *get_prompt(EditLine *line)
{
	const struct editor *editor;
	static char none[] = "";
	el_get(line, EL_CLIENTDATA, (void **)&editor);
	return editor->prompt ? (char *)(uintptr_t)editor->prompt : none;
}

static const char *history_path(const struct editor *editor)
{
	lua_getiuservalue(editor->L, editor->self, OPTIONS);
	lua_getfield(editor->L, -1, "history");
	const char *path = lua_tostring(editor->L, -1); /* the table keeps it */
	lua_pop(editor->L, 2);
	return path;
}

static void remember(const struct editor *editor, const char *text)
{
	HistEvent event;
	const char *path = history_path(editor);
	if (text[strspn(text, " \t\n")]) {
		history(editor->history, &event, H_ENTER, text);
		if (path) {
			history(editor->history, &event, H_SAVE, path);
		}
	}
}

static void open_terminal(struct editor *editor)
{
	HistEvent event;
	const char *path = history_path(editor);
	setlocale(LC_CTYPE, "");
	editor->line = el_init("netlab", stdin, stdout, stderr);
	editor->history = history_init();
	history(editor->history, &event, H_SETSIZE, REMEMBER);
	history(editor->history, &event, H_SETUNIQUE, 1);
	if (path) {
		history(editor->history, &event, H_LOAD, path);
	}
	el_set(editor->line, EL_CLIENTDATA, editor);
	el_set(editor->line, EL_EDITOR, "emacs");
	el_set(editor->line, EL_SIGNAL, 0);
	el_set(editor->line, EL_PROMPT, get_prompt);
	el_set(editor->line, EL_HIST, history, editor->history);
	el_set(editor->line, EL_GETCFN, get_character);
	el_set(editor->line, EL_BIND, "^]", "ed-redisplay", NULL);
	el_set(editor->line, EL_BIND, "^R", "em-inc-search-prev", NULL);
	el_source(editor->line, NULL);
}

/* Push the line, or return false. */
static bool read_terminal(struct editor *editor)
{
	int length = 0;
	el_resize(editor->line);
	el_set(editor->line, EL_PREP_TERM,
	       1); /* before the prompt: what is typed behind it is for the editor */
	const char *text = el_gets(editor->line, &length);
	if (!text || length <= 0) {
		if (editor->stopped_by == SIGINT) {
			el_reset(editor->line);
			printf("^C\n");
		}
		return false;
	}
	remember(editor, text);
	length -= text[length - 1] == '\n';
	lua_pushlstring(editor->L, text, (size_t)length);
	return true;
}

/* ---- an input that is no terminal ---- */

static bool grow(struct editor *editor)
{
	if (editor->used < editor->room) {
		return true;
	}
	size_t room = editor->room ? 2 * editor->room : 4096;
	char *text = realloc(editor->text, room);
	editor->text = text ? text : editor->text;
	editor->room = text ? room : editor->room;
	return text;
}

static bool read_input(struct editor *editor)
{
	for (;;) {
		char *end = editor->used ? memchr(editor->text, '\n', editor->used) : NULL;
		if (end || (editor->at_end && editor->used)) {
			size_t length = end ? (size_t)(end - editor->text) : editor->used;
			lua_pushlstring(editor->L, editor->text, length);
			length += end ? 1 : 0;
			editor->used -= length;
			memmove(editor->text, editor->text + length, editor->used);
			return true;
		}
		if (editor->at_end || !grow(editor) || !wait_for_input(editor)) {
			return false;
		}
		ssize_t got = read(STDIN_FILENO, editor->text + editor->used, editor->room - editor->used);
		editor->at_end = got <= 0;
		editor->used += got > 0 ? (size_t)got : 0;
	}
}

/* ---- Lua ---- */

static struct editor *check_editor(lua_State *L)
{
	struct editor *editor = luaL_checkudata(L, 1, EDITOR);
	luaL_argcheck(L, editor->signals >= 0, 1, "it is closed");
	editor->L = L;
	editor->self = 1;
	return editor;
}

static int editor_read(lua_State *L)
{
	struct editor *editor = check_editor(L);
	editor->prompt = luaL_checkstring(L, 2);
	editor->stopped_by = 0;
	bool read = !editor->at_end || editor->used;
	read = read && (editor->terminal ? read_terminal(editor) : read_input(editor));
	editor->prompt = NULL;
	if (read) {
		return 1;
	}
	lua_pushnil(L);
	lua_pushstring(L, editor->stopped_by == SIGINT    ? "interrupted"
			  : editor->stopped_by == SIGTERM ? "terminated"
							  : "end");
	return 2;
}

static int editor_signal(lua_State *L)
{
	const struct editor *editor = check_editor(L);
	int number = take_signal(editor);
	lua_pushstring(L, number == SIGINT ? "SIGINT" : number == SIGTERM ? "SIGTERM" : NULL);
	return 1;
}

static int editor_terminal(lua_State *L)
{
	lua_pushboolean(L, check_editor(L)->terminal);
	return 1;
}

static int editor_close(lua_State *L)
{
	struct editor *editor = luaL_checkudata(L, 1, EDITOR);
	if (editor->line) {
		el_end(editor->line);
		history_end(editor->history);
		editor->line = NULL;
	}
	if (editor->signals >= 0) {
		close(editor->signals);
		sigprocmask(SIG_SETMASK, &editor->before, NULL);
		editor->signals = -1;
	}
	free(editor->text);
	editor->text = NULL;
	return 0;
}

static int editor_open(lua_State *L)
{
	sigset_t set;
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	struct editor *editor = lua_newuserdatauv(L, sizeof *editor, 1);
	*editor = (struct editor){.signals = -1, .L = L, .self = 2};
	luaL_setmetatable(L, EDITOR);
	lua_pushvalue(L, 1);
	lua_setiuservalue(L, 2, OPTIONS);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCONT);
	sigaddset(&set, SIGWINCH);
	editor->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (editor->signals < 0 || sigprocmask(SIG_BLOCK, &set, &editor->before) != 0) {
		return luaL_error(L, "cannot wait for signals: %s", strerror(errno));
	}
	editor->terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	if (editor->terminal) {
		open_terminal(editor);
	}
	lua_settop(L, 2);
	return 1;
}

static const luaL_Reg METHODS[] = {{"read", editor_read},
				   {"signal", editor_signal},
				   {"terminal", editor_terminal},
				   {"close", editor_close},
				   {NULL, NULL}};
static const luaL_Reg META[] = {{"__gc", editor_close}, {"__close", editor_close}, {NULL, NULL}};
static const luaL_Reg FUNCTIONS[] = {{"open", editor_open}, {NULL, NULL}};

int luaopen_netlab_editor(lua_State *L)
{
	luaL_newmetatable(L, EDITOR);
	luaL_setfuncs(L, META, 0);
	luaL_newlib(L, METHODS);
	lua_setfield(L, -2, "__index");
	luaL_newlib(L, FUNCTIONS);
	return 1;
}

/* notify.c: waiting until a file is written again. Floor main.
 * Not the file is watched but its folder, since editors put a new file in its place: rename(2). A symbolic link is
 * watched at both ends. */
#include "main/notify.h"

#include <errno.h>
#include <lauxlib.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define WATCH  "netlab.notify"
#define PLACES 2 /* the path as given, and what it leads to */

struct place {
	int folder; /* inotify's number for it */
	char name[NAME_MAX + 1];
};

struct watch {
	int changes, signals; /* -1: closed */
	sigset_t before;
	struct place places[PLACES];
};

static int refuse(lua_State *L, int error)
{
	lua_pushnil(L);
	lua_pushstring(L, strerror(error));
	return 2;
}

static void close_watch(struct watch *watch)
{
	if (watch->signals >= 0) {
		close(watch->signals);
		sigprocmask(SIG_SETMASK, &watch->before, NULL);
	}
	if (watch->changes >= 0) {
		close(watch->changes);
	}
	watch->changes = watch->signals = -1;
}

/* Watch the folder of a path: what is written and closed there, or moved there, and its own end. */
static bool add_place(const struct watch *watch, struct place *place, const char *path)
{
	char folder[PATH_MAX], name[PATH_MAX];
	snprintf(folder, sizeof folder, "%s", path);
	snprintf(name, sizeof name, "%s", path);
	snprintf(place->name, sizeof place->name, "%s", basename(name));
	place->folder =
	    inotify_add_watch(watch->changes, dirname(folder),
			      IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR);
	return place->folder >= 0;
}

static bool open_signals(struct watch *watch)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	watch->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return watch->signals >= 0 && sigprocmask(SIG_BLOCK, &set, &watch->before) == 0;
}

/* open(path) -> watch; nil, message */
static int notify_open(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	char target[PATH_MAX];
	struct watch *watch = lua_newuserdatauv(L, sizeof *watch, 0);
	*watch = (struct watch){.changes = -1, .signals = -1};
	luaL_setmetatable(L, WATCH);
	watch->changes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (watch->changes < 0 || !realpath(path, target) || !add_place(watch, &watch->places[0], path) ||
	    !add_place(watch, &watch->places[1], target) || !open_signals(watch)) {
		int error = errno;
		close_watch(watch);
		return refuse(L, error);
	}
	return 1;
}

/* 1: the file was written, 0: something else happened, -1: its folder is gone */
static int meaning(const struct watch *watch, const struct inotify_event *event)
{
	if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) {
		return -1;
	}
	for (size_t i = 0; i < PLACES && event->len; i++) {
		if (event->wd == watch->places[i].folder && strcmp(event->name, watch->places[i].name) == 0) {
			return 1;
		}
	}
	return event->mask & IN_Q_OVERFLOW ? 1 : 0; /* then anything may have happened */
}

/* All that has happened so far; as meaning(). */
static int read_changes(const struct watch *watch)
{
	char buffer[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)]
	    __attribute__((aligned(__alignof__(struct inotify_event))));
	int result = 0;
	ssize_t got;
	while ((got = read(watch->changes, buffer, sizeof buffer)) > 0) {
		size_t size;
		for (char *at = buffer; at < buffer + got; at += size) {
			const struct inotify_event *event = (const struct inotify_event *)(void *)at;
			int one = meaning(watch, event);
			result = one < 0 || result < 0 ? -1 : one | result;
			size = sizeof *event + event->len;
		}
	}
	return result;
}

/* watch:wait() -> "changed" when the file was written, or another one put in its place, since the last wait;
 * "interrupted" by SIGINT or SIGTERM; nil, message when its folder is gone. Blocks. */
static int notify_wait(lua_State *L)
{
	const struct watch *watch = luaL_checkudata(L, 1, WATCH);
	struct signalfd_siginfo signal;
	luaL_argcheck(L, watch->changes >= 0, 1, "it is closed");
	for (;;) {
		struct pollfd ready[] = {{.fd = watch->signals, .events = POLLIN},
					 {.fd = watch->changes, .events = POLLIN}};
		if (poll(ready, 2, -1) < 0 && errno != EINTR) {
			return refuse(L, errno);
		}
		if (read(watch->signals, &signal, sizeof signal) == sizeof signal) {
			lua_pushliteral(L, "interrupted");
			return 1;
		}
		int result = read_changes(watch);
		if (result < 0) {
			lua_pushnil(L);
			lua_pushliteral(L, "its folder was removed or has another name now");
			return 2;
		}
		if (result) {
			lua_pushliteral(L, "changed");
			return 1;
		}
	}
}

/* watch:close() */
static int notify_close(lua_State *L)
{
	close_watch(luaL_checkudata(L, 1, WATCH));
	return 0;
}

static const luaL_Reg METHODS[] = {{"wait", notify_wait}, {"close", notify_close}, {NULL, NULL}};
static const luaL_Reg META[] = {
    {"__gc", notify_close}, {"__close", notify_close}, {"__index", NULL}, {NULL, NULL}};
static const luaL_Reg FUNCTIONS[] = {{"open", notify_open}, {NULL, NULL}};

int luaopen_netlab_notify(lua_State *L)
{
	luaL_newmetatable(L, WATCH);
	luaL_setfuncs(L, META, 0);
	luaL_newlib(L, METHODS);
	lua_setfield(L, -2, "__index");
	luaL_newlib(L, FUNCTIONS);
	return 1;
}

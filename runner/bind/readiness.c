/* readiness.c: poll and select on sockets: the real poll(2) and select(2), once. Floor bind.
 * Results hold the same Lua values that were given. */
#include "bind/socket.h"

#include "bind/context.h"
#include "bind/units.h"
#include "facts/constants.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>

#define POLL_MAX  64 /* sockets in one call */
#define LIST_TEXT 240

/* Text that grows until it is full. */
struct text {
	size_t used;
	char bytes[LIST_TEXT];
};

__attribute__((format(printf, 2, 3))) static void text_add(struct text *text, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	int added = vsnprintf(text->bytes + text->used, sizeof text->bytes - text->used, format, list);
	va_end(list);
	text->used += added > 0 ? (size_t)added : 0;
	if (text->used >= sizeof text->bytes) {
		text->used = sizeof text->bytes - 1;
	}
}

/* ---- poll ---- */

/* Read item `i` of the list at 1, {socket, events}, into `poll`; the first one's host is taken for the
 * record. */
static void check_item(lua_State *L, lua_Integer i, struct pollfd *poll, uint16_t *host)
{
	if (lua_geti(L, 1, i) != LUA_TTABLE) {
		luaL_argerror(L, 1, lua_pushfstring(L, "item %I must be {socket, events}", i));
	}
	lua_geti(L, -1, 1);
	lua_geti(L, -2, 2);
	struct nlab_socket *found = luaL_testudata(L, -2, NLAB_SOCKET_META);
	int exact;
	lua_Integer events = lua_tointegerx(L, -1, &exact);
	if (!found || found->fd < 0 || !exact || events < 0 || events > SHRT_MAX) {
		luaL_argerror(
		    L, 1,
		    lua_pushfstring(L, "item %I must be {an open socket, events like POLLIN|POLLOUT}", i));
		return; /* not reached */
	}
	*poll = (struct pollfd){.fd = found->fd, .events = (short)events};
	*host = *host == NLAB_HOST_NONE ? found->host : *host;
	lua_pop(L, 3);
}

static void print_polls(struct text *text, const struct pollfd *polls, nfds_t count, bool answers)
{
	char events[96];
	text->used = 0;
	text_add(text, "%s", "{");
	for (nfds_t i = 0; i < count; i++) {
		unsigned mask = (unsigned short)(answers ? polls[i].revents : polls[i].events);
		if (!answers || mask) {
			nlab_constant_flags(NLAB_GROUP_POLL, mask, events, sizeof events);
			text_add(text, "%s{%d, %s}", text->used > 1 ? ", " : "", polls[i].fd, events);
		}
	}
	text_add(text, "%s", "}");
}

/* Push the list of {socket =, revents =} of what is ready. */
static void push_ready(lua_State *L, const struct pollfd *polls, nfds_t count)
{
	lua_Integer ready = 0;
	lua_newtable(L);
	for (nfds_t i = 0; i < count; i++) {
		if (polls[i].revents) {
			lua_createtable(L, 0, 2);
			lua_geti(L, 1, (lua_Integer)i + 1);
			lua_geti(L, -1, 1);
			lua_setfield(L, -3, "socket");
			lua_pop(L, 1);
			lua_pushinteger(L, polls[i].revents);
			lua_setfield(L, -2, "revents");
			lua_seti(L, -2, ++ready);
		}
	}
}

/* The time limit of poll(2) in milliseconds, rounded up; -1 when there is none. */
static int check_poll_timeout(lua_State *L, int arg)
{
	if (lua_isnoneornil(L, arg)) {
		return -1;
	}
	int64_t ms = (nlab_units_ns(L, arg) + 999999) / 1000000;
	luaL_argcheck(L, ms <= INT_MAX, arg, "at most 2147483 seconds expected");
	return (int)ms;
}

static int readiness_poll(lua_State *L)
{
	struct pollfd polls[POLL_MAX] = {0};
	struct text text;
	uint16_t host = NLAB_HOST_NONE;
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_Integer count = luaL_len(L, 1);
	luaL_argcheck(L, count <= POLL_MAX, 1, "at most 64 sockets expected");
	for (lua_Integer i = 0; i < count; i++) {
		check_item(L, i + 1, &polls[i], &host);
	}
	int timeout = check_poll_timeout(L, 2);
	print_polls(&text, polls, (nfds_t)count, false);
	struct nlab_slot *slot =
	    nlab_call_begin(L, "poll", -1, host, "%s, %d, %d", text.bytes, (int)count, timeout);
	int result = poll(polls, (nfds_t)count, timeout);
	if (result < 0) {
		return nlab_call_done(L, slot, result);
	}
	print_polls(&text, polls, (nfds_t)count, true);
	nlab_call_out(slot, "%s", text.bytes);
	nlab_call_end(slot, result, 0);
	lua_pushinteger(L, result);
	push_ready(L, polls, (nfds_t)count);
	return 2;
}

/* ---- select ---- */

enum { SETS = 3 }; /* readers, writers, exceptions: arguments 1 to 3 */

struct selection {
	fd_set sets[SETS];
	bool given[SETS];
	int highest;   /* descriptor, -1: none */
	uint16_t host; /* of the first socket */
};

/* The socket at item `i` of the list at `arg`; raises an argument error unless select(2) can take it. */
static const struct nlab_socket *check_member(lua_State *L, int arg, lua_Integer i)
{
	lua_geti(L, arg, i);
	const struct nlab_socket *found = luaL_testudata(L, -1, NLAB_SOCKET_META);
	if (!found || found->fd < 0) {
		luaL_argerror(L, arg, lua_pushfstring(L, "item %I must be an open socket", i));
	} else if (found->fd >= FD_SETSIZE) {
		luaL_argerror(
		    L, arg,
		    lua_pushfstring(
			L, "item %I has descriptor %d, and select() takes only those below %d; use poll()", i,
			found->fd, FD_SETSIZE));
	}
	lua_pop(L, 1);
	return found;
}

static void check_set(lua_State *L, int arg, struct selection *selection)
{
	fd_set *set = &selection->sets[arg - 1];
	FD_ZERO(set);
	selection->given[arg - 1] = !lua_isnoneornil(L, arg);
	if (!selection->given[arg - 1]) {
		return;
	}
	luaL_checktype(L, arg, LUA_TTABLE);
	lua_Integer count = luaL_len(L, arg);
	for (lua_Integer i = 1; i <= count; i++) {
		const struct nlab_socket *found = check_member(L, arg, i);
		FD_SET(found->fd, set);
		selection->highest = found->fd > selection->highest ? found->fd : selection->highest;
		selection->host = selection->host == NLAB_HOST_NONE ? found->host : selection->host;
	}
}

static void print_sets(struct text *text, const struct selection *selection)
{
	text->used = 0;
	for (int s = 0; s < SETS; s++) {
		const char *before = s ? ", [" : "[";
		if (!selection->given[s]) {
			text_add(text, "%sNULL", s ? ", " : "");
			continue;
		}
		for (int fd = 0; fd <= selection->highest; fd++) {
			if (FD_ISSET(fd, &selection->sets[s])) {
				text_add(text, "%s%d", before, fd);
				before = " ";
			}
		}
		text_add(text, "%s]", before[0] == ' ' ? "" : before);
	}
}

/* Push the list of those sockets of the list at `arg` that are in its set; an empty one when no list was
 * given. */
static void push_members(lua_State *L, int arg, const struct selection *selection)
{
	lua_Integer ready = 0, count = selection->given[arg - 1] ? luaL_len(L, arg) : 0;
	lua_newtable(L);
	for (lua_Integer i = 1; i <= count; i++) {
		lua_geti(L, arg, i);
		const struct nlab_socket *found = lua_touserdata(L, -1);
		if (FD_ISSET(found->fd, &selection->sets[arg - 1])) {
			lua_seti(L, -2, ++ready);
		} else {
			lua_pop(L, 1);
		}
	}
}

static int call_select(struct selection *selection, struct timeval *timeout)
{
	fd_set *sets[SETS];
	for (int s = 0; s < SETS; s++) {
		sets[s] = selection->given[s] ? &selection->sets[s] : NULL;
	}
	return select(selection->highest + 1, sets[0], sets[1], sets[2], timeout);
}

static int readiness_select(lua_State *L)
{
	struct selection selection = {.highest = -1, .host = NLAB_HOST_NONE};
	struct timeval timeout;
	struct text text;
	char limit[48] = "NULL";
	bool limited = !lua_isnoneornil(L, 4);
	lua_settop(L, 4);
	for (int arg = 1; arg <= SETS; arg++) {
		check_set(L, arg, &selection);
	}
	if (limited) {
		int64_t us = (nlab_units_ns(L, 4) + 999) / 1000;
		timeout = (struct timeval){.tv_sec = us / 1000000, .tv_usec = us % 1000000};
		snprintf(limit, sizeof limit, "{%lld, %06lld}", (long long)timeout.tv_sec,
			 (long long)timeout.tv_usec);
	}
	print_sets(&text, &selection);
	struct nlab_slot *slot = nlab_call_begin(L, "select", -1, selection.host, "%d, %s, %s",
						 selection.highest + 1, text.bytes, limit);
	int result = call_select(&selection, limited ? &timeout : NULL);
	if (result < 0) {
		return nlab_call_done(L, slot, result);
	}
	print_sets(&text, &selection);
	nlab_call_out(slot, "%s", text.bytes);
	nlab_call_end(slot, result, 0);
	lua_pushinteger(L, result);
	for (int arg = 1; arg <= SETS; arg++) {
		push_members(L, arg, &selection);
	}
	return 1 + SETS;
}

const luaL_Reg nlab_readiness_functions[] = {
    {"poll", readiness_poll}, {"select", readiness_select}, {NULL, NULL}};

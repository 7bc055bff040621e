/* prompt.c: the script process's side of netlab shell. Floor bind.
 * A signal handler has no argument of its own, so the state that SIGINT is to stop lives in the file. */
#include "bind/prompt.h"

#include "bind/context.h"
#include "facts/order.h"

#include <errno.h>
#include <lauxlib.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <unistd.h>

static lua_State *volatile running; /* NULL: nothing that SIGINT is to stop */

static void stop(lua_State *L, lua_Debug *frame)
{
	(void)frame;
	lua_sethook(L, NULL, 0, 0);
	luaL_error(L, "interrupted");
}

/* Async-signal-safe: lua_sethook() is made for this. */
static void interrupt(int number)
{
	lua_State *L = running;
	(void)number;
	if (L) {
		lua_sethook(L, stop, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
	}
}

static int prompt_socket(lua_State *L)
{
	int socket = nlab_context(L)->prompt;
	if (socket < 0) {
		luaL_error(L, "nobody types here");
	}
	return socket;
}

static int prompt_open(lua_State *L)
{
	const struct sigaction action = {.sa_handler = interrupt}; /* without SA_RESTART: EINTR */
	int self = pidfd_open(getpid(), 0);
	bool sent = self >= 0 && nlab_order_send(prompt_socket(L), "", 1, self);
	if (!sent || sigaction(SIGINT, &action, NULL) != 0) {
		return luaL_error(L, "cannot greet the prompt: %s", strerror(errno));
	}
	close(self);
	return 0;
}

/* The length of the next message, 0 at the end. */
static size_t next_length(int socket)
{
	char first;
	ssize_t length;
	do {
		length = recv(socket, &first, 1, MSG_PEEK | MSG_TRUNC);
	} while (length < 0 && errno == EINTR);
	return length > 0 ? (size_t)length : 0;
}

static int prompt_receive(lua_State *L)
{
	int socket = prompt_socket(L);
	size_t length = next_length(socket);
	luaL_Buffer text;
	char *room = luaL_buffinitsize(L, &text, length);
	if (length == 0 || recv(socket, room, length, 0) != (ssize_t)length) {
		lua_pushnil(L);
		return 1;
	}
	luaL_pushresultsize(&text, length);
	return 1;
}

static int prompt_send(lua_State *L)
{
	size_t length;
	const char *text = luaL_checklstring(L, 1, &length);
	if (!nlab_order_send(prompt_socket(L), text, length, -1)) {
		lua_pushnil(L);
		lua_pushstring(L, strerror(errno));
		return 2;
	}
	lua_pushboolean(L, 1);
	return 1;
}

static int prompt_call(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TFUNCTION);
	luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_settop(L, 2);
	lua_insert(L, 1);
	running = L;
	int status = lua_pcall(L, 0, LUA_MULTRET, 1);
	running = NULL;
	lua_sethook(L, NULL, 0, 0);
	lua_pushboolean(L, status == LUA_OK);
	lua_replace(L, 1);
	return lua_gettop(L);
}

static const luaL_Reg FUNCTIONS[] = {
    {"open", prompt_open}, {"receive", prompt_receive}, {"send", prompt_send}, {"call", prompt_call},
    {NULL, NULL},
};

int luaopen_netlab_prompt(lua_State *L)
{
	luaL_newlib(L, FUNCTIONS);
	return 1;
}

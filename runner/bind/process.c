/* process.c: actors: forks of the script that go on in Lua, in a host. Floor bind. */
#include "bind/process.h"

#include "base/clock.h"
#include "bind/context.h"
#include "bind/errno.h"
#include "bind/order.h"
#include "bind/units.h"
#include "kernel/process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WAIT_SLICE_NS (NLAB_NS_PER_S / 5) /* of a wait that Ctrl-C may end */

/* In a new actor: its own order socket, its own pid, and only then, when its start is recorded, its host. */
static void become_actor(lua_State *L, struct nlab_context *context, int socket, uint16_t host)
{
	char byte;
	close(context->lab);
	context->lab = socket;
	context->recording->pid = getpid();
	if (recv(socket, &byte, 1, 0) != 1) {
		_exit(1); /* the lab has gone */
	}
	if (host != NLAB_HOST_NONE) {
		nlab_context_enter(L, context, host);
	}
}

/* Tell the lab of a new process; it gets the other end of the process's order socket. */
static void register_process(lua_State *L, pid_t pid, uint16_t host, const char *name, int socket)
{
	struct nlab_order order = {.kind = NLAB_ORDER_PROCESS, .pid = pid, .host = host};
	struct nlab_reply reply = {0};
	char text[sizeof reply.error + 64];
	snprintf(order.name, sizeof order.name, "%s", name);
	nlab_order_try(L, &order, socket, &reply, NULL);
	close(socket);
	if (reply.error.step[0]) {
		kill(pid, SIGKILL);
		luaL_error(L, "%s", nlab_error_text(&reply.error, text, sizeof text));
	}
}

int nlab_process_spawn(lua_State *L, uint16_t host, const char *name)
{
	struct nlab_context *context = nlab_context(L);
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
		return -1;
	}
	fflush(NULL);
	pid_t pid = nlab_process_fork();
	if (pid == 0) {
		close(ends[0]);
		become_actor(L, context, ends[1], host);
		return 0;
	}
	int saved = errno;
	close(ends[1]);
	if (pid > 0) {
		register_process(L, pid, host, name, ends[0]);
	} else {
		close(ends[0]);
	}
	errno = saved;
	return pid;
}

static uint16_t check_host(lua_State *L, int arg)
{
	return (uint16_t)nlab_units_integer(L, arg, 1, NLAB_HOSTS_MAX - 1);
}

/* fork(host id or 0: where the caller is, name) -> pid in the caller, 0 in the actor; nil, err when the kernel refuses */
static int process_fork(lua_State *L)
{
	uint16_t host = (uint16_t)nlab_units_integer(L, 1, 0, NLAB_HOSTS_MAX - 1);
	const char *name = luaL_checkstring(L, 2);
	struct nlab_slot *slot = nlab_call_begin(L, "fork", -1, host, "%s", "");
	int pid = nlab_process_spawn(L, host, name);
	if (pid == 0) { /* the record is the caller's */
		lua_pushinteger(L, 0);
		return 1;
	}
	int error = errno;
	nlab_call_end(slot, pid, error);
	if (pid < 0) {
		return nlab_call_refused(L, slot, error);
	}
	lua_pushinteger(L, pid);
	return 1;
}

/* Ask the lab to wait. At a prompt it is asked again and again, so that Ctrl-C (bind/prompt.h: a hook) ends it: EINTR. */
static void wait_for(lua_State *L, struct nlab_order order, struct nlab_reply *reply)
{
	bool sliced = nlab_context(L)->prompt >= 0;
	int64_t left = order.timeout_ns < 0 ? INT64_MAX : order.timeout_ns;
	do {
		if (sliced) {
			order.timeout_ns = left < WAIT_SLICE_NS ? left : WAIT_SLICE_NS;
			left -= order.timeout_ns;
		}
		nlab_order_try(L, &order, -1, reply, NULL);
		if (sliced && lua_gethook(L)) {
			nlab_error_set(&reply->error, EINTR, "wait for a process", "%d", (int)order.pid);
			return;
		}
	} while (sliced && left > 0 && reply->error.code == ETIMEDOUT);
}

/* wait(pid [, timeout]) -> exit status or nil, signal or nil; nil, nil, err (ETIMEDOUT, ECHILD). Blocks. */
static int process_wait(lua_State *L)
{
	struct nlab_order order = {.kind = NLAB_ORDER_WAIT, .timeout_ns = -1};
	struct nlab_reply reply;
	order.pid = (int32_t)nlab_units_integer(L, 1, 1, INT32_MAX);
	if (!lua_isnoneornil(L, 2)) {
		order.timeout_ns = nlab_units_ns(L, 2);
	}
	struct nlab_slot *slot = nlab_call_begin(L, "waitpid", -1, NLAB_HOST_NONE, "%d", order.pid);
	wait_for(L, order, &reply);
	if (reply.error.step[0]) {
		nlab_call_end(slot, -1, reply.error.code);
		lua_pushnil(L);
		return 1 + nlab_call_refused(L, slot, reply.error.code);
	}
	nlab_call_out(slot, reply.value2 ? "signal %d" : "exit %d",
		      (int)(reply.value2 ? reply.value2 : reply.value));
	nlab_call_end(slot, order.pid, 0);
	lua_pushinteger(L, reply.value);
	lua_pushinteger(L, reply.value2);
	if (reply.value2) {
		lua_pushnil(L);
		lua_replace(L, -3);
	} else {
		lua_pop(L, 1);
		lua_pushnil(L);
	}
	return 2;
}

/* kill(pid, signal) -> true; nil, err. kill(2); a pid of 0 or less is misuse: it would reach the whole lab. */
static int process_kill(lua_State *L)
{
	int pid = (int)nlab_units_integer(L, 1, 1, INT32_MAX);
	int number = (int)nlab_units_integer(L, 2, 0, NSIG - 1);
	const char *name = number ? sigabbrev_np(number) : NULL;
	struct nlab_slot *slot = nlab_call_begin(L, "kill", -1, NLAB_HOST_NONE, "%d, %s%s", pid,
						 name ? "SIG" : "", name ? name : "0");
	return nlab_call_done(L, slot, kill(pid, number));
}

/* exit(status): end this process at once, without running anything else. _exit(2) */
static int process_exit(lua_State *L)
{
	int status = (int)nlab_units_integer(L, 1, 0, 255);
	fflush(NULL);
	_exit(status);
}

static int process_pid(lua_State *L)
{
	lua_pushinteger(L, nlab_context(L)->recording->pid);
	return 1;
}

/* enter(host id): go into its network namespace, for what is read from /proc/self/net */
static int process_enter(lua_State *L)
{
	nlab_context_enter(L, nlab_context(L), check_host(L, 1));
	return 0;
}

/* sleep(time) -> true; nil, EINTR when a signal ended it early. clock_nanosleep(2), CLOCK_MONOTONIC. Blocks. */
static int process_sleep(lua_State *L)
{
	int64_t ns = nlab_units_ns(L, 1);
	const struct timespec time = nlab_ns_timespec(ns);
	struct nlab_slot *slot =
	    nlab_call_begin(L, "nanosleep", -1, NLAB_HOST_NONE, "%.9g s", (double)ns / (double)NLAB_NS_PER_S);
	int error = clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
	errno = error;
	return nlab_call_done(L, slot, error ? -1 : 0);
}

static const luaL_Reg FUNCTIONS[] = {
    {"fork", process_fork}, {"wait", process_wait},   {"kill", process_kill},   {"exit", process_exit},
    {"pid", process_pid},   {"enter", process_enter}, {"sleep", process_sleep}, {NULL, NULL},
};

int luaopen_netlab_process(lua_State *L)
{
	luaL_newlib(L, FUNCTIONS);
	luaL_setfuncs(L, nlab_signal_functions, 0);
	luaL_setfuncs(L, nlab_program_functions, 0);
	nlab_program_register(L);
	return 1;
}

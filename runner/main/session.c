/* session.c: one lab that goes on while somebody types. Floor main. */
#include "main/session.h"

#include "base/clock.h"
#include "base/fd.h"
#include "bind/recording.h"
#include "bind/units.h"
#include "facts/order.h"
#include "main/broker.h"
#include "main/job.h"
#include "main/script.h"

#include <errno.h>
#include <lauxlib.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SESSION "netlab.session"

enum { KEPT_JOB = 1, KEPT_RECORDING, KEPT };                 /* user values of a session */
enum { ON_PROMPT, ON_FILES, ON_CONTROL, ON_DEATH, WATCHED }; /* what a session waits for */

struct session {
	struct nlab_run run;
	int process; /* pidfd of the script process, -1: it has not said hello */
	bool open;
};

static struct session *check_session(lua_State *L)
{
	struct session *session = luaL_checkudata(L, 1, SESSION);
	luaL_argcheck(L, session->open, 1, "it is closed");
	return session;
}

static int refuse(lua_State *L, const char *message)
{
	lua_pushnil(L);
	lua_pushstring(L, message);
	return 2;
}

static int session_open(lua_State *L)
{
	struct nlab_script *script = lua_touserdata(L, lua_upvalueindex(1));
	struct nlab_job job = {0};
	char text[512];
	nlab_job_read(L, 1, &job);
	job.bounds.timeout_ns = INT64_MAX;
	struct session *session = lua_newuserdatauv(L, sizeof *session, KEPT);
	*session = (struct session){.process = -1};
	luaL_setmetatable(L, SESSION);
	lua_pushvalue(L, 1);
	lua_setiuservalue(L, -2, KEPT_JOB);
	session->open = true;
	if (!nlab_run_start(&session->run, &job, nlab_script_process, script)) {
		nlab_run_close(&session->run);
		session->open = false;
		return refuse(L, nlab_error_text(&session->run.error, text, sizeof text));
	}
	nlab_recording_push(L, &session->run.recording);
	lua_setiuservalue(L, -2, KEPT_RECORDING);
	return 1;
}

static int session_recording(lua_State *L)
{
	check_session(L);
	lua_getiuservalue(L, 1, KEPT_RECORDING);
	return 1;
}

static int session_send(lua_State *L)
{
	const struct session *session = check_session(L);
	size_t length;
	const char *text = luaL_checklstring(L, 2, &length);
	if (!nlab_order_send(session->run.prompt, text, length, -1)) {
		return refuse(L, strerror(errno));
	}
	lua_pushboolean(L, 1);
	return 1;
}

/* The first message is the script process's hello, with its pidfd; returns how many values were pushed. */
static int take_answer(lua_State *L, struct session *session)
{
	int got_fd = -1;
	ssize_t length = recv(session->run.prompt, NULL, 0, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
	if (length <= 0) {
		return 0;
	}
	lua_pushliteral(L, "answer");
	luaL_Buffer text;
	char *room = luaL_buffinitsize(L, &text, (size_t)length);
	length = nlab_order_receive(session->run.prompt, room, (size_t)length, &got_fd, MSG_DONTWAIT);
	luaL_pushresultsize(&text, length > 0 ? (size_t)length : 0);
	if (session->process < 0) {
		session->process = got_fd;
		lua_pop(L, 2);
		return 0;
	}
	nlab_fd_close(&got_fd);
	return 2;
}

static void read_control(struct session *session)
{
	char byte;
	if (recv(session->run.control, &byte, 1, MSG_DONTWAIT) == 1 && byte == NLAB_LAB_OVER) {
		session->run.over = true;
	}
}

static int session_wait(lua_State *L)
{
	struct session *session = check_session(L);
	const struct nlab_run *run = &session->run;
	int64_t until = nlab_clock_limit_ns() + nlab_units_ns(L, 2);
	int64_t left;
	do {
		struct pollfd ready[WATCHED] = {[ON_PROMPT] = {run->prompt, POLLIN, 0},
						[ON_FILES] = {run->files, POLLIN, 0},
						[ON_CONTROL] = {run->over ? -1 : run->control, POLLIN, 0},
						[ON_DEATH] = {run->pidfd, POLLIN, 0}};
		left = until - nlab_clock_limit_ns();
		struct timespec limit = nlab_ns_timespec(left < 0 ? 0 : left);
		ppoll(ready, WATCHED, &limit, NULL);
		int pushed = ready[ON_PROMPT].revents & POLLIN ? take_answer(L, session) : 0;
		if (pushed) {
			return pushed;
		}
		if (ready[ON_FILES].revents & POLLIN) {
			nlab_broker_serve(run->files, run->folder);
		}
		if (ready[ON_CONTROL].revents & POLLIN) {
			read_control(session);
		}
		if (run->over || ready[ON_DEATH].revents) {
			lua_pushliteral(L, "over");
			return 1;
		}
	} while (left > 0);
	lua_pushnil(L);
	return 1;
}

static int session_interrupt(lua_State *L)
{
	const struct session *session = check_session(L);
	if (session->process >= 0) {
		syscall(SYS_pidfd_send_signal, session->process, SIGINT, NULL, 0);
	}
	return 0;
}

static int session_result(lua_State *L)
{
	const struct session *session = check_session(L);
	lua_createtable(L, 0, 2);
	nlab_units_push_seconds(L, nlab_clock_limit_ns() - session->run.started_ns);
	lua_setfield(L, -2, "seconds");
	lua_pushboolean(L, session->run.over);
	lua_setfield(L, -2, "over");
	return 1;
}

static int session_close(lua_State *L)
{
	struct session *session = luaL_checkudata(L, 1, SESSION);
	if (session->open) {
		session->open = false;
		lua_getiuservalue(L, 1, KEPT_RECORDING);
		nlab_recording_detach(L, -1);
		nlab_run_kill(&session->run);
		nlab_run_close(&session->run);
		nlab_fd_close(&session->process);
	}
	return 0;
}

static const luaL_Reg METHODS[] = {
    {"recording", session_recording},
    {"send", session_send},
    {"wait", session_wait},
    {"interrupt", session_interrupt},
    {"result", session_result},
    {"close", session_close},
    {NULL, NULL},
};
static const luaL_Reg META[] = {{"__gc", session_close}, {"__close", session_close}, {NULL, NULL}};

int luaopen_netlab_session(lua_State *L)
{
	luaL_newmetatable(L, SESSION);
	luaL_setfuncs(L, META, 0);
	luaL_newlib(L, METHODS);
	lua_setfield(L, -2, "__index");
	lua_newtable(L);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_pushcclosure(L, session_open, 1);
	lua_setfield(L, -2, "open");
	return 1;
}

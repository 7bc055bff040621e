/* runner.c: the runner as Lua sees it: run(plan). Floor main.
 *
 * run{jobs = {{path =, text =, ...}, ...} as of main/job.h,
 *     parallel =, ended = function(result) ... end, tick = function(running) ... end, tick_interval = seconds}
 *   -> "done", "stopped" (ended() returned false), "interrupted"
 * `result` is {number =, over =, timed_out =, seconds =, timeout =, error = text or nil, recording =}; the recording must not be used
 * after ended() has returned. `running` is a list of {number =, seconds =}. */
#include "main/runner.h"

#include "base/clock.h"
#include "bind/recording.h"
#include "bind/units.h"
#include "main/editor.h"
#include "main/files.h"
#include "main/job.h"
#include "main/notify.h"
#include "main/scheduler.h"
#include "main/session.h"

#include <lauxlib.h>

enum { PLAN = 1, JOBS, ENDED, TICK }; /* stack indexes while run() works */

struct plan {
	lua_State *L;
	lua_Integer next, count;
	bool failed; /* a callback raised: its message is on top of the stack */
};

/* Runs in a protected call: fills the job (a light userdata) from jobs[number]. */
static int read_job(lua_State *L)
{
	struct nlab_job *job = lua_touserdata(L, 3);
	lua_geti(L, 1, lua_tointeger(L, 2));
	nlab_job_read(L, lua_gettop(L), job);
	job->number = (uint32_t)lua_tointeger(L, 2);
	return 0;
}

/* Call the function that is below `arguments` values; false when it raised. */
static bool call(struct plan *plan, int arguments, int results)
{
	plan->failed = plan->failed || lua_pcall(plan->L, arguments, results, 0) != LUA_OK;
	return !plan->failed;
}

static bool next_job(void *context, struct nlab_job *job)
{
	struct plan *plan = context;
	if (plan->failed || plan->next > plan->count) {
		return false;
	}
	*job = (struct nlab_job){0};
	lua_pushcfunction(plan->L, read_job);
	lua_pushvalue(plan->L, JOBS);
	lua_pushinteger(plan->L, plan->next++);
	lua_pushlightuserdata(plan->L, job);
	return call(plan, 3, 0);
}

static void set_seconds(lua_State *L, const char *name, int64_t ns)
{
	nlab_units_push_seconds(L, ns);
	lua_setfield(L, -2, name);
}

static void push_result(lua_State *L, struct nlab_run *run)
{
	char text[512];
	lua_createtable(L, 0, 6);
	lua_pushinteger(L, run->job.number);
	lua_setfield(L, -2, "number");
	lua_pushboolean(L, run->over);
	lua_setfield(L, -2, "over");
	lua_pushboolean(L, run->timed_out);
	lua_setfield(L, -2, "timed_out");
	set_seconds(L, "seconds", run->ended_ns - run->started_ns);
	set_seconds(L, "timeout", run->timeout_ns);
	if (run->error.step[0]) {
		lua_pushstring(L, nlab_error_text(&run->error, text, sizeof text));
		lua_setfield(L, -2, "error");
	}
	if (run->recording.lab) {
		nlab_recording_push(L, &run->recording);
		lua_setfield(L, -2, "recording");
	}
}

/* Runs in a protected call: ended(result), with the run as a light userdata. */
static int call_ended(lua_State *L)
{
	struct nlab_run *run = lua_touserdata(L, 2);
	lua_settop(L, 1);
	push_result(L, run);
	lua_getfield(L, 2, "recording");
	lua_insert(L, 1);
	lua_call(L, 1, 1);
	if (!lua_isnil(L, 1)) {
		nlab_recording_detach(L, 1);
	}
	return 1;
}

static bool run_ended(void *context, struct nlab_run *run)
{
	struct plan *plan = context;
	if (plan->failed) {
		return false;
	}
	lua_pushcfunction(plan->L, call_ended);
	lua_pushvalue(plan->L, ENDED);
	lua_pushlightuserdata(plan->L, run);
	if (!call(plan, 2, 1)) {
		return false;
	}
	bool go_on = lua_isnil(plan->L, -1) || lua_toboolean(plan->L, -1);
	lua_pop(plan->L, 1);
	return go_on;
}

static void run_tick(void *context, struct nlab_run *const *runs, size_t count)
{
	struct plan *plan = context;
	lua_State *L = plan->L;
	if (plan->failed) {
		return;
	}
	lua_pushvalue(L, TICK);
	lua_createtable(L, (int)count, 0);
	for (size_t i = 0; i < count; i++) {
		lua_createtable(L, 0, 2);
		lua_pushinteger(L, runs[i]->job.number);
		lua_setfield(L, -2, "number");
		set_seconds(L, "seconds", nlab_clock_limit_ns() - runs[i]->started_ns);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	call(plan, 1, 0);
}

static int run(lua_State *L)
{
	static const struct nlab_scheduler_calls CALLS = {next_job, run_ended, run_tick};
	static const struct nlab_scheduler_calls QUIET = {next_job, run_ended, NULL};
	static const char *const ENDS[] = {"done", "stopped", "interrupted"};
	struct nlab_script *script = lua_touserdata(L, lua_upvalueindex(1));
	struct nlab_error error = {0};
	char text[512];
	luaL_checktype(L, PLAN, LUA_TTABLE);
	lua_settop(L, 1);
	lua_getfield(L, PLAN, "jobs");
	luaL_checktype(L, JOBS, LUA_TTABLE);
	lua_getfield(L, PLAN, "ended");
	luaL_checktype(L, ENDED, LUA_TFUNCTION);
	lua_getfield(L, PLAN, "tick");
	lua_getfield(L, PLAN, "parallel");
	lua_Integer parallel = nlab_units_integer(L, 5, 1, 4096);
	lua_getfield(L, PLAN, "tick_interval");
	int64_t tick_ns = lua_isnil(L, 6) ? NLAB_NS_PER_S : nlab_units_ns(L, 6);
	lua_settop(L, TICK);
	struct plan plan = {.L = L, .next = 1, .count = (lua_Integer)lua_rawlen(L, JOBS)};
	const struct nlab_scheduler scheduler = {.calls = lua_isnil(L, TICK) ? &QUIET : &CALLS,
						 .context = &plan,
						 .parallel = (size_t)parallel,
						 .tick_ns = tick_ns,
						 .script = nlab_script_process,
						 .script_context = script};
	enum nlab_scheduler_end end = nlab_scheduler_run(&scheduler, &error);
	if (plan.failed) {
		return lua_error(L);
	}
	if (end == NLAB_SCHEDULER_FAILED) {
		return luaL_error(L, "%s", nlab_error_text(&error, text, sizeof text));
	}
	lua_pushstring(L, ENDS[end]);
	return 1;
}

static int open_module(lua_State *L)
{
	lua_newtable(L);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_pushcclosure(L, run, 1);
	lua_setfield(L, -2, "run");
	return 1;
}

/* What only the runner has; each with the scripts' state as its upvalue. */
static const luaL_Reg MODULES[] = {
    {"netlab.core.editor", luaopen_netlab_editor},   {"netlab.core.files", luaopen_netlab_files},
    {"netlab.core.notify", luaopen_netlab_notify},   {"netlab.core.runner", open_module},
    {"netlab.core.session", luaopen_netlab_session}, {NULL, NULL},
};

void nlab_runner_register(lua_State *L, struct nlab_script *script)
{
	luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
	lua_pushlightuserdata(L, script);
	luaL_setfuncs(L, MODULES, 1);
	lua_pop(L, 1);
}

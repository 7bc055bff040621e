/* script.c: the Lua state in which scripts run. Floor main.
 * All policy is in lua/netlab/lab/script.lua; here are the state, its bound of memory, and the last resort for errors. */
#include "main/script.h"

#include "bind/context.h"
#include "bind/library.h"
#include "facts/order.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define RESERVE (1u << 20) /* bytes that the report of a memory error may still take */

/* Whether an allocation stays within the bound. When one does not, Lua mostly runs a full collection and asks for the same
 * at once again: a refusal that this makes good does not count. */
static bool is_granted(struct nlab_script *script, size_t had, size_t new_size)
{
	if (new_size <= had) {
		return true;
	}
	bool again = script->asked == new_size;
	bool granted = !script->limit || script->used - had + new_size <= script->limit;
	script->asked = 0;
	if (granted && again) {
		script->refused = script->refused_before;
	} else if (!granted) {
		script->refused_before = again ? true : script->refused;
		script->refused = true;
		script->asked = again ? 0 : new_size;
	}
	return granted;
}

/* lua_Alloc with a bound. */
static void *allocate(void *context, void *block, size_t old_size, size_t new_size)
{
	struct nlab_script *script = context;
	size_t had = block ? old_size : 0;
	if (new_size == 0) {
		script->used -= had;
		nlab_heap_free(&script->heap, block);
		return NULL;
	}
	void *moved =
	    is_granted(script, had, new_size) ? nlab_heap_resize(&script->heap, block, had, new_size) : NULL;
	if (moved) {
		script->used += new_size - had;
	}
	return moved;
}

static int load_library(lua_State *L)
{
	nlab_library_load(L, "netlab.lab.script");
	return 0;
}

bool nlab_script_open(struct nlab_script *script, struct nlab_error *error)
{
	*script = (struct nlab_script){0};
	script->L = lua_newstate(allocate, script);
	if (!script->L) {
		return nlab_error_set(error, ENOMEM, "make the Lua state", "%s", "");
	}
	lua_pushcfunction(script->L, load_library);
	if (lua_pcall(script->L, 0, 0, 0) != LUA_OK) {
		return nlab_error_set(error, 0, "load the library", "%s", lua_tostring(script->L, -1));
	}
	return true;
}

static void push_job(lua_State *L, const struct nlab_job *job)
{
	lua_createtable(L, 0, 6);
	lua_pushstring(L, job->path);
	lua_setfield(L, -2, "path");
	lua_pushlstring(L, job->text, job->text_length);
	lua_setfield(L, -2, "text");
	lua_pushinteger(L, job->experiment);
	lua_setfield(L, -2, "experiment");
	lua_pushstring(L, job->family); /* nil without one */
	lua_setfield(L, -2, "family");
	lua_pushstring(L, job->mutation);
	lua_setfield(L, -2, "mutation");
	lua_pushboolean(L, job->prompt);
	lua_setfield(L, -2, "prompt");
}

/* Runs in a protected call: script.main(job) -> exit status. */
static int call_main(lua_State *L)
{
	const struct nlab_job *job = lua_touserdata(L, 1);
	lua_getglobal(L, "require");
	lua_pushliteral(L, "netlab.lab.script");
	lua_call(L, 1, 1);
	lua_getfield(L, -1, "main");
	push_job(L, job);
	lua_call(L, 1, 1);
	return 1;
}

static void record(struct nlab_recording *recording, const char *name, const char *text)
{
	nlab_recording_text(recording, NLAB_SLOT_SCRIPT, NLAB_HOST_NONE, 0, 0, name, text, strlen(text));
}

/* Tell the lab, which then kills every process of the experiment: this one is not to send anything more. Returns only
 * when the lab cannot be told. */
static int end(int orders, int status)
{
	const struct nlab_order order = {.kind = NLAB_ORDER_END, .value = status};
	char none;
	if (nlab_order_send(orders, &order, sizeof order, -1)) {
		while (recv(orders, &none, sizeof none, 0) > 0) {
		}
	}
	return status;
}

int nlab_script_process(void *context, const struct nlab_job *job, struct nlab_recording *recording,
			const struct nlab_script_sockets *sockets)
{
	struct nlab_script *script = context;
	char chunk[4096];
	char text[96];
	struct nlab_context process = {.recording = recording,
				       .lab = sockets->orders,
				       .files = sockets->files,
				       .prompt = sockets->prompt,
				       .here = NLAB_HOST_NONE,
				       .script = chunk};
	snprintf(chunk, sizeof chunk, "@%s", job->path);
	for (size_t i = 0; i < NLAB_HOSTS_MAX; i++) {
		process.host_namespace[i] = -1;
	}
	nlab_heap_open(&script->heap);
	setvbuf(stdout, NULL, _IOLBF, 0);
	nlab_context_set(script->L, &process);
	script->limit = script->used + job->bounds.memory;
	lua_pushcfunction(script->L, call_main);
	lua_pushlightuserdata(script->L, (void *)(uintptr_t)job);
	int status = lua_pcall(script->L, 1, 1, 0);
	script->limit += RESERVE;
	if (status != LUA_OK) {
		record(recording, "error", lua_tostring(script->L, -1));
	}
	if (script->refused) {
		snprintf(text, sizeof text, "memory: the script needed more than %zu bytes",
			 (size_t)job->bounds.memory);
		record(recording, "limit", text);
	}
	fflush(NULL);
	return end(sockets->orders, status == LUA_OK ? (int)lua_tointeger(script->L, -1) : 1);
}

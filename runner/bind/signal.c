/* signal.c: signals in Lua: sigaction(2) and setitimer(2). Floor bind.
 * A handler is either the kernel's (SIG_DFL, SIG_IGN) or one that records the signal and returns, which is what makes a
 * blocking call return EINTR. A signal handler has no argument of its own, so the recording it writes to is the one
 * variable of the program that is set once and lives in the file. */
#include "bind/context.h"
#include "bind/process.h"
#include "bind/units.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>

static struct nlab_recording *volatile handler_recording;

/* Async-signal-safe: takes a slot without locks. */
static void record_signal(int number)
{
	int saved = errno;
	struct nlab_slot *slot = nlab_recording_slot(handler_recording, NLAB_SLOT_SIGNAL, 0);
	if (slot) {
		slot->result = number;
		nlab_recording_slot_end(slot);
	}
	errno = saved;
}

static const char *const HANDLERS[] = {"SIG_DFL", "SIG_IGN", "record", NULL};

/* sigaction(signal, SIG_DFL | SIG_IGN | "record" [, flags]) -> true; nil, err. flags: SA_RESTART or 0. */
static int signal_action(lua_State *L)
{
	static void (*const FUNCTIONS[])(int) = {SIG_DFL, SIG_IGN, record_signal};
	int number = (int)nlab_units_integer(L, 1, 1, NSIG - 1);
	int which = luaL_checkoption(L, 2, NULL, HANDLERS);
	int flags = (int)nlab_units_opt_int(L, 3, 0);
	luaL_argcheck(L, (flags & ~SA_RESTART) == 0, 3, "SA_RESTART or 0");
	const char *name = sigabbrev_np(number);
	struct sigaction action = {.sa_handler = FUNCTIONS[which], .sa_flags = flags};
	handler_recording = nlab_context(L)->recording;
	struct nlab_slot *slot =
	    nlab_call_begin(L, "sigaction", -1, NLAB_HOST_NONE, "SIG%s, %s, %s", name ? name : "?",
			    HANDLERS[which], flags & SA_RESTART ? "SA_RESTART" : "0");
	return nlab_call_done(L, slot, sigaction(number, &action, NULL));
}

/* alarm(time) -> true; nil, err. SIGALRM once after that time, 0: cancel it. setitimer(2), ITIMER_REAL: alarm(2) knows
 * only whole seconds. */
static int signal_alarm(lua_State *L)
{
	int64_t ns = nlab_units_ns(L, 1);
	int64_t us = ns == 0 ? 0 : ns < 1000 ? 1 : ns / 1000;
	struct itimerval timer = {.it_value = {.tv_sec = us / 1000000, .tv_usec = us % 1000000}};
	struct nlab_slot *slot =
	    nlab_call_begin(L, "setitimer", -1, NLAB_HOST_NONE, "ITIMER_REAL, %.6g s", (double)us / 1e6);
	return nlab_call_done(L, slot, setitimer(ITIMER_REAL, &timer, NULL));
}

const luaL_Reg nlab_signal_functions[] = {
    {"sigaction", signal_action},
    {"alarm", signal_alarm},
    {NULL, NULL},
};

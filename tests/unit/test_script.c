/* Tests of main/script.h: scripts in a real lab, in forked copies of one Lua state, and the bound of its memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab_run.h"

#include "main/script.h"

#include <lauxlib.h>

static int setup(void **state)
{
	struct nlab_script *script = calloc(1, sizeof *script);
	struct nlab_error error;
	char text[512];
	unsetenv("NETLAB_LUA");
	if (!nlab_script_open(script, &error)) {
		fail_msg("%s", nlab_error_text(&error, text, sizeof text));
	}
	*state = script;
	return 0;
}

static int teardown(void **state)
{
	struct nlab_script *script = *state;
	lua_close(script->L);
	assert_int_equal(script->used, 0); /* all that was taken was given back */
	free(script);
	return 0;
}

static void run_text(struct nlab_script *script, const char *text, uint32_t experiment, uint64_t memory,
		     struct nlab_run *run)
{
	struct nlab_job job = lab_run_job();
	job.text = text;
	job.text_length = strlen(text);
	job.experiment = experiment;
	job.bounds.memory = memory;
	job.bounds.calls = 1024;
	lab_run(run, &job, nlab_script_process, script);
}

#define ENOUGH (UINT64_C(64) << 20)

/* What the script's records named `name` say, one after the other; "" when there is none. */
static const char *said(const struct nlab_run *run, const char *name, char text[2048])
{
	const struct nlab_slot *slot;
	size_t used = 0;
	text[0] = '\0';
	for (unsigned i = 0; (slot = recorded_slot(&run->recording, NLAB_SLOT_SCRIPT, name, i)); i++) {
		used += (size_t)snprintf(text + used, 2048 - used, "%.*s\n", (int)slot->text_length,
					 recorded_args(slot));
		used = used < 2048 ? used : 2047;
	}
	return text;
}

static void assert_said(const struct nlab_run *run, const char *name, const char *part)
{
	char text[2048];
	if (!strstr(said(run, name, text), part)) {
		fail_msg("the records '%s' are: %s\n  without: %s", name, text, part);
	}
}

static void assert_silent(const struct nlab_run *run, const char *name)
{
	char text[2048];
	assert_string_equal(said(run, name, text), "");
}

static const char TWO[] = "experiment 'first' {run = function(t) t:ok(not string.seen) string.seen = 1 end}\n"
			  "experiment 'second' {run = function(t) error 'on purpose' end}\n";

static void a_script_is_asked_what_it_declares(void **state)
{
	struct nlab_run run;
	run_text(*state, TWO, 0, ENOUGH, &run);
	assert_int_equal(lab_run_status(&run), 0);
	assert_said(&run, "declare", "\"first\"");
	assert_said(&run, "declare", "\"second\"");
	assert_int_equal(recorded_slots(&run.recording, NLAB_SLOT_SCRIPT, "declare"), 2);
	assert_int_equal(recorded_slots(&run.recording, NLAB_SLOT_SCRIPT, "end"), 1);
	assert_silent(&run, "begin");
	nlab_run_close(&run);
}

static void one_experiment_runs(void **state)
{
	struct nlab_run run;
	for (int i = 0; i < 2;
	     i++) { /* the second is a copy of the same state: it sees nothing of the first */
		run_text(*state, TWO, 1, ENOUGH, &run);
		assert_int_equal(lab_run_status(&run), 0);
		assert_said(&run, "begin", "first");
		assert_silent(&run, "error");
		assert_silent(&run, "limit");
		nlab_run_close(&run);
	}
}

static void an_error_is_recorded_with_its_line(void **state)
{
	struct nlab_run run;
	run_text(*state, TWO, 2, ENOUGH, &run);
	assert_int_equal(lab_run_status(&run), 1);
	assert_said(&run, "error", "script.lua:2: on purpose");
	assert_silent(&run, "limit");
	nlab_run_close(&run);
}

static void a_script_that_is_none(void **state)
{
	struct nlab_run run;
	run_text(*state, "this is no Lua", 0, ENOUGH, &run);
	assert_int_equal(lab_run_status(&run), 1);
	assert_said(&run, "error", "script.lua:1: syntax error near 'is'");
	nlab_run_close(&run);
	run_text(*state, TWO, 3, ENOUGH, &run); /* there is no third experiment */
	assert_int_equal(lab_run_status(&run), 1);
	assert_said(&run, "error", "attempt to index");
	nlab_run_close(&run);
	run_text(*state, "", 0, ENOUGH, &run);
	assert_int_equal(lab_run_status(&run), 0);
	nlab_run_close(&run);
}

static void memory_has_a_bound(void **state)
{
	struct nlab_run run;
	const struct nlab_script *script = *state;
	size_t before = script->used;
	run_text(*state, "local all = {} for i = 1, 1e6 do all[i] = ('x'):rep(1000) .. i end", 0, 8 << 20,
		 &run);
	assert_int_equal(lab_run_status(&run), 1);
	assert_said(&run, "error", "not enough memory");
	assert_said(&run, "limit", "memory: the script needed more than 8388608 bytes");
	nlab_run_close(&run);
	run_text(*state, "local all = ('x'):rep(100 << 20)", 0, 8 << 20, &run); /* at once */
	assert_said(&run, "limit", "memory");
	nlab_run_close(&run);
	run_text(*state, "local all = ('x'):rep(2 << 20)", 0, 8 << 20, &run);
	assert_int_equal(lab_run_status(&run), 0);
	assert_silent(&run, "limit");
	nlab_run_close(&run);
	assert_int_equal(script->used, before);
	assert_int_equal(script->limit, 0); /* in this process there is none */
}

/* Who catches the error goes on, but it is told all the same. */
static void a_refusal_that_was_caught_is_reported(void **state)
{
	struct nlab_run run;
	run_text(*state, "assert(not pcall(string.rep, 'x', 100 << 20))", 0, 8 << 20, &run);
	assert_int_equal(lab_run_status(&run), 0);
	assert_said(&run, "limit", "memory");
	assert_silent(&run, "error");
	nlab_run_close(&run);
}

static void memory_is_given_back(void **state)
{
	struct nlab_run run;
	run_text(*state, "for i = 1, 200 do local s = ('x'):rep(1 << 20) .. i end", 0, 16 << 20, &run);
	assert_silent(&run, "limit");
	assert_int_equal(lab_run_status(&run), 0);
	nlab_run_close(&run);
}

static void what_is_printed_is_kept(void **state)
{
	struct nlab_run run;
	char text[512];
	run_text(*state, "print 'a line' io.write 'no line' io.stderr:write 'an error'", 0, ENOUGH, &run);
	assert_true(recorded_says(&run.recording, NLAB_EVENT_OUTPUT, "a line\n"));
	assert_true(recorded_says(&run.recording, NLAB_EVENT_OUTPUT, "no line"));
	for (unsigned i = 0; i < recorded_events(&run.recording, NLAB_EVENT_OUTPUT); i++) {
		const struct nlab_event_record *output = recorded_event(&run.recording, NLAB_EVENT_OUTPUT, i);
		assert_int_equal(output->a, strstr(recorded_text(output, text), "error") ? 2 : 1);
	}
	nlab_run_close(&run);
}

static void a_library_that_is_not_there(void **state)
{
	struct nlab_script script;
	struct nlab_error error;
	(void)state;
	setenv("NETLAB_LUA", "/nowhere", 1);
	assert_false(nlab_script_open(&script, &error));
	assert_string_equal(error.step, "load the library");
	assert_non_null(strstr(error.subject, "netlab.lab.script"));
	lua_close(script.L);
	unsetenv("NETLAB_LUA");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_script_is_asked_what_it_declares),
	    TEST(one_experiment_runs),
	    TEST(an_error_is_recorded_with_its_line),
	    TEST(a_script_that_is_none),
	    TEST(memory_has_a_bound),
	    TEST(a_refusal_that_was_caught_is_reported),
	    TEST(memory_is_given_back),
	    TEST(what_is_printed_is_kept),
	    cmocka_unit_test(a_library_that_is_not_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

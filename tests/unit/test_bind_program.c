/* Tests of process.exec (bind/program.c) in a real lab: programs, what they read and print, and what bounds them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab_lua.h"

#include <sys/stat.h>

static void input_outputs_and_status(void **state)
{
	struct nlab_run run;
	char text[512];
	(void)state;
	lab_lua_run(
	    &run, lab_run_job(),
	    "host 'a'\n"
	    "local p = assert(process.exec(1, {'sh', '-c', 'cat; echo no good >&2; exit 3'}, 'a\\0b'))\n"
	    "assert(process.wait(p:pid()) == 3)\n"
	    "assert(p:stdout() == 'a\\0b' and p:stderr() == 'no good\\n')\n"
	    "assert(p:stdout() == 'a\\0b')\n"
	    "local q = assert(process.exec(1, {'true'}))\n"
	    "assert(process.wait(q:pid()) == 0 and q:stdout() == '' and q:stderr() == '')");
	assert_string_equal(recorded_text(recorded_event(&run.recording, NLAB_EVENT_START, 1), text), "sh");
	const struct nlab_slot *slot = recorded_slot(&run.recording, NLAB_SLOT_CALL, "execve", 0);
	assert_string_equal(recorded_args(slot), "sh");
	assert_int_equal(slot->host, 1);
	assert_int_equal(slot->result, recorded_event(&run.recording, NLAB_EVENT_START, 1)->pid);
	nlab_run_close(&run);
}

static void much_in_and_out_without_waiting(void **state)
{
	(void)state;
	lab_lua_check("host 'a'\n"
		      "local much = ('0123456789abcdef'):rep(1 << 16)\n"
		      "local p = assert(process.exec(1, {'cat'}, much))\n"
		      "assert(process.wait(p:pid()) == 0 and p:stdout() == much)");
}

static void it_is_in_its_host(void **state)
{
	(void)state;
	lab_lua_check(
	    "local a, b = host 'a', host 'b'\n"
	    "local p = assert(process.exec(2, {'cat', '/proc/net/fib_trie'}))\n"
	    "assert(process.wait(p:pid()) == 0)\n"
	    "assert(p:stdout():find('10.0.0.2', 1, true))\n"
	    "assert(not p:stdout():find('10.0.0.1', 1, true))\n"
	    "assert(socket.open(a, AF_INET, SOCK_DGRAM):bind(a, 7000))"); /* the script is where it was */
}

static void the_environment(void **state)
{
	(void)state;
	setenv("NETLAB_TEST_VARIABLE", "inherited", 1);
	lab_lua_check("host 'a'\n"
		      "local p = assert(process.exec(1, {'env'}, nil, {'ONE=1', 'TWO=zwei'}))\n"
		      "assert(process.wait(p:pid()) == 0 and p:stdout() == 'ONE=1\\nTWO=zwei\\n')\n"
		      "p = assert(process.exec(1, {'sh', '-c', 'echo $NETLAB_TEST_VARIABLE'}))\n"
		      "assert(process.wait(p:pid()) == 0 and p:stdout() == 'inherited\\n')");
	unsetenv("NETLAB_TEST_VARIABLE");
}

static void a_program_that_cannot_be_executed(void **state)
{
	struct nlab_run run;
	(void)state;
	lab_lua_run(&run, lab_run_job(),
		    "host 'a'\n"
		    "local none, err = process.exec(1, {'/no/such/program'})\n"
		    "assert(none == nil and err == ENOENT)\n"
		    "none, err = process.exec(1, {'/tmp'})\n"
		    "assert(none == nil and err == EACCES)");
	const struct nlab_slot *slot = recorded_slot(&run.recording, NLAB_SLOT_CALL, "execve", 1);
	assert_int_equal(slot->result, -1);
	assert_int_equal(slot->error, EACCES);
	assert_int_equal(slot->looked, 1);
	nlab_run_close(&run);
}

/* A folder in PATH that cannot be entered is no reason to say EACCES of a program that is nowhere. */
static void a_path_with_a_closed_folder(void **state)
{
	char folder[] = "/var/tmp/netlab-program-XXXXXX", path[4096];
	const char *given = getenv("PATH");
	char *before = strdup(given ? given : "/usr/bin:/bin");
	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chmod(folder, 0), 0);
	snprintf(path, sizeof path, "%s:%s", folder, before);
	setenv("PATH", path, 1);
	lab_lua_check("host 'a'\n"
		      "local none, err = process.exec(1, {'no-such-program'})\n"
		      "assert(none == nil and err == ENOENT, err)\n"
		      "assert(process.exec(1, {'true'}))");
	setenv("PATH", before, 1);
	free(before);
	rmdir(folder);
}

static void output_without_end_is_ended(void **state)
{
	(void)state;
	lab_lua_check("host 'a'\n"
		      "local p = assert(process.exec(1, {'yes'}))\n"
		      "local status, number = process.wait(p:pid(), 60)\n"
		      "assert(status == nil and number == SIGXFSZ)\n"
		      "assert(#p:stdout() == 16 << 20)");
}

static void signals_are_its_own(void **state)
{
	(void)state;
	lab_lua_check("host 'a'\n"
		      "process.sigaction(SIGPIPE, 'SIG_IGN') process.sigaction(SIGUSR1, 'SIG_IGN')\n"
		      "local p = assert(process.exec(1, {'grep', 'SigIgn', '/proc/self/status'}))\n"
		      "assert(process.wait(p:pid()) == 0)\n"
		      "assert(p:stdout():match '^SigIgn:%s*0+%s*$', p:stdout())");
}

static void the_lab_is_out_of_its_reach(void **state)
{
	(void)state;
	lab_lua_check("host 'a'\n"
		      "local s = socket.open({id = 1}, AF_INET, SOCK_DGRAM)\n"
		      "local p = assert(process.exec(1, {'ls', '/proc/self/fd'}))\n"
		      "assert(process.wait(p:pid()) == 0 and p:stdout() == '0\\n1\\n2\\n3\\n')\n"
		      "p = assert(process.exec(1, {'sh', '-c', 'echo x >/var/tmp/netlab-program-test'}))\n"
		      "assert(process.wait(p:pid()) ~= 0 and p:stderr():find 'Read%-only')\n"
		      "p = assert(process.exec(1, {'sh', '-c', 'kill -9 1; echo $?'}))\n"
		      "assert(process.wait(p:pid()) == 0 and order.drain() == 0)"); /* the lab lives on */
}

static void misuse_is_raised(void **state)
{
	(void)state;
	lab_lua_check("host 'a'\n"
		      "raises(\"the program's name\", process.exec, 1, {})\n"
		      "raises('table expected', process.exec, 1, 'true')\n"
		      "raises('number 2 is a boolean', process.exec, 1, {'true', false})\n"
		      "raises('number 1 is a table', process.exec, 1, {'true'}, '', {{}})\n"
		      "raises('bad argument #1', process.exec, 0, {'true'})\n"
		      "local many = {'true'}\n"
		      "for i = 2, 257 do many[i] = 'x' end\n"
		      "raises('too many arguments', process.exec, 1, many)\n"
		      "many[257] = nil\n"
		      "assert(process.wait(assert(process.exec(1, many)):pid()) == 0)");
}

static void nothing_is_left_open(void **state)
{
	(void)state;
	lab_lua_check("local a = host 'a'\n"
		      "local function last_of_many()\n" /* a higher number when some below are taken */
		      "  collectgarbage() collectgarbage()\n"
		      "  local sockets = {}\n"
		      "  for i = 1, 30 do sockets[i] = assert(socket.open(a, AF_INET, SOCK_DGRAM)) end\n"
		      "  local fd = sockets[30]:fileno()\n"
		      "  for i = 1, 30 do sockets[i]:close() end\n"
		      "  return fd\n"
		      "end\n"
		      "local before = last_of_many()\n"
		      "for i = 1, 10 do\n"
		      "  process.wait(process.exec(1, {'true'}):pid())\n"
		      "  process.exec(1, {'/no/such/program'})\n"
		      "end\n"
		      "assert(last_of_many() == before)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(input_outputs_and_status),
	    cmocka_unit_test(much_in_and_out_without_waiting),
	    cmocka_unit_test(it_is_in_its_host),
	    cmocka_unit_test(the_environment),
	    cmocka_unit_test(a_program_that_cannot_be_executed),
	    cmocka_unit_test(a_path_with_a_closed_folder),
	    cmocka_unit_test(output_without_end_is_ended),
	    cmocka_unit_test(signals_are_its_own),
	    cmocka_unit_test(the_lab_is_out_of_its_reach),
	    cmocka_unit_test(misuse_is_raised),
	    cmocka_unit_test(nothing_is_left_open),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of bind/process.h in a real lab: actors, their ends, and who waits for them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab_lua.h"

#include <signal.h>

static void an_actor_is_in_its_host(void **state)
{
	struct nlab_run run;
	char text[512];
	(void)state;
	lab_lua_run(&run, lab_run_job(),
		    "local a, b = host 'a', host 'b'\n"
		    "local pid = process.fork(2, 'server')\n"
		    "if pid == 0 then\n"
		    "  local routes <close> = io.open '/proc/self/net/fib_trie'\n"
		    "  local text = routes:read 'a'\n"
		    "  assert(text:find('10.0.0.2', 1, true) and not text:find('10.0.0.1', 1, true))\n"
		    "  local s = assert(socket.open(b, AF_INET, SOCK_DGRAM))\n"
		    "  assert(s:bind(b, 7000) and s:recv(100) == 'hello')\n"
		    "  process.exit(7)\n"
		    "end\n"
		    "local s = assert(socket.open(a, AF_INET, SOCK_DGRAM))\n"
		    "local status\n"
		    "repeat\n" /* until it listens */
		    "  assert(s:sendto('hello', 0, b, 7000))\n"
		    "  status = process.wait(pid, '1ms')\n"
		    "until status\n"
		    "assert(status == 7 and select(2, process.wait(pid)) == nil)");
	const struct nlab_event_record *start = recorded_event(&run.recording, NLAB_EVENT_START, 1);
	assert_string_equal(recorded_text(start, text), "server");
	assert_int_equal(start->host, 2);
	const struct nlab_slot *got = recorded_slot(&run.recording, NLAB_SLOT_CALL, "recv", 0);
	assert_int_equal(got->pid, start->pid);
	assert_int_equal(got->host, 2);
	assert_string_equal(
	    recorded_out(recorded_slot(&run.recording, NLAB_SLOT_CALL, "waitpid",
				       recorded_slots(&run.recording, NLAB_SLOT_CALL, "waitpid") - 1)),
	    "exit 7");
	nlab_run_close(&run);
}

static void ends_by_signals(void **state)
{
	struct nlab_run run;
	(void)state;
	lab_lua_run(&run, lab_run_job(),
		    "local a = host 'a'\n"
		    "local function actor() local pid = process.fork(1, 'actor')\n"
		    "  if pid == 0 then process.sleep(60) process.exit(1) end return pid end\n"
		    "local one, two = actor(), actor()\n"
		    "local none, also, err = process.wait(one, 0)\n"
		    "assert(none == nil and also == nil and err == ETIMEDOUT)\n"
		    "none, also, err = process.wait(one, '5ms')\n"
		    "assert(none == nil and also == nil and err == ETIMEDOUT)\n"
		    "assert(process.kill(one, SIGTERM) and process.kill(two, SIGKILL))\n"
		    "local status, number = process.wait(one)\n"
		    "assert(status == nil and number == SIGTERM)\n"
		    "status, number = process.wait(two, 60)\n"
		    "assert(status == nil and number == SIGKILL)\n"
		    "none, also, err = process.wait(12345)\n"
		    "assert(none == nil and also == nil and err == ECHILD)");
	assert_string_equal(recorded_out(recorded_slot(&run.recording, NLAB_SLOT_CALL, "waitpid", 2)),
			    "signal 15");
	const struct nlab_event_record *one = recorded_event(&run.recording, NLAB_EVENT_EXIT, 0);
	const struct nlab_event_record *two = recorded_event(&run.recording, NLAB_EVENT_EXIT, 1);
	assert_true(one->a == -1 && two->a == -1);
	assert_int_equal(one->b + two->b, SIGTERM + SIGKILL); /* in any order */
	nlab_run_close(&run);
}

static void actors_of_actors(void **state)
{
	(void)state;
	lab_lua_check("local a = host 'a'\n"
		      "local pid = process.fork(1, 'outer')\n"
		      "if pid == 0 then\n"
		      "  local inner = process.fork(1, 'inner')\n"
		      "  if inner == 0 then process.exit(3) end\n"
		      "  process.exit(10 + process.wait(inner))\n" /* by its own order socket */
		      "end\n"
		      "assert(process.pid() ~= pid)\n"
		      "assert(process.wait(pid) == 13)\n"
		      "assert(order.drain() == 0)");
}

static void an_actor_makes_hosts_of_its_own(void **state)
{
	(void)state;
	lab_lua_check("local a = host 'a'\n"
		      "local pid = process.fork(1, 'actor')\n"
		      "if pid == 0 then\n"
		      "  local b = host 'b'\n"
		      "  assert(socket.open(b, AF_INET, SOCK_DGRAM):bind(b, 7000))\n"
		      "  process.exit(b.id)\n"
		      "end\n"
		      "assert(process.wait(pid) == 2)");
}

static void the_limit_of_processes(void **state)
{
	struct nlab_run run;
	struct nlab_job job = lab_run_job();
	(void)state;
	job.bounds.processes = 8;
	lab_lua_run(&run, job,
		    "local a = host 'a'\n"
		    "local pids, err = {}\n"
		    "for i = 1, 20 do\n"
		    "  local pid, why = process.fork(1, 'actor ' .. i)\n"
		    "  if pid == 0 then process.sleep(60) process.exit(0) end\n"
		    "  if not pid then err = why break end\n"
		    "  pids[i] = pid\n"
		    "end\n"
		    "assert(err == EAGAIN and #pids >= 4 and #pids < 8)\n"
		    "assert(process.kill(pids[1], SIGKILL) and process.wait(pids[1], 60) == nil)\n"
		    "local again = assert(process.fork(1, 'again'))\n"
		    "if again == 0 then process.exit(0) end\n"
		    "assert(process.wait(again) == 0)");
	nlab_run_close(&run);
}

static void misuse_is_raised(void **state)
{
	(void)state;
	lab_lua_check("raises('bad argument #1', process.fork, -1, 'a')\n"
		      "raises('bad argument #1', process.fork, 64, 'a')\n"
		      "raises('bad argument #2', process.fork, 1)\n"
		      "raises('bad argument #1', process.wait, 0)\n"
		      "raises('bad argument #2', process.wait, 1, -1)\n"
		      "raises('bad argument #1', process.exit, 256)\n"
		      "raises('bad argument #1', process.sleep, -1)\n"
		      "assert(process.sleep(0) == true and process.pid() > 1)");
}

/* What the parent has not written yet comes out once, not in the actor too. */
static void unwritten_output_is_not_copied(void **state)
{
	struct nlab_run run;
	char text[512];
	size_t length = 0;
	const struct nlab_event_record *event;
	(void)state;
	lab_lua_run(&run, lab_run_job(),
		    "host 'a' io.write 'once'\n"
		    "local pid = process.fork(1, 'actor')\n"
		    "if pid == 0 then process.exit(0) end\n"
		    "process.wait(pid)");
	for (unsigned i = 0; (event = recorded_event(&run.recording, NLAB_EVENT_OUTPUT, i)); i++) {
		length += strlen(recorded_text(event, text));
	}
	assert_int_equal(length, 4);
	nlab_run_close(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_actor_is_in_its_host),
	    cmocka_unit_test(ends_by_signals),
	    cmocka_unit_test(actors_of_actors),
	    cmocka_unit_test(an_actor_makes_hosts_of_its_own),
	    cmocka_unit_test(the_limit_of_processes),
	    cmocka_unit_test(misuse_is_raised),
	    cmocka_unit_test(unwritten_output_is_not_copied),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

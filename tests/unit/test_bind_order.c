/* Tests of bind/order.h in a real lab: hosts, rules of the wire, and files of the script. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab_lua.h"

#include <fcntl.h>
#include <sys/stat.h>

/* Two hosts with a datagram socket each, and a rule's bytes for all that goes to port 7000. */
#define HOSTS                                                                                                \
	"local a, b = host 'a', host 'b'\n"                                                                  \
	"local to_7000 = rule.encode {{field = 'dport', op = '==', value = 7000}}\n"                         \
	"local sa, sb = socket.open(a, AF_INET, SOCK_DGRAM), socket.open(b, AF_INET, SOCK_DGRAM)\n"          \
	"assert(sb:bind(b, 7000))\n"                                                                         \
	"local function say(text) assert(sa:sendto(text, 0, b, 7000)) end\n"                                 \
	"local function hear() return (sb:recv(100)) end\n"

static void hosts(void **state)
{
	(void)state;
	lab_lua_check("local a, b = order.host('a', false), order.host('b', true)\n"
		      "assert(a.id == 1 and a.ip == '10.0.0.1' and a.ip6 == nil)\n"
		      "assert(a.mac == '02:00:00:00:00:01')\n"
		      "assert(b.id == 2 and b.ip == '10.0.0.2' and b.ip6 == 'fd00::2')\n"
		      "raises('1 to 31 bytes', order.host, '')\n"
		      "raises('1 to 31 bytes', order.host, ('x'):rep(32))\n"
		      "assert(order.host(('x'):rep(31)).id == 3)");
}

static void a_rule_from_its_making_to_its_end(void **state)
{
	struct nlab_run run;
	(void)state;
	lab_lua_run(&run, lab_run_job(),
		    HOSTS
		    "local id = order.rule {action = 'hold', rule = to_7000, count = 2, text = 'hold two'}\n"
		    "assert(id == 1)\n"
		    "say 'one' say 'two' say 'three'\n"
		    "assert(hear() == 'three' and order.drain() == 3)\n"
		    "local hits, held = order.hits(id)\n"
		    "assert(hits == 2 and held == 2)\n"
		    "assert(order.release(id, 1, 'one of them') == 1 and hear() == 'one')\n"
		    "assert(order.release(0, 0) == 1 and hear() == 'two')\n"
		    "assert(order.remove(id, '', 'away') == 1 and order.remove(id) == 0)\n"
		    "raises('it was removed', order.hits, id)");
	assert_true(recorded_says(&run.recording, NLAB_EVENT_RULE, "hold two"));
	assert_int_equal(recorded_events(&run.recording, NLAB_EVENT_MATCH),
			 2); /* first match, first decision */
	assert_true(recorded_says(&run.recording, NLAB_EVENT_ORDER, "one of them"));
	assert_true(recorded_says(&run.recording, NLAB_EVENT_ORDER, "away"));
	assert_int_equal(lab_run_packet(&run, 0)->fate, NLAB_FATE_DELIVERED);
	assert_int_equal(lab_run_packet(&run, 0)->rule, 1);
	assert_int_equal(lab_run_packet(&run, 2)->rule, 0);
	nlab_run_close(&run);
}

static void the_four_actions(void **state)
{
	struct nlab_run run;
	static const enum nlab_fate fates[] = {NLAB_FATE_CUT, NLAB_FATE_DROPPED, NLAB_FATE_DELIVERED,
					       NLAB_FATE_DELIVERED};
	(void)state;
	lab_lua_run(&run, lab_run_job(),
		    HOSTS "order.rule {action = 'cut', rule = to_7000, count = 1}\n"
			  "order.rule {action = 'drop', rule = to_7000, count = 1}\n"
			  "order.rule {action = 'hold', rule = to_7000, count = 1}\n"
			  "order.rule {action = 'delay', rule = to_7000, count = 1, value = 10000000}\n"
			  "for _, text in ipairs {'cut', 'drop', 'hold', 'delay', 'none'} do say(text) end\n"
			  "assert(hear() == 'none' and hear() == 'delay')\n"
			  "assert(order.remove(0, 'drop') == 1 and order.remove(0, 'hold') == 1)\n"
			  "assert(hear() == 'hold')\n"
			  "assert(order.remove(0, '') == 2)");
	for (unsigned i = 0; i < 4; i++) {
		const struct nlab_packet_record *packet = lab_run_packet(&run, i);
		assert_string_equal(nlab_fate_name(packet->fate), nlab_fate_name(fates[i]));
		assert_int_equal(packet->rule, i + 1);
	}
	const struct nlab_packet_record *late = lab_run_packet(&run, 3);
	assert_true(late->received_ns - late->head.time_ns >= 10000000);
	nlab_run_close(&run);
}

static void misuse_is_raised(void **state)
{
	(void)state;
	lab_lua_check(
	    HOSTS
	    "raises(\"invalid option 'lose'\", order.rule, {action = 'lose', rule = to_7000})\n"
	    "raises('not an encoded rule', order.rule, {action = 'drop', rule = 'xyz'})\n"
	    "raises('must be a whole number', order.rule, {action = 'drop', rule = to_7000, count = -1})\n"
	    "raises('must be a whole number', order.rule, {action = 'drop', rule = to_7000, skip = 1 << "
	    "32})\n"
	    "raises('a count of packets', order.release, 0, -1)\n"
	    "raises('EINVAL', order.rule, {action = '', rule = to_7000})\n"
	    "raises('EINVAL', order.rule, {action = 'rate', rule = to_7000})\n"
	    "raises('EINVAL', order.rule, {action = 'drop', rule = (to_7000:gsub('.', '\\xff'))})\n"
	    "raises('it was removed', order.hits, 1)\n"
	    "raises('bad argument #1', order.remove, 'all')\n"
	    "say 'still there' assert(hear() == 'still there')");
}

static void rules_have_a_bound(void **state)
{
	(void)state;
	lab_lua_check("local any = rule.encode {}\n"
		      "for i = 1, 128 do assert(order.rule {action = 'hold', rule = any} == i) end\n"
		      "raises('ENOSPC', order.rule, {action = 'hold', rule = any})\n"
		      "assert(order.remove(0, '') == 128)\n"
		      "assert(order.rule {action = 'hold', rule = any} == 129)");
}

static void to_declare_needs_no_lab(void **state)
{
	struct nlab_run run;
	struct nlab_job job = lab_run_job();
	(void)state;
	job.experiment = 0;
	lab_lua_run(&run, job,
		    "raises('there is no network', order.host, 'a')\n"
		    "raises('there is no network', order.drain)");
	nlab_run_close(&run);
}

static void files_of_the_script(void **state)
{
	struct nlab_run run;
	struct nlab_job job = lab_run_job();
	char folder[] = "/tmp/netlab-order-XXXXXX", script[64], path[64];
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(script, sizeof script, "%s/script.lua", folder);
	snprintf(path, sizeof path, "%s/large", folder);
	int fd = open(path, O_CREAT | O_WRONLY, 0600);
	for (int i = 0; i < 5000; i++) {
		assert_int_equal(write(fd, "0123456789", 10), 10);
	}
	close(fd);
	assert_int_equal(truncate(path, (16 << 20) + 1), 0);
	job.path = script;
	lab_lua_run(&run, job,
		    "local none, why = order.file 'large'\n"
		    "assert(none == nil and why == 'cannot read large: it has more than 16 MiB', why)");
	nlab_run_close(&run);
	assert_int_equal(truncate(path, 50000), 0);
	lab_lua_run(&run, job,
		    "assert(order.file 'large' == ('0123456789'):rep(5000))\n"
		    "local none, why = order.file 'missing'\n"
		    "assert(none == nil and why == 'cannot open missing: No such file or directory')\n"
		    "none, why = order.file '../large'\n"
		    "assert(none == nil and why:find 'cannot open')\n"
		    "raises('1 to 4095 bytes', order.file, '')\n"
		    "raises('1 to 4095 bytes', order.file, ('x'):rep(4096))");
	nlab_run_close(&run);
	unlink(path);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hosts),
	    cmocka_unit_test(a_rule_from_its_making_to_its_end),
	    cmocka_unit_test(the_four_actions),
	    cmocka_unit_test(misuse_is_raised),
	    cmocka_unit_test(rules_have_a_bound),
	    cmocka_unit_test(to_declare_needs_no_lab),
	    cmocka_unit_test(files_of_the_script),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

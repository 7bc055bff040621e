/* Tests of bind/sysctl.h in a real lab: a host's settings, and no other's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab_lua.h"

#include "facts/packet.h"

#define RETRIES "'net.ipv4.tcp_syn_retries'"

static void a_setting_is_the_hosts_own(void **state)
{
	struct nlab_run run;
	(void)state;
	lab_lua_run(&run, lab_run_job(),
		    "host 'a' host 'b'\n"
		    "sysctl.write(1, " RETRIES ", 2)\n"
		    "assert(sysctl.read(1, " RETRIES ") == '2')\n"
		    "assert(sysctl.read(2, " RETRIES ") == '6')\n"
		    "sysctl.write(2, 'net.ipv4.tcp_rmem', '4096 50000 60000')\n"
		    "assert(sysctl.read(2, 'net.ipv4.tcp_rmem') == '4096 50000 60000')");
	const struct nlab_slot *write = recorded_slot(&run.recording, NLAB_SLOT_CALL, "sysctl", 0);
	assert_string_equal(recorded_args(write), "net.ipv4.tcp_syn_retries = 2");
	assert_int_equal(write->host, 1);
	assert_int_equal(write->result, 0);
	const struct nlab_slot *read = recorded_slot(&run.recording, NLAB_SLOT_CALL, "sysctl", 2);
	assert_string_equal(recorded_args(read), "net.ipv4.tcp_syn_retries");
	assert_string_equal(recorded_out(read), "6");
	assert_int_equal(read->host, 2);
	nlab_run_close(&run);
}

static void what_is_refused_is_raised(void **state)
{
	struct nlab_run run;
	(void)state;
	lab_lua_run(&run, lab_run_job(),
		    "host 'a'\n"
		    "raises('cannot set (net.ipv4.tcp_syn_retries = many): EINVAL', sysctl.write, 1, " RETRIES
		    ", 'many')\n"
		    "raises('ENOENT', sysctl.read, 1, 'net.ipv4.no_such_thing')\n"
		    "raises('not net.something', sysctl.write, 1, 'kernel.hostname', 'x')\n"
		    "raises('not net.something', sysctl.read, 1, 'net.ipv4.../../kernel/hostname')\n"
		    "raises('no host with number 2', sysctl.read, 2, " RETRIES ")\n"
		    "raises('bad argument #1', sysctl.read, 0, " RETRIES ")\n"
		    "raises('bad argument #2', sysctl.read, 1, {})");
	const struct nlab_slot *write = recorded_slot(&run.recording, NLAB_SLOT_CALL, "sysctl", 0);
	assert_int_equal(write->result, -1);
	assert_int_equal(write->error, EINVAL);
	assert_int_equal(write->looked, 1); /* it was raised: nobody has to look at it */
	nlab_run_close(&run);
}

/* A setting decides what the kernel does: with no window scaling there is none in a SYN. */
static void a_setting_does_something(void **state)
{
	struct nlab_run run;
	(void)state;
	lab_lua_run(&run, lab_run_job(),
		    "local a = host 'a'\n"
		    "for i = 1, 0, -1 do\n"
		    "  sysctl.write(1, 'net.ipv4.tcp_window_scaling', i)\n"
		    "  assert(not socket.open(a, AF_INET, SOCK_STREAM):connect(a, 7000 + i))\n"
		    "end\n"
		    "order.drain()");
	for (unsigned i = 0; i < 2; i++) {
		struct nlab_packet packet;
		const struct nlab_packet_record *syn = lab_run_packet(&run, 2 * i);
		nlab_packet_decode(&packet, syn->frame, syn->captured, syn->length);
		assert_int_equal(packet.tcp.flags, NLAB_TCP_SYN);
		assert_int_equal((packet.options.has & NLAB_OPTION_WSCALE) != 0, i == 0);
	}
	nlab_run_close(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_setting_is_the_hosts_own),
	    cmocka_unit_test(what_is_refused_is_raised),
	    cmocka_unit_test(a_setting_does_something),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

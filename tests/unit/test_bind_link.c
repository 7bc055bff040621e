/* Tests of bind/link.h in a real lab: addresses, routes, neighbours and the MTU of a host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab_lua.h"

#define LINK "local link = require 'netlab.core.link'\n"

static void a_network_is_an_address_without_its_host(void **state)
{
	(void)state;
	lab_lua_check(LINK "for given, wanted in pairs {\n"
			   "  ['10.1.2.7/24'] = '10.1.2.0/24', ['10.1.2.255/25'] = '10.1.2.128/25',\n"
			   "  ['10.1.2.7/0'] = '0.0.0.0/0', ['10.1.2.7/32'] = '10.1.2.7/32',\n"
			   "  ['10.255.2.7/9'] = '10.128.0.0/9', ['fd00::1:2/64'] = 'fd00::/64',\n"
			   "  ['fd00:ffff::2/31'] = 'fd00:fffe::/31', ['fd00::1/128'] = 'fd00::1/128',\n"
			   "} do\n"
			   "  assert(link.network(given) == wanted, given .. ' is ' .. link.network(given))\n"
			   "end");
}

static void an_address_and_a_route_are_used_at_once(void **state)
{
	struct nlab_run run;
	(void)state;
	lab_lua_run(&run, lab_run_job(),
		    LINK "local a, b = host 'a', host 'b'\n"
			 "link.address(2, 'eth0', '10.7.0.1/24')\n"
			 "local s = socket.open(b, AF_INET, SOCK_DGRAM)\n"
			 "assert(s:bind('10.7.0.1', 9))\n"
			 "local u = socket.open(a, AF_INET, SOCK_DGRAM)\n"
			 "assert(not u:sendto('x', 0, '10.7.0.1', 9))\n"
			 "link.route(1, 'eth0', '10.7.0.99/24', '10.0.0.2')\n"
			 "assert(u:sendto('hello', 0, '10.7.0.1', 9))\n"
			 "assert(s:recv(10) == 'hello')");
	const struct nlab_slot *address = recorded_slot(&run.recording, NLAB_SLOT_CALL, "rtnetlink", 0);
	assert_string_equal(recorded_args(address), "eth0 address 10.7.0.1/24");
	assert_int_equal(address->host, 2);
	const struct nlab_slot *route = recorded_slot(&run.recording, NLAB_SLOT_CALL, "rtnetlink", 1);
	assert_string_equal(recorded_args(route), "eth0 route 10.7.0.99/24 via 10.0.0.2");
	assert_int_equal(route->host, 1);
	assert_int_equal(route->result, 0);
	nlab_run_close(&run);
}

/* A neighbour's MAC decides who gets the frame; without a neighbour the address is asked for. */
static void a_neighbour_decides_who_gets_it(void **state)
{
	struct nlab_run run;
	(void)state;
	lab_lua_run(&run, lab_run_job(),
		    LINK "local a, b, c = host 'a', host 'b', host 'c'\n"
			 "local u = socket.open(a, AF_INET, SOCK_DGRAM)\n"
			 "link.neighbour(1, 'eth0', b.ip, c.mac)\n"
			 "assert(u:sendto('x', 0, b, 9))\n"
			 "link.neighbour(1, 'eth0', b.ip, nil)\n"
			 "local s = socket.open(b, AF_INET, SOCK_DGRAM)\n"
			 "assert(s:bind(INADDR_ANY, 9))\n"
			 "assert(u:sendto('y', 0, b, 9))\n"
			 "assert(s:recv(10) == 'y')");
	assert_int_equal(lab_run_packet(&run, 0)->frame[5], 3); /* 02:00:00:00:00:03 */
	assert_int_equal(lab_run_packet(&run, 1)->frame[0], 0xff);
	assert_int_equal(lab_run_packet(&run, 1)->frame[13], 0x06); /* ARP */
	nlab_run_close(&run);
}

static void an_mtu_bounds_a_datagram(void **state)
{
	(void)state;
	lab_lua_check(LINK "local a, b = host 'a', host 'b'\n"
			   "local u = socket.open(a, AF_INET, SOCK_DGRAM)\n"
			   "assert(u:setsockopt(IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO))\n"
			   "link.mtu(1, 'eth0', 600)\n"
			   "assert(u:sendto(('x'):rep(572), 0, b, 9))\n"
			   "local sent, err = u:sendto(('x'):rep(573), 0, b, 9)\n"
			   "assert(not sent and err == EMSGSIZE)");
}

static void down_it_sends_nothing(void **state)
{
	(void)state;
	lab_lua_check(LINK "local a, b = host 'a', host 'b'\n"
			   "local u = socket.open(a, AF_INET, SOCK_DGRAM)\n"
			   "link.up(1, 'eth0', false)\n"
			   "local sent, err = u:sendto('x', 0, b, 9)\n"
			   "assert(not sent and err == ENETUNREACH)\n"
			   "link.up(1, 'eth0', true)\n"
			   "assert(u:sendto('x', 0, b, 9))");
}

static void what_is_refused_is_raised(void **state)
{
	struct nlab_run run;
	(void)state;
	lab_lua_run(&run, lab_run_job(),
		    LINK "host 'a'\n"
			 "raises('ENETUNREACH', link.route, 1, 'eth0', '10.7.0.0/24', '10.9.0.1')\n"
			 "raises('EEXIST', link.address, 1, 'eth0', '10.0.0.1/24')\n"
			 "raises('bad argument #2', link.mtu, 1, 'eth7', 600)\n"
			 "raises('no host with number 2', link.mtu, 2, 'eth0', 600)\n"
			 "raises('bad argument #3', link.address, 1, 'eth0', '10.0.0.300/24')\n"
			 "raises('bad argument #3', link.address, 1, 'eth0', '10.0.0.3/33')\n"
			 "raises('bad argument #3', link.address, 1, 'eth0', '10.0.0.3/')\n"
			 "raises('bad argument #3', link.address, 1, 'eth0', '10.0.0.3/2x')\n"
			 "raises('bad argument #4', link.route, 1, 'eth0', '10.7.0.0/24', 'fd00::1')\n"
			 "raises('bad argument #4', link.neighbour, 1, 'eth0', '10.0.0.2', 'no MAC')\n"
			 "raises('bad argument #1', link.network, 'x')");
	const struct nlab_slot *route = recorded_slot(&run.recording, NLAB_SLOT_CALL, "rtnetlink", 0);
	assert_int_equal(route->result, -1);
	assert_int_equal(route->error, ENETUNREACH);
	assert_int_equal(route->looked, 1); /* it was raised: nobody has to look at it */
	nlab_run_close(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_network_is_an_address_without_its_host),
	    cmocka_unit_test(an_address_and_a_route_are_used_at_once),
	    cmocka_unit_test(a_neighbour_decides_who_gets_it),
	    cmocka_unit_test(an_mtu_bounds_a_datagram),
	    cmocka_unit_test(down_it_sends_nothing),
	    cmocka_unit_test(what_is_refused_is_raised),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

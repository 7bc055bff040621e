/* test_bind_message.c: sendmsg, recvmsg and their control data, against the real kernel on loopback. */
#include "bind_state.h"

static int setup(void **state)
{
	if (state_setup(state) != 0) {
		return -1;
	}
	return state_run(&lua, "function udp(family)\n"
			       "  local s = assert(socket.open(host, family or AF_INET, SOCK_DGRAM))\n"
			       "  assert(s:bind(host, 0)) return s, s:getsockname()\n"
			       "end\n"
			       "function find(m, level, type)\n"
			       "  for _, c in ipairs(m.control) do\n"
			       "    if c.level == level and c.type == type then return c end\n"
			       "  end\n"
			       "end")
		   ? -1
		   : 0;
}

static void gather_and_where_to(void **state)
{
	struct state_log log;
	(void)state;
	check("local a, to = udp() local b, from = udp()\n"
	      "assert(b:sendmsg{iov = {'ab', '', 'cd', 'ef'}, to = to} == 6)\n"
	      "local m = assert(a:recvmsg{size = 4})\n"
	      "assert(m.data == 'abcd' and m.length == 4 and m.flags == MSG_TRUNC and m.from.port == "
	      "from.port)\n"
	      "assert(#m.control == 0)\n"
	      "assert(b:sendmsg{data = 'x', to = {host, to.port}, flags = MSG_DONTWAIT} == 1)\n"
	      "assert(a:recvmsg{}.data == 'x')\n"
	      "assert(b:sendmsg{data = 'y', to = {'127.0.0.1', to.port}} == 1)\n"
	      "m = a:recvmsg{size = 0, flags = MSG_TRUNC | MSG_PEEK} assert(m.data == '' and m.length == 1)\n"
	      "assert(a:recvmsg{}.data == 'y')\n"
	      "assert(b:connect(to) and b:sendmsg{} == 0 and a:recvmsg{}.length == 0)\n"
	      "local ok, err = a:recvmsg{flags = MSG_DONTWAIT} assert(ok == nil and err == EAGAIN)\n"
	      "a:close() b:close()");
	state_log(&lua, &log);
	assert_non_null(strstr(log.text, "sendmsg({msg_name=127.0.0.1:"));
	assert_non_null(
	    strstr(log.text, "msg_iov=[\"ab\", \"\", \"cd\", ...], msg_controllen=0}, 0) = 6 []"));
	assert_non_null(
	    strstr(log.text, "recvmsg({msg_iov=[4], msg_controllen=512}, 0) = 4 [\"abcd\", 127.0.0.1:"));
	assert_non_null(strstr(log.text, ", MSG_TRUNC]"));
	assert_non_null(strstr(log.text, "sendmsg({msg_name=NULL, msg_iov=[], msg_controllen=0}, 0) = 0"));
}

static void control_data_both_ways(void **state)
{
	(void)state;
	check("local a, to = udp() local b = udp()\n"
	      "for _, o in ipairs{IP_RECVTTL, IP_RECVTOS, IP_PKTINFO} do assert(a:setsockopt(IPPROTO_IP, o, "
	      "true)) end\n"
	      "assert(a:setsockopt(SOL_SOCKET, SO_TIMESTAMPNS, true))\n"
	      "assert(b:sendmsg{data = 'x', to = to, control = {\n"
	      "  {level = IPPROTO_IP, type = IP_TTL, data = 7},\n"
	      "  {level = IPPROTO_IP, type = IP_TOS, data = string.pack('i', 16)}}})\n"
	      "local m = a:recvmsg{}\n"
	      "local ttl = find(m, IPPROTO_IP, IP_TTL) assert(ttl.value == 7 and ttl.data == "
	      "string.pack('i', 7))\n"
	      "assert(find(m, IPPROTO_IP, IP_TOS).value == 16)\n"
	      "local info = find(m, IPPROTO_IP, IP_PKTINFO)\n"
	      "assert(info.addr == '127.0.0.1' and info.spec_dst == '127.0.0.1' and info.ifindex >= 1)\n"
	      "local stamp = find(m, SOL_SOCKET, SCM_TIMESTAMPNS)\n"
	      "assert(math.abs(stamp.time - os.time()) < 100 and stamp.time_ns // 1000000000 == stamp.time "
	      "// 1)\n"
	      "assert(b:sendto('y', 0, to))\n"
	      "m = a:recvmsg{control = 24} assert(#m.control == 1 or #m.control == 0)\n"
	      "assert(m.flags & MSG_CTRUNC ~= 0)\n"
	      "a:close() b:close()");
}

static void control_data_of_ipv6(void **state)
{
	(void)state;
	check("local a, to = udp(AF_INET6) local b = udp(AF_INET6)\n"
	      "for _, o in ipairs{IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS, IPV6_RECVPKTINFO} do\n"
	      "  assert(a:setsockopt(IPPROTO_IPV6, o, true))\n"
	      "end\n"
	      "assert(b:setsockopt(IPPROTO_IPV6, IPV6_UNICAST_HOPS, 9))\n"
	      "assert(b:sendto('x', 0, to))\n"
	      "local m = a:recvmsg{}\n"
	      "assert(m.from.ip6 == '::1')\n"
	      "local values = {}\n"
	      "for _, c in ipairs(m.control) do values[#values + 1] = c.value or c.addr end\n"
	      "table.sort(values, function(x, y) return tostring(x) < tostring(y) end)\n"
	      "assert(table.concat(values, ' ') == '0 9 ::1')\n"
	      "a:close() b:close()");
}

static void the_error_queue(void **state)
{
	(void)state;
	check("local a, to = udp() a:close()\n"
	      "local b = udp() assert(b:setsockopt(IPPROTO_IP, IP_RECVERR, true))\n"
	      "assert(b:sendto('lost', 0, to))\n"
	      "local ok, err = b:recv(1) assert(ok == nil and err == ECONNREFUSED)\n"
	      "local m = assert(b:recvmsg{flags = MSG_ERRQUEUE})\n"
	      "assert(m.data == 'lost' and m.flags & MSG_ERRQUEUE ~= 0 and m.from.port == to.port)\n"
	      "local e = find(m, IPPROTO_IP, IP_RECVERR).err\n"
	      "assert(e.errno == ECONNREFUSED and e.origin == SO_EE_ORIGIN_ICMP)\n"
	      "assert(e.type == ICMP_DEST_UNREACH and e.code == ICMP_PORT_UNREACH and e.info == 0)\n"
	      "assert(e.offender.ip == '127.0.0.1')\n"
	      "ok, err = b:recvmsg{flags = MSG_ERRQUEUE} assert(ok == nil and err == EAGAIN)\n"
	      "b:close()");
}

static void misuse(void **state)
{
	(void)state;
	check("local s = udp()\n"
	      "raises('table expected', s.sendmsg, s, 'x')\n"
	      "raises('either data (a string) or iov', s.sendmsg, s, {data = 'x', iov = {'y'}})\n"
	      "raises('either data (a string) or iov', s.sendmsg, s, {iov = 'y'})\n"
	      "raises('field data must be a string', s.sendmsg, s, {data = 1})\n"
	      "raises('iov a list of strings', s.sendmsg, s, {iov = {{}}})\n"
	      "local many = {} for i = 1, 65 do many[i] = 'x' end\n"
	      "raises('at most 64', s.sendmsg, s, {iov = many})\n"
	      "raises('port expected', s.sendmsg, s, {data = 'x', to = host})\n"
	      "raises('address expected', s.sendmsg, s, {data = 'x', to = 5})\n"
	      "raises('field flags', s.sendmsg, s, {flags = 'none'})\n"
	      "raises('control must be a list', s.sendmsg, s, {control = 1})\n"
	      "raises('control must be a list', s.sendmsg, s, {control = {1}})\n"
	      "raises('control item 1: field type', s.sendmsg, s, {control = {{level = 1, data = ''}}})\n"
	      "raises('control item 1: field data', s.sendmsg, s, {control = {{level = 1, type = 1}}})\n"
	      "raises('4096 bytes', s.sendmsg, s, {control = {{level = 1, type = 1, data = "
	      "('x'):rep(4096)}}})\n"
	      "local half = {level = 1, type = 1, data = ('x'):rep(2040)}\n"
	      "raises('4096 bytes', s.sendmsg, s, {control = {half, half}})\n"
	      "raises('field size must be an integer from 0', s.recvmsg, s, {size = -1})\n"
	      "raises('field control must be an integer from 0 to 4096', s.recvmsg, s, {control = 5000})\n"
	      "raises('table expected', s.recvmsg, s)\n"
	      "s:close()");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, state_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(gather_and_where_to),
	    TEST(control_data_both_ways),
	    TEST(control_data_of_ipv6),
	    TEST(the_error_queue),
	    TEST(misuse),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

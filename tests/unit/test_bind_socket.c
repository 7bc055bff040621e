/* test_bind_socket.c: sockets as Lua methods, against the real kernel on loopback. */
#include "bind_state.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>

static void a_connection_from_end_to_end(void **state)
{
	(void)state;
	check("local l, c, s = pair()\n"
	      "assert(tostring(s:getpeername()) == tostring(c:getsockname()))\n"
	      "assert(c:send('hello') == 5 and s:recv(3) == 'hel' and s:recv(100) == 'lo')\n"
	      "assert(c:shutdown(SHUT_WR) == true and s:recv(100) == '')\n"
	      "assert(s:send('') == 0 and s:send('a\\0b') == 3 and c:recv(100) == 'a\\0b')\n"
	      "assert(s:close() == true and c:recv(1) == '' and c:recv(0) == '')\n"
	      "assert(c:close() and l:close())");
}

static void the_new_socket_and_its_peer(void **state)
{
	(void)state;
	check("local l, c = pair()\n"
	      "local d = assert(socket.open(host, AF_INET, SOCK_STREAM))\n"
	      "assert(d:connect(l:getsockname()))\n"
	      "local s, peer = l:accept4(SOCK_NONBLOCK)\n"
	      "local own = d:getsockname()\n"
	      "assert(own.address == own.ip and rawget(own, 'address') == nil and own.ip6 == nil)\n"
	      "assert(peer.family == AF_INET and peer.ip == own.ip and peer.port == own.port)\n"
	      "assert(tostring(peer) == '127.0.0.1:' .. peer.port and 'p' .. peer == 'p127.0.0.1:' .. "
	      "peer.port)\n"
	      "assert(s:fcntl(F_GETFL) & O_NONBLOCK ~= 0 and l:fcntl(F_GETFL) & O_NONBLOCK == 0)\n"
	      "assert(s:family() == AF_INET and s:type() == SOCK_STREAM and s:host() == 1)\n"
	      "assert(tostring(s) == 'socket ' .. s:fileno() .. ' (client)')\n"
	      "s:close() assert(tostring(s) == 'socket closed (client)')\n"
	      "d:close() c:close() l:close()");
}

static void the_kernels_no_is_nil_and_an_error(void **state)
{
	(void)state;
	check("local function fails(e, ok, err, more) "
	      "  assert(ok == nil and err == e and more == nil, tostring(e) .. ': ' .. tostring(err)) end\n"
	      "local l = assert(socket.open(host, AF_INET, SOCK_STREAM)) assert(l:bind(host, 0))\n"
	      "local c = assert(socket.open(host, AF_INET, SOCK_STREAM))\n"
	      "fails(ECONNREFUSED, c:connect(l:getsockname()))\n"
	      "local d = assert(socket.open(host, AF_INET, SOCK_STREAM))\n"
	      "fails(EADDRINUSE, d:bind(l:getsockname()))\n"
	      "fails(ENOTCONN, d:getpeername()) fails(ENOTCONN, d:recv(1)) fails(ENOTCONN, "
	      "d:shutdown(SHUT_RD))\n"
	      "fails(EINVAL, d:accept())\n"
	      "fails(EAFNOSUPPORT, socket.open(host, 999, SOCK_STREAM))\n"
	      "fails(EPROTONOSUPPORT, socket.open(host, AF_INET, SOCK_STREAM, IPPROTO_UDP))\n"
	      "assert(l:listen() and l:nonblocking(true)) fails(EAGAIN, l:accept()) fails(EINVAL, "
	      "d:accept4(1 << 30))\n"
	      "fails(EAFNOSUPPORT, d:connect{family = AF_INET6, ip6 = '::1', port = 1})\n"
	      "assert(d:nonblocking(true) and d:nonblocking(false))\n"
	      "l:close() c:close() d:close()");
}

static void datagrams(void **state)
{
	(void)state;
	check(
	    "local a = assert(socket.open(host, AF_INET, SOCK_DGRAM)) assert(a:bind('127.0.0.1', 0))\n"
	    "local b = assert(socket.open(host, AF_INET, SOCK_DGRAM)) assert(b:bind(0))\n"
	    "assert(b:getsockname().ip == '0.0.0.0')\n"
	    "assert(b:sendto('one', 0, a:getsockname()) == 3)\n"
	    "local data, from = a:recvfrom(10) assert(data == 'one' and from.port == b:getsockname().port)\n"
	    "assert(a:sendto('two', MSG_DONTWAIT, host, from.port) == 3 and b:recv(2) == 'tw')\n"
	    "a:sendto('', 0, from) assert(b:recv(1) == '')\n"
	    "a:sendto('longer', 0, from)\n"
	    "local cut, whole = b:recv(2, MSG_TRUNC) assert(cut == 'lo' and whole == 6)\n"
	    "a:sendto('longer', 0, from)\n"
	    "local short, who, length = b:recvfrom(3, MSG_TRUNC | MSG_PEEK)\n"
	    "assert(short == 'lon' and who.ip == '127.0.0.1' and length == 6 and b:recv(10) == 'longer')\n"
	    "assert(b:connect(a:getsockname()) and b:send('x') == 1)\n"
	    "assert(b:write('yz') == 2 and a:recv(5) == 'x' and a:read(5) == 'yz')\n"
	    "a:sendto('kept', 0, from) assert(b:read(0) == '' and b:read(2) == 'ke')\n"
	    "assert(b:connect{family = AF_UNSPEC})\n"
	    "local ok, err = b:send('x') assert(ok == nil and err == EDESTADDRREQ)\n"
	    "a:close() b:close()");
}

static void ipv6(void **state)
{
	(void)state;
	check("local l = assert(socket.open(host, AF_INET6, SOCK_STREAM))\n"
	      "assert(l:bind(0)) assert(l:listen(1))\n"
	      "assert(l:getsockname().ip6 == '::')\n"
	      "local c = assert(socket.open(host, AF_INET, SOCK_STREAM))\n"
	      "assert(c:connect('127.0.0.1', l:getsockname().port))\n"
	      "local s, peer = l:accept()\n"
	      "assert(peer.ip6 == '::ffff:127.0.0.1' and peer.ip == nil and peer.scope_id == 0)\n"
	      "assert(tostring(peer) == '[::ffff:127.0.0.1]:' .. peer.port)\n"
	      "l:close() c:close() s:close()");
}

static void a_port_alone_is_the_wildcard_address(void **state)
{
	struct state_log log;
	char line[64];
	(void)state;
	check("local s <close> = assert(socket.open(host, AF_INET, SOCK_DGRAM)) assert(s:bind(0))\n"
	      "local s6 <close> = assert(socket.open(host, AF_INET6, SOCK_DGRAM))\n"
	      "port = s:getsockname().port\n"
	      "s6:setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, true) s6:bind(port)\n"
	      "local again <close> = assert(socket.open(host, AF_INET, SOCK_DGRAM))\n"
	      "local ok, err = again:bind(port) assert(ok == nil and err == EADDRINUSE)");
	lua_getglobal(lua.L, "port");
	int port = (int)lua_tointeger(lua.L, -1);
	state_log(&lua, &log);
	snprintf(line, sizeof line, "4: bind([::]:%d) = ", port);
	assert_non_null(strstr(log.text, line));
	snprintf(line, sizeof line, "6: bind(0.0.0.0:%d) = -1", port);
	assert_non_null(strstr(log.text, line));
}

static void ioctl_answers(void **state)
{
	(void)state;
	check("local l, c, s = pair()\n"
	      "c:send('12345') s:recv(1)\n"
	      "assert(s:ioctl(SIOCINQ) == 4 and c:ioctl(SIOCOUTQ) == 0 and s:ioctl(SIOCATMARK) == false)\n"
	      "c:send('!', MSG_OOB) s:recv(4) assert(s:ioctl(SIOCATMARK) == true and s:recv(1, MSG_OOB) == "
	      "'!')\n"
	      "assert(s:fcntl(F_SETFD, FD_CLOEXEC) == true and s:fcntl(F_GETFD) == FD_CLOEXEC)\n"
	      "local ok, err = l:ioctl(SIOCINQ) assert(ok == nil and err == EINVAL)\n"
	      "l:close() c:close() s:close()");
}

static void open_sockets_survive_the_collector(void **state)
{
	(void)state;
	check("local function make() local s = assert(socket.open(host, AF_INET, SOCK_DGRAM))\n"
	      "  seen = setmetatable({s}, {__mode = 'v'}) return s:fileno() end\n"
	      "fd = make() collectgarbage() collectgarbage()\n"
	      "assert(seen[1] and seen[1]:fileno() == fd)");
	lua_getglobal(lua.L, "fd");
	int fd = (int)lua_tointeger(lua.L, -1);
	assert_true(fcntl(fd, F_GETFL) >= 0);
	check("seen[1]:close() collectgarbage() collectgarbage() assert(seen[1] == nil)");
	assert_int_equal(fcntl(fd, F_GETFL), -1);
	assert_int_equal(errno, EBADF);
}

static void a_refused_socket_is_collected(void **state)
{
	(void)state;
	check("local l = assert(socket.open(host, AF_INET, SOCK_STREAM | SOCK_NONBLOCK)) l:listen()\n"
	      "assert(not l:accept()) assert(not socket.open(host, 999, SOCK_STREAM)) l:close()\n"
	      "local open = 0 for _ in pairs(debug.getregistry()['netlab.sockets']) do open = open + 1 end\n"
	      "assert(open == 0, open)");
}

static void close_at_the_end_of_a_block(void **state)
{
	struct state_log log;
	(void)state;
	check("do local s <close> = assert(socket.open(host, AF_INET, SOCK_DGRAM)) end\n"
	      "do local s <close> = assert(socket.open(host, AF_INET, SOCK_DGRAM)) s:close() end");
	const char *text = strstr(state_log(&lua, &log), "close() = 0");
	assert_non_null(text);
	assert_non_null(text = strstr(text + 1, "close() = 0"));
	assert_null(strstr(text + 1, "close()"));
}

static void misuse_names_the_argument(void **state)
{
	(void)state;
	check(
	    "local s <close> = assert(socket.open(host, AF_INET, SOCK_STREAM))\n"
	    "local s6 <close> = assert(socket.open(host, AF_INET6, SOCK_STREAM))\n"
	    "local function wrong(text, method, ...)\n"
	    "  local self, args = s, {...}\n"
	    "  if args[1] == s6 then self = table.remove(args, 1) end\n"
	    "  raises(text, load('local s, args = ... return s:' .. method .. '(table.unpack(args))'), self, "
	    "args)\n"
	    "end\n"
	    "wrong(\"#1 to 'connect' (bob has no IPv4 address (field ip))\", 'connect', {name = 'bob'}, 1)\n"
	    "wrong('bob has no IPv6 address (field ip6)', 'connect', s6, {name = 'bob', ip = '10.0.0.1'}, "
	    "1)\n"
	    "wrong('expected, got \"10.0.0.1\"', 'connect', s6, {mapped = '10.0.0.1', ip6 = '::1'}, 1)\n"
	    "wrong('address expected (a host, a sockaddr table or a string), got no value)', 'connect')\n"
	    "wrong('port expected (an integer from 0 to 65535)', 'connect', host)\n"
	    "wrong(\"#2 to 'bind' (port expected\", 'bind', host, 65536)\n"
	    "wrong('port expected', 'bind', host, 'http')\n"
	    "wrong(\"#1 to 'bind' (port expected\", 'bind', -1)\n"
	    "wrong('IPv4 address like \"10.0.0.1\" expected, got \"::1\"', 'connect', '::1', 1)\n"
	    "wrong('\"::ffff:10.0.0.1\" expected, got \"10.0.0.1\"', 'connect', s6, '10.0.0.1', 1)\n"
	    "wrong('not of family 1', 'connect', {family = 1}, 1)\n"
	    "wrong('number expected', 'listen', 'many')\n"
	    "wrong('-2147483648 to 2147483647 expected', 'listen', 1 << 31)\n"
	    "wrong('string expected', 'send')\n"
	    "wrong('0 to 67108864 expected, got -1', 'recv', -1)\n"
	    "wrong('F_GETFL, F_SETFL', 'fcntl', 1030)\n"
	    "wrong('SIOCINQ, SIOCOUTQ', 'ioctl', 1)\n"
	    "wrong('boolean expected', 'nonblocking')\n"
	    "wrong('number expected', 'shutdown')\n"
	    "local closed = assert(socket.open(host, AF_INET, SOCK_STREAM)) closed:close()\n"
	    "raises('the socket is closed', closed.send, closed, 'x')\n"
	    "raises('the socket is closed', closed.close, closed)\n"
	    "raises('netlab.socket expected', s.send, {}, 'x')\n"
	    "raises('number expected', socket.open, host)");
}

static void records_are_as_c_would_write_them(void **state)
{
	struct state_log log;
	char line[160];
	(void)state;
	check("l, c, s = pair()\n"
	      "c:send('hello\\n', MSG_DONTWAIT | MSG_NOSIGNAL)\n"
	      "s:recv(100)\n"
	      "c:setsockopt(SOL_SOCKET, SO_KEEPALIVE, true) c:getsockopt(SOL_SOCKET, SO_SNDTIMEO)\n"
	      "s:shutdown(SHUT_RDWR) s:fcntl(F_SETFL, O_NONBLOCK) c:ioctl(SIOCINQ)\n"
	      "socket.open(host, AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, IPPROTO_UDP):close()\n"
	      "l:close() l2 = assert(socket.open(host, AF_INET, SOCK_STREAM)) l2:listen(3)\n"
	      "cfd, sfd = c:fileno(), s:fileno() port = c:getpeername().port\n"
	      "own = tostring(c:getsockname()) c:close() s:close() l2:close()");
	lua_State *L = lua.L;
	lua_settop(L, 0);
	lua_getglobal(L, "port");
	lua_getglobal(L, "own");
	lua_getglobal(L, "sfd");
	state_log(&lua, &log);
	snprintf(line, sizeof line, "1: connect(127.0.0.1:%d) = 0 []\n", (int)lua_tointeger(L, 1));
	assert_non_null(strstr(log.text, line));
	snprintf(line, sizeof line, "1: accept() = %d [%s]\n", (int)lua_tointeger(L, 3), lua_tostring(L, 2));
	assert_non_null(strstr(log.text, line));
	static const char *const LINES[] = {
	    "1: bind(127.0.0.1:0) = 0 []\n",
	    "1: listen(4096) = 0 []\n",
	    "2: send(\"hello\\n\", 6, MSG_DONTWAIT|MSG_NOSIGNAL) = 6 []\n",
	    "3: recv(100, 0) = 6 [\"hello\\n\"]\n",
	    "4: setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1, 4) = 0 []\n",
	    "4: getsockopt(SOL_SOCKET, SO_SNDTIMEO) = 0 [{tv_sec=0, tv_usec=0}]\n",
	    "5: shutdown(SHUT_RDWR) = 0 []\n",
	    "5: fcntl(F_SETFL, O_NONBLOCK) = 0 []\n",
	    "5: ioctl(SIOCINQ) = 0 [0]\n",
	    "6: socket(AF_INET6, SOCK_DGRAM|SOCK_NONBLOCK, IPPROTO_UDP) = ",
	    "7: listen(3) = 0 []\n",
	    "9: close() = 0 []\n",
	};
	for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
		if (!strstr(log.text, LINES[i])) {
			fail_msg("no line %s in\n%s", LINES[i], log.text);
		}
	}
}

/* ---- signals: the handler looks at the newest record ---- */

static struct nlab_recording *watched;
static volatile sig_atomic_t begun_seen;

static void on_alarm(int number)
{
	(void)number;
	uint32_t taken = atomic_load(&watched->calls->taken);
	struct nlab_slot *slot = taken ? nlab_recording_slot_at(watched, taken - 1) : NULL;
	if (slot && strcmp(slot->name, "recv") == 0 && nlab_slot_state(slot) == NLAB_SLOT_BEGUN) {
		begun_seen = 1;
	}
}

/* Signals come again and again, so that one comes while the call blocks. */
static void ring(long us)
{
	struct sigaction action = {.sa_handler = on_alarm};
	struct itimerval timer = {.it_value.tv_usec = us, .it_interval.tv_usec = us};
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void a_signal_interrupts_a_blocking_call(void **state)
{
	(void)state;
	watched = &lua.recording;
	begun_seen = 0;
	ring(20000);
	const char *problem = state_run(&lua, "local l, c, s = pair()\n"
					      "local ok, err = s:recv(1) assert(ok == nil and err == EINTR)\n"
					      "ok, err = l:accept() assert(ok == nil and err == EINTR)\n"
					      "l:close() c:close() s:close()");
	ring(0);
	if (problem) {
		fail_msg("%s", problem);
	}
	assert_true(begun_seen);
}

static void on_pipe(int number)
{
	(void)number;
	begun_seen = 2;
}

static void sigpipe_is_real(void **state)
{
	struct sigaction action = {.sa_handler = on_pipe}, before;
	(void)state;
	begun_seen = 0;
	sigaction(SIGPIPE, &action, &before);
	check("l, c, s = pair() c:shutdown(SHUT_WR)\n"
	      "local ok, err = c:send('x', MSG_NOSIGNAL) assert(ok == nil and err == EPIPE)");
	assert_int_equal(begun_seen, 0);
	check("local ok, err = c:send('x') assert(ok == nil and err == EPIPE) l:close() c:close() s:close()");
	assert_int_equal(begun_seen, 2);
	sigaction(SIGPIPE, &before, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STATE_TEST(a_connection_from_end_to_end),
	    STATE_TEST(the_new_socket_and_its_peer),
	    STATE_TEST(the_kernels_no_is_nil_and_an_error),
	    STATE_TEST(datagrams),
	    STATE_TEST(ipv6),
	    STATE_TEST(a_port_alone_is_the_wildcard_address),
	    STATE_TEST(ioctl_answers),
	    STATE_TEST(open_sockets_survive_the_collector),
	    STATE_TEST(a_refused_socket_is_collected),
	    STATE_TEST(close_at_the_end_of_a_block),
	    STATE_TEST(misuse_names_the_argument),
	    STATE_TEST(records_are_as_c_would_write_them),
	    STATE_TEST(a_signal_interrupts_a_blocking_call),
	    STATE_TEST(sigpipe_is_real),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

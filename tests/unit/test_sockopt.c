/* test_sockopt.c: the socket options against the kernel: every option that can be set and read is set
 * to a legal value, read back and compared; every option that can be read is read. In network and user
 * namespaces of its own, so that the privileged options can be set, whoever runs the program. */
#include "bind_state.h"
#include "facts/sockopt.h"
#include "facts/tcp_info.h"
#include "facts/tcp_state.h"
#include "namespaces.h"

#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define TCP  "socket.open(host, AF_INET, SOCK_STREAM)"
#define TCP6 "socket.open(host, AF_INET6, SOCK_STREAM)"
#define UDP  "socket.open(host, AF_INET, SOCK_DGRAM)"
#define UDP6 "socket.open(host, AF_INET6, SOCK_DGRAM)"
#define RAW  "socket.open(host, AF_INET, SOCK_RAW, IPPROTO_UDP)"

/* What is set (a Lua expression) and what is read back (NULL: the same). */
static const struct trip {
	const char *name, *open, *set, *get;
} TRIPS[] = {
    {"SO_BINDTODEVICE", TCP, "'lo'", NULL},
    {"SO_BROADCAST", UDP, "true", NULL},
    {"SO_DONTROUTE", TCP, "true", NULL},
    {"SO_INCOMING_CPU", TCP, "0", NULL},
    {"SO_KEEPALIVE", TCP, "true", NULL},
    {"SO_LINGER", TCP, "{onoff = true, linger = 7}", NULL},
    {"SO_MARK", TCP, "77", NULL},
    {"SO_OOBINLINE", TCP, "true", NULL},
    {"SO_PEEK_OFF", UDP, "3", NULL},
    {"SO_PRIORITY", TCP, "3", NULL},
    {"SO_RCVBUF", TCP, "20000", "40000"},
    {"SO_RCVLOWAT", TCP, "100", NULL},
    {"SO_RCVTIMEO", TCP, "'1500ms'", "1.5"},
    {"SO_REUSEADDR", TCP, "true", NULL},
    {"SO_REUSEPORT", TCP, "true", NULL},
    {"SO_RXQ_OVFL", UDP, "true", NULL},
    {"SO_SNDBUF", TCP, "20000", "40000"},
    {"SO_SNDTIMEO", TCP, "2.5", NULL},
    {"SO_TIMESTAMP", UDP, "true", NULL},
    {"SO_TIMESTAMPNS", UDP, "true", NULL},
    {"SO_TIMESTAMPING", UDP, "16", NULL},
    {"SO_ZEROCOPY", TCP, "true", NULL},
    {"TCP_CONGESTION", TCP, "'reno'", NULL},
    {"TCP_CORK", TCP, "true", NULL},
    {"TCP_DEFER_ACCEPT", TCP, "3", NULL},
    {"TCP_FASTOPEN", TCP, "5", NULL},
    {"TCP_FASTOPEN_CONNECT", TCP, "true", NULL},
    {"TCP_FASTOPEN_KEY", TCP, "('k'):rep(16)", NULL},
    {"TCP_FASTOPEN_NO_COOKIE", TCP, "true", NULL},
    {"TCP_INQ", TCP, "true", NULL},
    {"TCP_KEEPCNT", TCP, "4", NULL},
    {"TCP_KEEPIDLE", TCP, "'2min'", "120"},
    {"TCP_KEEPINTVL", TCP, "11.0", "11"},
    {"TCP_LINGER2", TCP, "9", NULL},
    {"TCP_MAXSEG", TCP, "700", NULL},
    {"TCP_NODELAY", TCP, "true", NULL},
    {"TCP_NOTSENT_LOWAT", TCP, "4096", NULL},
    {"TCP_QUICKACK", TCP, "false", NULL},
    {"TCP_SAVE_SYN", TCP, "true", NULL},
    {"TCP_SYNCNT", TCP, "3", NULL},
    {"TCP_THIN_LINEAR_TIMEOUTS", TCP, "true", NULL},
    {"TCP_USER_TIMEOUT", TCP, "'1234ms'", "1.234"},
    {"TCP_WINDOW_CLAMP", TCP, "30000", NULL},
    {"UDP_CORK", UDP, "true", NULL},
    {"UDP_GRO", UDP, "true", NULL},
    {"UDP_SEGMENT", UDP, "1200", NULL},
    {"IP_BIND_ADDRESS_NO_PORT", TCP, "true", NULL},
    {"IP_FREEBIND", TCP, "true", NULL},
    {"IP_HDRINCL", RAW, "true", NULL},
    {"IP_MINTTL", TCP, "250", NULL},
    {"IP_MTU_DISCOVER", UDP, "IP_PMTUDISC_DO", NULL},
    {"IP_MULTICAST_LOOP", UDP, "false", NULL},
    {"IP_MULTICAST_TTL", UDP, "9", NULL},
    {"IP_OPTIONS", UDP, "'\\1\\1\\1\\1'", NULL},
    {"IP_PKTINFO", UDP, "true", NULL},
    {"IP_RECVERR", UDP, "true", NULL},
    {"IP_RECVTOS", UDP, "true", NULL},
    {"IP_RECVTTL", UDP, "true", NULL},
    {"IP_TOS", TCP, "16", NULL},
    {"IP_TRANSPARENT", TCP, "true", NULL},
    {"IP_TTL", TCP, "33", NULL},
    {"IPV6_DONTFRAG", UDP6, "true", NULL},
    {"IPV6_FREEBIND", TCP6, "true", NULL},
    {"IPV6_MTU_DISCOVER", UDP6, "IPV6_PMTUDISC_DO", NULL},
    {"IPV6_MULTICAST_HOPS", UDP6, "9", NULL},
    {"IPV6_MULTICAST_LOOP", UDP6, "false", NULL},
    {"IPV6_RECVERR", UDP6, "true", NULL},
    {"IPV6_RECVHOPLIMIT", UDP6, "true", NULL},
    {"IPV6_RECVPKTINFO", UDP6, "true", NULL},
    {"IPV6_RECVTCLASS", UDP6, "true", NULL},
    {"IPV6_TCLASS", TCP6, "32", NULL},
    {"IPV6_UNICAST_HOPS", TCP6, "44", NULL},
    {"IPV6_V6ONLY", TCP6, "true", NULL},
};

/* Options that can be set and read, but do not give back what was set. */
static const struct {
	const char *name, *reason;
} NO_TRIPS[] = {
    {"IPV6_MTU", "it sets a limit for fragments, and reads the path MTU of a connected socket (ipv6(7))"},
};

static const struct trip *find_trip(const char *name)
{
	for (size_t i = 0; i < sizeof TRIPS / sizeof *TRIPS; i++) {
		if (strcmp(TRIPS[i].name, name) == 0) {
			return &TRIPS[i];
		}
	}
	return NULL;
}

static bool has_no_trip(const char *name)
{
	for (size_t i = 0; i < sizeof NO_TRIPS / sizeof *NO_TRIPS; i++) {
		if (strcmp(NO_TRIPS[i].name, name) == 0) {
			return true;
		}
	}
	return false;
}

static const char SAME[] = "local function same(a, b)\n"
			   "  if type(a) ~= 'table' then return a == b and math.type(a) == math.type(b) end\n"
			   "  for k, v in pairs(b) do if a[k] ~= v then return false end end\n"
			   "  return next(b) ~= nil\n"
			   "end\n";

static void every_option_comes_back(void **state)
{
	const struct nlab_sockopt *row;
	size_t found = 0;
	(void)state;
	for (size_t i = 0; (row = nlab_sockopt_at(i)); i++) {
		const struct trip *trip = find_trip(row->name);
		char chunk[2048];
		if (row->access != NLAB_SOCKOPT_RW || has_no_trip(row->name)) {
			assert_null(trip);
			continue;
		}
		if (!trip) {
			fail_msg("%s has neither a round trip nor a reason for having none", row->name);
			return;
		}
		found++;
		snprintf(chunk, sizeof chunk,
			 "%s local s <close> = assert(%s) local level, option, value = %d, %s, %s\n"
			 "local before = s:getsockopt(level, option)\n"
			 "assert(s:setsockopt(level, option, value))\n"
			 "local got, problem = s:getsockopt(level, option)\n"
			 "assert(same(got, %s), 'got ' .. tostring(got) .. ' ' .. tostring(problem))\n"
			 "assert(level == IPPROTO_TCP and option == TCP_CONGESTION or not same(before, got), "
			 "'it was so before')",
			 SAME, trip->open, row->level, row->name, trip->set, trip->get ? trip->get : "value");
		const char *problem = state_run(&lua, chunk);
		if (problem) {
			fail_msg("%s: %s", row->name, problem);
		}
	}
	assert_int_equal(found, sizeof TRIPS / sizeof *TRIPS);
}

static void every_readable_option_reads(void **state)
{
	const struct nlab_sockopt *row;
	(void)state;
	for (size_t i = 0; (row = nlab_sockopt_at(i)); i++) {
		const struct trip *trip = find_trip(row->name);
		const char *open = row->level == IPPROTO_IPV6 ? TCP6
				   : trip                     ? trip->open
							      : "(select(2, pair()))";
		char chunk[1024];
		if (!(row->access & NLAB_SOCKOPT_READ) || strcmp(row->name, "IPV6_MTU") == 0) {
			continue; /* IPV6_MTU: see NO_TRIPS */
		}
		snprintf(chunk, sizeof chunk,
			 "local s <close> = assert(%s) local v, e = s:getsockopt(%d, %s) assert(v ~= nil, e)",
			 open, row->level, row->name);
		const char *problem = state_run(&lua, chunk);
		if (problem) {
			fail_msg("%s: %s", row->name, problem);
		}
	}
}

static void rows_are_found_and_named_once(void **state)
{
	const struct nlab_sockopt *row, *other;
	(void)state;
	for (size_t i = 0; (row = nlab_sockopt_at(i)); i++) {
		assert_ptr_equal(nlab_sockopt_find(row->level, row->option), row);
		assert_non_null(nlab_sockopt_codec_name(row->codec));
		for (size_t k = 0; k < i && (other = nlab_sockopt_at(k)); k++) {
			assert_string_not_equal(row->name, other->name);
		}
	}
	assert_null(nlab_sockopt_find(SOL_SOCKET, 9999));
}

static void special_values(void **state)
{
	(void)state;
	check("local l, c, s = pair()\n"
	      "assert(c:getsockopt(SOL_SOCKET, SO_ERROR) == 0)\n"
	      "assert(c:getsockopt(SOL_SOCKET, SO_TYPE) == SOCK_STREAM)\n"
	      "assert(c:getsockopt(SOL_SOCKET, SO_PROTOCOL) == IPPROTO_TCP)\n"
	      "assert(c:getsockopt(SOL_SOCKET, SO_DOMAIN) == AF_INET)\n"
	      "assert(l:getsockopt(SOL_SOCKET, SO_ACCEPTCONN) == true)\n"
	      "assert(c:getsockopt(SOL_SOCKET, SO_ACCEPTCONN) == false)\n"
	      "assert(c:setsockopt(SOL_SOCKET, SO_LINGER, {onoff = 1, linger = 0}))\n"
	      "assert(c:getsockopt(SOL_SOCKET, SO_LINGER).onoff == true)\n"
	      "assert(c:setsockopt(SOL_SOCKET, SO_LINGER, false))\n"
	      "assert(c:getsockopt(SOL_SOCKET, SO_LINGER).onoff == false)\n"
	      "assert(s:setsockopt(SOL_SOCKET, SO_LINGER, {onoff = true, linger = 0}))\n"
	      "s:close()\n" /* an RST */
	      "local e = c:getsockopt(SOL_SOCKET, SO_ERROR)\n"
	      "assert(e == ECONNRESET and e.name == 'ECONNRESET')\n"
	      "assert(c:getsockopt(SOL_SOCKET, SO_ERROR) == 0)\n"
	      "l:close() c:close()");
}

static void tcp_info_is_a_table(void **state)
{
	const struct nlab_tcp_info_field *field;
	char chunk[256];
	(void)state;
	check("l, c, s = pair()\n"
	      "c:send('hello') assert(s:recv(10) == 'hello')\n"
	      "info = s:getsockopt(IPPROTO_TCP, TCP_INFO)\n"
	      "assert(info.state == 'ESTABLISHED' and info.bytes_received == 5 and info.data_segs_in == 1)\n"
	      "assert(math.type(info.rto) == 'float' and info.rto >= 0.2 and info.rto < 2)\n"
	      "assert(info.rcv_wscale == c:getsockopt(IPPROTO_TCP, TCP_INFO).snd_wscale)\n"
	      "assert(l:getsockopt(IPPROTO_TCP, TCP_INFO).state == 'LISTEN')\n"
	      "s:close() assert(c:recv(1) == '')\n"
	      "assert(c:getsockopt(IPPROTO_TCP, TCP_INFO).state == 'CLOSE-WAIT')\n"
	      "c:close() l:close()");
	for (size_t i = 0; (field = nlab_tcp_info_at(i)); i++) {
		snprintf(chunk, sizeof chunk, "assert(info.%s ~= nil, '%s')", field->name, field->name);
		check(chunk);
	}
}

static void tcp_info_of_an_older_kernel_is_shorter(void **state)
{
	struct tcp_info info = {.tcpi_state = 4, .tcpi_rcv_wscale = 9, .tcpi_rto = 200000};
	uint64_t value = 0;
	(void)state;
	for (size_t i = 0; nlab_tcp_info_at(i); i++) {
		const struct nlab_tcp_info_field *field = nlab_tcp_info_at(i);
		size_t end = (size_t)field->offset + field->size;
		assert_false(nlab_tcp_info_read(field, &info, end - 1, &value));
		if (end <= sizeof info) {
			assert_true(nlab_tcp_info_read(field, &info, end, &value));
			assert_int_equal(value, strcmp(field->name, "state") == 0        ? 4
						: strcmp(field->name, "rcv_wscale") == 0 ? 9
						: strcmp(field->name, "rto") == 0        ? 200000
											 : 0);
		}
	}
}

static void options_outside_the_table(void **state)
{
	(void)state;
	check("local s <close> = " TCP "\n"
	      "assert(s:setsockopt(SOL_SOCKET, 46, string.pack('i', 0)))\n" /* SO_BUSY_POLL */
	      "assert(s:getsockopt(SOL_SOCKET, 46, 4) == string.pack('i', 0))\n"
	      "local v, e = s:getsockopt(SOL_SOCKET, 9999, 4) assert(v == nil and e == ENOPROTOOPT)\n"
	      "assert(s:getsockopt(SOL_SOCKET, SO_KEEPALIVE, 4) == string.pack('i', 0))\n"
	      "assert(#s:getsockopt(IPPROTO_TCP, TCP_INFO, 8) == 8)\n"
	      "raises('number expected', s.getsockopt, s, SOL_SOCKET, 9999)\n"
	      "raises('string expected', s.setsockopt, s, SOL_SOCKET, 9999, 1)\n"
	      "raises('512', s.setsockopt, s, SOL_SOCKET, 9999, ('x'):rep(513))");
}

static void misuse(void **state)
{
	(void)state;
	check("local s <close> = " TCP "\n"
	      "raises('SO_ERROR can only be read', s.setsockopt, s, SOL_SOCKET, SO_ERROR, 1)\n"
	      "raises('SO_RCVBUFFORCE can only be set', s.getsockopt, s, SOL_SOCKET, SO_RCVBUFFORCE)\n"
	      "raises('true or false', s.setsockopt, s, SOL_SOCKET, SO_REUSEADDR, 'yes')\n"
	      "raises('ns, us, ms, s, min', s.setsockopt, s, SOL_SOCKET, SO_RCVTIMEO, '5 parsecs')\n"
	      "raises('ns, us, ms, s, min', s.setsockopt, s, SOL_SOCKET, SO_RCVTIMEO, true)\n"
	      "raises('whole seconds', s.setsockopt, s, IPPROTO_TCP, TCP_KEEPIDLE, '50ms')\n"
	      "raises('{onoff = true', s.setsockopt, s, SOL_SOCKET, SO_LINGER, true)\n"
	      "raises('field linger', s.setsockopt, s, SOL_SOCKET, SO_LINGER, {onoff = true})\n"
	      "raises('field linger', s.setsockopt, s, SOL_SOCKET, SO_LINGER, {onoff = true, linger = 0.5})\n"
	      "raises('2147483647', s.setsockopt, s, IPPROTO_TCP, TCP_USER_TIMEOUT, 1e8)\n"
	      "raises('2147483647', s.setsockopt, s, SOL_SOCKET, SO_SNDBUF, 1 << 40)");
}

static void tcp_states(void **state)
{
	const char *name;
	(void)state;
	assert_int_equal(nlab_tcp_state_number("SYN-SENT"), TCP_SYN_SENT);
	assert_int_equal(nlab_tcp_state_number("FIN-WAIT-1"), TCP_FIN_WAIT1);
	assert_int_equal(nlab_tcp_state_number("CLOSED"), TCP_CLOSE);
	assert_int_equal(nlab_tcp_state_number("SYN_SENT"), -1);
	assert_string_equal(nlab_tcp_state_name(12), "SYN-RECEIVED");
	assert_null(nlab_tcp_state_name(0));
	size_t count = 0;
	for (; (name = nlab_tcp_state_at(count)); count++) {
		assert_string_equal(nlab_tcp_state_name((unsigned)nlab_tcp_state_number(name)), name);
	}
	assert_int_equal(count, 11);
}

static void loopback_up(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) != 0) {
		perror("set lo up");
		exit(EXIT_FAILURE);
	}
	close(fd);
}

static int tests(void)
{
	const struct CMUnitTest all[] = {
	    cmocka_unit_test(every_option_comes_back),
	    cmocka_unit_test(every_readable_option_reads),
	    cmocka_unit_test(rows_are_found_and_named_once),
	    cmocka_unit_test(special_values),
	    cmocka_unit_test(tcp_info_is_a_table),
	    cmocka_unit_test(tcp_info_of_an_older_kernel_is_shorter),
	    cmocka_unit_test(options_outside_the_table),
	    cmocka_unit_test(misuse),
	    cmocka_unit_test(tcp_states),
	};
	loopback_up();
	return cmocka_run_group_tests(all, state_setup, state_teardown);
}

int main(void)
{
	return namespaces_run(tests);
}

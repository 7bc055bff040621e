/* test_bind_readiness.c: poll and select on sockets, against the real kernel on loopback. */
#include "bind_state.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/time.h>
#include <unistd.h>

static void poll_gives_back_the_same_sockets(void **state)
{
	struct state_log log;
	(void)state;
	check("local l, c, s = pair()\n"
	      "c:send('x')\n"
	      "local n, ready = socket.poll({{l, POLLIN}, {s, POLLIN}, {c, POLLIN | POLLOUT}}, '5s')\n"
	      "assert(n == 2 and #ready == 2)\n"
	      "assert(rawequal(ready[1].socket, s) and ready[1].revents == POLLIN)\n"
	      "assert(rawequal(ready[2].socket, c) and ready[2].revents == POLLOUT)\n"
	      "n, ready = socket.poll({{l, POLLIN}}, 0) assert(n == 0 and #ready == 0)\n"
	      "n, ready = socket.poll({}, '1us') assert(n == 0 and #ready == 0)\n"
	      "s:close() n, ready = socket.poll({{c, POLLRDHUP}}) assert(n == 1 and ready[1].revents & "
	      "POLLRDHUP ~= 0)\n"
	      "l:close() c:close()");
	state_log(&lua, &log);
	assert_non_null(strstr(log.text, ", POLLIN}, {"));
	assert_non_null(strstr(log.text, ", POLLIN|POLLOUT}}, 3, 5000) = 2 [{{"));
	assert_non_null(strstr(log.text, "poll({}, 0, 1) = 0 [{}]"));
	assert_non_null(strstr(log.text, ", POLLRDHUP}}, 1, -1) = 1"));
}

static void select_gives_back_the_same_sockets(void **state)
{
	struct state_log log;
	(void)state;
	check(
	    "local l, c, s = pair()\n"
	    "c:send('x')\n"
	    "local n, r, w, x = socket.select({l, s}, {c}, nil, 5)\n"
	    "assert(n == 2 and #r == 1 and rawequal(r[1], s) and #w == 1 and rawequal(w[1], c) and #x == 0)\n"
	    "n, r, w, x = socket.select({l}, nil, {}, '1ms') assert(n == 0 and #r + #w + #x == 0)\n"
	    "c:send('!', MSG_OOB) n, r, w, x = socket.select(nil, nil, {s}) assert(n == 1 and rawequal(x[1], "
	    "s))\n"
	    "n = socket.select(nil, nil, nil, 0) assert(n == 0)\n"
	    "l:close() c:close() s:close()");
	state_log(&lua, &log);
	assert_non_null(strstr(log.text, ", NULL, {5, 000000}) = 2 [["));
	assert_non_null(strstr(log.text, ", NULL, [], {0, 001000}) = 0 [[], NULL, []]"));
	assert_non_null(strstr(log.text, "], NULL) = 1 [NULL, NULL, ["));
	assert_non_null(strstr(log.text, "select(0, NULL, NULL, NULL, {0, 000000}) = 0"));
}

static void misuse(void **state)
{
	(void)state;
	check("local l, c, s = pair() s:close()\n"
	      "raises('table expected', socket.poll, l)\n"
	      "raises('item 1 must be {socket, events}', socket.poll, {l})\n"
	      "raises('item 2 must be {an open socket', socket.poll, {{l, POLLIN}, {s, POLLIN}})\n"
	      "raises('events like POLLIN|POLLOUT', socket.poll, {{l}})\n"
	      "raises('events like POLLIN|POLLOUT', socket.poll, {{l, 1 << 20}})\n"
	      "raises('ns, us, ms, s, min', socket.poll, {}, 'soon')\n"
	      "raises('at most 2147483 seconds', socket.poll, {}, 1e8)\n"
	      "local many = {} for i = 1, 65 do many[i] = {l, POLLIN} end\n"
	      "raises('at most 64', socket.poll, many)\n"
	      "raises('item 1 must be an open socket', socket.select, {s})\n"
	      "raises('item 2 must be an open socket', socket.select, nil, {c, 5})\n"
	      "raises('table expected', socket.select, c)\n"
	      "raises('0 to 9.2e9', socket.select, nil, nil, nil, -1)\n"
	      "l:close() c:close()");
}

/* A descriptor that does not fit into an fd_set must not be put there. */
static void select_refuses_high_descriptors(void **state)
{
	struct rlimit before, wide;
	(void)state;
	getrlimit(RLIMIT_NOFILE, &before);
	wide = before;
	wide.rlim_cur = FD_SETSIZE + 100 < before.rlim_max ? FD_SETSIZE + 100 : before.rlim_max;
	assert_true(wide.rlim_cur > FD_SETSIZE);
	setrlimit(RLIMIT_NOFILE, &wide);
	int filled = 0, fds[FD_SETSIZE + 1];
	while (filled <= FD_SETSIZE && (fds[filled] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0 &&
	       fds[filled] < FD_SETSIZE - 1) {
		filled++;
	}
	const char *problem = state_run(&lua, "local s = assert(socket.open(host, AF_INET, SOCK_DGRAM))\n"
					      "assert(s:fileno() >= 1024)\n"
					      "raises('use poll()', socket.select, {s})\n"
					      "assert(socket.poll({{s, POLLOUT}}, 5) == 1)\n"
					      "s:close()");
	for (int i = 0; i <= filled; i++) {
		close(fds[i]);
	}
	setrlimit(RLIMIT_NOFILE, &before);
	if (problem) {
		fail_msg("%s", problem);
	}
}

static void on_alarm(int number)
{
	(void)number;
}

static void signals_interrupt_waiting(void **state)
{
	struct sigaction action = {.sa_handler = on_alarm};
	struct itimerval timer = {.it_value.tv_usec = 20000, .it_interval.tv_usec = 20000}, off = {0};
	(void)state;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	const char *problem = state_run(&lua, "local ok, err, more = socket.poll({})\n"
					      "assert(ok == nil and err == EINTR and more == nil)\n"
					      "ok, err, more = socket.select()\n"
					      "assert(ok == nil and err == EINTR and more == nil)");
	setitimer(ITIMER_REAL, &off, NULL);
	if (problem) {
		fail_msg("%s", problem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STATE_TEST(poll_gives_back_the_same_sockets),
	    STATE_TEST(select_gives_back_the_same_sockets),
	    STATE_TEST(misuse),
	    STATE_TEST(select_refuses_high_descriptors),
	    STATE_TEST(signals_interrupt_waiting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

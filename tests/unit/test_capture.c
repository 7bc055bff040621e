/* Tests of kernel/capture.h and bind/capture.h: libpcap on loopback. */
#include "base/clock.h"
#include "bind/capture.h"
#include "bind/context.h"
#include "kernel/capture.h"
#include "kernel/ethtool.h"
#include "kernel/link.h"

#include "namespaces.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <lauxlib.h>
#include <lualib.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>

#define HEADERS 42 /* Ethernet, IPv4 and UDP */
#define LIMIT   (10 * NLAB_NS_PER_S)

static const struct nlab_capture_options usual = {
    .interface = "lo",
    .filter = "udp dst port 9000",
    .snaplen = NLAB_CAPTURE_SNAPLEN,
    .ring_bytes = NLAB_CAPTURE_RING_BYTES,
};

static int setup(void **state)
{
	struct nlab_netlink netlink;
	int *s = malloc(sizeof *s);
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	assert_true(nlab_netlink_open(&netlink, NULL));
	nlab_link_mtu(&netlink, NLAB_LINK_LOOPBACK, 1500);
	nlab_link_up(&netlink, NLAB_LINK_LOOPBACK, true);
	assert_true(nlab_netlink_run(&netlink, NULL));
	assert_true(nlab_ethtool_offloads_off(nlab_netlink_fd(&netlink), "lo", NULL));
	nlab_netlink_close(&netlink);
	*s = socket(AF_INET, SOCK_DGRAM, 0);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	close(*(int *)*state);
	free(*state);
	return 0;
}

static void send_to(void **state, uint16_t port, size_t length)
{
	static const char bytes[1400];
	const struct sockaddr_in to = {
	    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	assert_true(sendto(*(int *)*state, bytes, length, 0, (const struct sockaddr *)&to, sizeof to) >= 0 ||
		    errno == ECONNREFUSED);
}

static void open_capture(struct nlab_capture *capture, const struct nlab_capture_options *options)
{
	struct nlab_error error;
	if (!nlab_capture_open(capture, options, &error)) {
		fail_msg("%s: %s", error.step, error.subject);
	}
}

static void test_frames_come_with_times_and_lengths(void **state)
{
	struct nlab_capture capture;
	struct nlab_captured frame;
	struct nlab_capture_stats stats;
	struct nlab_error error;
	open_capture(&capture, &usual);
	assert_int_equal(nlab_capture_next(&capture, 0, &frame, &error), NLAB_CAPTURE_TIMEOUT);
	int64_t before = nlab_clock_recording_ns();
	send_to(state, 9001, 1);
	send_to(state, 9000, 1);
	send_to(state, 9000, 2);
	for (uint32_t i = 1; i <= 2;
	     i++) { /* each once, without the one to another port and its ICMP error */
		assert_int_equal(nlab_capture_next(&capture, LIMIT, &frame, &error), NLAB_CAPTURE_FRAME);
		assert_int_equal(frame.length, HEADERS + i);
		assert_int_equal(frame.captured, frame.length);
		assert_int_equal(frame.bytes[36] << 8 | frame.bytes[37], 9000);
		assert_in_range(frame.time_ns, before, nlab_clock_recording_ns());
		before = frame.time_ns;
	}
	assert_int_equal(nlab_capture_next(&capture, 20000000, &frame, &error), NLAB_CAPTURE_TIMEOUT);
	assert_true(nlab_capture_stats(&capture, &stats, &error));
	assert_int_equal(stats.received, 2);
	assert_int_equal(stats.dropped, 0);
	nlab_capture_close(&capture);
	nlab_capture_close(&capture);
}

static void test_snaplen(void **state)
{
	struct nlab_capture capture;
	struct nlab_captured frame;
	struct nlab_capture_options options = usual;
	options.snaplen = 20;
	open_capture(&capture, &options);
	send_to(state, 9000, 100);
	assert_int_equal(nlab_capture_next(&capture, LIMIT, &frame, NULL), NLAB_CAPTURE_FRAME);
	assert_int_equal(frame.length, HEADERS + 100);
	assert_int_equal(frame.captured, 20);
	nlab_capture_close(&capture);
}

static void test_the_ring_holds_a_burst(void **state)
{
	struct nlab_capture capture;
	struct nlab_captured frame;
	open_capture(&capture, &usual);
	for (uint32_t i = 0; i < 100; i++) {
		send_to(state, 9000, i);
	}
	for (uint32_t i = 0; i < 100; i++) {
		assert_int_equal(nlab_capture_next(&capture, LIMIT, &frame, NULL), NLAB_CAPTURE_FRAME);
		assert_int_equal(frame.length, HEADERS + i);
	}
	nlab_capture_close(&capture);
}

static void test_save_writes_all_and_hands_out_the_rest(void **state)
{
	char path[] = "/tmp/nlab-capture-XXXXXX", text[PCAP_ERRBUF_SIZE];
	struct nlab_capture capture;
	struct nlab_captured frame;
	struct nlab_error error;
	int fd = mkstemp(path);
	uint32_t magic = 0;
	open_capture(&capture, &usual);
	send_to(state, 9000, 1);
	send_to(state, 9000, 2);
	assert_int_equal(nlab_capture_next(&capture, LIMIT, &frame, &error), NLAB_CAPTURE_FRAME);
	int64_t first_ns = frame.time_ns;
	assert_true(nlab_capture_save(&capture, path, &error));
	assert_int_equal(nlab_capture_next(&capture, 0, &frame, &error), NLAB_CAPTURE_FRAME);
	assert_int_equal(frame.length, HEADERS + 2);
	assert_int_equal(read(fd, &magic, sizeof magic), sizeof magic);
	assert_int_equal(magic, 0xa1b23c4d); /* nanoseconds */
	pcap_t *file = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, text);
	struct pcap_pkthdr *header;
	const u_char *bytes;
	assert_non_null(file);
	assert_int_equal(pcap_next_ex(file, &header, &bytes), 1);
	assert_int_equal(header->ts.tv_sec * NLAB_NS_PER_S + header->ts.tv_usec, first_ns);
	assert_int_equal(pcap_next_ex(file, &header, &bytes), 1);
	assert_int_equal(header->len, HEADERS + 2);
	assert_int_equal(pcap_next_ex(file, &header, &bytes), PCAP_ERROR_BREAK);
	pcap_close(file);
	assert_false(nlab_capture_save(&capture, "/nowhere/at/all.pcap", &error));
	assert_non_null(strstr(error.subject, "/nowhere/at/all.pcap"));
	nlab_capture_close(&capture);
	close(fd);
	unlink(path);
}

static void test_what_is_kept_is_bounded(void **state)
{
	struct nlab_capture capture;
	struct nlab_captured frame;
	struct nlab_error error;
	size_t bytes = 0;
	open_capture(&capture, &usual);
	for (;;) {
		send_to(state, 9000, 1400);
		if (nlab_capture_next(&capture, LIMIT, &frame, &error) != NLAB_CAPTURE_FRAME) {
			break;
		}
		bytes += frame.captured;
		assert_true(bytes < NLAB_CAPTURE_KEPT_BYTES);
	}
	assert_int_equal(error.code, ENOBUFS);
	assert_true(bytes > NLAB_CAPTURE_KEPT_BYTES * 9 / 10);
	assert_int_equal(nlab_capture_next(&capture, 0, &frame, &error), NLAB_CAPTURE_FAILED);
	assert_false(nlab_capture_save(&capture, "/dev/null", &error)); /* it would not be all */
	assert_int_equal(error.code, ENOBUFS);
	nlab_capture_close(&capture);
}

static void ignore(int signal)
{
	(void)signal;
}

static void test_a_signal_ends_the_wait(void **state)
{
	const struct sigaction action = {.sa_handler = ignore};
	const struct itimerval often = {.it_value = {.tv_usec = 2000}, .it_interval = {.tv_usec = 2000}};
	const struct itimerval never = {.it_value = {0}};
	struct nlab_capture capture;
	struct nlab_captured frame;
	(void)state;
	open_capture(&capture, &usual);
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	assert_int_equal(nlab_capture_next(&capture, -1, &frame, NULL), NLAB_CAPTURE_INTERRUPTED);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	nlab_capture_close(&capture);
}

static void test_refusals_have_the_words_of_libpcap(void **state)
{
	struct nlab_capture capture;
	struct nlab_error error;
	struct nlab_capture_options options = usual;
	(void)state;
	assert_true(nlab_capture_check_filter("tcp[tcpflags] & tcp-syn != 0", &error));
	assert_false(nlab_capture_check_filter("udp prot 9000", &error));
	assert_non_null(strstr(error.subject, "\"udp prot 9000\": "));
	assert_non_null(strstr(error.subject, "syntax error"));
	options.filter = "udp prot 9000";
	assert_false(nlab_capture_open(&capture, &options, &error));
	assert_non_null(strstr(error.subject, "syntax error"));
	nlab_capture_close(&capture);
	options = usual;
	options.interface = "eth7";
	assert_false(nlab_capture_open(&capture, &options, &error));
	assert_non_null(strstr(error.subject, "eth7: "));
	assert_non_null(strstr(error.subject, "No such device"));
	nlab_capture_close(&capture);
}

/* ---- as Lua sees it: a state whose host 1 is the current network namespace ---- */

static const char script[] =
    "local host = {id = 1}\n"
    "local function refused(text, ...)\n"
    "  local ok, message = pcall(...)\n"
    "  assert(not ok and message:find(text, 1, true), message)\n"
    "end\n"
    "assert(capture.compile_filter('tcp'))\n"
    "refused('syntax error', capture.compile_filter, 'tcp and and')\n"
    "refused('udp prot 1', capture.open, host, {interface = 'lo', filter = 'udp prot 1'})\n"
    "refused('No such device', capture.open, host, {interface = 'eth7'})\n"
    "refused(\"unknown capture option 'filtr'\", capture.open, host, {filtr = 'udp'})\n"
    "refused(\"capture option 'snaplen'\", capture.open, host, {snaplen = 0})\n"
    "refused(\"capture option 'promisc'\", capture.open, host, {promisc = 1})\n"
    "refused('host expected', capture.open, {}, {})\n"
    "local c <close> = capture.open(host, {interface = 'lo', filter = 'udp dst port 9000', snaplen = 50})\n"
    "assert(tostring(c) == 'capture on lo of host 1', tostring(c))\n"
    "local frame, why = c:next(0)\n"
    "assert(frame == nil and why == 'timeout')\n"
    "send(20)\n"
    "frame = c:next('5s')\n"
    "assert(frame.length == 62 and frame.captured == 50 and #frame.data == 50)\n"
    "assert(math.type(frame.time_ns) == 'integer' and math.abs(frame.time - frame.time_ns / 1e9) < 1e-5)\n"
    "assert(frame.data:sub(37, 38) == string.pack('>I2', 9000))\n"
    "assert(c:next(0.01) == nil)\n"
    "local stats = c:stats()\n"
    "assert(stats.received == 1 and stats.dropped == 0 and stats.if_dropped == 0)\n"
    "assert(c:save('/dev/null'))\n"
    "refused('/nowhere/x', c.save, c, '/nowhere/x')\n"
    "refused('ns, us, ms, s', c.next, c, '3 weeks')\n"
    "c:close()\n"
    "c:close()\n"
    "assert(tostring(c):find('closed', 1, true))\n"
    "refused('closed', c.next, c)\n"
    "refused('closed', c.stats, c)\n";

static int lua_send(lua_State *L)
{
	const struct sockaddr_in to = {
	    .sin_family = AF_INET, .sin_port = htons(9000), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int s = (int)lua_tointeger(L, lua_upvalueindex(1));
	char bytes[100] = {0};
	size_t length = (size_t)luaL_checkinteger(L, 1);
	if (length > sizeof bytes ||
	    sendto(s, bytes, length, 0, (const struct sockaddr *)&to, sizeof to) < 0) {
		return luaL_error(L, "cannot send");
	}
	return 0;
}

static void test_lua(void **state)
{
	struct nlab_context context = {.lab = -1};
	memset(context.host_namespace, -1, sizeof context.host_namespace);
	context.host_namespace[1] = namespaces_network();
	lua_State *L = luaL_newstate();
	luaL_openlibs(L);
	nlab_context_set(L, &context);
	luaL_requiref(L, "capture", luaopen_netlab_capture, 1);
	lua_pop(L, 1);
	lua_pushinteger(L, *(int *)*state);
	lua_pushcclosure(L, lua_send, 1);
	lua_setglobal(L, "send");
	if (luaL_dostring(L, script) != LUA_OK) {
		fail_msg("%s", lua_tostring(L, -1));
	}
	lua_close(L);
	close(context.host_namespace[1]);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

static int tests(void)
{
	const struct CMUnitTest group[] = {
	    TEST(test_frames_come_with_times_and_lengths),
	    TEST(test_snaplen),
	    TEST(test_the_ring_holds_a_burst),
	    TEST(test_save_writes_all_and_hands_out_the_rest),
	    TEST(test_what_is_kept_is_bounded),
	    TEST(test_a_signal_ends_the_wait),
	    TEST(test_refusals_have_the_words_of_libpcap),
	    TEST(test_lua),
	};
	return cmocka_run_group_tests_name("capture", group, NULL, NULL);
}

int main(void)
{
	return namespaces_run(tests);
}

/* Tests of kernel/sockdiag.h and bind/diag.h: sockets in each kind of state, on loopback and towards nobody. */
#include "bind/context.h"
#include "bind/diag.h"
#include "kernel/link.h"
#include "kernel/sockdiag.h"

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
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#define PORT 9000

static int setup(void **state)
{
	struct nlab_netlink netlink;
	struct nlab_sockdiag *diag = calloc(1, sizeof *diag);
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	assert_true(nlab_netlink_open(&netlink, NULL));
	nlab_link_up(&netlink, NLAB_LINK_LOOPBACK, true);
	assert_true(nlab_netlink_run(&netlink, NULL));
	nlab_netlink_close(&netlink);
	assert_true(nlab_sockdiag_open(diag, NULL));
	*state = diag;
	return 0;
}

static int teardown(void **state)
{
	nlab_sockdiag_close(*state);
	free(*state);
	return 0;
}

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){
	    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

static int bound(int type, uint16_t port)
{
	struct sockaddr_in own = loopback(port);
	int s = socket(AF_INET, type, 0);
	assert_true(s >= 0);
	assert_int_equal(bind(s, (struct sockaddr *)&own, sizeof own), 0);
	return s;
}

static int listening(int backlog)
{
	int s = bound(SOCK_STREAM, PORT);
	assert_int_equal(listen(s, backlog), 0);
	return s;
}

static int connected(void)
{
	struct sockaddr_in to = loopback(PORT);
	int s = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(s, (struct sockaddr *)&to, sizeof to), 0);
	return s;
}

static struct nlab_socket_list list(struct nlab_sockdiag *diag)
{
	struct nlab_socket_list all = {0};
	struct nlab_error error;
	char text[512];
	if (!nlab_sockdiag_list(diag, &all, &error)) {
		fail_msg("%s", nlab_error_text(&error, text, sizeof text));
	}
	return all;
}

/* How many sockets have this state and PORT as local or remote port; *found is the last one. */
static unsigned find_sockets(struct nlab_sockdiag *diag, unsigned state, bool server,
			     struct nlab_socket_info *found)
{
	struct nlab_socket_list all = list(diag);
	unsigned count = 0;
	for (size_t i = 0; i < all.count; i++) {
		const struct nlab_socket_info *info = &all.sockets[i];
		if (info->state == state && (server ? info->port : info->peer_port) == PORT) {
			*found = *info;
			count++;
		}
	}
	nlab_socket_list_free(&all);
	return count;
}

/* The only such socket, once there is exactly one: an ACK may be delayed. Fails after 5 s. */
static struct nlab_socket_info only(struct nlab_sockdiag *diag, unsigned state, bool server)
{
	struct nlab_socket_info found = {0};
	for (int tries = 0; tries < 5000; tries++) {
		if (find_sockets(diag, state, server, &found) == 1) {
			return found;
		}
		usleep(1000);
	}
	fail_msg("there is not exactly one socket in state %u", state);
	return found;
}

static void test_nothing(void **state)
{
	struct nlab_socket_list all = list(*state);
	assert_int_equal(all.count, 0);
	nlab_socket_list_free(&all);
}

static void test_a_listener_and_who_waits_in_its_queue(void **state)
{
	int server = listening(7);
	int client = connected();
	struct nlab_socket_info info = only(*state, TCP_LISTEN, true);
	assert_int_equal(info.family, AF_INET);
	assert_int_equal(info.protocol, IPPROTO_TCP);
	assert_int_equal(info.peer_port, 0);
	assert_int_equal(info.receive_queue, 1);
	assert_int_equal(info.send_queue, 7);
	assert_true(info.inode != 0);
	assert_false(info.orphan);
	assert_memory_equal(info.address, "\x7f\0\0\1", 4);
	info = only(*state, TCP_ESTABLISHED, true); /* not accepted: no descriptor, and yet no orphan */
	assert_int_equal(info.inode, 0);
	assert_false(info.orphan);
	info = only(*state, TCP_ESTABLISHED, false);
	assert_true(info.inode != 0);
	assert_int_equal(info.timer, NLAB_SOCKET_TIMER_NONE);
	close(client);
	close(server);
}

static void test_queues(void **state)
{
	int server = listening(1), client = connected();
	int accepted = accept(server, NULL, NULL);
	assert_int_equal(send(client, "hello", 5, 0), 5);
	assert_int_equal(only(*state, TCP_ESTABLISHED, true).receive_queue, 5);
	close(accepted);
	close(client);
	close(server);
}

static void test_an_orphan_and_time_wait(void **state)
{
	int server = listening(1), client = connected();
	int accepted = accept(server, NULL, NULL);
	close(client);
	struct nlab_socket_info info = only(*state, TCP_FIN_WAIT2, false);
	assert_true(info.orphan);
	assert_int_equal(info.inode, 0);
	assert_non_null(nlab_socket_timer_name(info.timer));
	assert_in_range(info.expires_ms, 1000, 60000);
	info = only(*state, TCP_CLOSE_WAIT, true);
	assert_false(info.orphan);
	close(accepted);
	info = only(*state, TCP_TIME_WAIT, false);
	assert_int_equal(info.timer, NLAB_SOCKET_TIMER_TIME_WAIT);
	assert_in_range(info.expires_ms, 1000, 61000);
	assert_false(info.orphan);
	close(server);
}

static void test_fin_wait_2_with_a_descriptor_is_no_orphan(void **state)
{
	int server = listening(1), client = connected();
	int accepted = accept(server, NULL, NULL);
	assert_int_equal(shutdown(client, SHUT_WR), 0);
	struct nlab_socket_info info = only(*state, TCP_FIN_WAIT2, false);
	assert_false(info.orphan);
	assert_true(info.inode != 0);
	close(client);
	close(accepted);
	close(server);
}

static void test_bound_and_idle(void **state)
{
	int s = bound(SOCK_STREAM, PORT);
	struct nlab_socket_info info = only(*state, TCP_CLOSE, true);
	assert_int_equal(info.protocol, IPPROTO_TCP);
	assert_false(info.orphan);
	close(s);
}

static void test_syn_received(void **state)
{
	int wait = 5, server = listening(1);
	assert_int_equal(setsockopt(server, IPPROTO_TCP, TCP_DEFER_ACCEPT, &wait, sizeof wait), 0);
	int client = connected(); /* without data the listener keeps the request as it is */
	struct nlab_socket_info info = only(*state, TCP_SYN_RECV, true);
	assert_int_equal(info.timer, NLAB_SOCKET_TIMER_RETRANSMIT);
	assert_false(info.orphan);
	close(client);
	close(server);
}

static void test_syn_sent_is_retransmitted(void **state)
{
	static const uint8_t nobody[6] = {2, 0, 0, 0, 0, 9};
	const struct nlab_link_end near = {"eth0", NULL, 2}, far = {"eth1", NULL, 3};
	struct in_addr own = {htonl(0x0a000001)}, peer = {htonl(0x0a000002)};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr = peer};
	struct nlab_netlink netlink;
	int here = namespaces_network();
	assert_true(nlab_netlink_open(&netlink, NULL));
	nlab_link_pair(&netlink, &near, &far, here, 1500);
	nlab_link_address(&netlink, 2, AF_INET, &own, 24);
	nlab_link_neighbour(&netlink, 2, AF_INET, &peer, nobody);
	nlab_link_up(&netlink, 2, true);
	nlab_link_up(&netlink, 3, true);
	assert_true(nlab_netlink_run(&netlink, NULL));
	int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_int_equal(connect(s, (struct sockaddr *)&to, sizeof to), -1);
	assert_int_equal(errno, EINPROGRESS);
	struct nlab_socket_info info = only(*state, TCP_SYN_SENT, false);
	assert_int_equal(info.timer, NLAB_SOCKET_TIMER_RETRANSMIT);
	assert_in_range(info.expires_ms, 1, 1100);
	assert_int_equal(info.retransmits, 0);
	while (only(*state, TCP_SYN_SENT, false).retransmits == 0) {
		usleep(20000);
	}
	close(s);
	close(here);
	nlab_netlink_close(&netlink);
}

static void test_ipv6_and_udp(void **state)
{
	struct sockaddr_in6 own = {
	    .sin6_family = AF_INET6, .sin6_port = htons(PORT), .sin6_addr = in6addr_loopback};
	struct sockaddr_in to = loopback(PORT);
	int six = socket(AF_INET6, SOCK_STREAM, 0), server = bound(SOCK_DGRAM, PORT);
	int client = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(bind(six, (struct sockaddr *)&own, sizeof own), 0);
	assert_int_equal(listen(six, 1), 0);
	struct nlab_socket_info info = only(*state, TCP_LISTEN, true);
	assert_int_equal(info.family, AF_INET6);
	assert_memory_equal(info.address, &in6addr_loopback, 16);
	info = only(*state, TCP_CLOSE, true); /* UDP without a peer */
	assert_int_equal(info.protocol, IPPROTO_UDP);
	assert_int_equal(connect(client, (struct sockaddr *)&to, sizeof to), 0);
	assert_int_equal(send(client, "12345", 5, 0), 5);
	info = only(*state, TCP_ESTABLISHED, false);
	assert_int_equal(info.protocol, IPPROTO_UDP);
	assert_true(only(*state, TCP_CLOSE, true).receive_queue >= 5); /* counts the kernel's overhead too */
	close(six);
	close(server);
	close(client);
}

static void test_the_order_is_stable(void **state)
{
	int sockets[40];
	for (uint16_t i = 0; i < 40; i++) {
		sockets[i] = bound(SOCK_STREAM, (uint16_t)(PORT + (i * 7) % 40));
		assert_int_equal(listen(sockets[i], 1), 0);
	}
	struct nlab_socket_list all = list(*state);
	assert_int_equal(all.count, 40);
	for (uint16_t i = 0; i < 40; i++) {
		assert_int_equal(all.sockets[i].port, PORT + i);
		close(sockets[i]);
	}
	assert_true(nlab_sockdiag_list(*state, &all, NULL)); /* the same memory again */
	assert_int_equal(all.count, 0);
	nlab_socket_list_free(&all);
}

static void test_find(void **state)
{
	struct nlab_socket_info found, key;
	struct nlab_error error;
	int server = listening(1), client = connected();
	key = only(*state, TCP_ESTABLISHED, false);
	assert_true(nlab_sockdiag_find(*state, &key, &found, &error));
	assert_memory_equal(&found, &key, sizeof key);
	key = only(*state, TCP_LISTEN, true);
	assert_true(nlab_sockdiag_find(*state, &key, &found, &error));
	assert_int_equal(found.state, TCP_LISTEN);
	key.peer_port = 1; /* the kernel would answer with the listener */
	memcpy(key.peer_address, key.address, sizeof key.address);
	assert_false(nlab_sockdiag_find(*state, &key, &found, &error));
	assert_int_equal(error.code, ENOENT);
	close(server);
	close(client);
}

static void test_timer_names(void **state)
{
	(void)state;
	assert_null(nlab_socket_timer_name(NLAB_SOCKET_TIMER_NONE));
	assert_string_equal(nlab_socket_timer_name(NLAB_SOCKET_TIMER_PROBE), "probe");
	assert_null(nlab_socket_timer_name(5));
	assert_null(nlab_socket_timer_name(255));
}

/* ---- as Lua sees it: a state whose host 1 is the current network namespace ---- */

static const char script[] =
    "local host = {id = 1}\n"
    "local list = diag.sockets(host)\n"
    "assert(#list == 4, #list)\n"
    "local client, server, listener, udp = nil, nil, nil, list[4]\n"
    "for _, s in ipairs(list) do\n"
    "  if s.state == 'LISTEN' then listener = s\n"
    "  elseif s.proto == 'tcp' and s.port == 9000 then server = s\n"
    "  elseif s.proto == 'tcp' then client = s end\n"
    "end\n"
    "assert(listener.ip == '127.0.0.1' and listener.port == 9000 and listener.family == 2)\n"
    "assert(listener.peer_ip == nil and listener.peer_port == nil and listener.recv_queue == 1)\n"
    "assert(client.state == 'FIN-WAIT-2' and client.orphan and client.inode == 0)\n"
    "assert(client.peer_port == 9000 and client.peer_ip == '127.0.0.1')\n"
    "assert(client.timer and client.expires > 1 and client.expires <= 60, client.expires)\n"
    "assert(server.state == 'CLOSE-WAIT' and not server.orphan and server.peer_port == client.port)\n"
    "assert(server.timer == nil and server.expires == nil and server.retransmits == 0)\n"
    "assert(udp.proto == 'udp' and udp.state == 'UNCONNECTED' and udp.inode > 0)\n"
    "local ok, message = pcall(diag.sockets, {})\n"
    "assert(not ok and message:find('host expected', 1, true), message)\n"
    "ok, message = pcall(diag.sockets, {id = 2})\n"
    "assert(not ok and message:find('2', 1, true), message)\n";

static void test_lua(void **state)
{
	struct nlab_context context = {.lab = -1};
	memset(context.host_namespace, -1, sizeof context.host_namespace);
	context.host_namespace[1] = namespaces_network();
	int server = listening(1), client = connected(), udp = bound(SOCK_DGRAM, PORT);
	close(client);
	only(*state, TCP_FIN_WAIT2, false);
	lua_State *L = luaL_newstate();
	luaL_openlibs(L);
	nlab_context_set(L, &context);
	luaL_requiref(L, "diag", luaopen_netlab_diag, 1);
	lua_pop(L, 1);
	if (luaL_dostring(L, script) != LUA_OK) {
		fail_msg("%s", lua_tostring(L, -1));
	}
	lua_close(L);
	close(context.host_namespace[1]);
	close(server);
	close(udp);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

static int tests(void)
{
	const struct CMUnitTest group[] = {
	    TEST(test_nothing),
	    TEST(test_a_listener_and_who_waits_in_its_queue),
	    TEST(test_queues),
	    TEST(test_an_orphan_and_time_wait),
	    TEST(test_fin_wait_2_with_a_descriptor_is_no_orphan),
	    TEST(test_bound_and_idle),
	    TEST(test_syn_received),
	    TEST(test_syn_sent_is_retransmitted),
	    TEST(test_ipv6_and_udp),
	    TEST(test_the_order_is_stable),
	    TEST(test_find),
	    TEST(test_timer_names),
	    TEST(test_lua),
	};
	return cmocka_run_group_tests_name("sockdiag", group, NULL, NULL);
}

int main(void)
{
	return namespaces_run(tests);
}

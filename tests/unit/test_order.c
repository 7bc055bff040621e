/* Tests of facts/order.h: messages and descriptors over a SOCK_SEQPACKET socket. */
#include "facts/order.h"

#include "descriptors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int ends[2];

static int setup(void **state)
{
	(void)state;
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
}

static int teardown(void **state)
{
	(void)state;
	close(ends[0]);
	close(ends[1]);
	return 0;
}

static void an_order_arrives_as_it_was_sent(void **state)
{
	struct nlab_order sent = {.kind = NLAB_ORDER_RULE, .count = 7, .text = "drop SYN"}, got;
	struct nlab_reply reply;
	int fd = 99;
	(void)state;
	assert_true(nlab_order_send(ends[0], &sent, sizeof sent, -1));
	assert_int_equal(nlab_order_receive(ends[1], &got, sizeof got, &fd, 0), sizeof got);
	assert_memory_equal(&sent, &got, sizeof sent);
	assert_int_equal(fd, -1);
	assert_int_equal(nlab_order_receive(ends[1], &reply, sizeof reply, &fd, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(fd, -1);
}

static void a_descriptor_comes_along(void **state)
{
	struct stat sent, got;
	int byte = 5, fd = -1;
	(void)state;
	assert_true(nlab_order_send(ends[0], &byte, sizeof byte, ends[0]));
	assert_int_equal(nlab_order_receive(ends[1], &byte, sizeof byte, &fd, 0), sizeof byte);
	assert_int_equal(fstat(ends[0], &sent), 0);
	assert_int_equal(fstat(fd, &got), 0);
	assert_int_equal(sent.st_ino, got.st_ino);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
}

static void a_descriptor_that_nobody_wants_is_closed(void **state)
{
	int before = descriptors_open(), byte = 0;
	(void)state;
	for (int i = 0; i < 10; i++) {
		assert_true(nlab_order_send(ends[0], &byte, sizeof byte, ends[0]));
		assert_int_equal(nlab_order_receive(ends[1], &byte, sizeof byte, NULL, 0), sizeof byte);
	}
	assert_int_equal(descriptors_open(), before);
}

/* Send a message with two descriptors: one more than a receiver has room for. */
static void send_two(int socket, const void *message, size_t size, int fd)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control = {0};
	struct iovec part = {.iov_base = (void *)(uintptr_t)message, .iov_len = size};
	struct msghdr header = {.msg_iov = &part,
				.msg_iovlen = 1,
				.msg_control = control.room,
				.msg_controllen = sizeof control.room};
	const int given[2] = {fd, fd};
	struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof given);
	memcpy(CMSG_DATA(rights), given, sizeof given);
	assert_int_equal(sendmsg(socket, &header, 0), size);
}

static void of_two_descriptors_none_is_left(void **state)
{
	int before = descriptors_open(), byte = 0, fd = -1;
	(void)state;
	for (int i = 0; i < 10; i++) {
		send_two(ends[0], &byte, sizeof byte, ends[0]);
		assert_int_equal(nlab_order_receive(ends[1], &byte, sizeof byte, &fd, 0), sizeof byte);
		close(fd);
	}
	assert_int_equal(descriptors_open(), before);
}

static void messages_of_other_sizes_keep_apart(void **state)
{
	char longer[100] = "", byte = 'b';
	(void)state;
	assert_true(nlab_order_send(ends[0], longer, sizeof longer, -1));
	assert_true(nlab_order_send(ends[0], &byte, 1, -1));
	assert_int_equal(nlab_order_receive(ends[1], longer, 10, NULL, 0), 10);
	assert_int_equal(nlab_order_receive(ends[1], longer, sizeof longer, NULL, 0), 1);
	assert_int_equal(longer[0], 'b');
}

static void the_end_is_told(void **state)
{
	int byte = 0;
	(void)state;
	close(ends[0]);
	ends[0] = -1;
	assert_int_equal(nlab_order_receive(ends[1], &byte, sizeof byte, NULL, 0), 0);
	assert_false(nlab_order_send(ends[1], &byte, sizeof byte, -1)); /* and no SIGPIPE */
	assert_int_equal(errno, EPIPE);
	assert_int_equal(nlab_order_receive(-1, &byte, sizeof byte, NULL, 0), -1);
	assert_int_equal(errno, EBADF);
}

static void ignore(int number)
{
	(void)number;
}

/* A signal is no end: the call goes on. The child sends signals until it has seen the parent take the message. */
static void a_signal_does_not_end_a_wait(void **state)
{
	struct sigaction action = {.sa_handler = ignore}, before;
	int byte = 0, status;
	(void)state;
	sigaction(SIGUSR1, &action, &before);
	pid_t child = fork();
	if (child == 0) {
		for (int i = 0; i < 50; i++) {
			kill(getppid(), SIGUSR1);
			usleep(1000);
		}
		_exit(nlab_order_send(ends[0], &byte, sizeof byte, -1) ? 0 : 1);
	}
	assert_int_equal(nlab_order_receive(ends[1], &byte, sizeof byte, NULL, 0), sizeof byte);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	sigaction(SIGUSR1, &before, NULL);
}

static void actions_have_names(void **state)
{
	(void)state;
	assert_string_equal(nlab_action_name(NLAB_ACTION_DROP), "drop");
	assert_string_equal(nlab_action_name(NLAB_ACTION_CUT), "cut");
	assert_string_equal(nlab_action_name(0), "unknown");
	assert_string_equal(nlab_action_name(NLAB_ACTION_COUNT), "unknown");
	for (unsigned action = 1; action < NLAB_ACTION_COUNT; action++) {
		assert_string_not_equal(nlab_action_name(action), "unknown");
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(an_order_arrives_as_it_was_sent),
	    TEST(a_descriptor_comes_along),
	    TEST(a_descriptor_that_nobody_wants_is_closed),
	    TEST(of_two_descriptors_none_is_left),
	    TEST(messages_of_other_sizes_keep_apart),
	    TEST(the_end_is_told),
	    TEST(a_signal_does_not_end_a_wait),
	    cmocka_unit_test(actions_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

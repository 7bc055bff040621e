/* Tests of main/broker.h: which files a script gets, and which never. */
#include "main/broker.h"

#include "descriptors.h"
#include "facts/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct bench {
	char path[64]; /* of the folder */
	int folder;
	int asks, runner; /* the ends of the files socket */
};

static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);
	int ends[2];
	strcpy(bench->path, "/tmp/netlab-broker-XXXXXX");
	assert_non_null(mkdtemp(bench->path));
	bench->folder = open(bench->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = openat(bench->folder, "file.lua", O_CREAT | O_WRONLY, 0600);
	assert_int_equal(write(fd, "return 1\n", 9), 9);
	close(fd);
	assert_int_equal(mkdirat(bench->folder, "sub", 0700), 0);
	assert_int_equal(linkat(bench->folder, "file.lua", bench->folder, "sub/file.lua", 0), 0);
	assert_int_equal(symlinkat("../file.lua", bench->folder, "sub/link"), 0);
	assert_int_equal(symlinkat("/etc/passwd", bench->folder, "out"), 0);
	assert_int_equal(symlinkat("../../etc/passwd", bench->folder, "up"), 0);
	assert_int_equal(mkfifoat(bench->folder, "fifo", 0600), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	bench->asks = ends[0];
	bench->runner = ends[1];
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = {"fifo", "up", "out", "sub/link", "sub/file.lua", "file.lua"};
	struct bench *bench = *state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		unlinkat(bench->folder, names[i], 0);
	}
	unlinkat(bench->folder, "sub", AT_REMOVEDIR);
	rmdir(bench->path);
	close(bench->folder);
	close(bench->asks);
	close(bench->runner);
	free(bench);
	return 0;
}

/* Ask for a path; returns the errno that came back, and the descriptor. */
static int ask(const struct bench *bench, const char *path, size_t length, int *fd)
{
	int ends[2], code = -1;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	assert_true(nlab_order_send(bench->asks, path, length, ends[1]));
	nlab_broker_serve(bench->runner, bench->folder);
	close(ends[1]);
	assert_int_equal(nlab_order_receive(ends[0], &code, sizeof code, fd, MSG_DONTWAIT), sizeof code);
	close(ends[0]);
	return code;
}

static void assert_given(const struct bench *bench, const char *path)
{
	char text[16] = "";
	int fd = -1;
	assert_int_equal(ask(bench, path, strlen(path), &fd), 0);
	assert_int_equal(read(fd, text, sizeof text), 9);
	assert_string_equal(text, "return 1\n");
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	close(fd);
}

static void assert_refused(const struct bench *bench, const char *path, int code)
{
	int fd = -1;
	assert_int_equal(ask(bench, path, strlen(path), &fd), code);
	assert_int_equal(fd, -1);
}

static void files_beneath_the_folder(void **state)
{
	const struct bench *bench = *state;
	assert_given(bench, "file.lua");
	assert_given(bench, "sub/file.lua");
	assert_given(bench, "sub/../file.lua");
	assert_given(bench, "./sub/link");
}

static void nothing_outside_of_it(void **state)
{
	struct bench *bench = *state;
	char path[128];
	snprintf(path, sizeof path, "../%s/file.lua", strrchr(bench->path, '/') + 1);
	assert_refused(bench, path, EXDEV);
	snprintf(path, sizeof path, "%s/file.lua", bench->path);
	assert_refused(bench, path, EXDEV);
	assert_refused(bench, "/etc/passwd", EXDEV);
	assert_refused(bench, "../../../../etc/passwd", EXDEV);
	assert_refused(bench, "out", EXDEV);
	assert_refused(bench, "up", EXDEV);
}

static void nothing_but_files(void **state)
{
	struct bench *bench = *state;
	assert_refused(bench, "fifo", ENOENT); /* and it does not wait for a writer */
	assert_refused(bench, "sub", ENOENT);
	assert_refused(bench, ".", ENOENT);
	close(bench->folder);
	bench->folder = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_refused(bench, "null", ENOENT);
	assert_refused(bench, "zero", ENOENT);
	close(bench->folder);
	bench->folder = open(bench->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void the_errno_is_passed_on(void **state)
{
	struct bench *bench = *state;
	char longer[4000];
	int fd = -1;
	assert_refused(bench, "missing.lua", ENOENT);
	assert_refused(bench, "file.lua/below", ENOTDIR);
	memset(longer, 'x', sizeof longer);
	assert_int_equal(ask(bench, longer, sizeof longer, &fd), ENAMETOOLONG);
	if (geteuid() != 0) {
		assert_int_equal(fchmodat(bench->folder, "file.lua", 0, 0), 0);
		assert_refused(bench, "file.lua", EACCES);
	}
}

static void requests_that_make_no_sense(void **state)
{
	const struct bench *bench = *state;
	int before = descriptors_open();
	char longer[9000] = "x";
	nlab_broker_serve(bench->runner, bench->folder);              /* nobody asks: it does not wait */
	assert_true(nlab_order_send(bench->asks, "file.lua", 8, -1)); /* no way to answer */
	nlab_broker_serve(bench->runner, bench->folder);
	assert_true(nlab_order_send(bench->asks, "file.lua", 8, bench->folder)); /* not a socket */
	nlab_broker_serve(bench->runner, bench->folder);
	assert_true(nlab_order_send(bench->asks, "", 0, bench->folder));
	nlab_broker_serve(bench->runner, bench->folder);
	assert_true(nlab_order_send(bench->asks, longer, sizeof longer, -1));
	nlab_broker_serve(bench->runner, bench->folder);
	assert_given(bench, "file.lua");
	assert_int_equal(descriptors_open(), before);
}

static void a_folder_that_could_not_be_opened(void **state)
{
	struct bench *bench = *state;
	int folder = bench->folder;
	bench->folder = -1;
	errno = 0;
	assert_refused(bench, "file.lua", ENOENT);
	bench->folder = folder;
}

static void who_asks_may_be_gone(void **state)
{
	const struct bench *bench = *state;
	int before = descriptors_open(), ends[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	assert_true(nlab_order_send(bench->asks, "file.lua", 8, ends[1]));
	close(ends[0]);
	close(ends[1]);
	nlab_broker_serve(bench->runner, bench->folder); /* and no SIGPIPE */
	assert_int_equal(descriptors_open(), before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(files_beneath_the_folder),
	    TEST(nothing_outside_of_it),
	    TEST(nothing_but_files),
	    TEST(the_errno_is_passed_on),
	    TEST(requests_that_make_no_sense),
	    TEST(who_asks_may_be_gone),
	    TEST(a_folder_that_could_not_be_opened),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

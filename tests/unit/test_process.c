/* Tests of kernel/process.h: forks that belong to the parent, and programs with their streams, signals and bounds. */
#include "kernel/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct outcome { /* of a program */
	char output[4096], errors[512];
	off_t output_size;
	int status; /* as of waitpid(2) */
	int code;   /* what came over the failure pipe, 0: nothing */
};

static void read_all(int fd, char *text, size_t size)
{
	ssize_t got = pread(fd, text, size - 1, 0);
	text[got > 0 ? got : 0] = '\0';
	close(fd);
}

/* Run a program as `prepared`, with `input`, in a child that first does `before` (or NULL). */
static void run(struct nlab_program prepared, const char *input, void (*before)(struct nlab_program *),
		struct outcome *outcome)
{
	int failure[2];
	struct stat about;
	memset(outcome, 0, sizeof *outcome);
	assert_int_equal(pipe2(failure, O_CLOEXEC), 0);
	prepared.input = memfd_create("stdin", MFD_CLOEXEC);
	prepared.output = memfd_create("stdout", MFD_CLOEXEC);
	prepared.errors = memfd_create("stderr", MFD_CLOEXEC);
	prepared.failure = failure[1];
	assert_int_equal(pwrite(prepared.input, input, strlen(input), 0), strlen(input));
	pid_t child = fork();
	if (child == 0) {
		if (before) {
			before(&prepared);
		}
		nlab_process_become(&prepared);
	}
	close(failure[1]);
	assert_in_range(read(failure[0], &outcome->code, sizeof outcome->code), 0, sizeof outcome->code);
	assert_int_equal(waitpid(child, &outcome->status, 0), child);
	assert_int_equal(fstat(prepared.output, &about), 0);
	outcome->output_size = about.st_size;
	read_all(prepared.output, outcome->output, sizeof outcome->output);
	read_all(prepared.errors, outcome->errors, sizeof outcome->errors);
	close(prepared.input);
	close(failure[0]);
}

static void run_shell(const char *text, const char *input, void (*before)(struct nlab_program *),
		      struct outcome *outcome)
{
	char *const arguments[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)(uintptr_t)text, NULL};
	run((struct nlab_program){.arguments = arguments}, input, before, outcome);
}

static void a_fork_is_a_child_of_the_parent(void **state)
{
	int status, statuses[2] = {0};
	(void)state;
	pid_t middle = fork();
	if (middle == 0) {
		pid_t pid = nlab_process_fork();
		if (pid == 0) {
			_exit(7);
		}
		_exit(pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == ECHILD ? 8 : 9);
	}
	for (int i = 0; i < 2; i++) {
		pid_t ended = wait(&status);
		assert_true(ended > 0);
		statuses[ended == middle] = status;
	}
	assert_int_equal(statuses[0], 7 << 8);
	assert_int_equal(statuses[1], 8 << 8);
	assert_int_equal(wait(&status), -1);
}

static void the_streams_are_in_their_places(void **state)
{
	struct outcome outcome;
	(void)state;
	run_shell("cat; echo no good >&2; exit 3", "some input", NULL, &outcome);
	assert_string_equal(outcome.output, "some input");
	assert_string_equal(outcome.errors, "no good\n");
	assert_int_equal(outcome.status, 3 << 8);
	assert_int_equal(outcome.code, 0);
}

/* 0, 1 and 2 are taken by the streams themselves, each in a wrong place. */
static void turn_round(struct nlab_program *program)
{
	int input = fcntl(program->input, F_DUPFD, 100), output = fcntl(program->output, F_DUPFD, 100),
	    errors = fcntl(program->errors, F_DUPFD, 100);
	program->input = dup2(input, 2);
	program->output = dup2(output, 0);
	program->errors = dup2(errors, 1);
}

/* The lowest numbers are free. */
static void close_streams(struct nlab_program *program)
{
	(void)program;
	for (int fd = 0; fd < 3; fd++) {
		close(fd);
	}
}

static void both_outputs_are_one(struct nlab_program *program)
{
	program->errors = program->output;
}

static void streams_with_any_numbers(void **state)
{
	struct outcome outcome;
	(void)state;
	run_shell("cat; echo no good >&2", "some input", turn_round, &outcome);
	assert_string_equal(outcome.output, "some input");
	assert_string_equal(outcome.errors, "no good\n");
	run_shell("cat; echo no good >&2", "some input", close_streams, &outcome);
	assert_string_equal(outcome.output, "some input");
	assert_string_equal(outcome.errors, "no good\n");
	run_shell("cat; echo no good >&2", "some input ", both_outputs_are_one, &outcome);
	assert_string_equal(outcome.output, "some input no good\n");
	assert_string_equal(outcome.errors, "");
}

static void spoil_signals(struct nlab_program *program)
{
	sigset_t all;
	(void)program;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	for (int number = 1; number < NSIG; number++) {
		signal(number, SIG_IGN);
	}
}

static void signals_have_their_defaults(void **state)
{
	struct outcome outcome;
	(void)state;
	run_shell("grep -E 'Sig(Blk|Ign)' /proc/self/status", "", spoil_signals, &outcome);
	assert_string_equal(outcome.output, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

static void open_many(struct nlab_program *program)
{
	(void)program;
	for (int i = 0; i < 20; i++) {
		dup(1);
	}
}

static void no_other_descriptor_is_inherited(void **state)
{
	struct outcome outcome;
	(void)state;
	run_shell("ls /proc/self/fd", "", open_many, &outcome);
	assert_string_equal(outcome.output, "0\n1\n2\n3\n"); /* 3 is that folder */
}

static void the_environment(void **state)
{
	struct outcome outcome;
	char *const arguments[] = {(char[]){"env"}, NULL};
	char *const environment[] = {(char[]){"ONE=1"}, (char[]){"TWO=zwei"}, NULL};
	(void)state;
	run((struct nlab_program){.arguments = arguments, .environment = environment}, "", NULL, &outcome);
	assert_string_equal(outcome.output, "ONE=1\nTWO=zwei\n");
	setenv("NETLAB_TEST_VARIABLE", "inherited", 1);
	run_shell("echo $NETLAB_TEST_VARIABLE", "", NULL, &outcome);
	assert_string_equal(outcome.output, "inherited\n");
	unsetenv("NETLAB_TEST_VARIABLE");
}

static void a_program_that_cannot_be_executed(void **state)
{
	struct outcome outcome;
	char *const missing[] = {(char[]){"/no/such/program"}, NULL};
	char *const folder[] = {(char[]){"/tmp"}, NULL};
	(void)state;
	run((struct nlab_program){.arguments = missing}, "", NULL, &outcome);
	assert_int_equal(outcome.code, ENOENT);
	assert_int_equal(outcome.status, 127 << 8);
	run((struct nlab_program){.arguments = folder}, "", NULL, &outcome);
	assert_int_equal(outcome.code, EACCES);
	assert_string_equal(outcome.errors, "");
}

static void failure_is_a_stream(struct nlab_program *program)
{
	program->failure = dup2(program->failure, 1);
}

/* Where a script has closed its own streams, the pipe may have the number of one. */
static void the_failure_pipe_has_any_number(void **state)
{
	struct outcome outcome;
	char *const missing[] = {(char[]){"/no/such/program"}, NULL};
	(void)state;
	run((struct nlab_program){.arguments = missing}, "", failure_is_a_stream, &outcome);
	assert_int_equal(outcome.code, ENOENT);
	assert_string_equal(outcome.output, "");
}

static void the_size_of_its_output_is_bounded(void **state)
{
	struct outcome outcome;
	char *const arguments[] = {(char[]){"yes"}, NULL};
	(void)state;
	run((struct nlab_program){.arguments = arguments, .file_size = 100000}, "", NULL, &outcome);
	assert_true(WIFSIGNALED(outcome.status));
	assert_int_equal(WTERMSIG(outcome.status), SIGXFSZ);
	assert_int_equal(outcome.output_size, 100000);
}

static void its_address_space_is_bounded(void **state)
{
	struct outcome outcome;
	char *const arguments[] = {(char[]){"sh"}, (char[]){"-c"}, (char[]){"ulimit -v; ulimit -c"}, NULL};
	(void)state;
	run((struct nlab_program){.arguments = arguments, .address_space = UINT64_C(4) << 30}, "", NULL,
	    &outcome);
	assert_string_equal(outcome.output, "4194304\n0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_fork_is_a_child_of_the_parent),
	    cmocka_unit_test(the_streams_are_in_their_places),
	    cmocka_unit_test(streams_with_any_numbers),
	    cmocka_unit_test(signals_have_their_defaults),
	    cmocka_unit_test(no_other_descriptor_is_inherited),
	    cmocka_unit_test(the_environment),
	    cmocka_unit_test(a_program_that_cannot_be_executed),
	    cmocka_unit_test(the_failure_pipe_has_any_number),
	    cmocka_unit_test(the_size_of_its_output_is_bounded),
	    cmocka_unit_test(its_address_space_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of lab/lab.h: a whole lab, its script process, its bounds and its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab_run.h"

#include "facts/order.h"
#include "namespaces.h"
#include "pulse.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define PORT 7000

LAB_SCRIPT(print_and_exit)
{
	bool fine = write(1, "out", 3) == 3 && write(2, "err", 3) == 3;
	return fine ? 5 : 1;
}

static void the_end_is_told_when_all_is_recorded(void **state)
{
	struct nlab_run run;
	const struct nlab_job job = lab_run_job();
	char text[512];
	(void)state;
	lab_run(&run, &job, print_and_exit, NULL);
	const struct nlab_event_record *start = recorded_event(&run.recording, NLAB_EVENT_START, 0);
	assert_string_equal(recorded_text(start, text), "script");
	assert_int_equal(lab_run_status(&run), 5);
	for (unsigned i = 0; i < 2; i++) { /* in which order they came is not known */
		const struct nlab_event_record *output = recorded_event(&run.recording, NLAB_EVENT_OUTPUT, i);
		assert_string_equal(recorded_text(output, text), output->a == 1 ? "out" : "err");
	}
	assert_int_equal(recorded_events(&run.recording, NLAB_EVENT_OUTPUT), 2);
	assert_int_equal(recorded_events(&run.recording, NLAB_EVENT_TROUBLE), 0);
	nlab_run_close(&run);
}

LAB_SCRIPT(be_killed)
{
	print_and_exit(context, job, recording, sockets);
	return kill(getpid(), SIGKILL);
}

static void a_script_that_is_killed(void **state)
{
	struct nlab_run run;
	const struct nlab_job job = lab_run_job();
	(void)state;
	lab_run(&run, &job, be_killed, NULL);
	const struct nlab_event_record *ended = recorded_event(&run.recording, NLAB_EVENT_EXIT, 0);
	assert_int_equal(ended->a, -1);
	assert_int_equal(ended->b, SIGKILL);
	assert_int_equal(recorded_events(&run.recording, NLAB_EVENT_OUTPUT), 2);
	nlab_run_close(&run);
}

/* Ask the lab; false when it does not answer. */
static bool ask(int orders, struct nlab_order order, struct nlab_reply *reply, int *fd)
{
	return nlab_order_send(orders, &order, sizeof order, -1) &&
	       nlab_order_receive(orders, reply, sizeof *reply, fd, 0) == sizeof *reply;
}

/* A socket in a new host, bound to PORT; -1. */
static int socket_in_new_host(int orders, const char *name)
{
	struct nlab_order order = {.kind = NLAB_ORDER_HOST};
	struct nlab_reply reply;
	const struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	int space = -1;
	snprintf(order.name, sizeof order.name, "%s", name);
	if (!ask(orders, order, &reply, &space) || reply.error.step[0] || setns(space, CLONE_NEWNET)) {
		return -1;
	}
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	return bind(s, (const struct sockaddr *)&any, sizeof any) ? -1 : s;
}

#define BURST 100 /* frames: more than the wire takes at once */

LAB_SCRIPT(send_and_leave)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	int a = socket_in_new_host(sockets->orders, "a"), b = socket_in_new_host(sockets->orders, "b");
	int sent = 0;
	inet_pton(AF_INET, "10.0.0.2", &to.sin_addr);
	while (b >= 0 && sent < BURST && sendto(a, "x", 1, 0, (const struct sockaddr *)&to, sizeof to) == 1) {
		sent++;
	}
	return sent == BURST ? 0 : 1;
}

static void what_was_sent_stands_before_the_end(void **state)
{
	struct nlab_run run;
	const struct nlab_job job = lab_run_job();
	(void)state;
	lab_run(&run, &job, send_and_leave, NULL);
	assert_int_equal(lab_run_status(&run), 0);
	const struct nlab_packet_record *last = lab_run_packet(&run, BURST - 1);
	const struct nlab_event_record *ended = recorded_event(&run.recording, NLAB_EVENT_EXIT, 0);
	assert_true((uintptr_t)last < (uintptr_t)ended);
	assert_true(last->head.time_ns <= ended->head.time_ns);
	nlab_run_close(&run);
}

/* Delay what comes, send, and wait for it: the script sleeps in recv(2), the lab wakes up for the frame. */
LAB_SCRIPT(send_delayed)
{
	const struct nlab_order delay = {
	    .kind = NLAB_ORDER_RULE, .action = NLAB_ACTION_DELAY, .value = 20000000};
	struct nlab_reply reply;
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	char byte;
	int a = socket_in_new_host(sockets->orders, "a"), b = socket_in_new_host(sockets->orders, "b");
	inet_pton(AF_INET, "10.0.0.2", &to.sin_addr);
	return !ask(sockets->orders, delay, &reply, NULL) || reply.error.step[0] ||
	       sendto(a, "x", 1, 0, (const struct sockaddr *)&to, sizeof to) != 1 ||
	       recv(b, &byte, 1, 0) != 1;
}

static void the_lab_wakes_up_for_a_delayed_frame(void **state)
{
	struct nlab_run run;
	const struct nlab_job job = lab_run_job();
	(void)state;
	lab_run(&run, &job, send_delayed, NULL);
	assert_int_equal(lab_run_status(&run), 0);
	const struct nlab_packet_record *packet = lab_run_packet(&run, 0);
	assert_true(packet->received_ns >= packet->head.time_ns + 20000000);
	nlab_run_close(&run);
}

/* Wait for a process that does not end, with a time: it is the lab that must wake up. */
LAB_SCRIPT(wait_for_a_while)
{
	const struct nlab_order order = {.kind = NLAB_ORDER_WAIT, .pid = getpid(), .timeout_ns = 20000000};
	struct nlab_reply reply;
	return ask(sockets->orders, order, &reply, NULL) ? reply.error.code : 255;
}

static void the_lab_wakes_up_for_a_waiter(void **state)
{
	struct nlab_run run;
	const struct nlab_job job = lab_run_job();
	(void)state;
	lab_run(&run, &job, wait_for_a_while, NULL);
	assert_int_equal(lab_run_status(&run), ETIMEDOUT);
	nlab_run_close(&run);
}

LAB_SCRIPT(ask_for_a_host)
{
	struct nlab_reply reply;
	return ask(sockets->orders, (struct nlab_order){.kind = NLAB_ORDER_HOST, .name = "a"}, &reply, NULL)
		   ? reply.error.code
		   : 255;
}

static void to_declare_needs_no_network(void **state)
{
	struct nlab_run run;
	struct nlab_job job = lab_run_job();
	(void)state;
	lab_run(&run, &job, ask_for_a_host, NULL);
	assert_int_equal(lab_run_status(&run), 0);
	nlab_run_close(&run);
	job.experiment = 0;
	lab_run(&run, &job, ask_for_a_host, NULL);
	assert_int_equal(lab_run_status(&run), EPERM);
	nlab_run_close(&run);
}

LAB_SCRIPT(print_without_end)
{
	char bytes[1000];
	signal(SIGPIPE, SIG_IGN);
	memset(bytes, 'x', sizeof bytes);
	for (;;) {
		if (write(1, bytes, sizeof bytes) < 0) {
			return pause();
		}
	}
}

static void output_without_end(void **state)
{
	struct nlab_run run;
	struct nlab_job job = lab_run_job();
	(void)state;
	job.bounds.output = 5000;
	lab_run(&run, &job, print_without_end, NULL);
	assert_true(recorded_says(&run.recording, NLAB_EVENT_LIMIT, "output: more than 5000 bytes"));
	assert_int_equal(recorded_events(&run.recording, NLAB_EVENT_LIMIT), 1);
	nlab_run_close(&run);
}

LAB_SCRIPT(send_without_end)
{
	const struct sockaddr_in to = {
	    .sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	char bytes[1000] = "";
	int s = socket_in_new_host(sockets->orders, "a");
	for (int i = 0; i < 200; i++) {
		sendto(s, bytes, sizeof bytes, 0, (const struct sockaddr *)&to, sizeof to);
	}
	return pause();
}

static void packets_without_end(void **state)
{
	struct nlab_run run;
	struct nlab_job job = lab_run_job();
	(void)state;
	job.bounds.packets = 64 << 10;
	lab_run(&run, &job, send_without_end, NULL);
	assert_true(nlab_recording_overflowed(&run.recording));
	assert_true(atomic_load(&run.recording.lab->packets) > 20);
	nlab_run_close(&run);
}

/* The exit status: descriptors that are open besides 0 to 4; 100: 0 is not /dev/null. */
LAB_SCRIPT(look_at_descriptors)
{
	struct stat in, null;
	int others = 0;
	for (int fd = 5; fd < 1000; fd++) {
		others += fcntl(fd, F_GETFD) >= 0;
	}
	bool fine = sockets->orders == 3 && sockets->files == 4 && fstat(0, &in) == 0 &&
		    stat("/dev/null", &null) == 0 && in.st_rdev == null.st_rdev &&
		    (fcntl(3, F_GETFD) & fcntl(4, F_GETFD) & FD_CLOEXEC) && fcntl(1, F_GETFD) == 0;
	return fine ? others : 100;
}

static void the_script_keeps_none_of_the_runners_descriptors(void **state)
{
	struct nlab_run run;
	const struct nlab_job job = lab_run_job();
	(void)state;
	int spare = fcntl(STDIN_FILENO, F_DUPFD, 64);
	lab_run(&run, &job, look_at_descriptors, NULL);
	assert_int_equal(lab_run_status(&run), 0);
	nlab_run_close(&run);
	close(spare);
}

LAB_SCRIPT(wait_for_the_end)
{
	pause();
	return 0;
}

/* Nobody but the runner has a pipe's end: once that is closed there, the reader sees the end, though lab and script live. */
static void the_lab_keeps_none_of_the_runners_descriptors(void **state)
{
	struct nlab_run run;
	const struct nlab_job job = lab_run_job();
	int ends[2];
	(void)state;
	assert_int_equal(pipe(ends), 0);
	int high = fcntl(ends[1], F_DUPFD, 64); /* a number that the lab does not use itself */
	close(ends[1]);
	lab_run_start(&run, &job, wait_for_the_end, NULL);
	close(high);
	struct pollfd reader = {.fd = ends[0], .events = POLLIN};
	assert_int_equal(poll(&reader, 1, LAB_RUN_PATIENCE_MS), 1);
	assert_true(reader.revents & POLLHUP);
	struct pollfd death = {.fd = run.pidfd, .events = POLLIN};
	assert_int_equal(poll(&death, 1, 0), 0);
	nlab_run_kill(&run);
	nlab_run_close(&run);
	close(ends[0]);
}

/* The exit status: how many processes could be started before the kernel said no. */
LAB_SCRIPT(fork_much)
{
	int started = 0;
	for (pid_t pid; started < 100 && (pid = fork()) >= 0; started++) {
		if (pid == 0) {
			pause();
		}
	}
	return started;
}

static void processes_have_a_bound(void **state)
{
	struct nlab_run run;
	struct nlab_job job = lab_run_job();
	(void)state;
	job.bounds.processes = 10;
	lab_run(&run, &job, fork_much, NULL);
	assert_in_range(lab_run_status(&run), 5, 9);
	nlab_run_close(&run);
}

static struct pulse *start_beating(struct nlab_run *run)
{
	const struct nlab_job job = lab_run_job();
	struct pulse *pulse = lab_run_shared(sizeof *pulse);
	lab_run_start(run, &job, pulse_script, pulse);
	pulse_wait(pulse, 3);
	return pulse;
}

static void a_lab_that_is_killed_takes_all_with_it(void **state)
{
	struct nlab_run run;
	struct pulse *pulse = start_beating(&run);
	(void)state;
	nlab_run_kill(&run);
	assert_int_equal(waitpid(run.pid, NULL, 0), run.pid);
	pulse_assert_gone(pulse);
	assert_true(recorded_says(&run.recording, NLAB_EVENT_START, "script")); /* nothing of it is lost */
	run.pid = 0;
	nlab_run_close(&run);
	munmap(pulse, sizeof *pulse);
}

static void a_lab_ends_when_the_runner_goes(void **state)
{
	struct nlab_run run;
	struct pulse *pulse = start_beating(&run);
	int status;
	(void)state;
	close(run.control);
	run.control = -1;
	assert_int_equal(waitpid(run.pid, &status, 0), run.pid);
	assert_int_equal(status, 0);
	pulse_assert_gone(pulse);
	run.pid = 0;
	nlab_run_close(&run);
	munmap(pulse, sizeof *pulse);
}

static void trouble_is_recorded(void **state)
{
	struct nlab_job job = lab_run_job();
	struct nlab_recording recording;
	int control[2], status;
	(void)state;
	assert_true(nlab_recording_open(&recording, 1 << 16, 1, NULL));
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, control), 0);
	pid_t child = fork();
	if (child == 0) { /* the runner has gone: it must not go on */
		namespaces_enter();
		struct nlab_lab_setup setup = {
		    .recording = &recording, .bounds = &job.bounds, .control = control[1], .files = 2};
		close(control[0]);
		_exit(nlab_lab_main(&setup));
	}
	close(control[0]);
	close(control[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 1 << 8);
	assert_true(recorded_says(&recording, NLAB_EVENT_TROUBLE, "cannot wait for the id maps"));
	assert_int_equal(recorded_events(&recording, NLAB_EVENT_START), 0);
	nlab_recording_close(&recording);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_end_is_told_when_all_is_recorded),
	    cmocka_unit_test(a_script_that_is_killed),
	    cmocka_unit_test(what_was_sent_stands_before_the_end),
	    cmocka_unit_test(the_lab_wakes_up_for_a_delayed_frame),
	    cmocka_unit_test(the_lab_wakes_up_for_a_waiter),
	    cmocka_unit_test(to_declare_needs_no_network),
	    cmocka_unit_test(output_without_end),
	    cmocka_unit_test(packets_without_end),
	    cmocka_unit_test(the_script_keeps_none_of_the_runners_descriptors),
	    cmocka_unit_test(the_lab_keeps_none_of_the_runners_descriptors),
	    cmocka_unit_test(processes_have_a_bound),
	    cmocka_unit_test(a_lab_that_is_killed_takes_all_with_it),
	    cmocka_unit_test(a_lab_ends_when_the_runner_goes),
	    cmocka_unit_test(trouble_is_recorded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

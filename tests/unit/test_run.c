/* Tests of main/run.h: one run from its start to its close. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab_run.h"

#include "descriptors.h"
#include "facts/order.h"
#include "pulse.h"

#include <fcntl.h>
#include <sys/wait.h>

/* A script that looks whether all came that was given: the exit status 0 says so. */
LAB_SCRIPT(look)
{
	struct nlab_recording *seen = context;
	return !(seen == NULL && job->number == 77 && job->experiment == 3 &&
		 strcmp(job->text, "text") == 0 &&
		 nlab_recording_text(recording, NLAB_SLOT_NOTE, 0, 0, 0, "note", "from the script", 15));
}

static void the_script_gets_its_job_and_shares_the_recording(void **state)
{
	struct nlab_run run;
	struct nlab_job job = lab_run_job();
	(void)state;
	job.number = 77;
	job.experiment = 3;
	job.text = "text";
	int64_t before = nlab_clock_limit_ns();
	lab_run_start(&run, &job, look, NULL);
	assert_in_range(run.started_ns, before, nlab_clock_limit_ns());
	assert_int_equal(run.deadline_ns, run.started_ns + job.bounds.timeout_ns);
	assert_true(lab_run_serve(&run));
	assert_int_equal(lab_run_status(&run), 0);
	assert_string_equal(recorded_args(recorded_slot(&run.recording, NLAB_SLOT_NOTE, "note", 0)),
			    "from the script");
	nlab_run_kill(&run);
	nlab_run_close(&run);
}

static void a_time_without_end(void **state)
{
	struct nlab_run run;
	struct nlab_job job = lab_run_job();
	(void)state;
	job.bounds.timeout_ns = INT64_MAX;
	lab_run(&run, &job, look, NULL);
	assert_int_equal(run.deadline_ns, INT64_MAX);
	nlab_run_close(&run);
}

static void nothing_is_left_open(void **state)
{
	int before = descriptors_open();
	struct nlab_run run;
	const struct nlab_job job = lab_run_job();
	(void)state;
	lab_run(&run, &job, look, NULL);
	assert_true(descriptors_open() > before);
	nlab_run_close(&run);
	assert_int_equal(descriptors_open(), before);
	assert_null(run.recording.lab);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	nlab_run_close(&run); /* harmless */
	nlab_run_kill(&run);
}

/* Ask for a file, as a script does; the exit status is the errno. */
LAB_SCRIPT(ask_for_file)
{
	int ends[2], code = 255, fd = -1;
	char text[8] = "";
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) ||
	    !nlab_order_send(sockets->files, "other.lua", 9, ends[1]) ||
	    nlab_order_receive(ends[0], &code, sizeof code, &fd, 0) != sizeof code) {
		return 254;
	}
	return code ? code : read(fd, text, sizeof text) == 2 && strcmp(text, "hi") == 0 ? 0 : 253;
}

static void files_come_from_the_folder_of_the_script(void **state)
{
	struct nlab_run run;
	struct nlab_job job = lab_run_job();
	char folder[] = "/tmp/netlab-run-XXXXXX", path[64], other[64];
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/script.lua", folder);
	snprintf(other, sizeof other, "%s/other.lua", folder);
	job.path = path;
	lab_run(&run, &job, ask_for_file, NULL);
	assert_int_equal(lab_run_status(&run), ENOENT);
	nlab_run_close(&run);
	int fd = open(other, O_CREAT | O_WRONLY, 0600); /* root's own, when root runs this */
	assert_int_equal(write(fd, "hi", 2), 2);
	close(fd);
	lab_run(&run, &job, ask_for_file, NULL);
	assert_int_equal(lab_run_status(&run), 0);
	nlab_run_close(&run);
	unlink(other);
	rmdir(folder);
}

static bool is_mapped(const void *at)
{
	unsigned char page;
	return mincore((void *)(uintptr_t)at, 4096, &page) == 0;
}

static void other_labs_do_not_get_the_recording(void **state)
{
	struct nlab_run run;
	const struct nlab_job job = lab_run_job();
	int status;
	(void)state;
	lab_run(&run, &job, look, NULL);
	assert_true(is_mapped(run.recording.lab));
	assert_true(is_mapped(run.recording.calls));
	pid_t child = fork();
	if (child == 0) {
		_exit(is_mapped(run.recording.lab) || is_mapped(run.recording.calls));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	nlab_run_close(&run);
}

static void a_run_that_is_killed(void **state)
{
	struct nlab_run run;
	const struct nlab_job job = lab_run_job();
	struct pulse *pulse = lab_run_shared(sizeof *pulse);
	(void)state;
	lab_run_start(&run, &job, pulse_script, pulse);
	pulse_wait(pulse, 3);
	nlab_run_kill(&run);
	nlab_run_close(&run); /* waits for it */
	pulse_assert_gone(pulse);
	munmap(pulse, sizeof *pulse);
}

static void a_recording_that_is_too_large(void **state)
{
	int before = descriptors_open();
	struct nlab_run run;
	struct nlab_job job = lab_run_job();
	(void)state;
	job.bounds.calls = UINT64_C(1) << 50;
	assert_false(nlab_run_start(&run, &job, look, NULL));
	assert_string_equal(run.error.step, "map the recording");
	assert_int_equal(run.error.code, ENOMEM);
	nlab_run_close(&run);
	assert_int_equal(descriptors_open(), before);
}

/* What the report has not written yet must not come out a second time, from the lab or the script. */
LAB_SCRIPT(flush)
{
	fflush(NULL);
	return 0;
}

static void unwritten_text_is_not_inherited(void **state)
{
	struct nlab_run run;
	const struct nlab_job job = lab_run_job();
	(void)state;
	fputs("# this line is written once", stdout);
	lab_run(&run, &job, flush, NULL);
	fputs("\n", stdout);
	assert_int_equal(recorded_events(&run.recording, NLAB_EVENT_OUTPUT), 0);
	nlab_run_close(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_script_gets_its_job_and_shares_the_recording),
	    cmocka_unit_test(a_time_without_end),
	    cmocka_unit_test(nothing_is_left_open),
	    cmocka_unit_test(files_come_from_the_folder_of_the_script),
	    cmocka_unit_test(other_labs_do_not_get_the_recording),
	    cmocka_unit_test(a_run_that_is_killed),
	    cmocka_unit_test(a_recording_that_is_too_large),
	    cmocka_unit_test(unwritten_text_is_not_inherited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

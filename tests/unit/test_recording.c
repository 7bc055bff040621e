/* test_recording.c: the two segments: order, overflow, concurrent writers, writers that are killed, waiting.
 */
#include "facts/recording.h"

#include "base/clock.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void open_recording(struct nlab_recording *recording, size_t bytes, size_t slots)
{
	struct nlab_error error;
	assert_true(nlab_recording_open(recording, bytes, slots, &error));
	recording->pid = getpid();
}

static struct nlab_packet_record *add_packet(struct nlab_recording *recording, const void *bytes,
					     uint32_t size)
{
	struct nlab_packet_record record = {.head = {.time_ns = 5}, .captured = size, .length = size};
	return nlab_recording_packet(recording, &record, bytes);
}

static bool add_event(struct nlab_recording *recording, const char *text)
{
	struct nlab_event_record record = {.head = {.time_ns = 6}, .event = NLAB_EVENT_ORDER};
	return nlab_recording_event(recording, &record, text, strlen(text));
}

static void lab_in_order(void **state)
{
	(void)state;
	struct nlab_recording recording;
	open_recording(&recording, 4096, 4);
	assert_null(nlab_recording_next(&recording, NULL));
	assert_true(add_event(&recording, "cut"));
	assert_int_equal(add_packet(&recording, "frame", 5)->id, 1);
	assert_int_equal(add_packet(&recording, "", 0)->id, 2);
	assert_int_equal(atomic_load(&recording.lab->packets), 2);
	const struct nlab_lab_record *at = nlab_recording_next(&recording, NULL);
	const struct nlab_event_record *event = (const void *)at;
	assert_int_equal(at->kind, NLAB_LAB_EVENT);
	assert_int_equal(event->text_length, 3);
	assert_memory_equal(event->text, "cut", 3);
	at = nlab_recording_next(&recording, at);
	const struct nlab_packet_record *packet = (const void *)at;
	assert_int_equal(at->kind, NLAB_LAB_PACKET);
	assert_int_equal(at->time_ns, 5);
	assert_memory_equal(packet->frame, "frame", 5);
	at = nlab_recording_next(&recording, at);
	assert_int_equal(at->kind, NLAB_LAB_PACKET);
	assert_null(nlab_recording_next(&recording, at));
	nlab_recording_close(&recording);
	nlab_recording_close(&recording);
}

/* A record that does not fit is refused and counted, and one that fits is still taken. */
static void lab_overflow(void **state)
{
	(void)state;
	static const uint8_t frame[1500];
	struct nlab_recording recording;
	open_recording(&recording, 4096, 4);
	assert_non_null(add_packet(&recording, frame, 1500));
	assert_non_null(add_packet(&recording, frame, 1500));
	assert_false(nlab_recording_overflowed(&recording));
	assert_null(add_packet(&recording, frame, 1500));
	assert_true(nlab_recording_overflowed(&recording));
	assert_int_equal(atomic_load(&recording.lab->overflow), 1);
	assert_int_equal(atomic_load(&recording.lab->packets), 2);
	unsigned events = 0;
	while (add_event(&recording, "fills the rest")) {
		events++;
	}
	assert_true(events > 0);
	assert_int_equal(atomic_load(&recording.lab->overflow), 2);
	unsigned records = 0;
	for (const struct nlab_lab_record *at = NULL; (at = nlab_recording_next(&recording, at));) {
		records++;
	}
	assert_int_equal(records, 2 + events);
	nlab_recording_close(&recording);
}

static void slots_in_order(void **state)
{
	(void)state;
	char text[600];
	struct nlab_recording recording;
	open_recording(&recording, 4096, 8);
	memset(text, 'x', sizeof text);
	struct nlab_slot *call = nlab_recording_slot(&recording, NLAB_SLOT_CALL, 0);
	assert_non_null(call);
	assert_int_equal(nlab_slot_state(call), NLAB_SLOT_BEGUN);
	assert_int_equal(call->fd, -1);
	assert_int_equal(call->pid, getpid());
	assert_non_null(
	    nlab_recording_text(&recording, NLAB_SLOT_NOTE, 2, 17, 1, "a name that is too long", text, 600));
	nlab_recording_slot_end(call);
	assert_int_equal(nlab_slot_state(call), NLAB_SLOT_ENDED);
	assert_true(call->end_ns >= call->begin_ns);
	assert_int_equal(nlab_recording_slot_find(&recording, 0), 0);
	assert_int_equal(nlab_recording_slot_find(&recording, 1), 1);
	struct nlab_slot *note = nlab_recording_slot_at(&recording, 1);
	assert_int_equal(nlab_slot_kind(note), NLAB_SLOT_NOTE);
	assert_int_equal(nlab_slot_count(note), 3); /* 184 bytes, then 256 each */
	assert_int_equal(note->text_length, 600);
	assert_memory_equal((char *)note + offsetof(struct nlab_slot, text), text, 600);
	assert_int_equal(note->line, 17);
	assert_string_equal(note->name, "a name that is ");
	assert_int_equal(nlab_recording_slot_find(&recording, 1 + nlab_slot_count(note)), UINT32_MAX);
	nlab_recording_close(&recording);
}

static void slots_overflow(void **state)
{
	(void)state;
	char text[2000] = "";
	struct nlab_recording recording;
	open_recording(&recording, 4096, 4);
	assert_non_null(nlab_recording_slot(&recording, NLAB_SLOT_CALL, 0));
	assert_null(nlab_recording_text(&recording, NLAB_SLOT_NOTE, 0, 0, 0, "", text, sizeof text));
	assert_int_equal(atomic_load(&recording.calls->overflow), 1);
	assert_true(nlab_recording_overflowed(&recording));
	for (unsigned i = 0; i < 3; i++) {
		assert_non_null(nlab_recording_slot(&recording, NLAB_SLOT_CALL, 0));
	}
	assert_null(nlab_recording_slot(&recording, NLAB_SLOT_CALL, 0));
	assert_int_equal(atomic_load(&recording.calls->overflow), 2);
	assert_int_equal(atomic_load(&recording.calls->taken), 4);
	assert_null(nlab_recording_slot_at(&recording, 4));
	nlab_recording_close(&recording);
}

#define WRITERS 4
#define EACH    5000

/* Write numbered notes of one to three slots, their text all of one letter. */
static void write_notes(struct nlab_recording *recording, unsigned writer)
{
	char text[500];
	recording->pid = (int32_t)writer;
	for (unsigned i = 0; i < EACH; i++) {
		size_t length = 1 + (i * 37 + writer) % sizeof text;
		memset(text, 'a' + (int)((i + writer) % 26), length);
		if (!nlab_recording_text(recording, NLAB_SLOT_NOTE, 1, 0, i, "note", text, length)) {
			_exit(1);
		}
	}
	_exit(0);
}

static void check_note(const struct nlab_slot *note, unsigned next[WRITERS])
{
	unsigned writer = (unsigned)note->pid;
	assert_true(writer < WRITERS);
	assert_int_equal(note->result, next[writer]); /* each writer's notes are there in its order */
	const char *text = (const char *)note + offsetof(struct nlab_slot, text);
	for (uint32_t i = 0; i < note->text_length; i++) {
		if (text[i] != 'a' + (int)((next[writer] + writer) % 26)) {
			fail_msg("note %u of writer %u is mixed with another", next[writer], writer);
		}
	}
	assert_int_equal(note->text_length, 1 + (next[writer] * 37 + writer) % 500);
	next[writer]++;
}

static void concurrent_writers(void **state)
{
	(void)state;
	struct nlab_recording recording;
	pid_t pids[WRITERS];
	open_recording(&recording, 4096, 3 * WRITERS * EACH);
	for (unsigned i = 0; i < WRITERS; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0) {
			write_notes(&recording, i);
		}
	}
	for (unsigned i = 0; i < WRITERS; i++) {
		int status;
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	unsigned next[WRITERS] = {0};
	uint32_t index = nlab_recording_slot_find(&recording, 0);
	while (index != UINT32_MAX) {
		const struct nlab_slot *note = nlab_recording_slot_at(&recording, index);
		assert_int_equal(nlab_slot_state(note), NLAB_SLOT_ENDED);
		check_note(note, next);
		index = nlab_recording_slot_find(&recording, index + nlab_slot_count(note));
	}
	for (unsigned i = 0; i < WRITERS; i++) {
		assert_int_equal(next[i], EACH);
	}
	assert_false(nlab_recording_overflowed(&recording));
	nlab_recording_close(&recording);
}

/* A writer that dies between taking slots and filling them leaves a hole; what is behind it is still found.
 */
static void killed_between(void **state)
{
	(void)state;
	struct nlab_recording recording;
	open_recording(&recording, 4096, 16);
	assert_non_null(nlab_recording_text(&recording, NLAB_SLOT_NOTE, 0, 0, 0, "before", "", 0));
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		atomic_fetch_add(&recording.calls->taken, 3); /* what nlab_recording_slot() does first */
		raise(SIGKILL);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_non_null(nlab_recording_text(&recording, NLAB_SLOT_NOTE, 0, 0, 0, "behind", "", 0));
	assert_int_equal(nlab_slot_state(nlab_recording_slot_at(&recording, 1)), NLAB_SLOT_EMPTY);
	assert_int_equal(nlab_recording_slot_find(&recording, 1), 4);
	assert_string_equal(nlab_recording_slot_at(&recording, 4)->name, "behind");
	nlab_recording_close(&recording);
}

/* Writers killed at any moment: whatever was written whole is found, and nothing is found twice. */
static void killed_anywhere(void **state)
{
	(void)state;
	struct nlab_recording recording;
	open_recording(&recording, 4096, 20 * 10000);
	for (unsigned round = 0; round < 20; round++) {
		uint32_t taken = atomic_load(&recording.calls->taken);
		pid_t pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			recording.pid = (int32_t)round;
			for (int64_t i = 0; i < 10000; i++) {
				nlab_recording_text(&recording, NLAB_SLOT_NOTE, 0, 0, i, "note", "text", 4);
			}
			pause();
		}
		while (atomic_load(&recording.calls->taken) < taken + 500) {
			usleep(50);
		}
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
	}
	int64_t next[20] = {0};
	unsigned unfinished = 0;
	for (uint32_t i = 0; (i = nlab_recording_slot_find(&recording, i)) != UINT32_MAX; i++) {
		const struct nlab_slot *slot = nlab_recording_slot_at(&recording, i);
		assert_int_equal(nlab_slot_count(slot), 1);
		if (nlab_slot_state(slot) == NLAB_SLOT_ENDED) {
			assert_int_equal(slot->result, next[slot->pid]++);
		} else {
			unfinished++;
		}
	}
	assert_in_range(unfinished, 0, 20);
	for (unsigned round = 0; round < 20; round++) {
		assert_in_range(next[round], 499, 10000);
	}
	assert_false(nlab_recording_overflowed(&recording));
	nlab_recording_close(&recording);
}

static void wait_wakes(void **state)
{
	(void)state;
	struct nlab_recording recording;
	open_recording(&recording, 4096, 4);
	assert_false(nlab_recording_wait(&recording, 0, 1000000)); /* nothing comes: the time runs out */
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		while (atomic_load(&recording.lab->waiters) == 0) {
			usleep(100);
		}
		add_packet(&recording, "x", 1);
		_exit(0);
	}
	while (atomic_load(&recording.lab->committed8) ==
	       0) { /* no limit: without a wake this would not end */
		assert_true(nlab_recording_wait(&recording, 0, -1));
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(atomic_load(&recording.lab->waiters), 0);
	assert_true(nlab_recording_wait(&recording, 0, -1)); /* it is longer already: no wait */
	nlab_recording_close(&recording);
}

/* A change of fate alone wakes too when the lab says so. */
static void wake_by_hand(void **state)
{
	(void)state;
	struct nlab_recording recording;
	open_recording(&recording, 4096, 4);
	struct nlab_packet_record *packet = add_packet(&recording, "x", 1);
	uint32_t committed8 = atomic_load(&recording.lab->committed8);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		while (atomic_load(&recording.lab->waiters) == 0) {
			usleep(100);
		}
		atomic_store(&packet->fate, NLAB_FATE_DELIVERED);
		while (atomic_load(&recording.lab->waiters)) {
			nlab_recording_wake(&recording);
			usleep(100);
		}
		_exit(0);
	}
	assert_true(nlab_recording_wait(&recording, committed8, -1));
	assert_int_equal(atomic_load(&packet->fate), NLAB_FATE_DELIVERED);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	nlab_recording_close(&recording);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(nlab_fate_name(NLAB_FATE_NOWHERE), "nowhere");
	assert_string_equal(nlab_fate_name(NLAB_FATE_COUNT), "unknown");
	assert_string_equal(nlab_event_name(0), "unknown");
	for (unsigned kind = 1; kind < NLAB_EVENT_COUNT; kind++) {
		assert_string_not_equal(nlab_event_name(kind), "unknown");
	}
}

int main(void)
{
	alarm(60); /* a wake that is lost must end the program */
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lab_in_order),       cmocka_unit_test(lab_overflow),
	    cmocka_unit_test(slots_in_order),     cmocka_unit_test(slots_overflow),
	    cmocka_unit_test(concurrent_writers), cmocka_unit_test(killed_between),
	    cmocka_unit_test(killed_anywhere),    cmocka_unit_test(wait_wakes),
	    cmocka_unit_test(wake_by_hand),       cmocka_unit_test(names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

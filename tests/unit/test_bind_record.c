/* Tests of bind/record.h: checks, notes and the like, as the recording has them. */
#include "bind_state.h"

#include "bind/record.h"
#include "bind/recording.h"

#include "recorded.h"

#define SLOTS 64

static int setup(void **state)
{
	(void)state;
	if (!state_open(&lua, SLOTS)) {
		return -1;
	}
	luaL_requiref(lua.L, "netlab.core.recording", luaopen_netlab_recording, 0);
	luaL_requiref(lua.L, "record", luaopen_netlab_record, 1);
	return 0;
}

static void each_kind_with_all_it_says(void **state)
{
	(void)state;
	static const struct {
		enum nlab_slot_kind kind;
		int64_t result;
		int line;
		uint16_t host;
		const char *name, *text;
	} expected[] = {
	    {NLAB_SLOT_CHECK, 1, 1, 0, "ok", "a check"},
	    {NLAB_SLOT_NOTE, -7, 2, 0, "note", "a note"},
	    {NLAB_SLOT_RETURN, 0, 99, 0, "actor", "[1]"},
	    {NLAB_SLOT_SCRIPT, INT64_MAX, 5, 3, "end", ""},
	};
	check("record.append('check', 'ok', true, 'a check')\n"
	      "record.append('note', 'note', -7, 'a note')\n"
	      "record.append('return', 'actor', false, '[1]', 99)\n"
	      "record.append('script', 'end', math.maxinteger, '', 5, 3)");
	for (uint32_t i = 0; i < 4; i++) {
		const struct nlab_slot *slot = nlab_recording_slot_at(&lua.recording, i);
		assert_int_equal(nlab_slot_kind(slot), expected[i].kind);
		assert_int_equal(nlab_slot_state(slot), NLAB_SLOT_ENDED);
		assert_int_equal(slot->result, expected[i].result);
		assert_int_equal(slot->line, expected[i].line);
		assert_int_equal(slot->host, expected[i].host);
		assert_int_equal(slot->pid, 1);
		assert_string_equal(slot->name, expected[i].name);
		assert_int_equal(slot->text_length, strlen(expected[i].text));
		assert_memory_equal(recorded_args(slot), expected[i].text, slot->text_length);
	}
	assert_null(nlab_recording_slot_at(&lua.recording, 4));
}

static void long_texts_and_names(void **state)
{
	(void)state;
	check("record.append('note', ('n'):rep(40), 0, ('x'):rep(1000) .. '\\0' .. 'end')");
	const struct nlab_slot *slot = recorded_slot(&lua.recording, NLAB_SLOT_NOTE, "nnnnnnnnnnnnnnn", 0);
	assert_non_null(slot);
	assert_int_equal(slot->text_length, 1004);
	assert_int_equal(nlab_slot_count(slot), 5);
	assert_memory_equal(recorded_args(slot) + 1000, "\0end", 4);
}

static void the_line_is_that_of_the_script(void **state)
{
	(void)state;
	check("\n\nassert(record.line() == 3)\n"
	      "local library = load('local record = ... return record.line()', '=library')\n"
	      "assert(library(record) == 5)");
}

static void misuse_is_raised(void **state)
{
	(void)state;
	check("raises('check, note, return or script', record.append, 'call', 'x', 0, '')\n"
	      "raises('bad argument #3', record.append, 'note', 'x', {}, '')\n"
	      "raises('bad argument #3', record.append, 'note', 'x', 1.5, '')\n"
	      "raises('bad argument #4', record.append, 'note', 'x', 0)\n"
	      "raises('a line of the script', record.append, 'note', 'x', 0, '', -1)\n"
	      "raises('a line of the script', record.append, 'note', 'x', 0, '', 1 << 31)\n"
	      "raises('a host id', record.append, 'note', 'x', 0, '', 1, 64)\n"
	      "raises('a host id', record.append, 'note', 'x', 0, '', 1, -1)");
	assert_null(nlab_recording_slot_at(&lua.recording, 0));
}

static void a_full_recording_is_raised_and_counted(void **state)
{
	(void)state;
	check("for i = 1, 64 do record.append('note', 'n', i, '') end\n"
	      "raises('recording of calls is full', record.append, 'note', 'n', 65, '')");
	assert_true(nlab_recording_overflowed(&lua.recording));
	assert_int_equal(recorded_slots(&lua.recording, NLAB_SLOT_NOTE, NULL), SLOTS);
}

static void the_recording_can_be_read(void **state)
{
	(void)state;
	check("record.append('note', 'n', 0, 'a note')\n"
	      "local recording = record.recording()\n"
	      "assert(type(recording) == 'userdata' and not recording:overflowed())\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, state_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(each_kind_with_all_it_says),
	    TEST(long_texts_and_names),
	    TEST(the_line_is_that_of_the_script),
	    TEST(misuse_is_raised),
	    TEST(a_full_recording_is_raised_and_counted),
	    TEST(the_recording_can_be_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

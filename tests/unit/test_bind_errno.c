/* test_bind_errno.c: error values, call records and the script's line, without a system call. */
#include "bind_state.h"

#include <errno.h>

static void values_compare_by_number(void **state)
{
	(void)state;
	check("assert(errno.value(111) == ECONNREFUSED and errno.value 'ECONNREFUSED' == ECONNREFUSED)\n"
	      "assert(ECONNREFUSED ~= ECONNRESET and EAGAIN == EWOULDBLOCK)\n"
	      "assert(not (ECONNREFUSED == 111) and not (ECONNREFUSED == 'ECONNREFUSED'))\n"
	      "assert(not rawequal(errno.value(111), errno.value(111)))");
}

static void values_have_fields_and_print(void **state)
{
	(void)state;
	check("local e = ECONNREFUSED\n"
	      "assert(e.name == 'ECONNREFUSED' and e.number == 111 and e.message == 'Connection refused')\n"
	      "assert(tostring(e) == 'ECONNREFUSED (Connection refused)')\n"
	      "assert('a ' .. e .. ' b' == 'a ECONNREFUSED (Connection refused) b')\n"
	      "assert(tostring(errno.value(512)) == 'errno 512 (Unknown error)')\n"
	      "assert(errno.is(e) and not errno.is(111) and not errno.is(nil))\n"
	      "raises('no field', function() return e.code end)\n"
	      "raises('EFOO', errno.value, 'EFOO')\n"
	      "raises('positive', errno.value, 0)");
}

static int refused(lua_State *L)
{
	struct nlab_slot *slot = nlab_call_begin(L, "connect", 3, 1, "%s", "10.0.0.2:1");
	errno = ECONNREFUSED;
	return nlab_call_done(L, slot, -1);
}

/* How a script may look at an error, or not; `err` is the error value. */
static const struct {
	const char *chunk;
	bool looks;
} LOOKS[] = {
    {"return err == ECONNREFUSED", true},
    {"return err == EPIPE", true},
    {"return EPIPE ~= err", true},
    {"return err.name", true},
    {"return err.number", true},
    {"return err.message", true},
    {"return tostring(err)", true},
    {"return 'x' .. err", true},
    {"return err == nil", false},
    {"return not err", false},
    {"return errno.is(err)", false},
    {"local list = {err} return #list", false},
    {"return pcall(function() return err.code end)", false},
};

static void looking_is_remembered(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof LOOKS / sizeof *LOOKS; i++) {
		char chunk[256];
		snprintf(chunk, sizeof chunk, "local ok, err = refused() %s", LOOKS[i].chunk);
		uint32_t before = atomic_load(&lua.recording.calls->taken);
		check(chunk);
		struct nlab_slot *slot = nlab_recording_slot_at(&lua.recording, before);
		assert_non_null(slot);
		assert_int_equal(slot->error, ECONNREFUSED);
		if (atomic_load(&slot->looked) != LOOKS[i].looks) {
			fail_msg("%s: looked is %d", LOOKS[i].chunk, atomic_load(&slot->looked));
		}
	}
}

static int setup_refused(void **state)
{
	if (state_setup(state) != 0) {
		return -1;
	}
	lua_register(lua.L, "refused", refused);
	return 0;
}

static int long_call(lua_State *L)
{
	char args[1000], out[1000];
	memset(args, 'a', sizeof args - 1);
	memset(out, 'o', sizeof out - 1);
	args[sizeof args - 1] = out[sizeof out - 1] = '\0';
	struct nlab_slot *slot = nlab_call_begin(L, "long", 7, 2, "%s", args);
	nlab_call_out(slot, "%s", out);
	nlab_call_end(slot, 5, 0);
	return 0;
}

static void long_texts_are_cut_within_the_record(void **state)
{
	(void)state;
	lua_register(lua.L, "long_call", long_call);
	check("long_call() refused()");
	struct nlab_slot *slot = nlab_recording_slot_at(&lua.recording, 0);
	size_t room = nlab_slot_count(slot) * (size_t)NLAB_SLOT_SIZE - offsetof(struct nlab_slot, text);
	const char *text = state_slot_text(slot);
	assert_int_equal(slot->args_length, NLAB_CALL_ARGS);
	assert_int_equal(strlen(text), NLAB_CALL_ARGS);
	assert_true(slot->out_length >= NLAB_CALL_OUT);
	assert_int_equal(strlen(text + slot->args_length + 1), slot->out_length);
	assert_true(slot->args_length + slot->out_length + 2U <= room);
	assert_int_equal(slot->result, 5);
	assert_int_equal(slot->host, 2);
	assert_int_equal(slot->fd, 7);
	struct nlab_slot *next = nlab_recording_slot_at(&lua.recording, nlab_slot_count(slot));
	assert_string_equal(next->name, "connect");
	assert_string_equal(state_slot_text(next), "10.0.0.2:1");
}

/* A call with as many bytes of arguments as Lua says, and with NLAB_CALL_OUT bytes of what comes out. */
static int wide_call(lua_State *L)
{
	int length = (int)luaL_checkinteger(L, 1);
	struct nlab_slot *slot = nlab_call_begin(L, "wide", -1, 1, "%0*d", length, 7);
	nlab_call_out(slot, "%0*d", NLAB_CALL_OUT, 8);
	nlab_call_end(slot, 0, 0);
	return 0;
}

static void a_whole_record(struct nlab_slot *slot, void *data)
{
	int *length = data;
	const char *text = state_slot_text(slot);
	assert_int_equal(slot->args_length, *length);
	assert_int_equal(slot->out_length, NLAB_CALL_OUT);
	assert_int_equal(text[slot->args_length - 1], '7');
	assert_int_equal(text[slot->args_length + NLAB_CALL_OUT], '8');
	++*length;
}

static void what_comes_out_has_its_room(void **state)
{
	int length = 1;
	(void)state;
	lua_register(lua.L, "wide_call", wide_call);
	check("for length = 1, 320 do wide_call(length) end");
	state_calls(&lua, a_whole_record, &length);
	assert_int_equal(length, NLAB_CALL_ARGS + 1);
}

static void a_full_recording_raises(void **state)
{
	(void)state;
	const char *problem = state_run(&lua, "for i = 1, 5000 do refused() end");
	assert_non_null(problem);
	assert_non_null(strstr(problem, "the recording of calls is full"));
	assert_true(nlab_recording_overflowed(&lua.recording));
}

static void quoting(void **state)
{
	char text[16];
	(void)state;
	assert_string_equal(nlab_call_quote(text, sizeof text, "", 0), "\"\"");
	assert_string_equal(nlab_call_quote(text, sizeof text, "a\"\\\n\r\t", 6), "\"a\\\"\\\\\\n\\r\\t\"");
	assert_string_equal(nlab_call_quote(text, sizeof text, "\0\x7f\xff", 3), "\"\\000\\177\\377\"");
	assert_string_equal(nlab_call_quote(text, sizeof text, "0123456789abc", 13), "\"0123456789\"...");
	assert_string_equal(nlab_call_quote(text, sizeof text, "0123456789a", 11), "\"0123456789a\"");
	assert_string_equal(nlab_call_quote(text, 8, "\xff\xff\xff", 3), "\"\"...");
}

static int line_of(lua_State *L)
{
	lua_pushinteger(L, nlab_context_line(L));
	return 1;
}

static void the_line_is_the_scripts(void **state)
{
	(void)state;
	lua_register(lua.L, "line_of", line_of);
	assert_null(state_run_as(&lua, "=netlab/lab.lua", "function library() return (line_of()) end"));
	assert_null(
	    state_run_as(&lua, "@helper.lua", "\n\n\n\n\n\n\nfunction helper() return (line_of()) end"));
	check("assert(line_of() == 1)\n"
	      "assert(library() == 2)\n"
	      "assert(helper() == 8)\n"
	      "assert(coroutine.wrap(function()\n"
	      "  return line_of() end)() == 5)");
	lua.context.script = "@test.lua";
	check("\n"
	      "local line = helper()\n"
	      "assert(line == 2)");
	assert_null(state_run_as(&lua, "@other.lua", "assert(line_of() == 0)"));
}

static void without_a_lab_nothing_works(void **state)
{
	lua_State *L = luaL_newstate();
	(void)state;
	luaL_openlibs(L);
	luaL_requiref(L, "socket", luaopen_netlab_socket, 1);
	assert_int_not_equal(luaL_dostring(L, "socket.open({id = 1}, 2, 1)"), LUA_OK);
	assert_non_null(strstr(lua_tostring(L, -1), "there is no lab here"));
	lua_close(L);
}

static void an_unknown_host_raises(void **state)
{
	(void)state;
	check("raises('there is no host with number 9', socket.open, {id = 9}, AF_INET, SOCK_STREAM)\n"
	      "raises('host expected', socket.open, {id = 0}, AF_INET, SOCK_STREAM)\n"
	      "raises('host expected', socket.open, {id = 64}, AF_INET, SOCK_STREAM)\n"
	      "raises('host expected', socket.open, {}, AF_INET, SOCK_STREAM)\n"
	      "raises('table expected', socket.open, 1, AF_INET, SOCK_STREAM)");
}

static void units(void **state)
{
	(void)state;
	check("assert(units.seconds '50ms' == 0.05 and units.seconds(2) == 2.0 and units.seconds '2min' == "
	      "120)\n"
	      "assert(units.nanoseconds '1.5us' == 1500 and units.nanoseconds(0.25) == 250000000)\n"
	      "assert(units.size '64K' == 65536 and units.size '1M' == 1048576 and units.size(10) == 10)\n"
	      "assert(units.size '5' == 5 and units.size '5B' == 5 and units.size '2G' == 2 << 30)\n"
	      "raises('ns, us, ms, s, min', units.seconds, '5 days')\n"
	      "raises('ns, us, ms, s, min', units.seconds, {})\n"
	      "raises('0 to 9.2e9', units.seconds, -1)\n"
	      "raises('B, K, M, G', units.size, '5T')\n"
	      "raises('B, K, M, G', units.size, 'K')\n"
	      "raises('B, K, M, G', units.size, -1)\n"
	      "raises('B, K, M, G', units.size, '99999999999999999999')\n"
	      "raises('B, K, M, G', units.size, nil)");
}

static void constants_have_their_values(void **state)
{
	(void)state;
	check("local K = require 'netlab.core.constants'\n"
	      "assert(K.AF_INET == 2 and K.INADDR_ANY == '0.0.0.0' and K.SIG_IGN == 'SIG_IGN')\n"
	      "assert(K.TCP_USER_TIMEOUT == 18 and K.SO_REUSEADDR == 2 and K.ETIMEDOUT.number == 110)\n"
	      "assert(K.AF_NOSUCH == nil)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STATE_TEST(values_compare_by_number),
	    STATE_TEST(values_have_fields_and_print),
	    cmocka_unit_test_setup_teardown(looking_is_remembered, setup_refused, state_teardown),
	    cmocka_unit_test_setup_teardown(long_texts_are_cut_within_the_record, setup_refused,
					    state_teardown),
	    STATE_TEST(what_comes_out_has_its_room),
	    cmocka_unit_test_setup_teardown(a_full_recording_raises, setup_refused, state_teardown),
	    cmocka_unit_test(quoting),
	    STATE_TEST(the_line_is_the_scripts),
	    cmocka_unit_test(without_a_lab_nothing_works),
	    STATE_TEST(an_unknown_host_raises),
	    STATE_TEST(units),
	    STATE_TEST(constants_have_their_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of bind/rule.h: terms in Lua become the plain data that the wire compares with. */
#include "bind_state.h"

#include "bind/rule.h"
#include "facts/rule.h"
#include "frames.h"

static int setup(void **state)
{
	if (state_setup(state) != 0) {
		return -1;
	}
	luaL_requiref(lua.L, "rule", luaopen_netlab_rule, 1);
	return 0;
}

/* The rule that `rule.encode` makes of a list of terms. */
static struct nlab_rule encode(const char *terms)
{
	struct nlab_rule made;
	char chunk[1024];
	size_t length = 0;
	snprintf(chunk, sizeof chunk, "encoded = rule.encode {%s}", terms);
	check(chunk);
	lua_getglobal(lua.L, "encoded");
	const char *bytes = lua_tolstring(lua.L, -1, &length);
	assert_int_equal(length, sizeof made);
	memcpy(&made, bytes, sizeof made);
	assert_true(nlab_rule_valid(&made));
	return made;
}

/* Whether the terms hold for a SYN of 10.0.0.1:40000 to 10.0.0.2:7000, the first packet of a recording. */
static bool holds(const char *terms)
{
	struct frame frame = {0};
	struct nlab_packet packet;
	struct nlab_packet_record record = {.id = 1, .src_host = 1, .dst_host = 2, .seq_base = 1000};
	struct nlab_rule rule = encode(terms);
	frame_tcp(&frame, (struct segment){.sport = 40000, .dport = 7000, .flags = 2, .seq = 1000});
	nlab_packet_decode(&packet, frame.bytes, frame.size, frame.size);
	return nlab_rule_matches(&rule, &(struct nlab_packet_context){&packet, &record});
}

static void each_comparison(void **state)
{
	(void)state;
	assert_true(holds("{field = 'dport', op = '==', value = 7000}"));
	assert_false(holds("{field = 'dport', op = '==', value = 7001}"));
	assert_true(holds("{field = 'dport', op = '!=', value = 7001}"));
	assert_false(holds("{field = 'dport', op = '!=', value = 7000}"));
	assert_true(holds("{field = 'dport', op = '<', value = 7001}"));
	assert_false(holds("{field = 'dport', op = '<', value = 7000}"));
	assert_true(holds("{field = 'dport', op = '<=', value = 7000}"));
	assert_false(holds("{field = 'dport', op = '<=', value = 6999}"));
	assert_true(holds("{field = 'dport', op = '>', value = 6999}"));
	assert_false(holds("{field = 'dport', op = '>', value = 7000}"));
	assert_true(holds("{field = 'dport', op = '>=', value = 7000}"));
	assert_false(holds("{field = 'dport', op = '>=', value = 7001}"));
	assert_true(holds("{field = 'flags', op = '&', mask = 0x17, value = 2}"));
	assert_false(holds("{field = 'flags', op = '&', mask = 0x15, value = 2}"));
}

static void each_kind_of_value(void **state)
{
	(void)state;
	assert_true(holds("{field = 'proto', op = '==', value = 'tcp'}"));
	assert_false(holds("{field = 'proto', op = '==', value = 'udp'}"));
	assert_true(holds("{field = 'src', op = '==', value = '10.0.0.1'}"));
	assert_true(holds("{field = 'src', op = '==', value = '::ffff:10.0.0.1'}"));
	assert_false(holds("{field = 'src', op = '!=', value = '10.0.0.1'}"));
	assert_false(holds("{field = 'dst', op = '==', value = 'fd00::2'}"));
	assert_true(holds("{field = 'dst_host', op = '==', value = 2}"));
	assert_true(holds("{field = 'df', op = '==', value = true}"));
	assert_false(holds("{field = 'df', op = '==', value = false}"));
}

static void all_terms_must_hold(void **state)
{
	(void)state;
	assert_true(holds(""));
	assert_int_equal(encode("").count, 0);
	assert_true(
	    holds("{field = 'dport', op = '==', value = 7000}, {field = 'seq', op = '==', value = 0}"));
	assert_false(
	    holds("{field = 'dport', op = '==', value = 7000}, {field = 'seq', op = '==', value = 1}"));
	assert_int_equal(
	    encode("{field = 'dport', op = '==', value = 1}, {field = 'len', op = '>', value = 0}").count, 2);
}

static void misuse_is_raised(void **state)
{
	(void)state;
	check("local function term(field, op, value, mask)\n"
	      "  return {{field = field, op = op, value = value, mask = mask}}\n"
	      "end\n"
	      "raises(\"no field 'colour'\", rule.encode, term('colour', '==', 1))\n"
	      "raises(\"no field 'nil'\", rule.encode, {{}})\n"
	      "raises(\"unknown comparison '~='\", rule.encode, term('dport', '~=', 1))\n"
	      "raises(\"unknown comparison '(none)'\", rule.encode, term('dport', nil, 1))\n"
	      "raises('a whole number, not 1.5', rule.encode, term('dport', '==', 1.5))\n"
	      "raises('a whole number, not -1', rule.encode, term('dport', '==', -1))\n"
	      "raises('a whole number, not nil', rule.encode, term('flags', '&', 2))\n"
	      "raises('a whole number, not nil', rule.encode, term('dport', '=='))\n"
	      "raises(\"'ten' is not an IPv4 or IPv6 address\", rule.encode, term('src', '==', 'ten'))\n"
	      "raises(\"'table' is not an IPv4\", rule.encode, term('src', '==', {}))\n"
	      "raises(\"'sctp' is not a protocol\", rule.encode, term('proto', '==', 'sctp'))\n"
	      "raises('cannot compare', rule.encode, term('src', '<', '10.0.0.1'))\n"
	      "raises('table expected', rule.encode, 'dport')\n"
	      "raises('table expected', rule.encode, {'dport'})\n"
	      "local many = {}\n"
	      "for i = 1, 24 do many[i] = {field = 'dport', op = '==', value = i} end\n"
	      "assert(#rule.encode(many) > 24)\n"
	      "many[25] = many[1]\n"
	      "raises('too many conditions', rule.encode, many)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_comparison),
	    cmocka_unit_test(each_kind_of_value),
	    cmocka_unit_test(all_terms_must_hold),
	    cmocka_unit_test(misuse_is_raised),
	};
	return cmocka_run_group_tests(tests, setup, state_teardown);
}

/* rule.c: conditions on packets, from Lua to plain data. Floor bind.
 * A term is {field="dport", op="==", value=12500}, or with op "&" a mask too: {field="flags", op="&", mask=0x17,
 * value=0x02} holds when (field & mask) == value. Hosts are given by their ids, addresses and protocols as text. */
#include "bind/rule.h"

#include "facts/rule.h"

#include <arpa/inet.h>
#include <lauxlib.h>
#include <string.h>

static const char *const OPS[NLAB_RULE_OP_COUNT + 1] = {
    [NLAB_RULE_EQ] = "==", [NLAB_RULE_NE] = "!=", [NLAB_RULE_LT] = "<",     [NLAB_RULE_LE] = "<=",
    [NLAB_RULE_GT] = ">",  [NLAB_RULE_GE] = ">=", [NLAB_RULE_MASKED] = "&", [NLAB_RULE_OP_COUNT] = NULL,
};

static uint8_t check_op(lua_State *L, const char *op)
{
	for (unsigned i = 0; i < NLAB_RULE_OP_COUNT; i++) {
		if (op && strcmp(op, OPS[i]) == 0) {
			return (uint8_t)i;
		}
	}
	return (uint8_t)luaL_error(L, "unknown comparison '%s': ==, !=, <, <=, >, >= or &",
				   op ? op : "(none)");
}

static void read_address(lua_State *L, uint8_t address[16])
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	const char *text = lua_tostring(L, -1);
	memcpy(address, mapped, sizeof mapped);
	if (!text ||
	    (inet_pton(AF_INET, text, address + 12) != 1 && inet_pton(AF_INET6, text, address) != 1)) {
		luaL_error(L, "'%s' is not an IPv4 or IPv6 address", text ? text : luaL_typename(L, -1));
	}
}

static uint64_t read_proto(lua_State *L)
{
	const char *text = lua_tostring(L, -1);
	for (unsigned proto = 0; text && proto < NLAB_PROTO_COUNT; proto++) {
		if (strcmp(text, nlab_proto_name(proto)) == 0) {
			return proto;
		}
	}
	return (uint64_t)luaL_error(L, "'%s' is not a protocol", text ? text : luaL_typename(L, -1));
}

static uint64_t read_number(lua_State *L, const char *field)
{
	int fits;
	lua_Integer value = lua_toboolean(L, -1);
	if (!lua_isboolean(L, -1)) {
		value = lua_tointegerx(L, -1, &fits);
		if (!fits || value < 0) {
			luaL_error(L, "field '%s' is compared with a whole number, not %s", field,
				   luaL_tolstring(L, -1, NULL));
		}
	}
	return (uint64_t)value;
}

/* Read the term on top of the stack. */
static void read_term(lua_State *L, struct nlab_rule_term *term)
{
	lua_getfield(L, -1, "field");
	lua_getfield(L, -2, "op");
	const char *name = lua_tostring(L, -2);
	int number = name ? nlab_field_number(name) : -1;
	if (number < 0) {
		luaL_error(L, "the wire knows no field '%s'", name ? name : luaL_typename(L, -2));
	}
	term->field = (uint16_t)number;
	term->op = check_op(L, lua_tostring(L, -1));
	enum nlab_field_type type = nlab_field_type(nlab_field_at((unsigned)number));
	lua_getfield(L, -3, "value");
	if (type == NLAB_FIELD_ADDRESS) {
		read_address(L, term->address);
	} else {
		term->value = type == NLAB_FIELD_PROTO ? read_proto(L) : read_number(L, name);
	}
	lua_pop(L, 1);
	if (term->op == NLAB_RULE_MASKED) {
		lua_getfield(L, -3, "mask");
		term->mask = read_number(L, name);
		lua_pop(L, 1);
	}
	lua_pop(L, 2);
}

static int rule_encode(lua_State *L)
{
	struct nlab_rule rule = {0};
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_Unsigned count = lua_rawlen(L, 1);
	luaL_argcheck(L, count <= NLAB_RULE_TERMS, 1, "too many conditions for the wire");
	for (lua_Unsigned i = 0; i < count; i++) {
		lua_rawgeti(L, 1, (lua_Integer)i + 1);
		luaL_checktype(L, -1, LUA_TTABLE);
		read_term(L, &rule.terms[i]);
		lua_pop(L, 1);
	}
	rule.count = (uint32_t)count;
	if (!nlab_rule_valid(&rule)) {
		return luaL_error(L, "the wire cannot compare these fields in this way");
	}
	lua_pushlstring(L, (const char *)&rule, sizeof rule);
	return 1;
}

static const luaL_Reg FUNCTIONS[] = {{"encode", rule_encode}, {NULL, NULL}};

int luaopen_netlab_rule(lua_State *L)
{
	luaL_newlib(L, FUNCTIONS);
	return 1;
}

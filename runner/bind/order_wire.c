/* order_wire.c: of netlab.core.order: rules of the wire, from their making to their removal. Floor bind. */
#include "bind/order.h"

#include "bind/units.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* The action named at `arg`; "" is none in particular. */
static uint16_t check_action(lua_State *L, int arg, const char *name)
{
	uint16_t action = name[0] ? 1 : 0;
	while (name[0] && action < NLAB_ACTION_COUNT && strcmp(name, nlab_action_name(action)) != 0) {
		action++;
	}
	if (action == NLAB_ACTION_COUNT) {
		luaL_argerror(L, arg, lua_pushfstring(L, "invalid option '%s'", name));
	}
	return action;
}

static lua_Integer field_integer(lua_State *L, const char *name, lua_Integer max)
{
	int exact = 1;
	lua_Integer value = lua_getfield(L, 1, name) == LUA_TNIL ? 0 : lua_tointegerx(L, -1, &exact);
	lua_pop(L, 1);
	if (!exact || value < 0 || value > max) {
		luaL_error(L, "field '%s' of a rule must be a whole number, 0 to %I", name, (LUAI_UACINT)max);
	}
	return value;
}

/* The field 'address': text, or nothing. */
static void read_address(lua_State *L, uint8_t address[16])
{
	static const uint8_t MAPPED[12] = {[10] = 0xff, [11] = 0xff};
	const char *text = lua_getfield(L, 1, "address") == LUA_TNIL ? NULL : luaL_checkstring(L, -1);
	if (text && inet_pton(AF_INET6, text, address) != 1) {
		memcpy(address, MAPPED, sizeof MAPPED);
		if (inet_pton(AF_INET, text, address + 12) != 1) {
			luaL_error(L, "'%s' is not an IPv4 or IPv6 address", text);
		}
	}
	lua_pop(L, 1);
}

/* rule{action =, rule = bytes of netlab.core.rule, value =, amount =, skip =, count =, chance =, seed =, link =, address =, text =} ->
 * rule id; struct nlab_order says what they mean */
static int order_rule(lua_State *L)
{
	struct nlab_order order = {.kind = NLAB_ORDER_RULE};
	struct nlab_reply reply;
	size_t length;
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	lua_getfield(L, 1, "action");
	order.action = check_action(L, 2, luaL_checkstring(L, 2));
	lua_getfield(L, 1, "rule");
	const char *rule = luaL_checklstring(L, 3, &length);
	luaL_argcheck(L, length == sizeof order.rule, 1, "not an encoded rule");
	memcpy(&order.rule, rule, sizeof order.rule);
	lua_getfield(L, 1, "text");
	snprintf(order.text, sizeof order.text, "%s", luaL_optstring(L, 4, ""));
	order.value = field_integer(L, "value", INT64_MAX);
	order.amount = field_integer(L, "amount", INT64_MAX);
	order.skip = (uint32_t)field_integer(L, "skip", UINT32_MAX - 1);
	order.count = (uint32_t)field_integer(L, "count", UINT32_MAX - 1);
	order.chance = (uint32_t)field_integer(L, "chance", UINT32_MAX);
	order.seed = (uint64_t)field_integer(L, "seed", INT64_MAX);
	order.link = (uint16_t)field_integer(L, "link", UINT16_MAX);
	read_address(L, order.address);
	order.line = nlab_context_line(L);
	nlab_order_ask(L, &order, -1, &reply, NULL);
	lua_pushinteger(L, reply.value);
	return 1;
}

/* remove(rule id or 0, action or "", text) -> how many rules were taken out */
static int order_remove(lua_State *L)
{
	struct nlab_order order = {.kind = NLAB_ORDER_REMOVE, .value = luaL_checkinteger(L, 1)};
	struct nlab_reply reply;
	order.action = check_action(L, 2, luaL_optstring(L, 2, ""));
	snprintf(order.text, sizeof order.text, "%s", luaL_optstring(L, 3, ""));
	nlab_order_ask(L, &order, -1, &reply, NULL);
	lua_pushinteger(L, reply.value);
	return 1;
}

/* release(rule id or 0, count or 0, text, packet id or nil) -> how many packets were delivered */
static int order_release(lua_State *L)
{
	struct nlab_order order = {.kind = NLAB_ORDER_RELEASE, .value = luaL_checkinteger(L, 1)};
	struct nlab_reply reply;
	lua_Integer count = luaL_optinteger(L, 2, 0);
	luaL_argcheck(L, count >= 0 && count < UINT32_MAX, 2, "a count of packets, 0 for all");
	order.count = (uint32_t)count;
	order.amount = luaL_optinteger(L, 4, 0);
	snprintf(order.text, sizeof order.text, "%s", luaL_optstring(L, 3, ""));
	nlab_order_ask(L, &order, -1, &reply, NULL);
	lua_pushinteger(L, reply.value);
	return 1;
}

/* hits(rule id) -> packets decided, packets held now */
static int order_hits(lua_State *L)
{
	struct nlab_order order = {.kind = NLAB_ORDER_HITS, .value = luaL_checkinteger(L, 1)};
	struct nlab_reply reply;
	nlab_order_ask(L, &order, -1, &reply, NULL);
	lua_pushinteger(L, reply.value);
	lua_pushinteger(L, reply.value2);
	return 2;
}

/* filter(rule id, packet id or 0, what it says about that packet, delay or nil) -> the next packet's id, 0: the rule is gone. The
 * order NLAB_ORDER_FILTER. Blocks. */
static int order_filter(lua_State *L)
{
	static const char *const SAYS[NLAB_FILTER_COUNT + 1] = {
	    [NLAB_FILTER_PASS] = "pass",           [NLAB_FILTER_DROP] = "drop",   [NLAB_FILTER_HOLD] = "hold",
	    [NLAB_FILTER_DUPLICATE] = "duplicate", [NLAB_FILTER_DELAY] = "delay", [NLAB_FILTER_COUNT] = NULL,
	};
	struct nlab_order order = {.kind = NLAB_ORDER_FILTER,
				   .value = luaL_checkinteger(L, 1),
				   .amount = luaL_checkinteger(L, 2),
				   .count = (uint32_t)luaL_checkoption(L, 3, "pass", SAYS)};
	struct nlab_reply reply;
	order.timeout_ns = lua_isnoneornil(L, 4) ? 0 : nlab_units_ns(L, 4);
	nlab_order_ask(L, &order, -1, &reply, NULL);
	lua_pushinteger(L, reply.value);
	return 1;
}

/* drain() -> packets recorded: all that was sent before this call */
static int order_drain(lua_State *L)
{
	struct nlab_order order = {.kind = NLAB_ORDER_DRAIN};
	struct nlab_reply reply;
	nlab_order_ask(L, &order, -1, &reply, NULL);
	lua_pushinteger(L, reply.value);
	return 1;
}

const luaL_Reg nlab_order_wire_functions[] = {
    {"rule", order_rule}, {"remove", order_remove}, {"release", order_release},
    {"hits", order_hits}, {"drain", order_drain},   {"filter", order_filter},
    {NULL, NULL},
};

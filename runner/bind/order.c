/* order.c: asking the lab process from Lua: hosts, rules of the wire, drain, and files of the script. Floor bind. */
#include "bind/order.h"

#include "bind/units.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FILE_MAX (16u << 20) /* bytes of a file that a script may require */
#define CHUNK    4096

/* Wait for the lab's answer. Without one the lab is being killed, and this process with it: nothing more is to be recorded. */
static void receive_reply(const struct nlab_context *context, struct nlab_reply *reply, int *fd)
{
	if (nlab_order_receive(context->lab, reply, sizeof *reply, fd, 0) != (ssize_t)sizeof *reply) {
		_exit(1);
	}
}

void nlab_order_try(lua_State *L, const struct nlab_order *order, int given, struct nlab_reply *reply,
		    int *fd)
{
	const struct nlab_context *context = nlab_context(L);
	if (!nlab_order_send(context->lab, order, sizeof *order, given)) {
		_exit(1);
	}
	receive_reply(context, reply, fd);
}

void nlab_order_ask(lua_State *L, const struct nlab_order *order, int given, struct nlab_reply *reply,
		    int *fd)
{
	char text[sizeof reply->error + 64];
	nlab_order_try(L, order, given, reply, fd);
	if (reply->error.step[0]) {
		luaL_error(L, "%s", nlab_error_text(&reply->error, text, sizeof text));
	}
}

static void copy_text(lua_State *L, int arg, char *to, size_t size)
{
	snprintf(to, size, "%s", luaL_optstring(L, arg, ""));
}

static uint16_t check_host(lua_State *L, int arg)
{
	return (uint16_t)nlab_units_integer(L, arg, 1, NLAB_HOSTS_MAX - 1);
}

static void set_text(lua_State *L, const char *field, const char *text)
{
	if (strcmp(text, "-") != 0) {
		lua_pushstring(L, text);
		lua_setfield(L, -2, field);
	}
}

/* A name argument of at most 31 bytes, copied into the order. */
static void copy_name(lua_State *L, int arg, struct nlab_order *order)
{
	size_t length;
	const char *name = luaL_checklstring(L, arg, &length);
	luaL_argcheck(L, length > 0 && length < sizeof order->name, arg, "a name has 1 to 31 bytes");
	memcpy(order->name, name, length);
}

static int push_host(lua_State *L, const struct nlab_reply *reply)
{
	char ip[48], ip6[48], mac[24];
	if (reply->value <= 0 || reply->value >= NLAB_HOSTS_MAX ||
	    sscanf(reply->text, "%47s %47s %23s", ip, ip6, mac) != 3) {
		return luaL_error(L, "the lab's answer makes no sense");
	}
	lua_createtable(L, 0, 4);
	lua_pushinteger(L, reply->value);
	lua_setfield(L, -2, "id");
	set_text(L, "ip", ip);
	set_text(L, "ip6", ip6);
	set_text(L, "mac", mac);
	return 1;
}

/* host(name, ipv6, lone) -> {id=, ip=, ip6=, mac=}; lone: with loopback only */
static int order_host(lua_State *L)
{
	struct nlab_context *context = nlab_context(L);
	struct nlab_order order = {.kind = NLAB_ORDER_HOST,
				   .value = lua_toboolean(L, 2) | lua_toboolean(L, 3) << 1};
	struct nlab_reply reply;
	int space = -1;
	copy_name(L, 1, &order);
	nlab_order_ask(L, &order, -1, &reply, &space);
	push_host(L, &reply);
	context->host_namespace[reply.value] = space;
	return 1;
}

/* puppet(name, ipv6, lone) -> {id=, ip=, ip6=, mac=} */
static int order_puppet(lua_State *L)
{
	struct nlab_order order = {.kind = NLAB_ORDER_PUPPET,
				   .value = lua_toboolean(L, 2) | lua_toboolean(L, 3) << 1};
	struct nlab_reply reply;
	copy_name(L, 1, &order);
	nlab_order_ask(L, &order, -1, &reply, NULL);
	return push_host(L, &reply);
}

/* inject(host id, interface, frame): send it as if that interface had sent it */
static int order_inject(lua_State *L)
{
	struct nlab_order order = {.kind = NLAB_ORDER_INJECT, .host = check_host(L, 1)};
	struct nlab_reply reply;
	char text[sizeof reply.error + 64];
	size_t length;
	const char *frame = luaL_checklstring(L, 3, &length);
	luaL_argcheck(L, length >= 14 && length <= NLAB_ORDER_FRAME_MAX, 3, "a frame has 14 to 65550 bytes");
	copy_name(L, 2, &order);
	char *message = lua_newuserdatauv(L, sizeof order + length, 0);
	memcpy(message, &order, sizeof order);
	memcpy(message + sizeof order, frame, length);
	const struct nlab_context *context = nlab_context(L);
	if (!nlab_order_send(context->lab, message, sizeof order + length, -1)) {
		return luaL_error(L, "cannot send a frame of %d bytes: %s", (int)length, strerror(errno));
	}
	receive_reply(context, &reply, NULL);
	return reply.error.step[0] ? luaL_error(L, "%s", nlab_error_text(&reply.error, text, sizeof text))
				   : 0;
}

/* link(name, arp) -> link id; arp: addresses are resolved */
static int order_link(lua_State *L)
{
	struct nlab_order order = {.kind = NLAB_ORDER_LINK, .value = lua_toboolean(L, 2)};
	struct nlab_reply reply;
	copy_name(L, 1, &order);
	nlab_order_ask(L, &order, -1, &reply, NULL);
	lua_pushinteger(L, reply.value);
	return 1;
}

/* attach(host id, link id, "ADDRESS/LENGTH ...", mtu or nil) -> the interface's name, its MAC */
static int order_attach(lua_State *L)
{
	struct nlab_order order = {.kind = NLAB_ORDER_ATTACH, .host = check_host(L, 1)};
	struct nlab_reply reply;
	char name[24], mac[24];
	order.link = (uint16_t)nlab_units_integer(L, 2, 1, UINT16_MAX);
	luaL_argcheck(L, strlen(luaL_checkstring(L, 3)) < sizeof order.text, 3, "too many addresses");
	copy_text(L, 3, order.text, sizeof order.text);
	order.value = lua_isnoneornil(L, 4) ? 0 : nlab_units_integer(L, 4, 68, UINT16_MAX);
	nlab_order_ask(L, &order, -1, &reply, NULL);
	if (sscanf(reply.text, "%23s %23s", name, mac) != 2) {
		return luaL_error(L, "the lab's answer makes no sense");
	}
	lua_pushstring(L, name);
	lua_pushstring(L, mac);
	return 2;
}

static int set_interface(lua_State *L, enum nlab_order_kind kind)
{
	struct nlab_order order = {
	    .kind = (uint16_t)kind, .host = check_host(L, 1), .value = lua_toboolean(L, 3)};
	struct nlab_reply reply;
	copy_name(L, 2, &order);
	nlab_order_ask(L, &order, -1, &reply, NULL);
	return 0;
}

/* cable(host id, interface, true or false): plug it in, or pull it */
static int order_cable(lua_State *L)
{
	return set_interface(L, NLAB_ORDER_CABLE);
}

/* interface(host id, interface, true or false): set it up or down */
static int order_interface(lua_State *L)
{
	return set_interface(L, NLAB_ORDER_INTERFACE);
}

/* crash(host id): take it away without a FIN or RST */
static int order_crash(lua_State *L)
{
	struct nlab_order order = {.kind = NLAB_ORDER_CRASH, .host = check_host(L, 1)};
	struct nlab_reply reply;
	nlab_order_ask(L, &order, -1, &reply, NULL);
	return 0;
}

/* reboot(host id): bring it back, empty */
static int order_reboot(lua_State *L)
{
	struct nlab_context *context = nlab_context(L);
	struct nlab_order order = {.kind = NLAB_ORDER_REBOOT, .host = check_host(L, 1)};
	struct nlab_reply reply;
	int space = -1;
	nlab_order_ask(L, &order, -1, &reply, &space);
	close(context->host_namespace[order.host]);
	context->host_namespace[order.host] = space;
	context->here = context->here == order.host ? NLAB_HOST_NONE : context->here;
	return 0;
}

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

/* rule{action =, rule = bytes of netlab.core.rule, value =, amount =, skip =, count =, chance =, seed =, link =, text =} ->
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
	copy_text(L, 4, order.text, sizeof order.text);
	order.value = field_integer(L, "value", INT64_MAX);
	order.amount = field_integer(L, "amount", INT64_MAX);
	order.skip = (uint32_t)field_integer(L, "skip", UINT32_MAX - 1);
	order.count = (uint32_t)field_integer(L, "count", UINT32_MAX - 1);
	order.chance = (uint32_t)field_integer(L, "chance", UINT32_MAX);
	order.seed = (uint64_t)field_integer(L, "seed", INT64_MAX);
	order.link = (uint16_t)field_integer(L, "link", UINT16_MAX);
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
	copy_text(L, 3, order.text, sizeof order.text);
	nlab_order_ask(L, &order, -1, &reply, NULL);
	lua_pushinteger(L, reply.value);
	return 1;
}

/* release(rule id or 0, count or 0, text) -> how many packets were delivered */
static int order_release(lua_State *L)
{
	struct nlab_order order = {.kind = NLAB_ORDER_RELEASE, .value = luaL_checkinteger(L, 1)};
	struct nlab_reply reply;
	lua_Integer count = luaL_optinteger(L, 2, 0);
	luaL_argcheck(L, count >= 0 && count < UINT32_MAX, 2, "a count of packets, 0 for all");
	order.count = (uint32_t)count;
	copy_text(L, 3, order.text, sizeof order.text);
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

/* drain() -> packets recorded: all that was sent before this call */
static int order_drain(lua_State *L)
{
	struct nlab_order order = {.kind = NLAB_ORDER_DRAIN};
	struct nlab_reply reply;
	nlab_order_ask(L, &order, -1, &reply, NULL);
	lua_pushinteger(L, reply.value);
	return 1;
}

/* Ask the runner to open a file below the script's folder. Returns its descriptor, or -1 with errno. */
static int open_file(int files, const char *path, size_t length)
{
	int ends[2];
	int code = EIO;
	int fd = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
		return -1;
	}
	bool answered = nlab_order_send(files, path, length, ends[1]);
	close(ends[1]);
	answered = answered && nlab_order_receive(ends[0], &code, sizeof code, &fd, 0) == sizeof code;
	close(ends[0]);
	errno = answered ? code : EIO;
	return fd;
}

/* file(path) -> contents, or nil and a message. The path is relative to the script's folder. */
static int order_file(lua_State *L)
{
	size_t length;
	const char *path = luaL_checklstring(L, 1, &length);
	luaL_argcheck(L, length > 0 && length < 4096, 1, "a path has 1 to 4095 bytes");
	luaL_Buffer buffer;
	luaL_buffinit(L, &buffer);
	int fd = open_file(nlab_context(L)->files, path, length);
	if (fd < 0) {
		lua_pushnil(L);
		lua_pushfstring(L, "cannot open %s: %s", path, strerror(errno));
		return 2;
	}
	ssize_t got;
	size_t total = 0;
	do { /* memory errors inside would leak fd, in a process that ends then */
		got = read(fd, luaL_prepbuffsize(&buffer, CHUNK), CHUNK);
		luaL_addsize(&buffer, got > 0 ? (size_t)got : 0);
		total += got > 0 ? (size_t)got : 0;
	} while (got > 0 && total <= FILE_MAX);
	close(fd);
	luaL_pushresult(&buffer);
	if (total > FILE_MAX) {
		lua_pushnil(L);
		lua_pushfstring(L, "cannot read %s: it has more than %d MiB", path, (int)(FILE_MAX >> 20));
		return 2;
	}
	return 1;
}

static const luaL_Reg FUNCTIONS[] = {
    {"host", order_host},           {"puppet", order_puppet},
    {"inject", order_inject},       {"link", order_link},
    {"attach", order_attach},       {"cable", order_cable},
    {"interface", order_interface}, {"crash", order_crash},
    {"reboot", order_reboot},       {"rule", order_rule},
    {"remove", order_remove},       {"release", order_release},
    {"hits", order_hits},           {"drain", order_drain},
    {"file", order_file},           {NULL, NULL},
};

int luaopen_netlab_order(lua_State *L)
{
	luaL_newlib(L, FUNCTIONS);
	return 1;
}

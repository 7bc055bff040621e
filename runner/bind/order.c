/* order.c: asking the lab process from Lua: hosts, links, frames, and files of the script. Floor bind. */
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

/* answer(host id, answers): what a puppet answers by itself, bits of enum nlab_answers */
static int order_answer(lua_State *L)
{
	struct nlab_order order = {
	    .kind = NLAB_ORDER_ANSWER, .host = check_host(L, 1), .value = luaL_checkinteger(L, 2)};
	struct nlab_reply reply;
	nlab_order_ask(L, &order, -1, &reply, NULL);
	return 0;
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
    {"host", order_host},     {"puppet", order_puppet},       {"answer", order_answer},
    {"inject", order_inject}, {"link", order_link},           {"attach", order_attach},
    {"cable", order_cable},   {"interface", order_interface}, {"crash", order_crash},
    {"reboot", order_reboot}, {"file", order_file},           {NULL, NULL},
};

int luaopen_netlab_order(lua_State *L)
{
	luaL_newlib(L, FUNCTIONS);
	luaL_setfuncs(L, nlab_order_wire_functions, 0);
	return 1;
}

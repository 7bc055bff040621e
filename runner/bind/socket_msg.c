/* socket_msg.c: sendmsg and recvmsg as methods of a socket. Floor bind.
 * The system call, once, with the fields of struct msghdr as fields of a table. */
#include "bind/address.h"
#include "bind/context.h"
#include "bind/control.h"
#include "bind/socket.h"
#include "bind/socket_io.h"
#include "bind/units.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define IOV_MAX_ITEMS 64
#define PRINTED_ITEMS 3 /* of the iovec, in call records */
#define DATA_DEFAULT  65536
#define IOV_TEXT      (PRINTED_ITEMS * (NLAB_IO_QUOTE / 2 + 4) + 16)

struct message { /* what sendmsg(2) is given */
	struct msghdr header;
	struct iovec iov[IOV_MAX_ITEMS];
	struct nlab_address to;
	union nlab_control control;
	int flags;
};

/* An integer field of the table at 2, `otherwise` when it is absent. */
static lua_Integer field_integer(lua_State *L, const char *field, lua_Integer otherwise, lua_Integer min,
				 lua_Integer max)
{
	int exact = 1;
	lua_Integer value = lua_getfield(L, 2, field) == LUA_TNIL ? otherwise : lua_tointegerx(L, -1, &exact);
	lua_pop(L, 1);
	if (!exact || value < min || value > max) {
		luaL_argerror(
		    L, 2, lua_pushfstring(L, "field %s must be an integer from %I to %I", field, min, max));
	}
	return value;
}

/* Add the string on top of the stack to the iovec; it stays there, so that it stays alive. */
static void add_iov(lua_State *L, struct message *message)
{
	size_t length;
	if (lua_type(L, -1) != LUA_TSTRING) {
		luaL_argerror(L, 2, "field data must be a string, field iov a list of strings");
	}
	luaL_argcheck(L, message->header.msg_iovlen < IOV_MAX_ITEMS, 2, "at most 64 strings in iov expected");
	const char *bytes = lua_tolstring(L, -1, &length);
	message->iov[message->header.msg_iovlen++] =
	    (struct iovec){.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};
}

static void check_iov(lua_State *L, struct message *message)
{
	luaL_checkstack(L, IOV_MAX_ITEMS, NULL);
	message->header.msg_iov = message->iov;
	if (lua_getfield(L, 2, "data") != LUA_TNIL) {
		add_iov(L, message);
	}
	if (lua_getfield(L, 2, "iov") == LUA_TNIL) {
		return;
	}
	luaL_argcheck(L, lua_istable(L, -1) && message->header.msg_iovlen == 0, 2,
		      "either data (a string) or iov (a list of strings) expected");
	int list = lua_gettop(L);
	for (lua_Integer i = 1; lua_geti(L, list, i) != LUA_TNIL; i++) {
		add_iov(L, message);
	}
}

/* The field `to`: an address, or a pair {address, port}. */
static void check_to(lua_State *L, const struct nlab_socket *self, struct message *message)
{
	message->to = (struct nlab_address){.length = 0, .text = "NULL"};
	if (lua_getfield(L, 2, "to") == LUA_TNIL) {
		lua_pop(L, 1);
		return;
	}
	int to = lua_gettop(L);
	if (lua_istable(L, to) && lua_geti(L, to, 1) != LUA_TNIL) {
		lua_geti(L, to, 2);
		lua_remove(L, to);
	} else {
		lua_settop(L, to);
		lua_pushnil(L);
	}
	nlab_address_check(L, to, self->family, self->type != SOCK_RAW, &message->to);
	message->header.msg_name = &message->to.storage;
	message->header.msg_namelen = message->to.length;
	lua_settop(L, to - 1);
}

static void check_control(lua_State *L, struct message *message)
{
	if (lua_getfield(L, 2, "control") != LUA_TNIL) {
		luaL_argcheck(L, lua_istable(L, -1), 2,
			      "control must be a list of {level =, type =, data =}");
		message->header.msg_controllen = nlab_control_read(L, 2, -1, &message->control);
		message->header.msg_control = message->control.bytes;
	}
	lua_pop(L, 1);
}

static const char *print_iov(const struct message *message, char text[IOV_TEXT])
{
	size_t used = 0, count = message->header.msg_iovlen;
	text[0] = '\0';
	for (size_t i = 0; i < count && i < PRINTED_ITEMS; i++) {
		char quoted[NLAB_IO_QUOTE / 2];
		nlab_call_quote(quoted, sizeof quoted, message->iov[i].iov_base, message->iov[i].iov_len);
		used += (size_t)snprintf(text + used, IOV_TEXT - used, "%s%s", i ? ", " : "", quoted);
	}
	if (count > PRINTED_ITEMS) {
		snprintf(text + used, IOV_TEXT - used, ", ...");
	}
	return text;
}

static int msg_sendmsg(lua_State *L)
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	struct message message;
	char flag_text[NLAB_IO_FLAGS], iov_text[IOV_TEXT];
	luaL_checktype(L, 2, LUA_TTABLE);
	message.header = (struct msghdr){0};
	message.flags = (int)field_integer(L, "flags", 0, INT32_MIN, INT32_MAX);
	check_iov(L, &message);
	check_to(L, self, &message);
	check_control(L, &message);
	struct nlab_slot *slot = nlab_call_begin(
	    L, "sendmsg", self->fd, self->host, "{msg_name=%s, msg_iov=[%s], msg_controllen=%zu}, %s",
	    message.to.text, print_iov(&message, iov_text), (size_t)message.header.msg_controllen,
	    nlab_io_flags(message.flags, flag_text));
	return nlab_io_sent(L, slot, sendmsg(self->fd, &message.header, message.flags));
}

/* Push the table that recvmsg returns; the data is on top of the stack. */
static void push_message(lua_State *L, struct msghdr *header, ssize_t result)
{
	lua_createtable(L, 0, 5);
	lua_insert(L, -2);
	lua_setfield(L, -2, "data");
	lua_pushinteger(L, result);
	lua_setfield(L, -2, "length");
	lua_pushinteger(L, header->msg_flags);
	lua_setfield(L, -2, "flags");
	nlab_address_push(L, header->msg_name, header->msg_namelen);
	lua_setfield(L, -2, "from");
	nlab_control_push(L, header);
	lua_setfield(L, -2, "control");
}

/* Write what came out of recvmsg(2) into its record. */
static void record_message(struct nlab_slot *slot, const struct msghdr *header, size_t kept)
{
	char flag_text[NLAB_IO_FLAGS], quoted[NLAB_IO_QUOTE], from[NLAB_ADDRESS_TEXT];
	nlab_call_out(slot, "%s, %s, %s",
		      nlab_call_quote(quoted, sizeof quoted, header->msg_iov->iov_base, kept),
		      nlab_address_print(header->msg_name, header->msg_namelen, from),
		      nlab_io_flags(header->msg_flags, flag_text));
}

static int msg_recvmsg(lua_State *L)
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	luaL_checktype(L, 2, LUA_TTABLE);
	size_t size = (size_t)field_integer(L, "size", DATA_DEFAULT, 0, NLAB_IO_RECEIVE_MAX);
	size_t control_size = (size_t)field_integer(L, "control", 512, 0, NLAB_CONTROL_MAX);
	int flags = (int)field_integer(L, "flags", 0, INT32_MIN, INT32_MAX);
	union nlab_control control;
	struct sockaddr_storage from = {0};
	char flag_text[NLAB_IO_FLAGS];
	luaL_Buffer buffer;
	struct iovec iov = {.iov_base = nlab_io_room(L, &buffer, size, flags), .iov_len = size};
	struct msghdr header = {.msg_name = &from,
				.msg_namelen = sizeof from,
				.msg_iov = &iov,
				.msg_iovlen = 1,
				.msg_control = control.bytes,
				.msg_controllen = control_size};
	struct nlab_slot *slot =
	    nlab_call_begin(L, "recvmsg", self->fd, self->host, "{msg_iov=[%zu], msg_controllen=%zu}, %s",
			    size, control_size, nlab_io_flags(flags, flag_text));
	ssize_t result = recvmsg(self->fd, &header, flags);
	if (result < 0) {
		return nlab_call_done(L, slot, -1);
	}
	size_t kept = (size_t)result < size ? (size_t)result : size;
	record_message(slot, &header, kept);
	nlab_call_end(slot, result, 0);
	luaL_pushresultsize(&buffer, kept);
	push_message(L, &header, result);
	return 1;
}

const luaL_Reg nlab_socket_msg_methods[] = {{"sendmsg", msg_sendmsg}, {"recvmsg", msg_recvmsg}, {NULL, NULL}};

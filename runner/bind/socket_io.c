/* socket_io.c: send, recv, sendto, recvfrom, write and read as methods of a socket. Floor bind.
 * The system call, once: it blocks when the socket blocks, EINTR and short counts are visible, SIGPIPE is
 * real. */
#include "bind/socket_io.h"

#include "bind/address.h"
#include "bind/context.h"
#include "bind/socket.h"
#include "bind/units.h"
#include "facts/constants.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const char *nlab_io_flags(int flags, char text[NLAB_IO_FLAGS])
{
	return nlab_constant_flags(NLAB_GROUP_MSG, (unsigned)flags, text, NLAB_IO_FLAGS);
}

int nlab_io_sent(lua_State *L, struct nlab_slot *slot, ssize_t sent)
{
	if (sent < 0) {
		return nlab_call_done(L, slot, -1);
	}
	nlab_call_end(slot, sent, 0);
	lua_pushinteger(L, sent);
	return 1;
}

char *nlab_io_room(lua_State *L, luaL_Buffer *buffer, size_t size, int flags)
{
	char *room = luaL_buffinitsize(L, buffer, size);
	if (flags & MSG_TRUNC) {
		memset(room, 0, size);
	}
	return room;
}

static int io_send(lua_State *L)
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	size_t length;
	const char *data = luaL_checklstring(L, 2, &length);
	int flags = nlab_units_opt_int(L, 3, 0);
	char flag_text[NLAB_IO_FLAGS], quoted[NLAB_IO_QUOTE];
	struct nlab_slot *slot = nlab_call_begin(L, "send", self->fd, self->host, "%s, %zu, %s",
						 nlab_call_quote(quoted, sizeof quoted, data, length), length,
						 nlab_io_flags(flags, flag_text));
	return nlab_io_sent(L, slot, send(self->fd, data, length, flags));
}

static int io_sendto(lua_State *L)
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	struct nlab_address to = {.length = 0, .text = "NULL"};
	size_t length;
	const char *data = luaL_checklstring(L, 2, &length);
	int flags = nlab_units_opt_int(L, 3, 0);
	char flag_text[NLAB_IO_FLAGS], quoted[NLAB_IO_QUOTE];
	if (!lua_isnoneornil(L, 4)) {
		nlab_address_check(L, 4, self->family, self->type != SOCK_RAW, &to);
	}
	struct nlab_slot *slot = nlab_call_begin(L, "sendto", self->fd, self->host, "%s, %zu, %s, %s",
						 nlab_call_quote(quoted, sizeof quoted, data, length), length,
						 nlab_io_flags(flags, flag_text), to.text);
	struct sockaddr *name = to.length ? (struct sockaddr *)&to.storage : NULL;
	return nlab_io_sent(L, slot, sendto(self->fd, data, length, flags, name, to.length));
}

/* recv(2) when `from` is NULL, else recvfrom(2). Pushes the bytes; behind them the sender when that was asked
 * for; last the datagram's length when it was longer than the room and MSG_TRUNC asked for it. */
static int receive(lua_State *L, const char *name, struct sockaddr_storage *from, socklen_t *from_length)
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	size_t size = (size_t)nlab_units_integer(L, 2, 0, NLAB_IO_RECEIVE_MAX);
	int flags = nlab_units_opt_int(L, 3, 0), top = lua_gettop(L);
	char flag_text[NLAB_IO_FLAGS], quoted[NLAB_IO_QUOTE], from_text[NLAB_ADDRESS_TEXT];
	luaL_Buffer buffer;
	char *room = nlab_io_room(L, &buffer, size, flags);
	struct nlab_slot *slot =
	    nlab_call_begin(L, name, self->fd, self->host, "%zu, %s", size, nlab_io_flags(flags, flag_text));
	ssize_t result = from ? recvfrom(self->fd, room, size, flags, (struct sockaddr *)from, from_length)
			      : recv(self->fd, room, size, flags);
	if (result < 0) {
		return nlab_call_done(L, slot, -1);
	}
	size_t kept = (size_t)result < size ? (size_t)result : size;
	nlab_call_quote(quoted, sizeof quoted, room, kept);
	nlab_call_out(slot, from ? "%s, %s" : "%s", quoted,
		      from ? nlab_address_print(from, *from_length, from_text) : "");
	nlab_call_end(slot, result, 0);
	luaL_pushresultsize(&buffer, kept);
	if (from) {
		nlab_address_push(L, from, *from_length);
	}
	if ((size_t)result > kept) {
		lua_pushinteger(L, result);
	}
	return lua_gettop(L) - top;
}

static int io_recv(lua_State *L)
{
	return receive(L, "recv", NULL, NULL);
}

static int io_recvfrom(lua_State *L)
{
	struct sockaddr_storage from = {0};
	socklen_t length = sizeof from;
	return receive(L, "recvfrom", &from, &length);
}

/* write(2) and read(2) are not send(2) and recv(2) without flags in all: the kernel answers a read of 0 bytes without asking
 * the socket. */
static int io_write(lua_State *L)
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	size_t length;
	const char *data = luaL_checklstring(L, 2, &length);
	char quoted[NLAB_IO_QUOTE];
	struct nlab_slot *slot =
	    nlab_call_begin(L, "write", self->fd, self->host, "%s, %zu",
			    nlab_call_quote(quoted, sizeof quoted, data, length), length);
	return nlab_io_sent(L, slot, write(self->fd, data, length));
}

static int io_read(lua_State *L)
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	size_t size = (size_t)nlab_units_integer(L, 2, 0, NLAB_IO_RECEIVE_MAX);
	char quoted[NLAB_IO_QUOTE];
	luaL_Buffer buffer;
	char *room = luaL_buffinitsize(L, &buffer, size);
	struct nlab_slot *slot = nlab_call_begin(L, "read", self->fd, self->host, "%zu", size);
	ssize_t result = read(self->fd, room, size);
	if (result < 0) {
		return nlab_call_done(L, slot, -1);
	}
	nlab_call_out(slot, "%s", nlab_call_quote(quoted, sizeof quoted, room, (size_t)result));
	nlab_call_end(slot, result, 0);
	luaL_pushresultsize(&buffer, (size_t)result);
	return 1;
}

const luaL_Reg nlab_socket_io_methods[] = {
    {"send", io_send},   {"sendto", io_sendto}, {"recv", io_recv}, {"recvfrom", io_recvfrom},
    {"write", io_write}, {"read", io_read},     {NULL, NULL}};

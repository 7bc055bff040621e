/* socket_calls.c: the calls that set up, name and end connections, as methods of a socket. Floor bind.
 * Each is the system call, once: it blocks when the socket blocks, EINTR is visible, nothing is retried. */
#include "bind/socket.h"

#include "bind/address.h"
#include "bind/context.h"
#include "bind/units.h"
#include "facts/constants.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* Read the address arguments of bind(2) and connect(2), from index 2 on. */
static void check_address(lua_State *L, const struct nlab_socket *self, struct nlab_address *address)
{
	nlab_address_check(L, 2, self->family, self->type != SOCK_RAW, address);
}

static int call_bind(lua_State *L)
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	struct nlab_address address;
	if (lua_isinteger(L, 2) && lua_isnoneornil(L, 3)) {
		nlab_address_wildcard(L, 2, self->family, &address);
	} else {
		check_address(L, self, &address);
	}
	struct nlab_slot *slot = nlab_call_begin(L, "bind", self->fd, self->host, "%s", address.text);
	return nlab_call_done(L, slot, bind(self->fd, (struct sockaddr *)&address.storage, address.length));
}

static int call_connect(lua_State *L)
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	struct nlab_address address;
	check_address(L, self, &address);
	struct nlab_slot *slot = nlab_call_begin(L, "connect", self->fd, self->host, "%s", address.text);
	return nlab_call_done(L, slot,
			      connect(self->fd, (struct sockaddr *)&address.storage, address.length));
}

static int call_listen(lua_State *L)
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	int backlog = nlab_units_opt_int(L, 2, SOMAXCONN);
	struct nlab_slot *slot = nlab_call_begin(L, "listen", self->fd, self->host, "%d", backlog);
	return nlab_call_done(L, slot, listen(self->fd, backlog));
}

/* Call accept(2), or accept4(2) when `flags` is not negative; `slot` is its record. Pushes the connection's
 * socket and the peer's address. The new socket is made before the call, so that no descriptor gets lost. */
static int accept_into(lua_State *L, const struct nlab_socket *self, int flags, struct nlab_slot *slot)
{
	struct sockaddr_storage peer = {0};
	socklen_t length = sizeof peer;
	char text[NLAB_ADDRESS_TEXT];
	lua_getiuservalue(L, 1, 1);
	struct nlab_socket *made = nlab_socket_new(L, self);
	int fd = flags < 0 ? accept(self->fd, (struct sockaddr *)&peer, &length)
			   : accept4(self->fd, (struct sockaddr *)&peer, &length, flags);
	made->fd = fd;
	if (fd < 0) {
		int error = errno;
		nlab_socket_forget(L, made);
		errno = error;
		return nlab_call_done(L, slot, -1);
	}
	nlab_call_out(slot, "%s", nlab_address_print(&peer, length, text));
	nlab_call_end(slot, fd, 0);
	nlab_address_push(L, &peer, length);
	return 2;
}

static int call_accept(lua_State *L)
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	return accept_into(L, self, -1, nlab_call_begin(L, "accept", self->fd, self->host, "%s", ""));
}

static int call_accept4(lua_State *L)
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	int flags = (int)nlab_units_integer(L, 2, 0, INT32_MAX);
	char text[64];
	nlab_constant_flags(NLAB_GROUP_TYPE_FLAG, (uint64_t)flags, text, sizeof text);
	return accept_into(L, self, flags, nlab_call_begin(L, "accept4", self->fd, self->host, "%s", text));
}

static int call_shutdown(lua_State *L)
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	int how = nlab_units_int(L, 2);
	char text[32];
	nlab_constant_print(NLAB_GROUP_SHUT, how, text, sizeof text);
	struct nlab_slot *slot = nlab_call_begin(L, "shutdown", self->fd, self->host, "%s", text);
	return nlab_call_done(L, slot, shutdown(self->fd, how));
}

/* getsockname(2) and getpeername(2) are alike. */
static int push_name(lua_State *L, const char *call, int (*get)(int fd, struct sockaddr *, socklen_t *))
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	struct sockaddr_storage name = {0};
	socklen_t length = sizeof name;
	char text[NLAB_ADDRESS_TEXT];
	struct nlab_slot *slot = nlab_call_begin(L, call, self->fd, self->host, "%s", "");
	int result = get(self->fd, (struct sockaddr *)&name, &length);
	if (result != 0) {
		return nlab_call_done(L, slot, result);
	}
	nlab_call_out(slot, "%s", nlab_address_print(&name, length, text));
	nlab_call_end(slot, result, 0);
	nlab_address_push(L, &name, length);
	return 1;
}

static int get_sockname(int fd, struct sockaddr *name, socklen_t *length)
{
	return getsockname(fd, name, length);
}

static int get_peername(int fd, struct sockaddr *name, socklen_t *length)
{
	return getpeername(fd, name, length);
}

static int call_getsockname(lua_State *L)
{
	return push_name(L, "getsockname", get_sockname);
}

static int call_getpeername(lua_State *L)
{
	return push_name(L, "getpeername", get_peername);
}

static const struct fcntl_row {
	int command;
	bool writes; /* takes an argument and returns 0 */
	enum nlab_constant_group
	    flags; /* how the argument or result prints; NLAB_GROUP_NUMBER: as a number */
} FCNTLS[] = {{F_GETFL, false, NLAB_GROUP_FILE_FLAG},
	      {F_SETFL, true, NLAB_GROUP_FILE_FLAG},
	      {F_GETFD, false, NLAB_GROUP_NUMBER},
	      {F_SETFD, true, NLAB_GROUP_NUMBER}};

static const struct fcntl_row *check_fcntl(lua_State *L, int arg)
{
	int command = nlab_units_int(L, arg);
	for (size_t i = 0; i < sizeof FCNTLS / sizeof *FCNTLS; i++) {
		if (FCNTLS[i].command == command) {
			return &FCNTLS[i];
		}
	}
	luaL_argerror(L, arg, "F_GETFL, F_SETFL, F_GETFD or F_SETFD expected");
	return NULL;
}

static void print_fcntl(const struct fcntl_row *row, int value, char *text, size_t size)
{
	if (row->flags == NLAB_GROUP_FILE_FLAG) {
		nlab_constant_flags(row->flags, (uint64_t)(unsigned)value, text, size);
	} else {
		snprintf(text, size, "%d", value);
	}
}

/* Make the call with its record. Returns what it returned, with errno. */
static int do_fcntl(lua_State *L, const struct nlab_socket *self, const struct fcntl_row *row, int value,
		    struct nlab_slot **slot)
{
	const char *name = nlab_constant_name(NLAB_GROUP_FCNTL, row->command);
	char text[96];
	print_fcntl(row, value, text, sizeof text);
	*slot = nlab_call_begin(L, "fcntl", self->fd, self->host, row->writes ? "%s, %s" : "%s", name, text);
	int result = fcntl(self->fd, row->command, value);
	if (result != -1 && !row->writes) {
		print_fcntl(row, result, text, sizeof text);
		nlab_call_out(*slot, "%s", text);
	}
	return result;
}

static int call_fcntl(lua_State *L)
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	const struct fcntl_row *row = check_fcntl(L, 2);
	int value = row->writes ? nlab_units_int(L, 3) : 0;
	struct nlab_slot *slot;
	int result = do_fcntl(L, self, row, value, &slot);
	if (row->writes || result == -1) {
		return nlab_call_done(L, slot, result);
	}
	nlab_call_end(slot, result, 0);
	lua_pushinteger(L, result);
	return 1;
}

static int call_nonblocking(lua_State *L)
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	struct nlab_slot *slot;
	luaL_checktype(L, 2, LUA_TBOOLEAN);
	int flags = do_fcntl(L, self, &FCNTLS[0], 0, &slot);
	if (flags == -1) {
		return nlab_call_done(L, slot, -1);
	}
	nlab_call_end(slot, flags, 0);
	flags = lua_toboolean(L, 2) ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	int result = do_fcntl(L, self, &FCNTLS[1], flags, &slot);
	return nlab_call_done(L, slot, result);
}

static const struct ioctl_row {
	unsigned long request;
	bool boolean; /* the answer is yes or no */
} IOCTLS[] = {{SIOCINQ, false}, {SIOCOUTQ, false}, {SIOCOUTQNSD, false}, {SIOCATMARK, true}};

static const struct ioctl_row *check_ioctl(lua_State *L, int arg)
{
	lua_Integer request = luaL_checkinteger(L, arg);
	for (size_t i = 0; i < sizeof IOCTLS / sizeof *IOCTLS; i++) {
		if ((lua_Integer)IOCTLS[i].request == request) {
			return &IOCTLS[i];
		}
	}
	luaL_argerror(L, arg, "SIOCINQ, SIOCOUTQ, SIOCOUTQNSD or SIOCATMARK expected");
	return NULL;
}

static int call_ioctl(lua_State *L)
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	const struct ioctl_row *row = check_ioctl(L, 2);
	const char *name = nlab_constant_name(NLAB_GROUP_IOCTL, (int64_t)row->request);
	int value = 0;
	struct nlab_slot *slot = nlab_call_begin(L, "ioctl", self->fd, self->host, "%s", name);
	int result = ioctl(self->fd, row->request, &value);
	if (result == -1) {
		return nlab_call_done(L, slot, result);
	}
	nlab_call_out(slot, "%d", value);
	nlab_call_end(slot, result, 0);
	if (row->boolean) {
		lua_pushboolean(L, value);
	} else {
		lua_pushinteger(L, value);
	}
	return 1;
}

const luaL_Reg nlab_socket_calls_methods[] = {
    {"bind", call_bind},       {"listen", call_listen},           {"accept", call_accept},
    {"accept4", call_accept4}, {"connect", call_connect},         {"shutdown", call_shutdown},
    {"fcntl", call_fcntl},     {"getsockname", call_getsockname}, {"getpeername", call_getpeername},
    {"ioctl", call_ioctl},     {"nonblocking", call_nonblocking}, {NULL, NULL},
};

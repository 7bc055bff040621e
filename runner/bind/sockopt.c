/* sockopt.c: setsockopt and getsockopt as methods of a socket. Floor bind.
 * An option of the table facts/sockopt.h has a value of its own kind; any other is given as a string of
 * bytes. */
#include "bind/sockopt.h"

#include "bind/context.h"
#include "bind/socket.h"
#include "bind/units.h"
#include "facts/constants.h"
#include "facts/tcp_info.h"

#include <stdio.h>
#include <sys/socket.h>

struct option { /* the arguments level and option, checked */
	int level, number;
	const struct nlab_sockopt *row; /* NULL: not in the table */
	char text[80];                  /* "SOL_SOCKET, SO_REUSEADDR" */
};

static void check_option(lua_State *L, int arg, enum nlab_sockopt_access access, struct option *option)
{
	option->level = nlab_units_int(L, arg);
	option->number = nlab_units_int(L, arg + 1);
	option->row = nlab_sockopt_find(option->level, option->number);
	if (option->row && !(option->row->access & access)) {
		luaL_argerror(L, arg + 1,
			      lua_pushfstring(L, "%s can only be %s", option->row->name,
					      access == NLAB_SOCKOPT_WRITE ? "read" : "set"));
	}
	char level[32], number[32];
	nlab_constant_print(option->level == SOL_SOCKET ? NLAB_GROUP_LEVEL : NLAB_GROUP_PROTOCOL,
			    option->level, level, sizeof level);
	snprintf(number, sizeof number, "%d", option->number);
	snprintf(option->text, sizeof option->text, "%s, %s", level,
		 option->row ? option->row->name : number);
}

static int option_set(lua_State *L)
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	struct option option;
	struct nlab_sockopt_value value;
	char text[NLAB_SOCKOPT_TEXT];
	check_option(L, 2, NLAB_SOCKOPT_WRITE, &option);
	enum nlab_sockopt_codec codec = option.row ? option.row->codec : NLAB_SOCKOPT_BYTES;
	nlab_sockopt_read(L, 4, codec, &value);
	struct nlab_slot *slot =
	    nlab_call_begin(L, "setsockopt", self->fd, self->host, "%s, %s, %zu", option.text,
			    nlab_sockopt_print(codec, &value, text), value.length);
	return nlab_call_done(
	    L, slot, setsockopt(self->fd, option.level, option.number, value.bytes, (socklen_t)value.length));
}

/* How much room getsockopt(2) is given. A codec of int gets exactly one, as a C program would do. */
static size_t value_room(const struct nlab_sockopt *row)
{
	static const size_t ROOM[NLAB_SOCKOPT_CODECS] = {
	    [NLAB_SOCKOPT_INT] = sizeof(int),     [NLAB_SOCKOPT_BOOL] = sizeof(int),
	    [NLAB_SOCKOPT_SECONDS] = sizeof(int), [NLAB_SOCKOPT_MILLISECONDS] = sizeof(int),
	    [NLAB_SOCKOPT_ERROR] = sizeof(int),   [NLAB_SOCKOPT_LINGER] = sizeof(struct linger),
	};
	return ROOM[row->codec] ? ROOM[row->codec] : sizeof((struct nlab_sockopt_value *)0)->bytes;
}

static int option_get(lua_State *L)
{
	struct nlab_socket *self = nlab_socket_check(L, 1);
	struct option option;
	struct nlab_sockopt_value value = {0};
	char text[NLAB_SOCKOPT_TEXT];
	check_option(L, 2, NLAB_SOCKOPT_READ, &option);
	bool raw = !option.row || !lua_isnoneornil(L, 4);
	enum nlab_sockopt_codec codec = raw ? NLAB_SOCKOPT_BYTES : option.row->codec;
	value.length = raw ? (size_t)nlab_units_integer(L, 4, 0, sizeof value.bytes) : value_room(option.row);
	struct nlab_slot *slot = nlab_call_begin(L, "getsockopt", self->fd, self->host, "%s", option.text);
	socklen_t length = (socklen_t)value.length;
	int result = getsockopt(self->fd, option.level, option.number, value.bytes, &length);
	if (result != 0) {
		return nlab_call_done(L, slot, result);
	}
	value.length = length < sizeof value.bytes ? length : sizeof value.bytes;
	nlab_call_out(slot, "%s", nlab_sockopt_print(codec, &value, text));
	nlab_call_end(slot, result, 0);
	nlab_sockopt_push(L, codec, &value);
	return 1;
}

static void set_text(lua_State *L, const char *field, const char *text)
{
	lua_pushstring(L, text);
	lua_setfield(L, -2, field);
}

static const char *const ACCESS[] = {
    [NLAB_SOCKOPT_READ] = "r", [NLAB_SOCKOPT_WRITE] = "w", [NLAB_SOCKOPT_RW] = "rw"};

/* Push the list of the options of the table. */
static int list_options(lua_State *L)
{
	const struct nlab_sockopt *row;
	lua_newtable(L);
	for (size_t i = 0; (row = nlab_sockopt_at(i)); i++) {
		lua_createtable(L, 0, 7);
		lua_pushinteger(L, row->level);
		lua_setfield(L, -2, "level");
		lua_pushinteger(L, row->option);
		lua_setfield(L, -2, "option");
		set_text(L, "name", row->name);
		set_text(L, "value", nlab_sockopt_codec_name(row->codec));
		set_text(L, "unit", row->unit);
		set_text(L, "source", row->source);
		set_text(L, "access", ACCESS[row->access]);
		lua_seti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

/* Push the list of the fields of TCP_INFO. */
static int list_tcp_info(lua_State *L)
{
	const struct nlab_tcp_info_field *field;
	lua_newtable(L);
	for (size_t i = 0; (field = nlab_tcp_info_at(i)); i++) {
		lua_createtable(L, 0, 2);
		set_text(L, "name", field->name);
		set_text(L, "doc", field->doc);
		lua_seti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

const luaL_Reg nlab_socket_option_functions[] = {
    {"options", list_options}, {"tcp_info_fields", list_tcp_info}, {NULL, NULL}};

const luaL_Reg nlab_socket_option_methods[] = {
    {"setsockopt", option_set}, {"getsockopt", option_get}, {NULL, NULL}};

/* control.c: ancillary data: one row for each kind that is decoded. Floor bind. */
#include "bind/control.h"

#include "base/clock.h"
#include "bind/address.h"
#include "bind/errno.h"
#include "bind/units.h"

#include <arpa/inet.h>
#include <lauxlib.h>
#include <limits.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

static int item_int(lua_State *L, int arg, lua_Integer item, const char *field)
{
	int exact;
	lua_getfield(L, -1, field);
	lua_Integer value = lua_tointegerx(L, -1, &exact);
	lua_pop(L, 1);
	if (!exact || value < INT_MIN || value > INT_MAX) {
		luaL_argerror(
		    L, arg, lua_pushfstring(L, "control item %I: field %s must be an integer", item, field));
	}
	return (int)value;
}

/* The bytes of the item on top of the stack; pushes the field, so that they stay. A number is a C int, kept
 * in `number`. */
static const void *item_data(lua_State *L, int arg, lua_Integer item, int *number, size_t *length)
{
	if (lua_getfield(L, -1, "data") == LUA_TSTRING) {
		return lua_tolstring(L, -1, length);
	}
	lua_pop(L, 1);
	*number = item_int(L, arg, item, "data");
	*length = sizeof *number;
	lua_pushnil(L);
	return number;
}

size_t nlab_control_read(lua_State *L, int arg, int list, union nlab_control *control)
{
	struct msghdr message = {.msg_control = control->bytes, .msg_controllen = sizeof control->bytes};
	struct cmsghdr *at = CMSG_FIRSTHDR(&message);
	size_t used = 0;
	memset(control, 0, sizeof *control);
	list = lua_absindex(L, list);
	for (lua_Integer item = 1; lua_geti(L, list, item) != LUA_TNIL; item++) {
		size_t length;
		int number;
		luaL_argcheck(L, lua_istable(L, -1), arg,
			      "control must be a list of {level =, type =, data =}");
		int level = item_int(L, arg, item, "level"), type = item_int(L, arg, item, "type");
		const void *data = item_data(L, arg, item, &number, &length);
		if (!at || length > NLAB_CONTROL_MAX || used + CMSG_SPACE(length) > sizeof control->bytes) {
			luaL_argerror(L, arg, "at most 4096 bytes of control data expected");
		}
		*at = (struct cmsghdr){.cmsg_level = level, .cmsg_type = type, .cmsg_len = CMSG_LEN(length)};
		memcpy(CMSG_DATA(at), data, length);
		used += CMSG_SPACE(length);
		at = CMSG_NXTHDR(&message, at);
		lua_pop(L, 2);
	}
	lua_pop(L, 1);
	return used;
}

/* ---- decoding: each adds fields to the table on top of the stack ---- */

static void set_integer(lua_State *L, const char *field, lua_Integer value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, field);
}

static void decode_int(lua_State *L, const void *data, size_t length)
{
	int value;
	(void)length;
	memcpy(&value, data, sizeof value);
	set_integer(L, "value", value);
}

static void decode_byte(lua_State *L, const void *data, size_t length)
{
	(void)length;
	set_integer(L, "value", *(const unsigned char *)data);
}

static void set_time(lua_State *L, int64_t ns)
{
	nlab_units_push_seconds(L, ns);
	lua_setfield(L, -2, "time");
	set_integer(L, "time_ns", ns);
}

static void decode_timespec(lua_State *L, const void *data, size_t length)
{
	struct timespec time;
	(void)length;
	memcpy(&time, data, sizeof time);
	set_time(L, nlab_timespec_ns(&time));
}

static void decode_timeval(lua_State *L, const void *data, size_t length)
{
	struct timeval time;
	(void)length;
	memcpy(&time, data, sizeof time);
	set_time(L, (int64_t)time.tv_sec * NLAB_NS_PER_S + (int64_t)time.tv_usec * 1000);
}

static void set_ip(lua_State *L, const char *field, int family, const void *address)
{
	char text[INET6_ADDRSTRLEN];
	lua_pushstring(L, inet_ntop(family, address, text, sizeof text));
	lua_setfield(L, -2, field);
}

static void decode_pktinfo(lua_State *L, const void *data, size_t length)
{
	struct in_pktinfo info;
	(void)length;
	memcpy(&info, data, sizeof info);
	set_integer(L, "ifindex", info.ipi_ifindex);
	set_ip(L, "spec_dst", AF_INET, &info.ipi_spec_dst);
	set_ip(L, "addr", AF_INET, &info.ipi_addr);
}

static void decode_pktinfo6(lua_State *L, const void *data, size_t length)
{
	struct in6_pktinfo info;
	(void)length;
	memcpy(&info, data, sizeof info);
	set_integer(L, "ifindex", (lua_Integer)info.ipi6_ifindex);
	set_ip(L, "addr", AF_INET6, &info.ipi6_addr);
}

/* struct sock_extended_err, and behind it the address of whoever sent the ICMP error (ip(7), IP_RECVERR). */
static void decode_recverr(lua_State *L, const void *data, size_t length)
{
	struct sock_extended_err error;
	struct sockaddr_storage offender = {0};
	size_t rest = length - sizeof error;
	memcpy(&error, data, sizeof error);
	memcpy(&offender, (const char *)data + sizeof error, rest < sizeof offender ? rest : sizeof offender);
	lua_createtable(L, 0, 7);
	if (error.ee_errno) {
		nlab_errno_push(L, (int)error.ee_errno, NULL);
	} else {
		lua_pushinteger(L, 0); /* a notice, no error: SO_EE_ORIGIN_ZEROCOPY */
	}
	lua_setfield(L, -2, "errno");
	set_integer(L, "origin", error.ee_origin);
	set_integer(L, "type", error.ee_type);
	set_integer(L, "code", error.ee_code);
	set_integer(L, "info", error.ee_info);
	set_integer(L, "data", error.ee_data);
	if (offender.ss_family != AF_UNSPEC) {
		nlab_address_push(L, &offender, (socklen_t)sizeof offender);
		lua_setfield(L, -2, "offender");
	}
	lua_setfield(L, -2, "err");
}

static const struct kind {
	int level, type;
	size_t size; /* least number of bytes */
	void (*decode)(lua_State *L, const void *data, size_t length);
} KINDS[] = {
    {IPPROTO_IP, IP_RECVERR, sizeof(struct sock_extended_err), decode_recverr},
    {IPPROTO_IPV6, IPV6_RECVERR, sizeof(struct sock_extended_err), decode_recverr},
    {SOL_SOCKET, SCM_TIMESTAMPNS, sizeof(struct timespec), decode_timespec},
    {SOL_SOCKET, SCM_TIMESTAMP, sizeof(struct timeval), decode_timeval},
    {SOL_SOCKET, SO_RXQ_OVFL, sizeof(int), decode_int},
    {IPPROTO_IP, IP_TTL, sizeof(int), decode_int},
    {IPPROTO_IP, IP_TOS, 1, decode_byte},
    {IPPROTO_IP, IP_PKTINFO, sizeof(struct in_pktinfo), decode_pktinfo},
    {IPPROTO_IPV6, IPV6_HOPLIMIT, sizeof(int), decode_int},
    {IPPROTO_IPV6, IPV6_TCLASS, sizeof(int), decode_int},
    {IPPROTO_IPV6, IPV6_PKTINFO, sizeof(struct in6_pktinfo), decode_pktinfo6},
    {IPPROTO_TCP, TCP_CM_INQ, sizeof(int), decode_int},
    {IPPROTO_UDP, UDP_GRO, sizeof(int), decode_int},
};

static void decode(lua_State *L, const struct cmsghdr *at, size_t length)
{
	for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
		if (KINDS[i].level == at->cmsg_level && KINDS[i].type == at->cmsg_type &&
		    length >= KINDS[i].size) {
			KINDS[i].decode(L, CMSG_DATA(at), length);
			return;
		}
	}
}

void nlab_control_push(lua_State *L, struct msghdr *message)
{
	lua_Integer count = 0;
	lua_newtable(L);
	for (struct cmsghdr *at = CMSG_FIRSTHDR(message); at; at = CMSG_NXTHDR(message, at)) {
		size_t length = at->cmsg_len - CMSG_LEN(0);
		lua_createtable(L, 0, 4);
		set_integer(L, "level", at->cmsg_level);
		set_integer(L, "type", at->cmsg_type);
		lua_pushlstring(L, (const char *)CMSG_DATA(at), length);
		lua_setfield(L, -2, "data");
		decode(L, at, length);
		lua_seti(L, -2, ++count);
	}
}

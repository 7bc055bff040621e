/* socket.h: sockets as Lua values. Floor bind.
 * A socket lives until close(): while it is open it is anchored in the registry, and the collector never
 * closes it, since that would put a FIN or an RST into the trace at a time that nobody chose. */
#ifndef NLAB_BIND_SOCKET_H
#define NLAB_BIND_SOCKET_H

#include <lauxlib.h>
#include <lua.h>
#include <stdint.h>

#define NLAB_SOCKET_META "netlab.socket"

struct nlab_socket {   /* a userdata; its user value is the name of its host */
	int fd;        /* -1: closed */
	uint16_t host; /* whose network it is in */
	int family;    /* as given to socket(2) */
	int type;      /* as given to socket(2), without SOCK_NONBLOCK and SOCK_CLOEXEC */
};

/* The open socket at stack index `arg`; raises an argument error when it is none, or closed. */
struct nlab_socket *nlab_socket_check(lua_State *L, int arg);

/* Push a new socket: closed, anchored, with the fields of `like` and the host name on top of the stack
 * (popped). The caller makes the system call and sets `fd`, or calls nlab_socket_forget(). */
struct nlab_socket *nlab_socket_new(lua_State *L, const struct nlab_socket *like);

/* Take a socket out of the anchors: it is closed now, or was never opened. Raises nothing. */
void nlab_socket_forget(lua_State *L, const struct nlab_socket *socket);

/* The methods that other files give to sockets. */
extern const luaL_Reg
    nlab_socket_calls_methods[];                 /* bind, listen, accept, connect, ...: bind/socket_calls.c */
extern const luaL_Reg nlab_socket_io_methods[];  /* send, recv, sendto, recvfrom: bind/socket_io.c */
extern const luaL_Reg nlab_socket_msg_methods[]; /* sendmsg, recvmsg: bind/socket_msg.c */
extern const luaL_Reg nlab_socket_option_methods[]; /* setsockopt, getsockopt: bind/sockopt.c */

/* options, tcp_info_fields: functions of the module, bind/sockopt.c */
extern const luaL_Reg nlab_socket_option_functions[];

/* poll and select: functions of the module, bind/readiness.c */
extern const luaL_Reg nlab_readiness_functions[];

/* The module netlab.core.socket: open, poll, select, options, tcp_info_fields. */
int luaopen_netlab_socket(lua_State *L);

#endif

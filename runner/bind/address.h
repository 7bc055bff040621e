/* address.h: socket addresses as Lua arguments and results. Floor bind.
 *
 * An address argument is two stack values, `addr` and an optional `port`:
 *
 *   a host, or any table with `ip` and `ip6`: the field for the socket's family is used; for AF_INET6 rather
 *   `mapped`, an IPv4-mapped address, when there is one;
 *
 *   a sockaddr table, as accept() and getsockname() return it: {family =, ip = or ip6 =, port =, flowinfo =,
 *   scope_id =}: its own family and port are used; {family = AF_UNSPEC} is an address of no family;
 *
 *   a string: "10.0.0.2", "::1", INADDR_ANY.
 *
 * A sockaddr table has the metatable NLAB_SOCKADDR_META; it prints as "10.0.0.1:40000", "[fd00::1]:40000", and its `address`
 * is its `ip` or `ip6`. */
#ifndef NLAB_BIND_ADDRESS_H
#define NLAB_BIND_ADDRESS_H

#include <lua.h>
#include <stdbool.h>
#include <sys/socket.h>

#define NLAB_SOCKADDR_META "netlab.sockaddr"
#define NLAB_ADDRESS_TEXT  80 /* bytes that hold any printed address */

struct nlab_address {
	struct sockaddr_storage storage;
	socklen_t length;
	char text[NLAB_ADDRESS_TEXT]; /* as call records show it */
};

/* Read the address at stack index `arg` (and its port at `arg` + 1, which may be absent) for a socket of
 * `family`. When `needs_port`, an address without any port is misuse; otherwise its port is 0. Raises an
 * argument error that says what is allowed. */
void nlab_address_check(lua_State *L, int arg, int family, bool needs_port, struct nlab_address *address);

/* The wildcard address of `family` (AF_INET or AF_INET6) with the port at stack index `arg`. */
void nlab_address_wildcard(lua_State *L, int arg, int family, struct nlab_address *address);

/* Push a sockaddr table for an address that the kernel filled in; nil when `length` is 0. A family other than
 * AF_INET and AF_INET6 has its bytes in the field `data`. */
void nlab_address_push(lua_State *L, const struct sockaddr_storage *storage, socklen_t length);

/* Write an address as call records show it ("10.0.0.1:40000", "AF_UNSPEC", "NULL" when `length` is 0);
 * returns `text`. */
const char *nlab_address_print(const struct sockaddr_storage *storage, socklen_t length,
			       char text[NLAB_ADDRESS_TEXT]);

#endif

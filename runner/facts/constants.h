/* constants.h: the constants of the socket interface by name, and their names in call records. Floor facts.
 * One const table. The constants of socket options stand in facts/sockopt.h, the error numbers in
 * facts/errnos.h. */
#ifndef NLAB_FACTS_CONSTANTS_H
#define NLAB_FACTS_CONSTANTS_H

#include <stddef.h>
#include <stdint.h>

/* Constants that may stand in the same argument. */
enum nlab_constant_group {
	NLAB_GROUP_FAMILY,     /* AF_*, socket(2) */
	NLAB_GROUP_TYPE,       /* SOCK_STREAM, ..., socket(2) */
	NLAB_GROUP_TYPE_FLAG,  /* SOCK_NONBLOCK, SOCK_CLOEXEC, socket(2) */
	NLAB_GROUP_PROTOCOL,   /* IPPROTO_*, socket(2) */
	NLAB_GROUP_LEVEL,      /* SOL_*, setsockopt(2) */
	NLAB_GROUP_MSG,        /* MSG_*, send(2) and recv(2): flags */
	NLAB_GROUP_SHUT,       /* SHUT_*, shutdown(2) */
	NLAB_GROUP_POLL,       /* POLL*, poll(2): flags */
	NLAB_GROUP_SIGNAL,     /* SIG*, signal(7) */
	NLAB_GROUP_SIGACTION,  /* SA_*, SIG_DFL, SIG_IGN, sigaction(2) */
	NLAB_GROUP_FCNTL,      /* F_*, fcntl(2) */
	NLAB_GROUP_FILE_FLAG,  /* O_*, fcntl(2): flags */
	NLAB_GROUP_IOCTL,      /* SIOC*, tcp(7) and udp(7) */
	NLAB_GROUP_SCM,        /* SCM_*, cmsg(3) */
	NLAB_GROUP_EE_ORIGIN,  /* SO_EE_ORIGIN_*, ip(7) */
	NLAB_GROUP_PMTUDISC,   /* IP_PMTUDISC_*, ip(7) */
	NLAB_GROUP_TCPI_OPT,   /* TCPI_OPT_*, tcp(7): flags */
	NLAB_GROUP_ICMP_TYPE,  /* RFC 792 */
	NLAB_GROUP_ICMP_CODE,  /* RFC 792, RFC 1812: codes of ICMP_DEST_UNREACH */
	NLAB_GROUP_ICMP6_TYPE, /* RFC 4443 */
	NLAB_GROUP_ICMP6_CODE, /* RFC 4443: codes of ICMP6_DST_UNREACH */
	NLAB_GROUP_NUMBER,     /* what stands for itself: SOMAXCONN, INADDR_ANY */
};

struct nlab_constant {
	const char *name;
	const char *text; /* the value of a constant that is text ("0.0.0.0"), NULL when it is a number */
	int64_t value;
	enum nlab_constant_group group;
};

/* The constant with number `index` (from 0), or NULL behind the last one. Static storage. */
const struct nlab_constant *nlab_constant_at(size_t index);

/* The constant with this name, or NULL. Static storage. */
const struct nlab_constant *nlab_constant_find(const char *name);

/* The name of a value of a group, or NULL when it has none. Static storage. */
const char *nlab_constant_name(enum nlab_constant_group group, int64_t value);

/* Write the name of a value, or the number itself when it has none, into `buffer` (cut at `size`); returns
 * `buffer`. */
const char *nlab_constant_print(enum nlab_constant_group group, int64_t value, char *buffer, size_t size);

/* Write flags as C would ("MSG_DONTWAIT|MSG_NOSIGNAL", bits without a name as one hexadecimal number behind
 * them, "0" for none) into `buffer` (cut at `size`); returns `buffer`. */
const char *nlab_constant_flags(enum nlab_constant_group group, uint64_t flags, char *buffer, size_t size);

#endif

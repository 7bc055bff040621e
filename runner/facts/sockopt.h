/* sockopt.h: the socket options by name: level, number, how the value is coded, its unit, who may use it,
 * where it is documented. Floor facts. One const table: bindings, listings, documentation and the round-trip
 * test walk it. */
#ifndef NLAB_FACTS_SOCKOPT_H
#define NLAB_FACTS_SOCKOPT_H

#include <stddef.h>

/* How a value is coded: the C type, and what a script gives and gets. */
enum nlab_sockopt_codec {
	NLAB_SOCKOPT_INT,          /* int: an integer */
	NLAB_SOCKOPT_BOOL,         /* int 0 or 1: a boolean */
	NLAB_SOCKOPT_TIMEVAL,      /* struct timeval: a time (seconds, or "50ms") */
	NLAB_SOCKOPT_MILLISECONDS, /* unsigned int of milliseconds: a time (seconds, or
							"50ms") */
	NLAB_SOCKOPT_SECONDS,      /* int of seconds: a time of whole seconds */
	NLAB_SOCKOPT_LINGER,       /* struct linger: {onoff = boolean, linger = seconds}, or false
						*/
	NLAB_SOCKOPT_STRING,       /* char[]: text */
	NLAB_SOCKOPT_ERROR,        /* int: an error value, or 0 when there is no error */
	NLAB_SOCKOPT_TCP_INFO,     /* struct tcp_info: a table, see facts/tcp_info.h */
	NLAB_SOCKOPT_BYTES,        /* anything: a string of bytes as C has them in memory */
	NLAB_SOCKOPT_CODECS
};

enum nlab_sockopt_access {
	NLAB_SOCKOPT_READ = 1,  /* getsockopt(2) */
	NLAB_SOCKOPT_WRITE = 2, /* setsockopt(2) */
	NLAB_SOCKOPT_RW = NLAB_SOCKOPT_READ | NLAB_SOCKOPT_WRITE,
};

struct nlab_sockopt {
	const char *name; /* "SO_REUSEADDR" */
	int level, option;
	enum nlab_sockopt_codec codec;
	enum nlab_sockopt_access access;
	const char *unit;   /* of the value in a script: "s", "bytes", "hops", ...; "" for none */
	const char *source; /* the man page, or the kernel's header where no page has it */
};

/* What a codec is called in listings: "integer", "boolean", "time", ... Static storage. */
const char *nlab_sockopt_codec_name(enum nlab_sockopt_codec codec);

/* The option with number `index` (from 0), or NULL behind the last one. Static storage. */
const struct nlab_sockopt *nlab_sockopt_at(size_t index);

/* The option with this level and number, or NULL. Static storage. */
const struct nlab_sockopt *nlab_sockopt_find(int level, int option);

#endif

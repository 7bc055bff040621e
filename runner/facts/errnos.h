/* errnos.h: the error numbers of Linux and their names. Floor facts.
 * One const table; where two names share a number (EAGAIN and EWOULDBLOCK), the first one is the number's
 * name. */
#ifndef NLAB_FACTS_ERRNOS_H
#define NLAB_FACTS_ERRNOS_H

#include <stddef.h>

struct nlab_errnos_row {
	const char *name; /* "ECONNREFUSED" */
	int number;
};

/* The row with number `index` (from 0), or NULL behind the last one. Static storage. */
const struct nlab_errnos_row *nlab_errnos_at(size_t index);

/* The name of an error number (errno(3)), or NULL when Linux has none for it. Static storage. */
const char *nlab_errnos_name(int number);

/* The number of a name, or 0 when there is no such name. */
int nlab_errnos_number(const char *name);

/* What an error number means ("Connection refused"), as strerror(3) says it in English; "Unknown error" for
 * others. Static storage. */
const char *nlab_errnos_message(int number);

#endif

/* error.h: what went wrong, as a value: which step, on what subject, with which errno.
 * Floor base. Nothing here prints or exits: below main(), a function returns false (or NULL) and fills one of these. */
#ifndef NLAB_BASE_ERROR_H
#define NLAB_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

struct nlab_error {
	int code;          /* errno of the failing call, 0 when no system call failed */
	char step[96];     /* what was being done, as a verb phrase: "create the veth pair" */
	char subject[160]; /* on what: a host, an interface, a path, a value; may be empty */
};

/* Fill `error` with the step, a printf-formatted subject and `code` (an errno, or 0).
 * Always returns false, so that a caller can write `return nlab_error_set(...)`.
 * `error` may be NULL; errno is preserved. Text that is too long is cut. */
__attribute__((format(printf, 4, 5))) bool nlab_error_set(struct nlab_error *error, int code,
							  const char *step, const char *subject, ...);

/* Write "cannot STEP (SUBJECT): ERRNO_NAME: message" into `buffer` (cut at `size`); returns `buffer`. */
const char *nlab_error_text(const struct nlab_error *error, char *buffer, size_t size);

#endif

/* error.c: filling and printing a struct nlab_error. Floor base. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool nlab_error_set(struct nlab_error *error, int code, const char *step, const char *subject, ...)
{
	int saved = errno;
	if (error) {
		va_list list;
		error->code = code;
		snprintf(error->step, sizeof error->step, "%s", step);
		va_start(list, subject);
		vsnprintf(error->subject, sizeof error->subject, subject, list);
		va_end(list);
	}
	errno = saved;
	return false;
}

const char *nlab_error_text(const struct nlab_error *error, char *buffer, size_t size)
{
	const char *name = error->code ? strerrorname_np(error->code) : NULL;
	const char *message = error->code ? strerrordesc_np(error->code) : NULL;
	snprintf(buffer, size, "cannot %s%s%s%s%s%s%s%s", error->step, error->subject[0] ? " (" : "",
		 error->subject, error->subject[0] ? ")" : "", error->code ? ": " : "", name ? name : "",
		 message ? ": " : "", message ? message : "");
	return buffer;
}

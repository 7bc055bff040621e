/* duration.c: reading times. Floor facts. No locale: the decimal sign is a point. */
#include "facts/duration.h"

#include "base/clock.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *name;
	int64_t ns;
} UNITS[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000 * 1000}, {"s", NLAB_NS_PER_S}, {"min", 60 * NLAB_NS_PER_S}};

static int64_t find_unit(const char *name)
{
	for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
		if (strcmp(UNITS[i].name, name) == 0) {
			return UNITS[i].ns;
		}
	}
	return 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Read digits and a fraction; returns what stands behind them, NULL when there is no number. */
static const char *read_number(const char *at, long double *number)
{
	long double scale = 1;
	if (!is_digit(*at)) {
		return NULL;
	}
	for (*number = 0; is_digit(*at); at++) {
		*number = *number * 10 + (*at - '0');
	}
	if (*at != '.') {
		return at;
	}
	if (!is_digit(*++at)) {
		return NULL;
	}
	for (; is_digit(*at); at++) {
		scale /= 10;
		*number += scale * (*at - '0');
	}
	return at;
}

static bool to_ns(long double ns, int64_t *out)
{
	if (!(ns >= 0 && ns < 9.2e18L)) {
		return false;
	}
	*out = (int64_t)(ns + 0.5L);
	return true;
}

bool nlab_duration_parse(const char *text, int64_t *ns, struct nlab_error *error)
{
	long double number = 0;
	const char *behind = read_number(text, &number);
	if (behind && *behind == ' ') {
		behind++;
	}
	int64_t unit = behind ? find_unit(behind) : 0;
	if (unit == 0 || !to_ns(number * (long double)unit, ns)) {
		return nlab_error_set(error, 0, "read a time: a number and a unit (" NLAB_DURATION_UNITS ")",
				      "\"%s\"", text);
	}
	return true;
}

bool nlab_duration_seconds(double seconds, int64_t *ns, struct nlab_error *error)
{
	if (!to_ns((long double)seconds * NLAB_NS_PER_S, ns)) {
		return nlab_error_set(error, 0, "take a number of seconds: 0 to 9.2e9", "%g", seconds);
	}
	return true;
}

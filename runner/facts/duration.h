/* duration.h: times as people write them ("50ms", "1.5s"). Floor facts. */
#ifndef NLAB_FACTS_DURATION_H
#define NLAB_FACTS_DURATION_H

#include "base/error.h"

#include <stdint.h>

/* The units that a duration may have, for messages: "ns, us, ms, s, min". */
#define NLAB_DURATION_UNITS "ns, us, ms, s, min"

/* Read a duration: decimal digits with an optional fraction, and one of NLAB_DURATION_UNITS directly behind
 * them or after one blank; nothing around it. `*ns` gets nanoseconds, rounded to the nearest. Fails, with a
 * step that lists the units, when the text is no duration or does not fit into 292 years. */
bool nlab_duration_parse(const char *text, int64_t *ns, struct nlab_error *error);

/* Convert a number of seconds to nanoseconds, rounded to the nearest. Fails when it is negative, not a
 * number, or does not fit into 292 years. */
bool nlab_duration_seconds(double seconds, int64_t *ns, struct nlab_error *error);

#endif

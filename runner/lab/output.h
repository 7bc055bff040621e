/* output.h: what the processes of an experiment print, kept in the recording up to a bound.
 * Floor lab. */
#ifndef NLAB_LAB_OUTPUT_H
#define NLAB_LAB_OUTPUT_H

#include "facts/recording.h"

struct nlab_output {
	struct nlab_recording *recording; /* borrowed */
	int read_end[2];                  /* of the pipes for stdout and stderr; -1: closed */
	uint64_t kept, limit;             /* bytes */
};

/* Make the two pipes. write_end[0] and [1] are for the processes; the caller closes its copies. pipe(2). */
bool nlab_output_open(struct nlab_output *output, struct nlab_recording *recording, uint64_t limit,
		      int write_end[2], struct nlab_error *error);

/* Record what has arrived on pipe `which` (0 or 1) without blocking. False when the bound is hit: that is recorded as a
 * limit, once, and the experiment is to be ended. */
bool nlab_output_read(struct nlab_output *output, unsigned which);

#endif

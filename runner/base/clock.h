/* clock.h: the two clocks of the program. Floor base.
 * The recording's clock is CLOCK_REALTIME, in nanoseconds, because that is the clock with which the kernel stamps packets.
 * Limits and waits are measured with CLOCK_MONOTONIC, which nobody can set. The two are never mixed. */
#ifndef NLAB_BASE_CLOCK_H
#define NLAB_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NLAB_NS_PER_S INT64_C(1000000000)

static inline int64_t nlab_timespec_ns(const struct timespec *at)
{
	return (int64_t)at->tv_sec * NLAB_NS_PER_S + at->tv_nsec;
}

static inline struct timespec nlab_ns_timespec(int64_t ns)
{
	return (struct timespec){.tv_sec = ns / NLAB_NS_PER_S, .tv_nsec = ns % NLAB_NS_PER_S};
}

/* Now on the recording's clock (CLOCK_REALTIME), nanoseconds since the epoch. */
static inline int64_t nlab_clock_recording_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return nlab_timespec_ns(&now);
}

/* Now on the clock of limits and waits (CLOCK_MONOTONIC), nanoseconds. */
static inline int64_t nlab_clock_limit_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return nlab_timespec_ns(&now);
}

#endif

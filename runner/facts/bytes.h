/* bytes.h: numbers in network byte order (the highest byte first: RFC 1700, "Data Notation"), at any address. Floor facts.
 * The caller has seen to it that the bytes are there. */
#ifndef NLAB_FACTS_BYTES_H
#define NLAB_FACTS_BYTES_H

#include <stdint.h>

static inline uint16_t nlab_get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t nlab_get32(const uint8_t *at)
{
	return (uint32_t)nlab_get16(at) << 16 | nlab_get16(at + 2);
}

/* Write the lower 16 bits of `value`. */
static inline void nlab_put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static inline void nlab_put32(uint8_t *at, uint32_t value)
{
	nlab_put16(at, value >> 16);
	nlab_put16(at + 2, value);
}

#endif

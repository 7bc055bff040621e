/* driver.c: a fuzz target without libFuzzer, for `make test`: its whole corpus, the folder of tests/fuzz/corpus that has
 * the program's name, and mutations of it in an order that is always the same. Run from the project's root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CORPUS     "tests/fuzz/corpus/"
#define INPUTS_MIN 15
#define FILES_MAX  256
#define SIZE_LIMIT 65536
#define MUTATIONS  20000
#define SEED       UINT64_C(0x9e3779b97f4a7c15)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct input {
	size_t size;
	uint8_t *bytes;
};

struct corpus {
	char folder[128];
	struct input inputs[FILES_MAX];
	size_t count;
	uint64_t random;
};

static int is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void read_input(struct corpus *corpus, const char *name)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", corpus->folder, name);
	FILE *stream = fopen(path, "rb");
	assert_non_null(stream);
	assert_true(corpus->count < FILES_MAX);
	struct input *input = &corpus->inputs[corpus->count++];
	input->bytes = malloc(SIZE_LIMIT);
	assert_non_null(input->bytes);
	input->size = fread(input->bytes, 1, SIZE_LIMIT, stream);
	assert_true(input->size > 0 && input->size < SIZE_LIMIT);
	fclose(stream);
}

static int setup(void **state)
{
	struct corpus *corpus = calloc(1, sizeof *corpus);
	struct dirent **names;
	assert_non_null(corpus);
	snprintf(corpus->folder, sizeof corpus->folder, CORPUS "%s", program_invocation_short_name);
	int count = scandir(corpus->folder, &names, is_file, alphasort);
	corpus->random = SEED;
	for (int i = 0; i < count; i++) {
		read_input(corpus, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	*state = corpus;
	return 0;
}

static int teardown(void **state)
{
	struct corpus *corpus = *state;
	for (size_t i = 0; i < corpus->count; i++) {
		free(corpus->inputs[i].bytes);
	}
	free(corpus);
	return 0;
}

/* Hand over a copy that is exactly as long as the input, so that reading beyond it is seen by
 * AddressSanitizer. */
static void run(const uint8_t *bytes, size_t size)
{
	uint8_t *exact = malloc(size ? size : 1);
	assert_non_null(exact);
	memcpy(exact, bytes, size);
	assert_int_equal(LLVMFuzzerTestOneInput(exact, size), 0);
	free(exact);
}

/* A number below `bound`: xorshift64*. */
static size_t below(struct corpus *corpus, size_t bound)
{
	corpus->random ^= corpus->random >> 12;
	corpus->random ^= corpus->random << 25;
	corpus->random ^= corpus->random >> 27;
	return bound ? (size_t)((corpus->random * UINT64_C(0x2545f4914f6cdd1d)) >> 32) % bound : 0;
}

/* ---- mutations; each changes input->bytes, of which SIZE_LIMIT may be used ---- */

static void flip_bit(struct corpus *corpus, struct input *input)
{
	input->bytes[below(corpus, input->size)] ^= (uint8_t)(1u << below(corpus, 8));
}

/* Numbers that stand at an edge, as two or four bytes. */
static void set_number(struct corpus *corpus, struct input *input)
{
	static const uint32_t EDGES[] = {0,      1,       2,          0x7f,       0x80,       0xff,
					 0x7fff, 0x8000,  0xffff,     0x7fffffff, 0x80000000, UINT32_MAX,
					 0x0001, 0x40000, 0x10000000, 0x0a0d0d0a, 20,         60};
	uint32_t value = EDGES[below(corpus, sizeof EDGES / sizeof EDGES[0])];
	size_t at = below(corpus, input->size), size = below(corpus, 2) ? 4 : 2;
	memcpy(input->bytes + at, &value, size < input->size - at ? size : input->size - at);
}

static void cut(struct corpus *corpus, struct input *input)
{
	input->size = below(corpus, input->size) + 1;
}

static void take_out(struct corpus *corpus, struct input *input)
{
	size_t at = below(corpus, input->size), size = below(corpus, input->size - at);
	memmove(input->bytes + at, input->bytes + at + size, input->size - at - size);
	input->size -= size;
}

/* Put a piece of any file of the corpus in. */
static void put_in(struct corpus *corpus, struct input *input)
{
	const struct input *other = &corpus->inputs[below(corpus, corpus->count)];
	size_t from = below(corpus, other->size), size = below(corpus, other->size - from);
	size_t at = below(corpus, input->size);
	if (size > SIZE_LIMIT - input->size) {
		return;
	}
	memmove(input->bytes + at + size, input->bytes + at, input->size - at);
	memcpy(input->bytes + at, other->bytes + from, size);
	input->size += size;
}

static void (*const MUTATORS[])(struct corpus *corpus, struct input *input) = {
    flip_bit, flip_bit, flip_bit, set_number, set_number, set_number, cut, take_out, put_in,
};

/* ---- the tests ---- */

static void test_corpus(void **state)
{
	const struct corpus *corpus = *state;
	assert_true(corpus->count >= INPUTS_MIN);
	for (size_t i = 0; i < corpus->count; i++) {
		run(corpus->inputs[i].bytes, corpus->inputs[i].size);
	}
}

/* Every beginning of every file: what a full disk or a killed tcpdump leaves. */
static void test_beginnings(void **state)
{
	const struct corpus *corpus = *state;
	for (size_t i = 0; i < corpus->count; i++) {
		size_t size = corpus->inputs[i].size;
		for (size_t length = 0; length < size; length += length < 512 ? 1 : size / 64 + 1) {
			run(corpus->inputs[i].bytes, length);
		}
	}
}

static void test_mutations(void **state)
{
	struct corpus *corpus = *state;
	static uint8_t bytes[SIZE_LIMIT];
	for (size_t i = 0; i < MUTATIONS; i++) {
		const struct input *from = &corpus->inputs[below(corpus, corpus->count)];
		struct input input = {.size = from->size, .bytes = bytes};
		memcpy(bytes, from->bytes, from->size);
		for (size_t left = below(corpus, 8) + 1; left > 0; left--) {
			MUTATORS[below(corpus, sizeof MUTATORS / sizeof MUTATORS[0])](corpus, &input);
		}
		run(input.bytes, input.size);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_corpus),
	    cmocka_unit_test(test_beginnings),
	    cmocka_unit_test(test_mutations),
	};
	return cmocka_run_group_tests_name(program_invocation_short_name, tests, setup, teardown);
}

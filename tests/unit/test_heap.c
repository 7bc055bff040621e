/* Tests of main/heap.h: blocks from fresh pages, from malloc(3), and from one to the other. */
#include "main/heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MANY 4096

static bool is_fresh(const struct nlab_heap *heap, const char *block)
{
	return block >= heap->base && block < heap->end;
}

static void all_zero_is_malloc(void **state)
{
	struct nlab_heap heap = {0};
	(void)state;
	char *block = nlab_heap_resize(&heap, NULL, 0, 5);
	memcpy(block, "four", 5);
	block = nlab_heap_resize(&heap, block, 5, 5000);
	assert_string_equal(block, "four");
	nlab_heap_free(&heap, block);
}

static void a_block_is_fresh_aligned_and_its_own(void **state)
{
	struct nlab_heap heap;
	(void)state;
	nlab_heap_open(&heap);
	assert_non_null(heap.base);
	char *first = nlab_heap_resize(&heap, NULL, 0, 1);
	char *second = nlab_heap_resize(&heap, NULL, 0, 100);
	assert_true(is_fresh(&heap, first) && is_fresh(&heap, second));
	assert_int_equal((uintptr_t)first % 16, 0);
	assert_int_equal((uintptr_t)second % 16, 0);
	assert_true(second > first);
	*first = 'a';
	memset(second, 'b', 100);
	assert_int_equal(*first, 'a');
	nlab_heap_free(&heap, first);
	nlab_heap_free(&heap, second);
}

static void what_grows_keeps_its_bytes(void **state)
{
	struct nlab_heap heap;
	(void)state;
	nlab_heap_open(&heap);
	char *block = nlab_heap_resize(&heap, NULL, 0, 16);
	memcpy(block, "fifteen letters", 16);
	char *other = nlab_heap_resize(&heap, NULL, 0, 16);
	memset(other, 0, 16);
	char *grown = nlab_heap_resize(&heap, block, 16, 64);
	assert_ptr_not_equal(grown, block);
	assert_string_equal(grown, "fifteen letters");
	assert_ptr_equal(nlab_heap_resize(&heap, grown, 64, 20), grown);
}

static void a_block_from_before_stays_with_malloc(void **state)
{
	struct nlab_heap heap;
	(void)state;
	char *old = strdup("from before the fork");
	nlab_heap_open(&heap);
	old = nlab_heap_resize(&heap, old, 21, 4096);
	assert_false(is_fresh(&heap, old));
	assert_string_equal(old, "from before the fork");
	nlab_heap_free(&heap, old);
}

static void malloc_serves_when_the_pages_are_used_up(void **state)
{
	struct nlab_heap heap;
	char *blocks[MANY];
	bool both[2] = {false, false};
	(void)state;
	nlab_heap_open(&heap);
	for (size_t i = 0; i < MANY; i++) {
		blocks[i] = nlab_heap_resize(&heap, NULL, 0, 100);
		assert_non_null(blocks[i]);
		memset(blocks[i], (int)i, 100);
		both[is_fresh(&heap, blocks[i])] = true;
	}
	assert_true(both[false] && both[true]);
	for (size_t i = 0; i < MANY; i++) {
		assert_int_equal((uint8_t)blocks[i][0], (uint8_t)i);
		assert_int_equal((uint8_t)blocks[i][99], (uint8_t)i);
		nlab_heap_free(&heap, blocks[i]);
	}
	char *large = nlab_heap_resize(&heap, NULL, 0, (size_t)1 << 20);
	assert_false(is_fresh(&heap, large));
	nlab_heap_free(&heap, large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_zero_is_malloc),
	    cmocka_unit_test(a_block_is_fresh_aligned_and_its_own),
	    cmocka_unit_test(what_grows_keeps_its_bytes),
	    cmocka_unit_test(a_block_from_before_stays_with_malloc),
	    cmocka_unit_test(malloc_serves_when_the_pages_are_used_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

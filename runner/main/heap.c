/* heap.c: fresh memory for the Lua state of a script process. Floor main. */
#include "main/heap.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define FRESH ((size_t)128 << 10) /* bytes, about what a small experiment needs */
#define ALIGN ((size_t)16)

void nlab_heap_open(struct nlab_heap *heap)
{
	char *base =
	    mmap(NULL, FRESH, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	*heap = (struct nlab_heap){0};
	if (base != MAP_FAILED) {
		*heap = (struct nlab_heap){.base = base, .next = base, .end = base + FRESH};
	}
}

static bool is_fresh(const struct nlab_heap *heap, const void *block)
{
	return (uintptr_t)block - (uintptr_t)heap->base < (uintptr_t)(heap->end - heap->base);
}

static void *take(struct nlab_heap *heap, size_t size)
{
	size_t whole = (size + ALIGN - 1) & ~(ALIGN - 1);
	if (whole < size || whole > (size_t)(heap->end - heap->next)) {
		return malloc(size);
	}
	heap->next += whole;
	return heap->next - whole;
}

void *nlab_heap_resize(struct nlab_heap *heap, void *block, size_t old_size, size_t new_size)
{
	if (block && !is_fresh(heap, block)) {
		return realloc(block, new_size);
	}
	if (block && new_size <= old_size) {
		return block;
	}
	void *moved = take(heap, new_size);
	if (moved && block) {
		memcpy(moved, block, old_size);
	}
	return moved;
}

void nlab_heap_free(const struct nlab_heap *heap, void *block)
{
	if (!is_fresh(heap, block)) {
		free(block);
	}
}

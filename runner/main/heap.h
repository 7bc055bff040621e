/* heap.h: fresh memory for the Lua state of a script process. Floor main.
 * A page that processes share after fork(2) is copied when one of them writes to it. malloc(3) hands out the gaps of
 * the old pages first, so that nearly each new object would cost such a copy; the first blocks of a script are cut
 * from fresh pages instead, which the kernel gives all at once. */
#ifndef NLAB_MAIN_HEAP_H
#define NLAB_MAIN_HEAP_H

#include <stddef.h>

struct nlab_heap {
	char *base, *next, *end; /* all NULL: everything is malloc()'s */
};

/* Take fresh pages. Without them (no memory), and once they are used up, malloc() serves. */
void nlab_heap_open(struct nlab_heap *heap);

/* What lua_Alloc is to do: realloc() with the old size given, 0 for none. NULL: no memory, and the block is as it was. */
void *nlab_heap_resize(struct nlab_heap *heap, void *block, size_t old_size, size_t new_size);

/* free(). A block of the fresh pages is not used again: the process is short. */
void nlab_heap_free(const struct nlab_heap *heap, void *block);

#endif

/* base/arena.h - memory that lives as long as one request or one job. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H
#include "base/str.h"

struct arena_chunk;

/* Capped: past the cap arena_alloc() aborts, so sizes from outside meet a named limit first. */
struct arena {
	struct arena_chunk *chunks;
	size_t left, cap;
};
#define ARENA_REQUEST_BYTES ((size_t)8 << 20)

struct arena arena_new_capped(size_t cap);
void *arena_alloc(struct arena *, size_t count, size_t size);     /* zeroed, aligned, never NULL */
#define arena_new(arena, type, count) ((type *)arena_alloc((arena), (count), sizeof(type)))
char *arena_text(struct arena *, struct str);                     /* a terminated copy */
struct str arena_copy(struct arena *, struct str);
struct str arena_printf(struct arena *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void arena_free(struct arena *);                                  /* takes an empty one; may be used again */
#endif

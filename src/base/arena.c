#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_CHUNK_BYTES ((size_t)0)          /* a chunk an object, so that AddressSanitizer sees each */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_CHUNK_BYTES ((size_t)0)
#endif
#endif
#ifndef ARENA_CHUNK_BYTES
#define ARENA_CHUNK_BYTES ((size_t)8192)
#endif

struct arena_chunk {
	struct arena_chunk *next;
	size_t used, size;
	max_align_t bytes[];
};

struct arena arena_new_capped(size_t cap)
{
	return (struct arena){ .left = cap, .cap = cap };
}

static size_t aligned(size_t n)
{
	return (n + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
}

void *arena_alloc(struct arena *a, size_t count, size_t size)
{
	size_t want;
	if (__builtin_mul_overflow(count, size, &want) || want > a->left)
		abort();
	a->left -= want;
	want = aligned(want);
	struct arena_chunk *chunk = a->chunks;
	if (!chunk || chunk->size - chunk->used < want) {
		size_t bytes = want > ARENA_CHUNK_BYTES ? want : ARENA_CHUNK_BYTES;
		chunk = malloc(sizeof *chunk + bytes);
		if (!chunk)
			abort();
		*chunk = (struct arena_chunk){ .next = a->chunks, .size = bytes };
		a->chunks = chunk;
	}
	void *p = (char *)chunk->bytes + chunk->used;
	chunk->used += want;
	return memset(p, 0, want);
}

char *arena_text(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1, 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	return p;
}

struct str arena_copy(struct arena *a, struct str s)
{
	return (struct str){ .p = arena_text(a, s), .n = s.n };
}

struct str arena_printf(struct arena *a, const char *format, ...)
{
	va_list arguments, again;
	va_start(arguments, format);
	va_copy(again, arguments);
	int n = vsnprintf(NULL, 0, format, arguments);
	if (n < 0)
		abort();
	char *p = arena_alloc(a, (size_t)n + 1, 1);
	vsnprintf(p, (size_t)n + 1, format, again);
	va_end(again);
	va_end(arguments);
	return (struct str){ .p = p, .n = (size_t)n };
}

void arena_free(struct arena *a)
{
	for (struct arena_chunk *chunk = a->chunks, *next; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	a->chunks = NULL;
	a->left = a->cap;
}

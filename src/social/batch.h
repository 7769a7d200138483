/* social/batch.h - many ids in one statement: eight placeholders, what is left over filled with 0, which is nobody's id. */
#ifndef SOCIAL_BATCH_H
#define SOCIAL_BATCH_H
#include "store/db.h"

#define BATCH_IDS 8

/* Binds ids[0..count), of which the first BATCH_IDS at most. How many were taken. */
static inline size_t batch_bind(const int64_t *ids, size_t count, struct val vals[BATCH_IDS])
{
	for (size_t i = 0; i < BATCH_IDS; i++)
		vals[i] = I64(i < count ? ids[i] : 0);
	return count < BATCH_IDS ? count : BATCH_IDS;
}

/* A page's cursor as the bound of `id < $n`. */
static inline struct val before_id(int64_t before)
{
	return I64(before ? before : INT64_MAX);
}
#endif

#include "store/values.h"

enum { TAG_NULL, TAG_I64, TAG_TEXT, TAG_BLOB };

void value_put(struct buf *out, const struct val *val)
{
	switch (val->kind) {
	case VAL_NULL:
		buf_char(out, TAG_NULL);
		return;
	case VAL_I64:
		buf_char(out, TAG_I64);
		buf_be64(out, (uint64_t)val->i);
		return;
	case VAL_TEXT:
	case VAL_BLOB:
		if (val->s.n > UINT32_MAX) {
			out->failed = true;
			return;
		}
		buf_char(out, val->kind == VAL_TEXT ? TAG_TEXT : TAG_BLOB);
		buf_be32(out, (uint32_t)val->s.n);
		buf_str(out, val->s);
	}
}

static bool cut_number(struct str *rest, size_t bytes, uint64_t *out)
{
	uint64_t number = 0;
	if (rest->n < bytes)
		return false;
	for (size_t i = 0; i < bytes; i++)
		number = number << 8 | (unsigned char)rest->p[i];
	*rest = str_from(*rest, bytes);
	*out = number;
	return true;
}

bool value_cut(struct str *rest, struct val *out)
{
	struct str left = *rest;
	uint64_t tag, number;
	if (!cut_number(&left, 1, &tag) || tag > TAG_BLOB)
		return false;
	struct val val = NIL;
	if (tag == TAG_I64) {
		if (!cut_number(&left, 8, &number))
			return false;
		val = I64((int64_t)number);
	} else if (tag != TAG_NULL) {
		if (!cut_number(&left, 4, &number) || left.n < number)
			return false;
		struct str bytes = { .p = left.p, .n = (size_t)number };
		left = str_from(left, bytes.n);
		val = tag == TAG_TEXT ? TEXT(bytes) : BLOB(bytes);
	}
	*rest = left;
	*out = val;
	return true;
}

void values_put(struct buf *out, size_t n, const struct val *vals)
{
	buf_char(out, VALUES_VERSION);
	for (size_t i = 0; i < n; i++)
		value_put(out, &vals[i]);
}

enum err values_read(struct ctx *cx, struct str bytes, size_t *n, struct val **out)
{
	if (bytes.n == 0 || bytes.p[0] != VALUES_VERSION)
		return fail(cx, E_CORRUPT, "a list of values in a form that this program does not know");
	struct str rest = str_from(bytes, 1);
	struct val skipped;
	size_t count = 0;
	for (; rest.n; count++)
		if (count == VALUES_MAX || !value_cut(&rest, &skipped))
			return fail(cx, E_CORRUPT, "a malformed list of values");
	struct val *list = arena_new(&cx->mem, struct val, count + 1);
	rest = str_from(bytes, 1);
	for (size_t i = 0; i < count; i++)
		if (!value_cut(&rest, &list[i]))
			return fail(cx, E_CORRUPT, "a malformed list of values");
	*n = count;
	*out = list;
	return OK;
}

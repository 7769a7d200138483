#include "base/str.h"

#include <limits.h>
#include <string.h>

struct str str_of(const char *terminated)
{
	return terminated ? (struct str){ .p = terminated, .n = strlen(terminated) } : STR("");
}

bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool str_eq_ci(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq((struct str){ .p = s.p, .n = prefix.n }, prefix);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq((struct str){ .p = s.p + (s.n - suffix.n), .n = suffix.n }, suffix);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
	while (s.n && is_blank(s.p[0]))
		s = str_from(s, 1);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str str_from(struct str s, size_t from)
{
	if (from >= s.n)
		return STR("");
	return (struct str){ .p = s.p + from, .n = s.n - from };
}

struct str str_cut(struct str *rest, char separator)
{
	const char *at = rest->n ? memchr(rest->p, separator, rest->n) : NULL;
	struct str head = *rest;
	if (at) {
		head.n = (size_t)(at - rest->p);
		*rest = str_from(*rest, head.n + 1);
	} else {
		*rest = STR("");
	}
	return head;
}

bool str_u64(struct str s, uint64_t *out)
{
	uint64_t value = 0;
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(value, UINT64_C(10), &value) ||
		    __builtin_add_overflow(value, (uint64_t)(s.p[i] - '0'), &value))
			return false;
	}
	*out = value;
	return true;
}

bool str_i64(struct str s, int64_t *out)
{
	bool negative = s.n && s.p[0] == '-';
	uint64_t value;
	if (!str_u64(negative ? str_from(s, 1) : s, &value))
		return false;
	if (value > (uint64_t)INT64_MAX + (negative ? 1 : 0))
		return false;
	*out = negative ? (int64_t)(0 - value) : (int64_t)value;
	return true;
}

/* Bytes that follow a first byte, and the smallest code point that such a form may hold. */
static int utf8_form(unsigned char first, uint32_t *point, uint32_t *least)
{
	if (first < 0x80)
		return *point = first, *least = 0, 0;
	if (first >= 0xC2 && first <= 0xDF)
		return *point = first & 0x1FU, *least = 0x80, 1;
	if (first >= 0xE0 && first <= 0xEF)
		return *point = first & 0x0FU, *least = 0x800, 2;
	if (first >= 0xF0 && first <= 0xF4)
		return *point = first & 0x07U, *least = 0x10000, 3;
	return -1;
}

bool str_utf8(struct str s)
{
	size_t i = 0;
	while (i < s.n) {
		uint32_t point = 0, least = 0;
		int more = utf8_form((unsigned char)s.p[i++], &point, &least);
		if (more < 0 || (size_t)more > s.n - i)
			return false;
		for (; more > 0; more--, i++) {
			unsigned char next = (unsigned char)s.p[i];
			if ((next & 0xC0) != 0x80)
				return false;
			point = point << 6 | (next & 0x3FU);
		}
		if (point == 0 || point < least || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
			return false;
	}
	return true;
}

size_t str_code_points(struct str s)
{
	size_t points = 0;
	for (size_t i = 0; i < s.n; i++)
		points += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return points;
}

#include "http/range.h"

#include <string.h>

/* 1*DIGIT; too large for us is as good as beyond any end. */
static bool position(struct str s, int64_t *out)
{
	uint64_t value;
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	*out = str_u64(s, &value) && value <= INT64_MAX ? (int64_t)value : INT64_MAX;
	return true;
}

static struct range suffix(int64_t want, int64_t whole)
{
	if (want == 0 || whole == 0)
		return (struct range){ .kind = RANGE_UNSATISFIABLE };
	int64_t bytes = want < whole ? want : whole;
	return (struct range){ .kind = RANGE_PART, .first = whole - bytes, .bytes = bytes };
}

struct range range_parse(struct str header, int64_t whole)
{
	struct range all = { .kind = RANGE_WHOLE };
	struct str rest = str_trim(header);
	struct str unit = str_cut(&rest, '=');
	int64_t first, last = INT64_MAX;
	if (!str_eq_ci(unit, STR("bytes")) || rest.n == 0 || memchr(rest.p, ',', rest.n) || !memchr(rest.p, '-', rest.n))
		return all;
	struct str to = str_trim(rest);
	struct str from = str_cut(&to, '-');
	if (from.n == 0)
		return position(to, &last) ? suffix(last, whole) : all;
	if (!position(from, &first) || (to.n && !position(to, &last)) || last < first)
		return all;
	if (first >= whole)
		return (struct range){ .kind = RANGE_UNSATISFIABLE };
	if (last > whole - 1)
		last = whole - 1;
	return (struct range){ .kind = RANGE_PART, .first = first, .bytes = last - first + 1 };
}

bool if_range_holds(struct str header, struct str etag)
{
	if (header.n == 0)
		return true;
	return etag.n && !str_starts(etag, STR("W/")) && str_eq(str_trim(header), etag);
}

static struct str opaque(struct str tag)
{
	return str_starts(tag, STR("W/")) ? str_from(tag, 2) : tag;
}

/* A tag may hold commas inside its quotes, so the list is cut at quotes and not at commas. */
bool etag_listed(struct str header, struct str etag)
{
	struct str rest = str_trim(header);
	struct str ours = opaque(etag);
	if (etag.n == 0)
		return false;
	if (str_eq(rest, STR("*")))
		return true;
	for (;;) {
		const char *open = rest.n ? memchr(rest.p, '"', rest.n) : NULL;
		if (!open)
			return false;
		struct str inside = str_from(rest, (size_t)(open - rest.p) + 1);
		const char *close = inside.n ? memchr(inside.p, '"', inside.n) : NULL;
		if (!close)
			return false;
		struct str tag = { .p = open, .n = (size_t)(close - open) + 1 };
		if (str_eq(tag, ours))
			return true;
		rest = str_from(inside, (size_t)(close - inside.p) + 1);
	}
}

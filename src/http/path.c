#include "http/path.h"

#include <string.h>

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool needs_decoding(struct str s, bool form)
{
	return s.n && (memchr(s.p, '%', s.n) || (form && memchr(s.p, '+', s.n)));
}

/* `out` has room for s.n bytes. */
static bool decode_into(struct str s, bool form, char *out, size_t *out_n)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '%') {
			if (s.n - i < 3 || hex_value(s.p[i + 1]) < 0 || hex_value(s.p[i + 2]) < 0)
				return false;
			c = (char)(hex_value(s.p[i + 1]) << 4 | hex_value(s.p[i + 2]));
			i += 2;
		} else if (c == '+' && form) {
			c = ' ';
		}
		out[n++] = c;
	}
	*out_n = n;
	return true;
}

static bool has_control(struct str s, bool allow_lines)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == 0x7F || (c < 0x20 && !(allow_lines && (c == '\t' || c == '\n' || c == '\r'))))
			return true;
	}
	return false;
}

bool percent_decode(struct ctx *cx, struct str s, bool form, struct str *out)
{
	struct str decoded = s;
	if (needs_decoding(s, form)) {
		char *p = arena_alloc(&cx->mem, s.n, 1);
		if (!decode_into(s, form, p, &decoded.n))
			return false;
		decoded.p = p;
	}
	if (has_control(decoded, form) || !str_utf8(decoded))
		return false;
	*out = decoded;
	return true;
}

static enum err check_segments(struct ctx *cx, struct str path)
{
	struct str rest = str_from(path, 1);
	bool more = path.n > 1;
	bool hole = false;
	while (more) {
		more = rest.n && memchr(rest.p, '/', rest.n);
		struct str segment = str_cut(&rest, '/');
		if (str_eq(segment, STR(".")) || str_eq(segment, STR("..")))
			return fail_as(cx, E_INVALID, "bad-path", "The address has a \".\" or \"..\" in its path; write it out.");
		hole |= segment.n == 0;
	}
	if (hole)
		return fail_as(cx, E_NOTFOUND, NULL, "There is nothing here: the address has an empty part between two slashes or at its end.");
	return OK;
}

static bool has_encoded_slash(struct str raw)
{
	for (size_t i = 0; i + 2 < raw.n; i++)
		if (raw.p[i] == '%' && raw.p[i + 1] == '2' && (raw.p[i + 2] | 0x20) == 'f')
			return true;
	return false;
}

static enum err check_query(struct ctx *cx, struct str query)
{
	struct str ignored;
	if (!percent_decode(cx, query, true, &ignored))
		return fail_as(cx, E_INVALID, "bad-query", "The part of the address behind \"?\" is not well-formed: percent-encode it as UTF-8.");
	return OK;
}

/* RFC 9112 section 3.2.2: a server takes the absolute form too. */
static struct str without_authority(struct str target)
{
	struct str prefix = STR("http://"), secure = STR("https://");
	size_t skip = 0;
	if (str_starts(target, prefix))
		skip = prefix.n;
	else if (str_starts(target, secure))
		skip = secure.n;
	if (skip == 0)
		return target;
	for (size_t i = skip; i < target.n; i++)
		if (target.p[i] == '/')
			return str_from(target, i);
	return STR("/");
}

enum err target_parse(struct ctx *cx, struct str target, struct str *path, struct str *query)
{
	struct str rest = without_authority(target);
	struct str raw = str_cut(&rest, '?');
	struct str decoded;
	if (str_eq(raw, STR("*"))) {
		*path = raw;
		*query = STR("");
		return OK;
	}
	if (raw.n == 0 || raw.p[0] != '/')
		return fail_as(cx, E_INVALID, "bad-path", "A request's path starts with a slash.");
	if (has_encoded_slash(raw))
		return fail_as(cx, E_INVALID, "bad-path", "The address has an encoded slash (%%2F) in its path.");
	if (!percent_decode(cx, raw, false, &decoded))
		return fail_as(cx, E_INVALID, "bad-path", "The address's path is not well-formed: percent-encode it as UTF-8.");
	TRY(check_segments(cx, decoded));
	TRY(check_query(cx, rest));
	*path = decoded;
	*query = rest;
	return OK;
}

bool query_find(struct ctx *cx, struct str query, struct str name, struct str *out)
{
	while (query.n) {
		struct str value = str_cut(&query, '&'), key;
		struct str raw_key = str_cut(&value, '=');
		if (percent_decode(cx, raw_key, true, &key) && str_eq(key, name))
			return percent_decode(cx, value, true, out);
	}
	return false;
}

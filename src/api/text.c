#include "api/text.h"

#include <string.h>

/* "pt-BR" is served by "pt". */
static const struct catalogue *by_code(struct str code)
{
	struct str language = str_cut(&code, '-');
	for (const struct catalogue *c = catalogues; c->code; c++)
		if (str_eq_ci(language, str_of(c->code)))
			return c;
	return NULL;
}

/* RFC 9110 section 12.4.2: 0 to 1 with at most three decimals; in thousandths.  What is malformed counts nothing. */
static int weight_of(struct str parameters)
{
	while (parameters.n > 0) {
		struct str parameter = str_trim(str_cut(&parameters, ';'));
		if (!str_starts(parameter, STR("q=")))
			continue;
		struct str fraction = str_from(parameter, 2);
		struct str whole = str_cut(&fraction, '.');
		uint64_t thousandths = 0, ones = 0;
		if (!str_u64(whole, &ones) || ones > 1 || fraction.n > 3)
			return 0;
		if (fraction.n > 0 && !str_u64(fraction, &thousandths))
			return 0;
		for (size_t n = fraction.n; n < 3; n++)
			thousandths *= 10;
		return ones == 1 ? 1000 : (int)thousandths;
	}
	return 1000;
}

static const struct catalogue *by_accept(struct str accept)
{
	const struct catalogue *best = NULL;
	int best_weight = 0;
	while (accept.n > 0) {
		struct str range = str_cut(&accept, ',');
		struct str code = str_trim(str_cut(&range, ';'));
		const struct catalogue *found = by_code(code);
		int weight = weight_of(range);
		if (found && weight > best_weight) {
			best = found;
			best_weight = weight;
		}
	}
	return best;
}

const struct catalogue *text_choose(struct str query, struct str cookie, struct str accept)
{
	const struct catalogue *chosen = by_code(query);
	if (!chosen)
		chosen = by_code(cookie);
	if (!chosen)
		chosen = by_accept(accept);
	return chosen ? chosen : &catalogues[0];
}

const struct catalogue *text_language(struct ctx *cx, const struct req *req)
{
	struct str query = {};
	if (!req_query(cx, req, "lang", &query))
		query = STR("");
	return text_choose(query, req_cookie(cx, req, LANGUAGE_COOKIE), req_header(cx, req, "Accept-Language"));
}

struct str text(const struct catalogue *catalogue, enum text_key key)
{
	return str_of(catalogue->texts[key]);
}

void text_html(struct buf *out, const struct catalogue *catalogue, enum text_key key)
{
	buf_html(out, text(catalogue, key));
}

static void fill(struct buf *out, struct str rest, const char *name, struct str value, void (*put)(struct buf *, struct str))
{
	size_t length = strlen(name);
	while (rest.n > 0) {
		const char *open = memchr(rest.p, '{', rest.n);
		size_t before = open ? (size_t)(open - rest.p) : rest.n;
		put(out, (struct str){ rest.p, before });
		rest = str_from(rest, before);
		if (rest.n >= length + 2 && memcmp(rest.p + 1, name, length) == 0 && rest.p[length + 1] == '}') {
			put(out, value);
			rest = str_from(rest, length + 2);
		} else if (rest.n > 0) {
			buf_char(out, '{');
			rest = str_from(rest, 1);
		}
	}
}

void text_fill(struct buf *out, const struct catalogue *catalogue, enum text_key key, const char *name, struct str value)
{
	fill(out, text(catalogue, key), name, value, buf_str);
}

void text_fill_in(struct buf *out, struct str pattern, const char *name, struct str value)
{
	fill(out, pattern, name, value, buf_str);
}

void text_html_fill(struct buf *out, const struct catalogue *catalogue, enum text_key key, const char *name, struct str value)
{
	fill(out, text(catalogue, key), name, value, buf_html);
}

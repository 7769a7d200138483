#include "api/text.h"

#include <string.h>

#include "http/accept.h"

#define CATALOGUES_MAX 64
/* First strong isolate and its end (Unicode Standard Annex 9, section 2.4): a Latin name inside an Arabic sentence, or the other
 * way round, must not carry the punctuation around it along. */
#define ISOLATE STR("\xE2\x81\xA8")
#define ISOLATE_END STR("\xE2\x81\xA9")

/* "pt-BR" is served by "pt". */
static const struct catalogue *by_code(struct str code)
{
	struct str language = str_cut(&code, '-');
	for (const struct catalogue *c = catalogues; c->code; c++)
		if (str_eq_ci(language, str_of(c->code)))
			return c;
	return NULL;
}

static const struct catalogue *by_accept(struct str accept)
{
	const char *offered[CATALOGUES_MAX];
	size_t count = 0;
	while (count < CATALOGUES_MAX && catalogues[count].code) {
		offered[count] = catalogues[count].code;
		count++;
	}
	return &catalogues[accept_language(accept, offered, count)];
}

const struct catalogue *text_choose(struct str query, struct str cookie, struct str accept)
{
	const struct catalogue *chosen = by_code(query);
	if (!chosen)
		chosen = by_code(cookie);
	return chosen ? chosen : by_accept(accept);
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

struct str text_place(const struct catalogue *catalogue, struct str place)
{
	return str_eq(place, text(&catalogues[0], TEXT_letter_place_singapore)) ? text(catalogue, TEXT_letter_place_singapore) : place;
}

/* CLDR 42, cardinal rules for whole numbers. */
static unsigned plural_form(const struct catalogue *catalogue, uint64_t n)
{
	enum { ZERO, ONE, TWO, FEW, MANY, OTHER };
	if (str_eq(str_of(catalogue->code), STR("ar"))) {
		if (n <= 2)
			return (unsigned)n;
		return n % 100 >= 3 && n % 100 <= 10 ? FEW : n % 100 >= 11 ? MANY : OTHER;
	}
	if (str_eq(str_of(catalogue->code), STR("hi")))
		return n <= 1 ? ONE : OTHER;
	return n == 1 ? ONE : OTHER;
}

#define FORM_OTHER 5

enum text_key text_counted(const struct catalogue *catalogue, enum text_key key, uint64_t count)
{
	const unsigned form = (unsigned)key + plural_form(catalogue, count);
	return (enum text_key)(catalogue->texts[form][0] ? form : (unsigned)key + FORM_OTHER);
}

bool text_find(struct str name, enum text_key *out)
{
	for (unsigned i = 0; i < TEXT_KEYS; i++)
		if (str_eq(name, str_of(text_names[i]))) {
			*out = (enum text_key)i;
			return true;
		}
	return false;
}

struct str text_country(const struct catalogue *catalogue, struct str code)
{
	for (unsigned i = 0; i < COUNTRIES; i++)
		if (str_eq(code, str_of(country_codes[i])))
			return str_of(catalogue->countries[i]);
	return code;
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
			buf_str(out, ISOLATE);
			put(out, value);
			buf_str(out, ISOLATE_END);
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

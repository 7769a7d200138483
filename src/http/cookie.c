#include "http/cookie.h"

#include <assert.h>

#include "http/http.h"

/* RFC 6265 section 4.1.1: no blanks, quotes, commas, semicolons, backslashes, nothing beyond ASCII. */
static bool is_cookie_octet(unsigned char c)
{
	return c > 0x20 && c < 0x7F && c != '"' && c != ',' && c != ';' && c != '\\';
}

void resp_cookie(struct ctx *cx, struct resp *resp, const struct req *req, const char *name, struct str value, int64_t max_age_seconds)
{
	for (size_t i = 0; i < value.n; i++)
		assert(is_cookie_octet((unsigned char)value.p[i]));
	struct str age = max_age_seconds < 0 ? STR("") : arena_printf(&cx->mem, "; Max-Age=%jd", (intmax_t)max_age_seconds);
	resp_header(cx, resp, "Set-Cookie", arena_printf(&cx->mem, "%s=" STR_FMT "; Path=/" STR_FMT "; HttpOnly; SameSite=Lax%s",
	            name, STR_ARG(value), STR_ARG(age), req->secure ? "; Secure" : ""));
}

struct str cookie_find(struct str header, struct str name)
{
	while (header.n) {
		struct str value = str_cut(&header, ';');
		struct str key = str_trim(str_cut(&value, '='));
		value = str_trim(value);
		if (!str_eq(key, name))
			continue;
		bool quoted = value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"';
		return quoted ? (struct str){ .p = value.p + 1, .n = value.n - 2 } : value;
	}
	return STR("");
}

struct str req_cookie(struct ctx *cx, const struct req *req, const char *name)
{
	return cookie_find(req_header(cx, req, "Cookie"), str_of(name));
}

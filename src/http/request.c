#include <string.h>

#include "http/path.h"
#include "http/wire.h"

/* `wire` is only looked at: libmicrohttpd's functions take it without const. */
static struct MHD_Connection *connection_of(const struct req *req)
{
	union {
		const void *in;
		struct MHD_Connection *out;
	} wire = { .in = req->wire };
	return wire.out;
}

struct str req_header(struct ctx *, const struct req *req, const char *name)
{
	const char *value = NULL;
	size_t n = 0;
	if (!req->wire || MHD_lookup_connection_value_n(connection_of(req), MHD_HEADER_KIND, name, strlen(name), &value, &n) != MHD_YES || !value)
		return STR("");
	return (struct str){ .p = value, .n = n };
}

struct repetition {
	struct str name;
	unsigned count;
};

static enum MHD_Result count_header(void *argument, enum MHD_ValueKind, const char *key, size_t key_n, const char *, size_t)
{
	struct repetition *repetition = argument;
	repetition->count += str_eq_ci((struct str){ .p = key, .n = key_n }, repetition->name);
	return MHD_YES;
}

bool req_header_repeated(struct ctx *, const struct req *req, const char *name)
{
	struct repetition repetition = { .name = str_of(name) };
	if (req->wire)
		MHD_get_connection_values_n(connection_of(req), MHD_HEADER_KIND, count_header, &repetition);
	return repetition.count > 1;
}

bool req_query(struct ctx *cx, const struct req *req, const char *name, struct str *out)
{
	return query_find(cx, req->query, str_of(name), out);
}

static struct str without_default_port(struct str authority)
{
	if (str_ends(authority, STR(":80")))
		authority.n -= 3;
	else if (str_ends(authority, STR(":443")))
		authority.n -= 4;
	return authority;
}

bool req_cross_site(struct ctx *cx, const struct req *req)
{
	struct str site = req_header(cx, req, "Sec-Fetch-Site");
	struct str origin = req_header(cx, req, "Origin");
	struct str plain = STR("http://"), secure = STR("https://");
	if (site.n)
		return !str_eq(site, STR("same-origin")) && !str_eq(site, STR("none"));
	if (origin.n == 0)
		return false;
	/* A page that came in the clear may be anybody's; the other way round is a proxy that does not tell its scheme. */
	if (!str_starts(origin, secure) && (req->secure || !str_starts(origin, plain)))
		return true;
	struct str authority = str_from(origin, str_starts(origin, secure) ? secure.n : plain.n);
	return !str_eq_ci(without_default_port(authority), without_default_port(req_header(cx, req, "Host")));
}

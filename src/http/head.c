/* What a request's head must be before anything else looks at it. */
#include <string.h>

#include "http/path.h"
#include "http/wire.h"

struct framing {
	unsigned hosts, lengths, codings;
	bool malformed, chunked;
	struct str length, expect;
};

static bool is_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool plain = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
		if (!plain && (c == 0 || !strchr("!#$%&'*+-.^_`|~", c)))
			return false;
	}
	return s.n > 0;
}

/* RFC 9110 section 5.5: no control characters but TAB. */
static bool is_field_value(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c < 0x20 && c != '\t') || c == 0x7F)
			return false;
	}
	return true;
}

static enum MHD_Result look_at(void *argument, enum MHD_ValueKind, const char *key, size_t key_n, const char *value, size_t value_n)
{
	struct framing *framing = argument;
	struct str name = { .p = key, .n = key_n };
	struct str text = value ? (struct str){ .p = value, .n = value_n } : STR("");
	framing->malformed |= !is_token(name) || !is_field_value(text);
	if (str_eq_ci(name, STR("Host"))) {
		framing->hosts++;
	} else if (str_eq_ci(name, STR("Content-Length"))) {
		framing->lengths++;
		framing->length = text;
	} else if (str_eq_ci(name, STR("Transfer-Encoding"))) {
		framing->codings++;
		framing->chunked = str_eq_ci(text, STR("chunked"));
	} else if (str_eq_ci(name, STR("Expect"))) {
		framing->expect = text;
	}
	return MHD_YES;
}

static struct framing framing_of(const struct exchange *x)
{
	struct framing framing = {};
	MHD_get_connection_values_n(x->wire, MHD_HEADER_KIND, look_at, &framing);
	return framing;
}

static enum err refuse(struct exchange *x, int status, const char *slug, const char *text)
{
	x->status = status;
	return fail_as(&x->cx, E_INVALID, slug, "%s", text);
}

/* RFC 9112 section 6.3: whoever disagrees about where a body ends can be made to see two requests where we see one. */
static enum err check_framing(struct exchange *x, const struct framing *framing, uint64_t *length)
{
	if (framing->malformed)
		return refuse(x, 400, "bad-request", "A header's name or value has a character that is not allowed there.");
	if (framing->hosts > 1)
		return refuse(x, 400, "bad-request", "The request has more than one Host header.");
	if (framing->lengths > 1 || (framing->lengths && framing->codings))
		return refuse(x, 400, "bad-request", "The request states its length twice: send one Content-Length, or Transfer-Encoding: chunked.");
	if (framing->codings > 1 || (framing->codings && !framing->chunked))
		return refuse(x, 501, "bad-coding", "The only transfer coding here is chunked.");
	if (framing->lengths && !str_u64(framing->length, length))
		return refuse(x, 400, "bad-request", "Content-Length is not a number.");
	if (framing->expect.n && !str_eq_ci(framing->expect, STR("100-continue")))
		return refuse(x, 417, "bad-expectation", "The only expectation here is 100-continue.");
	return OK;
}

/* libmicrohttpd's record of a field, and room for the head of an answer of ours. */
#define FIELD_BYTES 64
#define ANSWER_HEAD_BYTES 2048

/* It takes cookies apart, whether asked to or not, from a copy. */
bool head_is_crammed(const struct exchange *x)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->wire, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	int fields = MHD_get_connection_values_n(x->wire, MHD_HEADER_KIND | MHD_COOKIE_KIND, NULL, NULL);
	size_t cookies = req_header(NULL, &x->req, "Cookie").n;
	size_t used = (info ? info->header_size : 0) + cookies + (size_t)fields * FIELD_BYTES;
	return used + ANSWER_HEAD_BYTES > connection_memory(&x->http->config);
}

static enum err check_sizes(struct exchange *x)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->wire, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	size_t head_max = x->http->config.head_max;
	if (x->target.n > head_max / 2) {
		x->status = 414;
		return fail_as(&x->cx, E_TOOLARGE, "address-too-long", "The address is longer than %zu bytes; shorten it.", head_max / 2);
	}
	if (info && info->header_size > head_max) {
		x->status = 431;
		return fail_as(&x->cx, E_TOOLARGE, "head-too-large", "The request's head is larger than %zu bytes; clear cookies or send fewer headers.",
		               head_max);
	}
	return OK;
}

/* tus 1.0, section X-HTTP-Method-Override: "the server MUST interpret its value as the request's method".  No form of another
 * site can send such a header. */
static enum err override_method(struct exchange *x)
{
	struct req *req = &x->req;
	struct str under = str_of(x->http->config.override_under), named = req_header(&x->cx, req, "X-HTTP-Method-Override");
	bool below = req->path.n == under.n || (req->path.n > under.n && req->path.p[under.n] == '/');
	if (req->method != POST || named.n == 0 || under.n == 0 || !below || !str_starts(req->path, under))
		return OK;
	if (req_header_repeated(&x->cx, req, "X-HTTP-Method-Override"))
		return refuse(x, 400, "bad-request", "X-HTTP-Method-Override stands there twice: send it once.");
	enum method method = method_parse(named);
	if (method == METHOD_UNSET)
		return refuse(x, 501, "unknown-method", "This method is not known here.");
	req->method = method;
	return OK;
}

static enum err find_route(struct exchange *x)
{
	struct req *req = &x->req;
	unsigned allowed;
	req->route = router_find(&x->http->router, req->method, req->path, req->params, &allowed);
	if (req->route)
		return OK;
	if (allowed == 0 && !str_eq(req->path, STR("*")))
		return fail_as(&x->cx, E_NOTFOUND, NULL, "There is nothing at this address.");
	if (req->method != OPTIONS) {
		x->status = 405;
		resp_header(&x->cx, &x->resp, "Allow", allow_text(&x->cx, allowed));
		return fail_as(&x->cx, E_INVALID, "method-not-allowed", "This address does not take %s.", method_name(req->method));
	}
	resp_header(&x->cx, &x->resp, "Allow", allow_text(&x->cx, allowed ? allowed : ~1U));
	x->resp.status = 204;
	x->handled = true;
	return OK;
}

static bool is_vital(const struct exchange *x)
{
	for (const char *const *path = x->http->config.vital; path && *path; path++)
		if (str_eq(x->req.path, str_of(*path)))
			return true;
	return false;
}

static enum err refuse_crowded(struct exchange *x)
{
	if (x->connection->block_full)
		return fail_as(&x->cx, E_LIMIT, "crowded", "Too many connections from your network at once; close some, or try again in a moment.");
	return fail_as(&x->cx, E_BUSY, "crowded", "Too many connections at once; try again in a moment.");
}

enum err head_check(struct exchange *x)
{
	struct framing framing = framing_of(x);
	uint64_t length = 0;
	TRY(check_framing(x, &framing, &length));
	TRY(check_sizes(x));
	if (x->req.method == METHOD_UNSET)
		return refuse(x, 501, "unknown-method", "This method is not known here.");
	TRY(target_parse(&x->cx, x->target, &x->req.path, &x->req.query));
	if (x->connection->crowded && !is_vital(x))
		return refuse_crowded(x);
	TRY(override_method(x));
	TRY(find_route(x));
	size_t body_max = x->req.route ? x->req.route->body_max : 0;
	if (length > body_max || (framing.chunked && body_max == 0)) {
		x->status = 413;
		return fail_as(&x->cx, E_TOOLARGE, "body-too-large", body_max ? "The body is larger than %zu bytes." :
		               "No body is taken here, not even one of %zu bytes.", body_max ? body_max : 1);
	}
	return OK;
}

bool head_has_body(const struct exchange *x)
{
	struct framing framing = framing_of(x);
	return framing.codings || (framing.lengths && !str_eq(framing.length, STR("0")));
}

/* From a handler's response, or a failure, to bytes on the wire. */
#include <assert.h>
#include <string.h>
#include <sys/socket.h>

#include "http/range.h"
#include "http/wire.h"

#define PAST_BYTES_MAX 16384
#define TLS_RECORD_MAX 16384

static bool has_header(const struct resp *resp, struct str name)
{
	for (unsigned i = 0; i < resp->header_count; i++)
		if (str_eq_ci(resp->headers[i].name, name))
			return true;
	return false;
}

static void drop_body(struct resp *resp)
{
	struct resp kept = *resp;
	unsigned count = 0;
	for (unsigned i = 0; i < kept.header_count; i++)
		if (!str_eq_ci(kept.headers[i].name, STR("Content-Type")))
			kept.headers[count++] = kept.headers[i];
	kept.header_count = count;
	kept.kind = BODY_NONE;
	if (resp->kind == BODY_FILE || resp->kind == BODY_BUF)
		resp_free(resp);
	*resp = kept;
}

/* Keeps the Allow header of a 405 that came about before the handler. */
static void become_problem(struct exchange *x)
{
	struct resp *resp = &x->resp;
	struct header allow = x->status == 405 && resp->header_count ? resp->headers[0] : (struct header){};
	resp_free(resp);
	resp->status = x->status;
	x->http->hooks.problem(x->http->hooks.self, &x->cx, &x->req, x->outcome, resp);
	if (allow.name.n)
		resp->headers[resp->header_count++] = allow;
	if (x->outcome == E_BUSY && !has_header(resp, STR("Retry-After")))
		resp_header(&x->cx, resp, "Retry-After", STR(BUSY_RETRY));
}

static int64_t body_bytes(const struct resp *resp)
{
	switch (resp->kind) {
	case BODY_NONE: return 0;
	case BODY_BUF: return (int64_t)resp->buf.n;
	case BODY_STATIC: return (int64_t)resp->text.n;
	case BODY_FILE: return resp->file_bytes;
	case BODY_STREAM: return 0;            /* nobody knows yet */
	}
	return 0;
}

/* RFC 9110 section 13.2: If-None-Match before Range. */
static bool is_unchanged(struct exchange *x)
{
	bool reads = x->req.method == GET || x->req.method == HEAD;
	return reads && x->resp.status == 200 && x->resp.etag.n &&
	       etag_listed(req_header(&x->cx, &x->req, "If-None-Match"), x->resp.etag);
}

/* The part of a file that is asked for.  Ranges are defined for GET alone (section 14.2). */
static struct range wanted_part(struct exchange *x)
{
	struct str header = req_header(&x->cx, &x->req, "Range");
	struct range all = { .kind = RANGE_WHOLE };
	if (x->resp.kind != BODY_FILE || x->resp.status != 200 || x->req.method != GET || header.n == 0)
		return all;
	if (!if_range_holds(req_header(&x->cx, &x->req, "If-Range"), x->resp.etag))
		return all;
	return range_parse(header, x->resp.file_bytes);
}

/* 304, 206, 416, and what every answer needs. */
static void settle(struct exchange *x, struct range *part)
{
	struct resp *resp = &x->resp;
	if (resp->kind == BODY_BUF && resp->buf.failed)
		x->outcome = fail(&x->cx, E_TOOLARGE, "The answer grew beyond its limit.");
	if (x->outcome != OK)
		become_problem(x);
	if (resp->status == 0)
		resp->status = resp->kind == BODY_NONE ? 204 : 200;
	*part = wanted_part(x);
	x->keep = x->keep && resp->status == 200 && resp->kind == BODY_BUF && resp->buf.n <= KEPT_BODY_MAX;
	if (x->keep)
		resp->etag = kept_etag(&x->cx, buf_view(&resp->buf));
	if (resp->etag.n)
		resp_header(&x->cx, resp, "ETag", resp->etag);
	if (resp->kind == BODY_FILE)
		resp_header(&x->cx, resp, "Accept-Ranges", STR("bytes"));
	if (is_unchanged(x)) {
		*part = (struct range){ .kind = RANGE_WHOLE };
		drop_body(resp);
		resp->status = 304;
	} else if (part->kind == RANGE_PART) {
		resp->status = 206;
		resp_header(&x->cx, resp, "Content-Range", arena_printf(&x->cx.mem, "bytes %jd-%jd/%jd", (intmax_t)part->first,
		            (intmax_t)(part->first + part->bytes - 1), (intmax_t)resp->file_bytes));
	} else if (part->kind == RANGE_UNSATISFIABLE) {
		struct str whole = arena_printf(&x->cx.mem, "bytes */%jd", (intmax_t)resp->file_bytes);
		x->outcome = fail_as(&x->cx, E_INVALID, "bad-range", "The range lies behind the end of the file.");
		x->status = 416;
		become_problem(x);
		resp_header(&x->cx, resp, "Content-Range", whole);
	}
	x->http->hooks.finish(x->http->hooks.self, &x->cx, &x->req, resp);
}

/* Takes the body out of resp. */
static struct MHD_Response *message(struct exchange *x, const struct range *part)
{
	struct resp *resp = &x->resp;
	struct str text = resp->kind == BODY_STATIC ? resp->text : STR("");
	struct MHD_Response *out = NULL;
	union {
		const char *in;
		char *out;
	} bytes = { .in = text.p };
	if (fault_hit(&x->cx))
		return NULL;
	switch (resp->kind) {
	case BODY_NONE:
	case BODY_STATIC:
		/* The arena lives until exchange_end(), which comes when the last byte is out. */
		return MHD_create_response_from_buffer(text.n, bytes.out, MHD_RESPMEM_PERSISTENT);
	case BODY_BUF:
		out = MHD_create_response_from_buffer(resp->buf.n, resp->buf.p, MHD_RESPMEM_MUST_FREE);
		break;
	case BODY_FILE:
		out = part->kind == RANGE_PART ? file_response(resp->fd, part->first, part->bytes, x->connection->tls)
		                               : file_response(resp->fd, 0, resp->file_bytes, x->connection->tls);
		break;
	case BODY_STREAM:
		return stream_open(x);
	}
	if (out)
		resp->kind = BODY_NONE;
	return out;
}

/* Names and values were terminated when they were copied into the arena, or are literals. */
static bool add_headers(struct MHD_Response *out, const struct resp *resp)
{
	for (unsigned i = 0; i < resp->header_count; i++)
		if (MHD_add_response_header(out, resp->headers[i].name.p, resp->headers[i].value.p) != MHD_YES && resp->headers[i].value.n)
			return false;
	return true;
}

bool answer_is_last(const struct exchange *x)
{
	return x->connection->crowded || x->connection->linger || atomic_load(&x->http->draining);
}

enum MHD_Result answer_queue(struct exchange *x)
{
	struct range part;
	settle(x, &part);
	int64_t bytes = part.kind == RANGE_PART ? part.bytes : body_bytes(&x->resp);
	struct MHD_Response *out = message(x, &part);
	if (!out && x->resp.kind == BODY_STREAM) {
		x->outcome = fail_as(&x->cx, E_BUSY, "busy", "Too many streams are open; try again in a moment.");
		settle(x, &part);
		out = message(x, &part);
	}
	if (!out)
		return MHD_NO;
	bool last = answer_is_last(x);
	enum MHD_Result queued = MHD_NO;
	if (add_headers(out, &x->resp) && (!last || MHD_add_response_header(out, "Connection", "close") == MHD_YES))
		queued = MHD_queue_response(x->wire, (unsigned)x->resp.status, out);
	x->answer_bytes = x->req.method == HEAD ? 0 : bytes;
	if (x->keep && x->resp.status == 200 && queued == MHD_YES && !last)
		kept_put(x, out, bytes);
	else
		MHD_destroy_response(out);
	if (x->answer_bytes > TAKEN_PACE_BYTES && !x->stream)
		warden_pace(x->http->warden, x->connection, true);
	atomic_store(&x->phase, PHASE_ANSWERED);
	return queued;
}

/* As much of it as the socket takes at once, which is all of it but for a client that has not read for long. */
static bool write_past(struct exchange *x, struct str bytes)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->wire, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	ssize_t n;
	if (x->connection->tls)
		n = info && bytes.n <= TLS_RECORD_MAX ? gnutls_record_send(info->tls_session, bytes.p, bytes.n) : -1;
	else
		n = send(x->connection->fd, bytes.p, bytes.n, MSG_DONTWAIT | MSG_NOSIGNAL);
	return n == (ssize_t)bytes.n;
}

void answer_past(struct exchange *x)
{
	struct range part;
	struct buf head AUTO(buf_free) = buf_new(PAST_BYTES_MAX);
	char date[HTTP_DATE_BYTES];
	assert(x->outcome != OK);
	settle(x, &part);
	time_http_date(clock_wall_us(x->cx.clock), date);
	buf_printf(&head, "HTTP/1.1 %d %s\r\nDate: %s\r\nConnection: close\r\n", x->resp.status,
	           MHD_get_reason_phrase_for((unsigned)x->resp.status), date);
	for (unsigned i = 0; i < x->resp.header_count; i++)
		buf_printf(&head, STR_FMT ": " STR_FMT "\r\n", STR_ARG(x->resp.headers[i].name), STR_ARG(x->resp.headers[i].value));
	buf_printf(&head, "Content-Length: %jd\r\n\r\n", (intmax_t)body_bytes(&x->resp));
	buf_str(&head, x->resp.kind == BODY_BUF ? buf_view(&x->resp.buf) : x->resp.kind == BODY_STATIC ? x->resp.text : STR(""));
	if (!head.failed && write_past(x, buf_view(&head)))
		x->answer_bytes = body_bytes(&x->resp);
	atomic_store(&x->phase, PHASE_ANSWERED);
}

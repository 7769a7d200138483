#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "http/wire.h"

#define PROBLEM_BYTES_MAX 4096

void resp_header(struct ctx *cx, struct resp *resp, const char *name, struct str value)
{
	assert(resp->header_count < RESP_HEADERS_MAX);
	for (size_t i = 0; i < value.n; i++)
		assert(value.p[i] != '\r' && value.p[i] != '\n' && value.p[i] != 0);
	resp->headers[resp->header_count++] = (struct header){
		.name = arena_copy(&cx->mem, str_of(name)),
		.value = arena_copy(&cx->mem, value),
	};
}

/* Content types are literals: not copied. */
static void content_type(struct resp *resp, const char *type)
{
	assert(resp->header_count < RESP_HEADERS_MAX);
	resp->headers[resp->header_count++] = (struct header){ .name = STR("Content-Type"), .value = str_of(type) };
}

static void buffer(struct resp *resp, struct buf *body, const char *type)
{
	assert(resp->kind == BODY_NONE);
	resp->kind = BODY_BUF;
	resp->buf = *body;
	*body = buf_new(body->max);
	content_type(resp, type);
}

void resp_json(struct resp *resp, struct buf *body)
{
	buffer(resp, body, "application/json");
}

void resp_html(struct resp *resp, struct buf *body)
{
	buffer(resp, body, "text/html; charset=utf-8");
}

void resp_text(struct resp *resp, const char *type, struct str text)
{
	assert(resp->kind == BODY_NONE);
	resp->kind = BODY_STATIC;
	resp->text = text;
	content_type(resp, type);
}

void resp_file(struct resp *resp, int fd, int64_t bytes, const char *type)
{
	assert(resp->kind == BODY_NONE);
	resp->kind = BODY_FILE;
	resp->fd = fd;
	resp->file_bytes = bytes;
	content_type(resp, type);
}

void resp_stream(struct resp *resp, const char *type, const struct stream_source *source)
{
	assert(resp->kind == BODY_NONE && source->next);
	resp->kind = BODY_STREAM;
	resp->stream = *source;
	content_type(resp, type);
}

void resp_problem(struct ctx *cx, struct resp *resp, const struct problem_details *problem)
{
	struct buf body AUTO(buf_free) = buf_new(PROBLEM_BYTES_MAX);
	struct json j = json_new(&body);
	json_object(&j);
	json_key(&j, "type");
	json_string(&j, problem->code ? arena_printf(&cx->mem, "/problems/%s", problem->code) : STR("about:blank"));
	json_key(&j, "title");
	json_text(&j, problem->title ? problem->title : MHD_get_reason_phrase_for((unsigned)problem->status));
	json_key(&j, "status");
	json_i64(&j, problem->status);
	json_key(&j, "detail");
	json_string(&j, problem->detail);
	if (problem->code) {
		json_key(&j, "code");
		json_text(&j, problem->code);
	}
	if (problem->retry_seconds > 0) {
		json_key(&j, "retry_after");
		json_i64(&j, problem->retry_seconds);
		resp_header(cx, resp, "Retry-After", arena_printf(&cx->mem, "%jd", (intmax_t)problem->retry_seconds));
	}
	json_object_end(&j);
	assert(!body.failed);                  /* titles and failures are short */
	resp->status = problem->status;
	buffer(resp, &body, "application/problem+json");
}

void resp_free(struct resp *resp)
{
	if (!resp)
		return;
	if (resp->kind == BODY_BUF)
		buf_free(&resp->buf);
	if (resp->kind == BODY_FILE)
		close(resp->fd);
	*resp = (struct resp){};
}

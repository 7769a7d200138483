#include "api/upload_routes.h"

#include "media/media.h"
#include "media/upload.h"
#include "social/text.h"

#define UPLOADS UPLOADS_PATH
#define OFFSET_TYPE "application/offset+octet-stream"
/* The real limit is a setting, and met before the first byte. */
#define BODY_MAX ((size_t)1 << 40)

static struct str number_text(struct ctx *cx, int64_t number)
{
	return arena_printf(&cx->mem, "%lld", (long long)number);
}

/* --- what a request must say --- */

/* Section Tus-Resumable: in every request but OPTIONS. */
static enum err check_version(struct ctx *cx, const struct req *req)
{
	if (!str_eq(req_header(cx, req, "Tus-Resumable"), STR(TUS_VERSION)))
		return fail_as(cx, E_INVALID, "tus-version", "send the header Tus-Resumable: " TUS_VERSION);
	return OK;
}

static enum err check_repeated(struct ctx *cx, const struct req *req)
{
	static const char *const names[] = { "Upload-Length", "Upload-Offset", "Upload-Metadata", "Upload-Checksum" };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (req_header_repeated(cx, req, names[i]))
			return fail(cx, E_INVALID, "%s stands there twice: send it once", names[i]);
	return OK;
}

static enum err check_content_type(struct ctx *cx, const struct req *req)
{
	if (!str_eq_ci(req_header(cx, req, "Content-Type"), STR(OFFSET_TYPE)))
		return fail_as(cx, E_INVALID, "tus-content-type", "the body's Content-Type must be " OFFSET_TYPE);
	return OK;
}

static enum err body_length(struct ctx *cx, const struct req *req, int64_t *out)
{
	const struct str header = req_header(cx, req, "Content-Length");
	*out = -1;
	return header.n ? tus_number(cx, "Content-Length", header, out) : OK;
}

/* Extensions that are not announced. */
static enum err check_extensions(struct ctx *cx, const struct req *req)
{
	if (req_header(cx, req, "Upload-Defer-Length").n)
		return fail(cx, E_INVALID, "Upload-Defer-Length is not taken here: send Upload-Length");
	if (req_header(cx, req, "Upload-Concat").n)
		return fail(cx, E_INVALID, "Upload-Concat is not taken here: send the file as one upload");
	return OK;
}

static enum err read_metadata(struct ctx *cx, const struct req *req, struct tus_metadata *out)
{
	TRY(tus_metadata_parse(cx, req_header(cx, req, "Upload-Metadata"), out));
	TRY(text_clean(cx, &TEXT_CAPTION, out->caption, &out->caption));
	return language_check(cx, out->language, true);
}

/* --- bodies --- */

static enum err open_creation(struct ctx *cx, const struct req *req, void **sink)
{
	int64_t length, body;
	struct tus_metadata metadata;
	struct tus_checksum checksum;
	TRY(check_version(cx, req));
	TRY(check_repeated(cx, req));
	TRY(check_extensions(cx, req));
	TRY(tus_number(cx, "Upload-Length", req_header(cx, req, "Upload-Length"), &length));
	TRY(read_metadata(cx, req, &metadata));
	TRY(tus_checksum_parse(cx, req_header(cx, req, "Upload-Checksum"), &checksum));
	TRY(body_length(cx, req, &body));
	/* Section Creation With Upload. */
	if (body > 0)
		TRY(check_content_type(cx, req));
	struct upload_write *write;
	TRY(upload_create_open(cx, length, &metadata, &checksum, body, &write));
	*sink = write;
	return OK;
}

static enum err open_append(struct ctx *cx, const struct req *req, void **sink)
{
	int64_t offset, body;
	struct tus_checksum checksum;
	TRY(check_version(cx, req));
	TRY(check_repeated(cx, req));
	TRY(check_content_type(cx, req));
	TRY(tus_number(cx, "Upload-Offset", req_header(cx, req, "Upload-Offset"), &offset));
	TRY(tus_checksum_parse(cx, req_header(cx, req, "Upload-Checksum"), &checksum));
	TRY(body_length(cx, req, &body));
	struct upload_write *write;
	TRY(upload_append_open(cx, req->params[0], offset, &checksum, body, &write));
	*sink = write;
	return OK;
}

static enum err write_body(void *sink, const void *bytes, size_t n)
{
	return upload_write(sink, bytes, n);
}

static void close_body(void *sink, bool)
{
	upload_write_close(sink);
}

static const struct sink creation_sink = { open_creation, write_body, close_body };
static const struct sink append_sink = { open_append, write_body, close_body };

/* --- answers --- */

static void tell_expiry(struct ctx *cx, struct resp *resp, const struct upload *upload)
{
	char date[HTTP_DATE_BYTES];
	time_http_date(upload->expires_us, date);
	resp_header(cx, resp, "Upload-Expires", str_of(date));
}

static enum err finish_body(struct ctx *cx, const struct req *req, struct resp *resp, struct upload *upload)
{
	TRY(upload_write_finish(cx, req->sink, upload));
	if (upload->received < upload->length)
		tell_expiry(cx, resp, upload);
	resp_header(cx, resp, "Upload-Offset", number_text(cx, upload->received));
	return OK;
}

static enum err upload_post(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct upload upload;
	TRY(finish_body(cx, req, resp, &upload));
	resp->status = 201;
	resp_header(cx, resp, "Location", arena_printf(&cx->mem, UPLOADS "/" STR_FMT, STR_ARG(upload.id)));
	return OK;
}

static enum err upload_patch(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct upload upload;
	TRY(finish_body(cx, req, resp, &upload));
	resp->status = 204;
	return OK;
}

static enum err upload_head(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct upload upload;
	TRY(check_version(cx, req));
	TRY(upload_resume(cx, req->params[0], &upload));
	resp->status = 200;
	resp_header(cx, resp, "Upload-Offset", number_text(cx, upload.received));
	resp_header(cx, resp, "Upload-Length", number_text(cx, upload.length));
	resp_header(cx, resp, "Cache-Control", STR("no-store"));
	if (upload.metadata.n)
		resp_header(cx, resp, "Upload-Metadata", upload.metadata);
	tell_expiry(cx, resp, &upload);
	return OK;
}

static enum err upload_delete(struct ctx *cx, const struct req *req, struct resp *resp)
{
	TRY(check_version(cx, req));
	TRY(upload_remove(cx, req->params[0]));
	resp->status = 204;
	return OK;
}

static enum err upload_options(struct ctx *cx, const struct req *, struct resp *resp)
{
	resp->status = 204;
	resp_header(cx, resp, "Tus-Version", STR(TUS_VERSION));
	resp_header(cx, resp, "Tus-Extension", STR(TUS_EXTENSIONS));
	resp_header(cx, resp, "Tus-Checksum-Algorithm", STR(TUS_CHECKSUMS));
	resp_header(cx, resp, "Tus-Max-Size", number_text(cx, media_upload_bytes_max(cx->media)));
	return OK;
}

void upload_headers(struct ctx *cx, const struct req *req, struct resp *resp)
{
	if (!str_starts(req->path, STR(UPLOADS)))
		return;
	resp_header(cx, resp, "Tus-Resumable", STR(TUS_VERSION));
	if (resp->status == 412)
		resp_header(cx, resp, "Tus-Version", STR(TUS_VERSION));
	resp_header(cx, resp, "Access-Control-Expose-Headers", STR("Location, Upload-Offset, Upload-Length, Upload-Metadata, "
		"Upload-Expires, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm"));
}

/* A large file comes in many PATCHes, so the uploads of a day are counted where they begin. */
const struct route upload_routes[] = {
	{ OPTIONS, UPLOADS, upload_options, ANYONE, RATE_READ, READ, 0,
		"tus 1.0.0: version, extensions, largest size.", NULL, NULL, NULL },
	{ OPTIONS, UPLOADS "/{id}", upload_options, ANYONE, RATE_READ, READ, 0,
		"tus 1.0.0: version, extensions, largest size.", NULL, NULL, NULL },
	{ POST, UPLOADS, upload_post, ACCOUNT, RATE_UPLOAD, SLOW, BODY_MAX,
		"tus 1.0.0: begins an upload and its draft; the body may bring the first bytes.", NULL, NULL, &creation_sink },
	{ HEAD, UPLOADS "/{id}", upload_head, ACCOUNT, RATE_READ, SLOW, 0,
		"tus 1.0.0: where an upload goes on.", NULL, NULL, NULL },
	{ PATCH, UPLOADS "/{id}", upload_patch, ACCOUNT, RATE_READ, SLOW, BODY_MAX,
		"tus 1.0.0: the next bytes of an upload. Also as a POST with X-HTTP-Method-Override: PATCH.", NULL, NULL, &append_sink },
	{ DELETE, UPLOADS "/{id}", upload_delete, ACCOUNT, RATE_WRITE, SLOW, 0,
		"tus 1.0.0: erases an upload and its draft.", NULL, NULL, NULL },
	{},
};

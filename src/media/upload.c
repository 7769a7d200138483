#include "media/upload.h"

#include <stdlib.h>

#include "base/config.h"
#include "media/admission.h"
#include "media/media.h"
#include "media/spare.h"
#include "media/upload_row.h"
#include "store/blob_arriving.h"
#include "store/job.h"
#include "store/writer.h"
#include "media/upload.sql.h"

#define EXPAND_ROW "media/upload.def"
#define EXPAND_PERSON row->person
#define EXPAND_ID row->draft
#include "store/expand.h"

/* A worker is started when so little is still to come: on a fast link, about the time that it takes. */
#define SPARE_AHEAD_BYTES ((int64_t)32 << 20)

struct upload_write {
	struct ctx *cx;                        /* the request's: both end together */
	bool creation;
	bool kept;                             /* finished: what was written stays */
	int64_t person, admitted_us;           /* whose place it holds, since this boot time; 0: none */
	int64_t lock;                          /* 0: none; a creation has no address yet that others could write to */
	struct upload upload;                  /* as it stood before this body */
	struct draft draft;
	int64_t received;                      /* with this body */
	struct tus_checksum checksum;
	struct personal_blob *blob;            /* NULL also once somebody else writes this upload */
	struct buf staged;                     /* the body, while its checksum is not known to be right */
	int64_t staged_bytes;                  /* reserved for it */
};

/* --- rows --- */

enum err upload_get(struct ctx *cx, struct str id, struct upload *out)
{
	const struct grant *const grant = &cx->actor.grant;
	AUTO(rows_close) struct rows *rows = NULL;
	bool found = false;
	if (id.n == UPLOAD_ID_CHARACTERS) {
		TRY(db_query(cx, SQL_upload_by_id, &rows, TEXT(id), I64(grant->person), I64(cx->now_us)));
		found = rows_next(rows);
		TRY(rows_status(rows));
	}
	if (!found)
		return fail(cx, E_NOTFOUND, "there is no such upload, or it has expired: begin a new one");
	return upload_read(cx, grant, rows, out);
}

struct blob_key draft_original_key(const struct draft *draft)
{
	struct blob_key key = {};
	if (draft->original_key.n == KEY_BYTES)
		memcpy(key.bytes, draft->original_key.p, KEY_BYTES);
	return key;
}

enum err upload_record(struct ctx *cx, const struct upload *upload, int64_t received)
{
	TRY(db_run(cx, SQL_upload_set_received, TEXT(upload->id), I64(upload->person), I64(received)));
	if (db_changes(cx, PERSONAL_DB) == 0)
		return fail(cx, E_NOTFOUND, "the upload was deleted meanwhile");
	if (received < upload->length)
		return OK;
	const struct grant *const grant = &cx->actor.grant;
	struct draft draft;
	TRY(draft_get(cx, grant, upload->draft, &draft));
	const struct str from = draft.state;
	draft.state = DRAFT_QUEUED;
	TRY(draft_set(cx, grant, &draft, from));
	return job_add(cx, DRAFT_PROCESS_JOB, cx->actor.account, cx->now_us);
}

/* --- before the first byte --- */

static enum err check_body(struct ctx *cx, int64_t body, int64_t rest)
{
	if (body > rest)
		return fail(cx, E_TOOLARGE, "the body is longer than what is missing of the upload");
	return OK;
}

static enum err check_quota(struct ctx *cx, int64_t length)
{
	struct draft_use use;
	TRY(draft_use(cx, cx->actor.grant.person, &use));
	if (use.count >= DRAFTS_MAX)
		return fail_as(cx, E_FULL, "quota", "you have %d unpublished drafts, which is the limit: publish or delete some", DRAFTS_MAX);
	if (use.bytes + length > cx->config->media_person_mib << 20)
		return fail_as(cx, E_FULL, "quota", "your drafts would take more than %lld MiB: publish or delete some",
			(long long)cx->config->media_person_mib);
	return OK;
}

static enum err check_length(struct ctx *cx, int64_t length)
{
	if (length == 0)
		return fail_as(cx, E_INVALID, "empty", "the file is empty: choose the video again");
	if (length > media_upload_bytes_max(cx->media))
		return fail(cx, E_TOOLARGE, "an upload may have %lld MiB at most", (long long)cx->config->media_upload_mib);
	return OK;
}

/* Room for a body under a checksum; of unknown size: for as much as may come. */
static enum err stage(struct ctx *cx, struct upload_write *write, int64_t body)
{
	if (write->checksum.algorithm == TUS_NO_CHECKSUM)
		return OK;
	int64_t bytes = body;
	if (bytes < 0) {
		bytes = write->upload.length - write->upload.received;
		bytes = bytes < MEDIA_STAGED_BYTES_MAX ? bytes : MEDIA_STAGED_BYTES_MAX;
	}
	if (bytes > MEDIA_STAGED_BYTES_MAX)
		return fail(cx, E_TOOLARGE, "a body with Upload-Checksum may have %lld MiB at most: send it in smaller parts",
			(long long)(MEDIA_STAGED_BYTES_MAX >> 20));
	TRY(media_stage(cx, bytes));
	write->staged_bytes = bytes;
	write->staged = buf_new((size_t)bytes + 1);
	return OK;
}

/* A day is all that the row says: see upload.def. */
static int64_t expiry_us(const struct ctx *cx)
{
	const int64_t days = cx->now_us / DAY_US + cx->config->media_upload_days + 1;
	return days * DAY_US;
}

static struct str new_token(struct ctx *cx)
{
	unsigned char secret[16];
	random_bytes(secret, sizeof secret);
	AUTO(buf_free) struct buf token = buf_new(UPLOAD_ID_CHARACTERS + 1);
	buf_base64url(&token, secret, sizeof secret);
	return arena_copy(&cx->mem, buf_view(&token));
}

/* What has arrived stays in the file, for upload_resume() to find. */
static void let_go(void *self)
{
	struct upload_write *const write = self;
	personal_blob_close(&write->blob);
}

static enum err enter_admission(struct ctx *cx, struct upload_write *write)
{
	const int64_t person = cx->actor.grant.person;
	TRY(admission_enter(cx, media_admission(cx->media), person));
	write->person = person;
	write->admitted_us = clock_boot_us(NULL);
	return OK;
}

static void free_write(struct upload_write **write)
{
	if (*write)
		upload_write_close(*write);
}

enum err upload_create_open(struct ctx *cx, int64_t length, const struct tus_metadata *metadata, const struct tus_checksum *checksum,
	int64_t body, struct upload_write **out)
{
	TRY(check_length(cx, length));
	TRY(check_body(cx, body, length));
	TRY(trim_check(cx, &metadata->trim, cx->config->media_clip_seconds * 1000));
	TRY(check_quota(cx, length));

	AUTO(free_write) struct upload_write *write = arena_new(&cx->mem, struct upload_write, 1);
	*write = (struct upload_write){ .cx = cx, .creation = true, .checksum = *checksum };
	TRY(enter_admission(cx, write));
	const int64_t person = cx->actor.grant.person, draft = random_person();
	write->draft = (struct draft){
		.id = draft, .person = person, .state = DRAFT_UPLOADING, .bytes = length, .created_us = cx->now_us,
		.caption = metadata->caption, .language = metadata->language, .publish = metadata->publish,
		.trim_start_ms = metadata->trim.start_ms, .trim_end_ms = metadata->trim.end_ms, .cover = metadata->trim.cover,
	};
	write->upload = (struct upload){
		.id = new_token(cx), .person = person, .draft = draft, .length = length, .expires_us = expiry_us(cx),
		.metadata = metadata->raw,
	};
	TRY(stage(cx, write, body));

	char name[BLOB_NAME_BYTES];
	struct blob_key key;
	personal_blob_name(name, &key);
	write->draft.original = arena_copy(&cx->mem, str_of(name));
	write->draft.original_key = arena_copy(&cx->mem, (struct str){ .p = (const char *)key.bytes, .n = KEY_BYTES });
	/* Its row comes with the upload's; without a body the file comes with the first one. */
	if (body != 0)
		TRY(personal_blob_append(cx, name, &key, 0, &write->blob));
	*out = write;
	write = NULL;
	return OK;
}

enum err upload_append_open(struct ctx *cx, struct str id, int64_t offset, const struct tus_checksum *checksum, int64_t body,
	struct upload_write **out)
{
	AUTO(free_write) struct upload_write *write = arena_new(&cx->mem, struct upload_write, 1);
	*write = (struct upload_write){ .cx = cx, .checksum = *checksum };
	TRY(enter_admission(cx, write));
	struct upload upload;
	TRY(upload_get(cx, id, &upload));
	TRY(media_lock(cx, upload.id, &(struct media_holder){ .let_go = let_go, .self = write }, &write->lock));
	/* Again: what it was before the lock may be old. */
	TRY(upload_get(cx, id, &write->upload));
	if (offset != write->upload.received)
		return fail_as(cx, E_CONFLICT, "wrong-offset", "the upload goes on at byte %lld: ask with HEAD and send from there",
			(long long)write->upload.received);
	write->received = offset;
	TRY(check_body(cx, body, write->upload.length - offset));
	if (offset < write->upload.length) {
		TRY(stage(cx, write, body));
		TRY(draft_get(cx, &cx->actor.grant, write->upload.draft, &write->draft));
		const struct blob_key key = draft_original_key(&write->draft);
		TRY(personal_blob_append(cx, arena_text(&cx->mem, write->draft.original), &key, offset, &write->blob));
	}
	*out = write;
	write = NULL;
	return OK;
}

/* --- bytes --- */

static enum err enter(struct upload_write *write)
{
	return write->lock ? media_lock_enter(write->cx, write->lock) : OK;
}

static void leave(struct upload_write *write)
{
	if (write->lock)
		media_lock_leave(write->cx, write->lock);
}

enum err upload_write(struct upload_write *write, const void *bytes, size_t n)
{
	struct ctx *const cx = write->cx;
	if (n == 0)
		return OK;
	if ((int64_t)n > write->upload.length - write->received)
		return fail(cx, E_TOOLARGE, "the body is longer than what is missing of the upload");
	TRY(enter(write));
	enum err outcome = OK;
	if (write->checksum.algorithm != TUS_NO_CHECKSUM) {
		buf_bytes(&write->staged, bytes, n);
		if ((int64_t)write->staged.n > write->staged_bytes || write->staged.failed)
			outcome = fail(cx, E_TOOLARGE, "a body with Upload-Checksum may have %lld MiB at most: send it in smaller parts",
				(long long)(MEDIA_STAGED_BYTES_MAX >> 20));
	} else {
		outcome = personal_blob_write(write->blob, bytes, n);
	}
	leave(write);
	if (outcome == OK)
		write->received += (int64_t)n;
	if (write->upload.length - write->received <= SPARE_AHEAD_BYTES)
		spare_want(media_spare(cx->media));
	return outcome;
}

/* --- after the last byte --- */

static enum err record_creation(struct ctx *cx, void *argument)
{
	const struct upload_write *const write = argument;
	const struct grant *const grant = &cx->actor.grant;
	TRY(check_quota(cx, write->upload.length));
	TRY(personal_blob_keep(cx, arena_text(&cx->mem, write->draft.original)));
	TRY(draft_add(cx, grant, &write->draft));
	struct val vals[upload_columns];
	TRY(upload_vals(cx, grant, &write->upload, vals));
	TRY(db_run_(cx, &SQL_upload_add, upload_columns, vals));
	return upload_record(cx, &write->upload, write->received);
}

static enum err record_append(struct ctx *cx, void *argument)
{
	const struct upload_write *const write = argument;
	return upload_record(cx, &write->upload, write->received);
}

static enum err keep(struct ctx *cx, struct upload_write *write)
{
	if (write->received > write->upload.received && write->checksum.algorithm != TUS_NO_CHECKSUM) {
		TRY(tus_checksum_check(cx, &write->checksum, buf_view(&write->staged)));
		TRY(personal_blob_write(write->blob, write->staged.p, write->staged.n));
	}
	if (write->received > write->upload.received)
		TRY(personal_blob_sync(write->blob));
	return writer_run(cx, write->creation ? record_creation : record_append, write);
}

enum err upload_write_finish(struct ctx *cx, struct upload_write *write, struct upload *out)
{
	if (write->creation || write->received > write->upload.received) {
		TRY(enter(write));
		const enum err outcome = keep(cx, write);
		leave(write);
		TRY(outcome);
	}
	write->kept = true;
	struct upload upload = write->upload;
	upload.received = write->received;
	*out = upload;
	return OK;
}

void upload_write_close(struct upload_write *write)
{
	struct ctx *const cx = write->cx;
	if (enter(write) == OK)
		personal_blob_close(&write->blob);
	/* An upload that nobody was told of: only this process knows its bytes. */
	if (write->creation && !write->kept && write->draft.original.n)
		personal_blob_discard(cx, arena_text(&cx->mem, write->draft.original));
	media_unlock(cx, write->lock);
	media_unstage(cx, write->staged_bytes);
	buf_free(&write->staged);
	if (write->admitted_us)
		admission_leave(media_admission(cx->media), write->person, write->admitted_us);
}

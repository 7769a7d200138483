#include "media/media.h"
#include "media/upload_row.h"
#include "store/job.h"
#include "store/writer.h"
#include "media/upload.sql.h"

#define EXPIRE_BATCH 100

/* --- what a crash or a cut connection left --- */

static enum err readable(struct ctx *cx, const struct upload *upload, const char *name, const struct blob_key *key, int64_t *out)
{
	AUTO(personal_blob_close) struct personal_blob *blob = NULL;
	const enum err opened = personal_blob_read(cx, name, key, &blob);
	if (opened == E_NOTFOUND && upload->received == 0) {
		*out = 0;                              /* not one byte has come yet */
		return OK;
	}
	TRY(opened);
	int64_t end = personal_blob_length(blob);
	if (end > upload->length)
		end = upload->length;
	int64_t at = upload->received < end ? upload->received : end;
	void *const chunk = arena_alloc(&cx->mem, BLOB_CHUNK_BYTES, 1);
	while (at < end) {
		const size_t want = end - at < BLOB_CHUNK_BYTES ? (size_t)(end - at) : BLOB_CHUNK_BYTES;
		size_t got = 0;
		if (personal_blob_read_at(blob, at, chunk, want, &got) != OK || got == 0)
			break;
		at += (int64_t)got;
	}
	*out = at;
	return OK;
}

struct finding {
	struct upload upload;
	int64_t received;
};

static enum err record_finding(struct ctx *cx, void *argument)
{
	const struct finding *const finding = argument;
	return upload_record(cx, &finding->upload, finding->received);
}

static enum err recover(struct ctx *cx, struct str id, struct upload *out)
{
	struct finding finding;
	struct draft draft;
	TRY(upload_get(cx, id, &finding.upload));
	if (finding.upload.received < finding.upload.length) {
		TRY(draft_get(cx, &cx->actor.grant, finding.upload.draft, &draft));
		const char *const name = arena_text(&cx->mem, draft.original);
		const struct blob_key key = draft_original_key(&draft);
		TRY(readable(cx, &finding.upload, name, &key, &finding.received));
		if (finding.received != finding.upload.received) {
			AUTO(personal_blob_close) struct personal_blob *blob = NULL;
			TRY(personal_blob_append(cx, name, &key, finding.received, &blob));
			TRY(personal_blob_sync(blob));
			TRY(writer_run(cx, record_finding, &finding));
			finding.upload.received = finding.received;
		}
	}
	*out = finding.upload;
	return OK;
}

/* For one piece of work on this thread. */
static enum err lock_here(struct ctx *cx, struct str id, int64_t *lock)
{
	TRY(media_lock(cx, id, &(struct media_holder){}, lock));
	return media_lock_enter(cx, *lock);
}

enum err upload_resume(struct ctx *cx, struct str id, struct upload *out)
{
	struct upload upload;
	TRY(upload_get(cx, id, &upload));
	if (upload.received < upload.length) {
		int64_t lock;
		TRY(lock_here(cx, upload.id, &lock));
		const enum err outcome = recover(cx, id, &upload);
		media_unlock(cx, lock);
		TRY(outcome);
	}
	*out = upload;
	return OK;
}

static enum err remove_draft(struct ctx *cx, void *argument)
{
	const struct upload *const upload = argument;
	return draft_delete(cx, upload->person, upload->draft);
}

enum err upload_remove(struct ctx *cx, struct str id)
{
	struct upload upload;
	TRY(upload_get(cx, id, &upload));
	int64_t lock;
	TRY(lock_here(cx, upload.id, &lock));
	const enum err outcome = writer_run(cx, remove_draft, &upload);
	media_unlock(cx, lock);
	return outcome;
}

/* --- what nobody finished --- */

struct expired {
	int64_t person, draft;
	bool keep_draft;
};

/* A draft that is ready or on its way stays with its author; what was never finished, has failed or is published goes. */
static enum err expire_some(struct ctx *cx, void *argument)
{
	bool *const more = argument;
	struct expired list[EXPIRE_BATCH];
	size_t count = 0;
	{
		AUTO(rows_close) struct rows *rows = NULL;
		TRY(db_query(cx, SQL_upload_expired, &rows, I64(cx->now_us), I64(EXPIRE_BATCH)));
		while (count < EXPIRE_BATCH && rows_next(rows)) {
			const struct str state = rows_text(rows, 2);
			list[count++] = (struct expired){
				.person = rows_i64(rows, 0), .draft = rows_i64(rows, 1),
				.keep_draft = state.n == 0 || str_eq(state, DRAFT_READY) || str_eq(state, DRAFT_QUEUED),
			};
		}
		TRY(rows_status(rows));
	}
	for (size_t i = 0; i < count; i++) {
		if (list[i].keep_draft)
			TRY(db_run(cx, SQL_upload_remove, I64(list[i].draft), I64(list[i].person)));
		else
			TRY(draft_delete(cx, list[i].person, list[i].draft));
	}
	*more = count == EXPIRE_BATCH;
	if (!*more) {
		TRY(db_run0(cx, SQL_upload_tidy_drafts));
		TRY(job_add(cx, UPLOAD_EXPIRE_JOB, 0, cx->now_us + HOUR_US));
	}
	return OK;
}

enum err upload_expire(struct ctx *cx, const struct job *)
{
	for (bool more = true; more;) {
		AUTO(ctx_end) struct ctx scratch = *cx;
		scratch.mem = arena_new_capped(ARENA_REQUEST_BYTES);
		const enum err outcome = writer_run(&scratch, expire_some, &more);
		cx->failure = scratch.failure;
		TRY(outcome);
	}
	return OK;
}

static enum err begin(struct ctx *cx, void *)
{
	return job_add(cx, UPLOAD_EXPIRE_JOB, 0, cx->now_us);
}

enum err upload_expire_begin(struct ctx *cx)
{
	return writer_run(cx, begin, NULL);
}

/* What --repair does: only what loses nothing.  Each runs on the writer, in a write of its own. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"
#include "social/account.h"
#include "social/comment.sql.h"
#include "social/erase.h"
#include "social/findable.h"
#include "social/profile.sql.h"
#include "social/published.h"
#include "social/session.h"
#include "social/video.h"
#include "social/video.sql.h"
#include "store/blob.h"
#include "store/job.h"
#include "store/outbox.h"
#include "store/search.h"
#include "store/writer.h"
#include "upkeep/fsck.sql.h"
#include "upkeep/inside.h"

enum err repair_profile_state(struct ctx *cx, const struct found *found)
{
	struct account account;
	TRY(account_by_id(cx, found->id, &account));
	return outbox_post(cx, "profile", found->id, 'P', SQL_profile_set_state, I64(found->id), TEXT(account.state));
}

enum err repair_erase(struct ctx *cx, const struct found *found)
{
	return job_add(cx, ERASE_JOB, found->id, cx->now_us);
}

enum err repair_session(struct ctx *cx, const struct found *found)
{
	return db_run(cx, SQL_fsck_session_drop, I64(found->id));
}

enum err repair_comment(struct ctx *cx, const struct found *found)
{
	TRY(published_remove(cx, found->id));
	return outbox_post(cx, "comment", found->id, 'D', SQL_comment_remove, I64(found->id));
}

/* Looked up once more: on the writer nobody else makes it known. */
enum err repair_file(struct ctx *cx, const struct found *found)
{
	const char *name = strrchr(found->name, '/');
	int64_t known = 0;
	if (!name)
		return fail(cx, E_NOTFOUND, "there is no such file");
	TRY(db_get_i64(cx, SQL_fsck_blob_count, &known, TEXT(str_of(name + 1))));
	if (known)
		return fail(cx, E_CONFLICT, "the file is known by now");
	struct str path = arena_printf(&cx->mem, "%s/blobs/%s", cx->config->store_folder, found->name);
	return unlink(path.p) == 0 || errno == ENOENT ? OK : fail(cx, E_IO, "removing %.60s: %s", found->name, strerror(errno));
}

enum err repair_shown(struct ctx *cx, const struct found *found)
{
	return drop_blob(cx, str_of(found->name));
}

enum err repair_owned(struct ctx *cx, const struct found *found)
{
	return personal_blob_remove(cx, found->name);
}

/* --- counting anew --- */

static enum err set_tally(struct ctx *cx, int64_t subject, const char *kind, int64_t total)
{
	TRY(db_run(cx, SQL_fsck_tally_set, I64(subject), TEXT(str_of(kind)), I64(total)));
	TRY(db_run(cx, SQL_fsck_tally_fresh_drop, I64(subject), TEXT(str_of(kind))));
	return outbox_total(cx, subject, kind, 0);
}

static enum err count_anew(struct ctx *cx, const struct found *found, const char *kind, const struct stmt *count)
{
	int64_t total;
	const struct val vals[] = { I64(found->id) };
	TRY(db_get_i64_(cx, count, &total, 1, vals));
	return set_tally(cx, found->id, kind, total);
}

enum err repair_likes(struct ctx *cx, const struct found *found)
{
	return count_anew(cx, found, "likes", &SQL_fsck_count_video_likes_of);
}

enum err repair_author_likes(struct ctx *cx, const struct found *found)
{
	return count_anew(cx, found, "likes", &SQL_fsck_count_author_likes_of);
}

enum err repair_comments(struct ctx *cx, const struct found *found)
{
	return count_anew(cx, found, "comments", &SQL_fsck_count_comments_of);
}

enum err repair_replies(struct ctx *cx, const struct found *found)
{
	return count_anew(cx, found, "replies", &SQL_fsck_count_replies_of);
}

enum err repair_followers(struct ctx *cx, const struct found *found)
{
	return count_anew(cx, found, "followers", &SQL_fsck_count_followers_of);
}

enum err repair_videos(struct ctx *cx, const struct found *found)
{
	return count_anew(cx, found, "videos", &SQL_fsck_count_videos_of);
}

enum err repair_following(struct ctx *cx, const struct found *found)
{
	AUTO(grant_wipe) struct grant grant = { .purpose = GRANT_NONE };
	int64_t total;
	TRY(account_grant(cx, GRANT_OPERATOR, found->id, &grant));
	TRY(db_get_i64(cx, SQL_fsck_following_count, &total, I64(grant.person)));
	return set_tally(cx, found->id, "following", total);
}

/* Marked, all of them go with the next totals. */
enum err repair_totals(struct ctx *cx, const struct found *found)
{
	TRY(db_run(cx, SQL_fsck_tally_again, I64(found->id)));
	return outbox_total(cx, found->id, "likes", 0);
}

/* --- finding --- */

enum err repair_findable(struct ctx *cx, const struct found *found)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_fsck_words, &rows, I64(found->id)));
	if (!rows_next(rows)) {
		TRY(rows_status(rows));
		return fail(cx, E_NOTFOUND, "it is gone");
	}
	if (rows_null(rows, 1))
		return findable_video(cx, found->id, rows_text(rows, 0));
	return findable_person(cx, found->id, rows_text(rows, 0), rows_text(rows, 1));
}

enum err repair_index(struct ctx *cx, const struct found *found)
{
	return search_drop(cx, found->id);
}

/* --- jobs --- */

enum err repair_job(struct ctx *cx, const struct found *found)
{
	return db_run(cx, SQL_fsck_job_free, I64(found->id), I64(cx->now_us));
}

enum err repair_drop_job(struct ctx *cx, const struct found *)
{
	return job_add(cx, DROP_JOB, 0, cx->now_us);
}

enum err repair_blob_job(struct ctx *cx, const struct found *)
{
	return job_add(cx, BLOB_ERASE_JOB, 0, cx->now_us);
}

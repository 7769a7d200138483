/* upkeep/inside.h - what fsck's files share. */
#ifndef UPKEEP_INSIDE_H
#define UPKEEP_INSIDE_H
#include "upkeep/fsck.h"

#define FOUND_MAX 1000                         /* remembered of one invariant; more are counted, not mended in this run */
#define FOUND_NAME_BYTES 88

struct found {
	int64_t id;
	char name[FOUND_NAME_BYTES];           /* of a file; or empty */
};
struct fsck;
typedef enum err fsck_check(struct fsck *, struct ctx *);
typedef enum err fsck_repair(struct ctx *, const struct found *);      /* on the writer */

enum check_kind { CHECK_BY, CHECK_ROWS, CHECK_SAME, CHECK_WITHIN, CHECK_COUNTED, CHECK_COUNTED_AT_LEAST };
struct invariant {
	struct invariant_words words;
	enum check_kind kind;
	fsck_check *by;
	const struct stmt *a, *b;
	fsck_repair *repair;
};
struct fsck {
	const struct fsck_options *options;
	const struct invariant *invariant;     /* the one that is looked at */
	bool settled;                          /* the held moments of both stores can be compared */
	bool lagging;                          /* once they could not, however long one waited */
	struct found found[FOUND_MAX];
	size_t count;
	int64_t total, looked;
};
void fsck_tell(struct fsck *, int64_t id, const char *name);
/* Compares two statements that give (key, value) by key; $1 of both is `kind` unless NULL. */
enum err fsck_compare(struct fsck *, struct ctx *, const struct invariant *, const char *kind);
/* --- fsck_count.c: the invariant's `a` gives (subject, count) after $1, $2 at most, in order; its `b` a subject a row --- */
enum err fsck_count(struct fsck *, struct ctx *);
/* A context of its own memory, for a batch. */
void fsck_batch_ctx(const struct ctx *, struct ctx *out);

/* --- checks: fsck_rows.c --- */
fsck_check check_applied, check_outbox, check_accounts, check_handles, check_following, check_totals, check_leases;
/* --- fsck_files.c --- */
fsck_check check_pages, check_public, check_personal, check_keys, check_video_files, check_avatars, check_blob_files, check_files,
	check_shown, check_owned, check_upload_bytes;
/* --- fsck_ledger.c --- */
fsck_check check_ledger_entries, check_ledger_kinds, check_ledger_checkpoint;
/* --- fsck_repair.c --- */
fsck_repair repair_profile_state, repair_erase, repair_session, repair_comment, repair_file, repair_shown, repair_owned, repair_likes,
	repair_author_likes, repair_comments, repair_replies, repair_followers, repair_following, repair_videos,
	repair_totals, repair_findable, repair_index, repair_job, repair_drop_job, repair_blob_job;
#endif

#include "social/inbox.h"

#include "base/events.h"
#include "social/account.h"
#include "social/account_row.h"
#include "social/block.h"
#include "social/erase.h"
#include "social/inbox.sql.h"
#include "social/inbox_row.h"
#include "social/mention.h"

#define EXPAND_ROW "social/inbox.def"
#include "store/expand.h"

const char *notice_kind_name(enum notice_kind kind)
{
	static const char *const names[NOTICE_KINDS] = {
		[NOTICE_FOLLOW] = "follow", [NOTICE_LIKE] = "like", [NOTICE_COMMENT] = "comment", [NOTICE_REPLY] = "reply",
		[NOTICE_MENTION] = "mention", [NOTICE_PUBLISHED] = "published", [NOTICE_FAILED] = "failed",
		[NOTICE_DEMAND] = "demand",
	};
	return names[kind];
}

/* --- leaving --- */

struct notice {
	enum notice_kind kind;
	int64_t bundle;                        /* 0: stands alone */
	int64_t mark;
	struct note note;
};

static enum err trim(struct ctx *cx, int64_t account)
{
	int64_t oldest;
	enum err outcome = db_get_i64(cx, SQL_inbox_bound, &oldest, I64(account), I64(INBOX_MAX - 1));
	if (outcome != E_NOTFOUND) {
		TRY(outcome);
		TRY(db_run(cx, SQL_inbox_trim, I64(account), I64(oldest)));
	}
	return mailbox_trim(cx, account);
}

static enum err sort_in(struct ctx *cx)
{
	TRY(db_run0(cx, SQL_inbox_fresh_sort_in));
	return db_run0(cx, SQL_inbox_fresh_clear);
}

/* Nobody is told of their own act; a recipient whose key is gone is told nothing any more. */
static enum err leave(struct ctx *cx, int64_t to, const struct notice *notice)
{
	unsigned char sealed[NOTE_SEALED_MAX];
	AUTO(mailbox_key_wipe) struct mailbox_key key = { .id = 0 };
	struct val vals[inbox_columns];
	if (to == notice->note.actor)
		return OK;
	enum err outcome = mailbox_key_now(cx, to, &key);
	if (outcome == E_NOTFOUND)
		return OK;
	TRY(outcome);
	struct inbox row = {
		.account = to, .id = id_new(cx->ids, cx->now_us), .kind = notice->kind, .mark = notice->mark, .mailbox_key = key.id,
	};
	row.bundle = notice->bundle ? notice->bundle : row.id;
	row.note = (struct str){ .p = (const char *)sealed, .n = note_seal(cx, &key, &row, &notice->note, sealed) };
	inbox_vals(&row, vals);
	const bool fresh = notice->kind == NOTICE_LIKE;
	TRY(db_run_(cx, fresh ? &SQL_inbox_fresh_add : &SQL_inbox_add, inbox_columns, vals));
	if (fresh && mailboxes_full(cx))
		TRY(sort_in(cx));
	events_note(cx, to);
	return key.trim ? trim(cx, to) : OK;
}

static enum err take_back_all(struct ctx *cx, int64_t mark)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_inbox_take_back_all, &rows, I64(mark)));
	while (rows_next(rows))
		events_note(cx, rows_i64(rows, 0));
	return rows_status(rows);
}

/* --- likes and follows: private, so their marks are the actor's secret --- */

static int64_t private_mark(const struct grant *actor, const char *what, int64_t subject)
{
	unsigned char hash[KEY_BYTES];
	const struct str about = { .p = (const char *)&subject, .n = sizeof subject };
	uint64_t number = 0;
	key_derive(actor->key, what, about, hash);
	for (unsigned i = 0; i < 8; i++)
		number = number << 8 | hash[i];
	return (int64_t)(number >> 1);
}

static enum err take_back(struct ctx *cx, int64_t account, enum notice_kind kind, int64_t mark)
{
	TRY(db_run(cx, SQL_inbox_take_back, I64(account), I64(kind), I64(mark)));
	if (db_changes(cx, PERSONAL_DB) == 0 && kind == NOTICE_LIKE)
		TRY(db_run(cx, SQL_inbox_fresh_take_back, I64(account), I64(kind), I64(mark)));
	if (db_changes(cx, PERSONAL_DB) > 0)
		events_note(cx, account);
	return OK;
}

enum err inbox_liked(struct ctx *cx, int64_t author, int64_t video)
{
	return leave(cx, author, &(struct notice){
		.kind = NOTICE_LIKE, .bundle = video, .mark = private_mark(&cx->actor.grant, "inbox-like", video),
		.note = { .actor = cx->actor.account, .video = video },
	});
}

enum err inbox_unliked(struct ctx *cx, const struct grant *actor, int64_t author, int64_t video)
{
	return take_back(cx, author, NOTICE_LIKE, private_mark(actor, "inbox-like", video));
}

enum err inbox_followed(struct ctx *cx, int64_t account)
{
	return leave(cx, account, &(struct notice){
		.kind = NOTICE_FOLLOW, .mark = private_mark(&cx->actor.grant, "inbox-follow", account),
		.note = { .actor = cx->actor.account },
	});
}

enum err inbox_unfollowed(struct ctx *cx, const struct grant *actor, int64_t account)
{
	return take_back(cx, account, NOTICE_FOLLOW, private_mark(actor, "inbox-follow", account));
}

/* --- mentions --- */

/* Who may be told of being named by the grant's person; 0: nobody. */
static enum err find_mentioned(struct ctx *cx, const struct grant *by, struct str handle, int64_t *out)
{
	struct account account;
	*out = 0;
	enum err outcome = account_by_handle(cx, handle, &account);
	if (outcome == E_NOTFOUND || (outcome == OK && (account.id == by->account || !str_eq(account.state, STATE_ACTIVE))))
		return OK;
	TRY(outcome);
	outcome = block_between(cx, by, account.id);
	if (outcome == E_DENIED || outcome == E_NOTFOUND)
		return OK;
	TRY(outcome);
	*out = account.id;
	return OK;
}

static bool is_among(int64_t id, const int64_t *ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* `told` have been told already. */
static enum err tell_mentioned(struct ctx *cx, const struct grant *by, struct str text, const struct note *note, const int64_t *told,
	size_t told_count)
{
	struct mentions mentions;
	mentions_parse(text, &mentions);
	for (size_t i = 0; i < mentions.count; i++) {
		int64_t account;
		TRY(find_mentioned(cx, by, mentions.handles[i], &account));
		if (account == 0 || is_among(account, told, told_count))
			continue;
		TRY(leave(cx, account, &(struct notice){
			.kind = NOTICE_MENTION, .mark = note->comment ? note->comment : note->video, .note = *note,
		}));
	}
	return OK;
}

/* --- comments --- */

enum err inbox_commented(struct ctx *cx, const struct comment *comment, int64_t author)
{
	const struct note note = { .actor = comment->account, .video = comment->video, .comment = comment->id };
	const int64_t told[] = { comment->answers, author };
	if (comment->answers)
		TRY(leave(cx, comment->answers, &(struct notice){ .kind = NOTICE_REPLY, .mark = comment->id, .note = note }));
	if (author != comment->answers)
		TRY(leave(cx, author, &(struct notice){
			.kind = NOTICE_COMMENT, .bundle = comment->video, .mark = comment->id, .note = note,
		}));
	return tell_mentioned(cx, &cx->actor.grant, comment->text, &note, told, 2);
}

enum err inbox_comment_gone(struct ctx *cx, int64_t comment)
{
	return take_back_all(cx, comment);
}

/* --- videos --- */

enum err inbox_published(struct ctx *cx, const struct grant *author, int64_t video, struct str caption)
{
	const struct note note = { .actor = author->account, .video = video };
	TRY(leave(cx, author->account, &(struct notice){ .kind = NOTICE_PUBLISHED, .mark = video, .note = { .video = video } }));
	return tell_mentioned(cx, author, caption, &note, NULL, 0);
}

enum err inbox_recaptioned(struct ctx *cx, int64_t video, struct str caption)
{
	AUTO(rows_close) struct rows *rows = NULL;
	const struct grant *const author = &cx->actor.grant;
	int64_t told[MENTIONS_MAX], named[MENTIONS_MAX];
	struct mentions mentions;
	size_t told_count = 0, named_count = 0;
	mentions_parse(caption, &mentions);
	TRY(db_query(cx, SQL_inbox_of_mark, &rows, I64(video), I64(NOTICE_MENTION), I64(MENTIONS_MAX)));
	while (told_count < MENTIONS_MAX && rows_next(rows))
		told[told_count++] = rows_i64(rows, 0);
	TRY(rows_status(rows));
	rows_close(&rows);
	for (size_t i = 0; i < mentions.count; i++)
		TRY(find_mentioned(cx, author, mentions.handles[i], &named[named_count++]));
	for (size_t i = 0; i < told_count; i++)
		if (!is_among(told[i], named, named_count))
			TRY(take_back(cx, told[i], NOTICE_MENTION, video));
	const struct note note = { .actor = author->account, .video = video };
	return tell_mentioned(cx, author, caption, &note, told, told_count);
}

enum err inbox_video_gone(struct ctx *cx, int64_t author, int64_t video)
{
	TRY(db_run(cx, SQL_inbox_drop_bundle, I64(author), I64(video)));
	TRY(db_run(cx, SQL_inbox_fresh_drop_bundle, I64(author), I64(video)));
	events_note(cx, author);
	return take_back_all(cx, video);
}

enum err inbox_demand(struct ctx *cx, int64_t account, int64_t demand, struct str words)
{
	return leave(cx, account, &(struct notice){ .kind = NOTICE_DEMAND, .bundle = demand, .mark = demand, .note = { .reason = words } });
}

enum err inbox_failed(struct ctx *cx, int64_t author, int64_t draft, struct str reason)
{
	if (reason.n > NOTE_REASON_MAX)
		reason.n = NOTE_REASON_MAX;
	return leave(cx, author, &(struct notice){
		.kind = NOTICE_FAILED, .mark = draft, .note = { .video = draft, .reason = reason },
	});
}

/* --- reading, forgetting --- */

enum err inbox_see(struct ctx *cx, int64_t up_to)
{
	TRY(mailbox_see(cx, &cx->actor.grant, up_to));
	events_note(cx, cx->actor.account);
	return OK;
}

enum err inbox_erase_some(struct ctx *cx, const struct grant *grant, bool *more)
{
	TRY(db_run(cx, SQL_inbox_erase, I64(grant->account), I64(ERASE_BATCH)));
	*more = db_changes(cx, PERSONAL_DB) == ERASE_BATCH;
	if (*more)
		return OK;
	TRY(db_run(cx, SQL_inbox_fresh_erase, I64(grant->account)));
	return mailbox_forget(cx, grant->account);
}

/* Notifications: written with the act, sealed to the recipient, put together, taken back, bounded. */
#include "social_fixture.h"

#include "social/block.h"
#include "social/erase.h"
#include "social/follow.h"
#include "social/inbox_row.h"
#include "social/like.h"
#include "social/mention.h"

#define EXPAND_ROW "social/inbox.def"
#include "store/expand.h"

static const struct stmt SQL_test_left = { "test_left",
	"SELECT (SELECT count(*) FROM inbox WHERE account = $1) + (SELECT count(*) FROM inbox_fresh WHERE account = $1)", PERSONAL_DB };
static const struct stmt SQL_test_keys = { "test_keys", "SELECT count(*) FROM mailbox_key WHERE account = $1", PERSONAL_DB };
static const struct stmt SQL_test_mailbox = { "test_mailbox", "SELECT count(*) FROM mailbox WHERE account = $1", PERSONAL_DB };
static const struct stmt SQL_test_first = { "test_first", 
	"SELECT account, id, kind, bundle, mark, mailbox_key, note FROM inbox WHERE account = $1 ORDER BY id LIMIT 1", PERSONAL_DB };
static const struct stmt SQL_test_forget = { "test_forget", "DELETE FROM mailbox WHERE account = $1", PERSONAL_DB };

static void open_world(struct world *w)
{
	world_open(w);
	must(w, mailboxes_open(&w->cx, &w->cx.mailboxes));
}

static void close_world(struct world *w)
{
	struct mailboxes *boxes = w->cx.mailboxes;
	w->cx.mailboxes = NULL;
	world_close(w);
	mailboxes_close(&boxes);
}

static struct inbox_page inbox_of(struct world *w, const struct actor *who)
{
	struct inbox_page page;
	settle(w);
	must(w, inbox_list(as(w, who), 0, &page));
	return page;
}

static enum err run_reply(struct ctx *cx, void *argument)
{
	struct commenting *call = argument;
	return comment_reply(cx, call->video, call->text, &call->out);
}

static enum err write_reply(struct ctx *cx, int64_t to, const char *text, struct comment_view *out)
{
	struct commenting call = { .video = to, .text = str_of(text) };
	TRY(writer_run(cx, run_reply, &call));
	*out = call.out;
	return OK;
}

TEST(likes_of_a_clip_are_one_item_and_an_unlike_takes_its_own_back)
{
	struct world w;
	open_world(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela"), chand = sign_up(&w, "chand");
	int64_t video = publish(&w, &asha, "clip"), other = publish(&w, &asha, "other");
	must(&w, write_id(as(&w, &bela), like_add, video));
	must(&w, write_id(as(&w, &bela), like_add, video));
	must(&w, write_id(as(&w, &bela), like_add, other));
	must(&w, write_id(as(&w, &chand), like_add, video));
	must(&w, write_id(as(&w, &asha), like_add, video));            /* one's own */
	struct inbox_page page = inbox_of(&w, &asha);
	CHECK(page.count == 2 && page.unread == 2 && page.next == 0);
	CHECK(page.items[0].kind == NOTICE_LIKE && page.items[0].people == 2 && page.items[0].actor_count == 2);
	CHECK(page.items[0].actors[0].id == chand.account && page.items[0].actors[1].id == bela.account);
	CHECK(page.items[0].has_video && page.items[0].video.id == video && page.items[1].video.id == other);
	must(&w, write_id(as(&w, &chand), like_remove, video));
	page = inbox_of(&w, &asha);
	CHECK(page.count == 2 && page.items[0].video.id == other && page.items[1].people == 1);
	must(&w, write_id(as(&w, &bela), like_remove, video));
	must(&w, write_id(as(&w, &bela), like_remove, other));
	CHECK(inbox_of(&w, &asha).count == 0 && NUMBER(&w, SQL_test_left, I64(asha.account)) == 0);
	close_world(&w);
}

TEST(a_person_in_several_items_is_named_once_in_each)
{
	struct world w;
	int64_t comment;
	struct comment_view reply;
	open_world(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	int64_t video = publish(&w, &asha, "clip");
	must(&w, write_id(as(&w, &bela), like_add, video));
	must(&w, write_id(as(&w, &bela), follow_add, asha.account));
	must(&w, write_comment(as(&w, &bela), video, "one", &comment));
	must(&w, write_reply(as(&w, &bela), comment, "two", &reply));
	struct inbox_page page = inbox_of(&w, &asha);
	CHECK(page.count == 3);
	for (size_t i = 0; i < page.count; i++)
		CHECK(page.items[i].people == 1 && page.items[i].actor_count == 1 && page.items[i].actors[0].id == bela.account);
	CHECK(page.items[0].kind == NOTICE_COMMENT && str_eq(page.items[0].comment.text, STR("two")));
	CHECK(page.items[1].kind == NOTICE_FOLLOW && !page.items[1].following);
	close_world(&w);
}

TEST(each_person_is_told_of_a_comment_once_and_never_after_it_is_gone)
{
	struct world w;
	int64_t comment;
	struct comment_view reply;
	open_world(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela"), chand = sign_up(&w, "chand");
	int64_t video = publish(&w, &asha, "clip");
	must(&w, write_comment(as(&w, &bela), video, "@asha @chand @bela @nobody @chand", &comment));
	CHECK(inbox_of(&w, &asha).count == 1 && inbox_of(&w, &bela).count == 0);
	struct inbox_page page = inbox_of(&w, &chand);
	CHECK(page.count == 1 && page.items[0].kind == NOTICE_MENTION && page.items[0].comment.id == comment);
	must(&w, write_reply(as(&w, &chand), comment, "@bela yes", &reply));
	CHECK(reply.comment.thread == comment && str_eq(reply.answers, STR("bela")));
	must(&w, write_reply(as(&w, &asha), reply.comment.id, "both", &reply));
	CHECK(reply.comment.thread == comment && str_eq(reply.answers, STR("chand")));
	page = inbox_of(&w, &bela);
	CHECK(page.count == 1 && page.items[0].kind == NOTICE_REPLY && page.items[0].actors[0].id == chand.account);
	CHECK(tally(&w, video, "comments") == 3 && tally(&w, comment, "replies") == 2);
	must(&w, write_id(as(&w, &bela), comment_remove, comment));
	must(&w, drop_run(fresh(&w), NULL));
	CHECK(inbox_of(&w, &asha).count == 0 && inbox_of(&w, &bela).count == 0 && inbox_of(&w, &chand).count == 0);
	CHECK(tally(&w, video, "comments") == 0 && tally(&w, comment, "replies") == 0);
	close_world(&w);
}

TEST(a_reply_that_outlives_its_thread_is_not_counted_off_twice)
{
	struct world w;
	int64_t comment;
	struct comment_view reply;
	open_world(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	int64_t video = publish(&w, &asha, "clip");
	must(&w, write_comment(as(&w, &asha), video, "first", &comment));
	must(&w, write_reply(as(&w, &bela), comment, "second", &reply));
	must(&w, write_id(as(&w, &asha), comment_remove, comment));
	CHECK(write_reply(as(&w, &asha), reply.comment.id, "late", &reply) == E_NOTFOUND);
	must(&w, write_id(as(&w, &bela), comment_remove, reply.comment.id));
	CHECK(tally(&w, video, "comments") == 0);
	close_world(&w);
}

TEST(blocked_people_neither_reply_nor_tell)
{
	struct world w;
	int64_t comment;
	struct comment_view reply;
	open_world(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela"), chand = sign_up(&w, "chand");
	int64_t video = publish(&w, &asha, "clip");
	must(&w, write_comment(as(&w, &chand), video, "hello", &comment));
	must(&w, write_id(as(&w, &bela), like_add, video));
	CHECK(inbox_of(&w, &asha).count == 2);
	must(&w, write_id(as(&w, &asha), block_add, bela.account));
	CHECK(inbox_of(&w, &asha).count == 1 && inbox_of(&w, &asha).unread == 1);
	CHECK(write_reply(as(&w, &bela), comment, "me too", &reply) == E_DENIED);
	must(&w, write_id(as(&w, &asha), block_remove, bela.account));
	must(&w, write_id(as(&w, &chand), block_add, bela.account));
	CHECK(write_reply(as(&w, &bela), comment, "me too", &reply) == E_DENIED);
	must(&w, write_comment(as(&w, &bela), video, "@chand look", &comment));
	CHECK(inbox_of(&w, &chand).count == 0);
	close_world(&w);
}

TEST(what_is_left_opens_for_its_recipient_in_its_own_place_only)
{
	struct world w;
	open_world(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	uint64_t opened = keyholder_count(w.cx.keyholder, GRANT_MAILBOX) + keyholder_count(w.cx.keyholder, GRANT_BLOCK_CHECK);
	int64_t video = publish(&w, &asha, "clip");
	must(&w, write_id(as(&w, &bela), like_add, video));
	CHECK(opened == keyholder_count(w.cx.keyholder, GRANT_MAILBOX) + keyholder_count(w.cx.keyholder, GRANT_BLOCK_CHECK));
	must(&w, write_id(as(&w, &bela), follow_add, asha.account));

	struct ctx *cx = as(&w, &asha);
	AUTO(rows_close) struct rows *rows = NULL;
	must(&w, db_query(cx, SQL_test_first, &rows, I64(asha.account)));
	struct inbox row, moved;
	struct note note;
	struct mailbox_key key;
	CHECK(rows_next(rows));
	inbox_read(rows, &row);
	CHECK(mailbox_key_open(cx, &bela.grant, row.mailbox_key, &key) == E_NOTFOUND);
	must(&w, mailbox_key_open(cx, &asha.grant, row.mailbox_key, &key));
	must(&w, note_open(cx, &key, &row, &note));
	CHECK(note.actor == bela.account && row.kind == NOTICE_FOLLOW);
	moved = row;
	moved.id++;
	CHECK(note_open(cx, &key, &moved, &note) == E_CORRUPT);
	moved = row;
	moved.account = bela.account;
	CHECK(note_open(cx, &key, &moved, &note) == E_CORRUPT);
	rows_close(&rows);
	close_world(&w);
}

static enum err forget_mailbox(struct ctx *cx, void *account)
{
	return db_run(cx, SQL_test_forget, I64(*(const int64_t *)account));
}

static enum err like_and_fail(struct ctx *cx, void *video)
{
	TRY(like_add(cx, *(const int64_t *)video));
	return fail(cx, E_CONFLICT, "meant to fail");
}

TEST(a_key_whose_work_was_rolled_back_is_never_used)
{
	struct world w;
	open_world(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	int64_t video = publish(&w, &asha, "clip");
	CHECK(writer_run(as(&w, &bela), like_and_fail, &video) == E_CONFLICT);
	CHECK(NUMBER(&w, SQL_test_keys, I64(asha.account)) == 0);
	must(&w, write_id(as(&w, &bela), like_add, video));
	struct inbox_page page = inbox_of(&w, &asha);
	CHECK(page.count == 1 && page.items[0].people == 1 && NUMBER(&w, SQL_test_keys, I64(asha.account)) == 1);
	close_world(&w);
}

TEST(who_joined_before_mailboxes_gets_one_with_the_first_notification)
{
	struct world w;
	open_world(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	int64_t video = publish(&w, &asha, "clip");
	must(&w, writer_run(fresh(&w), forget_mailbox, &asha.account));
	must(&w, write_id(as(&w, &bela), like_add, video));
	CHECK(NUMBER(&w, SQL_test_mailbox, I64(asha.account)) == 1 && keyholder_count(w.cx.keyholder, GRANT_MAILBOX) == 1);
	CHECK(inbox_of(&w, &asha).count == 1);
	close_world(&w);
}

struct many {
	int64_t video, first;
	unsigned count;
};

/* As many likes as no test could sign people up for: the same rule, by made-up actors. */
static enum err like_many(struct ctx *cx, void *argument)
{
	const struct many *many = argument;
	const struct actor real = cx->actor;
	for (unsigned i = 0; i < many->count; i++) {
		cx->actor.account = many->first + i;
		memcpy(cx->actor.grant.key, &i, sizeof i);
		TRY(inbox_liked(cx, real.account, many->video));
	}
	cx->actor = real;
	return OK;
}

TEST(the_newest_are_kept_and_the_rest_goes)
{
	struct world w;
	open_world(&w);
	struct actor asha = sign_up(&w, "asha");
	struct many many = { .video = publish(&w, &asha, "clip"), .first = 1000, .count = MAILBOXES_FRESH + 300 };
	must(&w, writer_run(as(&w, &asha), like_many, &many));
	many.first += many.count;
	many.count = MAILBOXES_FRESH;
	must(&w, writer_run(as(&w, &asha), like_many, &many));
	int64_t left = NUMBER(&w, SQL_test_left, I64(asha.account));
	CHECK(left >= INBOX_MAX && left <= INBOX_MAX + MAILBOXES_FRESH + 256);
	CHECK(inbox_of(&w, &asha).items[0].people == INBOX_MAX);
	close_world(&w);
}

static enum err see(struct ctx *cx, void *up_to)
{
	return inbox_see(cx, *(const int64_t *)up_to);
}

TEST(pages_follow_each_other_and_what_was_read_stays_read)
{
	struct world w;
	struct inbox_page page;
	open_world(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	int64_t newest = 0;
	for (int i = 0; i < INBOX_PAGE + 4; i++) {
		const int64_t video = publish(&w, &asha, "clip");
		must(&w, write_id(as(&w, &bela), like_add, video));
	}
	page = inbox_of(&w, &asha);
	CHECK(page.count == INBOX_PAGE && page.next == page.items[INBOX_PAGE - 1].id && page.unread == INBOX_PAGE + 4);
	newest = page.newest;
	must(&w, inbox_list(as(&w, &asha), page.next, &page));
	CHECK(page.count == 4 && page.next == 0 && page.items[0].unread);
	int64_t back = page.items[3].id;
	must(&w, writer_run(as(&w, &asha), see, &newest));
	must(&w, writer_run(as(&w, &asha), see, &back));
	page = inbox_of(&w, &asha);
	CHECK(page.unread == 0 && !page.items[0].unread);
	must(&w, inbox_since(as(&w, &asha), newest, &page));
	CHECK(page.count == 0 && page.newest == newest);
	close_world(&w);
}

TEST(a_removed_video_takes_its_notifications_along)
{
	struct world w;
	open_world(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	int64_t video = publish(&w, &asha, "clip");
	must(&w, write_id(as(&w, &bela), like_add, video));
	must(&w, write_id(as(&w, &asha), video_remove, video));
	CHECK(NUMBER(&w, SQL_test_left, I64(asha.account)) == 0);
	close_world(&w);
}

/* --- mentions --- */

static bool names(const char *text, const char *expected)
{
	struct mentions mentions;
	char joined[400] = "";
	mentions_parse(str_of(text), &mentions);
	for (size_t i = 0; i < mentions.count; i++)
		snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "%s" STR_FMT, i ? " " : "", STR_ARG(mentions.handles[i]));
	if (strcmp(joined, expected) != 0)
		printf("# %s: %s, not %s\n", text, joined, expected);
	return strcmp(joined, expected) == 0;
}

TEST(mentions_are_names_and_not_addresses)
{
	CHECK(names("@asha and @Bela.", "asha Bela"));
	CHECK(names("(@a_1), @b.c! @asha @ASHA", "a_1 b.c asha"));
	CHECK(names("mail me@example.org, me.@asha, #x@asha, @@asha", ""));
	CHECK(names("नमस्ते@asha और @bela, سلام @chand", "bela chand"));
	CHECK(names("@a @.ab @ab. @ab..", "ab"));
	CHECK(names("@ab@cd @abcdefghijklmnopqrstuvwxyz_1234 @abcdefghijklmnopqrstuvwxyz_123", "abcdefghijklmnopqrstuvwxyz_123"));
	CHECK(names("@a1 @a2 @a3 @a4 @a5 @a6 @a7 @a8 @a9 @a10 @a11", "a1 a2 a3 a4 a5 a6 a7 a8 a9 a10"));
}

int main(void)
{
	RUN(likes_of_a_clip_are_one_item_and_an_unlike_takes_its_own_back);
	RUN(a_person_in_several_items_is_named_once_in_each);
	RUN(each_person_is_told_of_a_comment_once_and_never_after_it_is_gone);
	RUN(a_reply_that_outlives_its_thread_is_not_counted_off_twice);
	RUN(blocked_people_neither_reply_nor_tell);
	RUN(what_is_left_opens_for_its_recipient_in_its_own_place_only);
	RUN(a_key_whose_work_was_rolled_back_is_never_used);
	RUN(who_joined_before_mailboxes_gets_one_with_the_first_notification);
	RUN(the_newest_are_kept_and_the_rest_goes);
	RUN(pages_follow_each_other_and_what_was_read_stays_read);
	RUN(a_removed_video_takes_its_notifications_along);
	RUN(mentions_are_names_and_not_addresses);
	return tap_end();
}

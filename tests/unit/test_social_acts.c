/* Likes, saves, follows, blocks, comments, views: one row each, totals right, all or nothing. */
#include "social_fixture.h"

#include "social/block.h"
#include "social/follow.h"
#include "social/like.h"
#include "social/watched.h"

static const struct stmt SQL_test_likes = { "test_likes", "SELECT count(*) FROM liked WHERE video = $1", PERSONAL_DB };
static const struct stmt SQL_test_follows = { "test_follows", "SELECT count(*) FROM follow WHERE account = $1", PERSONAL_DB };
static const struct stmt SQL_test_followings = { "test_followings", "SELECT count(*) FROM follow WHERE person = $1", PERSONAL_DB };
static const struct stmt SQL_test_comments = { "test_comments", "SELECT count(*) FROM comment WHERE video = $1", PUBLIC_DB };
static const struct stmt SQL_test_standing = { "test_standing", "SELECT count(*) FROM published WHERE video = $1", PERSONAL_DB };

static bool slug_is(struct world *w, const char *slug)
{
	return w->cx.failure.slug && strcmp(w->cx.failure.slug, slug) == 0;
}

TEST(like_twice_is_one_row)
{
	struct world w;
	struct video_view view;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	int64_t video = publish(&w, &asha, "clip");
	CHECK(write_id(as(&w, &bela), like_add, video) == OK && write_id(as(&w, &bela), like_add, video) == OK);
	CHECK(NUMBER(&w, SQL_test_likes, I64(video)) == 1);
	settle(&w);
	CHECK(video_get(as(&w, &bela), video, &view) == OK && view.likes == 1 && view.liked && !view.saved);
	CHECK(video_get(as(&w, &asha), video, &view) == OK && view.likes == 1 && !view.liked);
	CHECK(tally(&w, asha.account, "likes") == 1);
	world_close(&w);
}

TEST(unlike_takes_the_row_and_counts_once)
{
	struct world w;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	int64_t video = publish(&w, &asha, "clip");
	must(&w, write_id(as(&w, &bela), like_add, video));
	CHECK(write_id(as(&w, &bela), like_remove, video) == OK && write_id(as(&w, &bela), like_remove, video) == OK);
	CHECK(NUMBER(&w, SQL_test_likes, I64(video)) == 0);
	CHECK(tally(&w, video, "likes") == 0 && tally(&w, asha.account, "likes") == 0);
	world_close(&w);
}

TEST(what_does_not_stand_is_not_liked_saved_or_commented)
{
	struct world w;
	int64_t comment;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	int64_t video = publish(&w, &asha, "clip");
	must(&w, write_comment(as(&w, &asha), video, "a comment is no video", &comment));
	CHECK(write_id(as(&w, &bela), like_add, comment) == E_NOTFOUND);
	CHECK(write_id(as(&w, &bela), video_remove, comment) == E_NOTFOUND);
	CHECK(write_id(as(&w, &asha), comment_remove, video) == E_NOTFOUND);
	must(&w, write_id(as(&w, &bela), like_add, video));
	must(&w, write_id(as(&w, &asha), video_remove, video));
	CHECK(write_id(as(&w, &bela), like_add, video) == E_NOTFOUND && write_id(as(&w, &bela), save_add, video) == E_NOTFOUND);
	CHECK(write_comment(as(&w, &bela), video, "late", &comment) == E_NOTFOUND);
	CHECK(write_id(as(&w, &bela), like_remove, video) == OK);
	CHECK(tally(&w, asha.account, "likes") == 0 && tally(&w, asha.account, "videos") == 0);
	world_close(&w);
}

TEST(likes_and_saves_are_listed_last_first_without_repeats)
{
	struct world w;
	struct video_page page;
	int64_t videos[2 * VIDEO_PAGE + 3], before = 0;
	size_t count = sizeof videos / sizeof videos[0], seen = 0;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	for (size_t i = 0; i < count; i++) {
		videos[i] = publish(&w, &asha, "clip");
		must(&w, write_id(as(&w, &bela), like_add, videos[i]));
		must(&w, write_id(as(&w, &bela), save_add, videos[i]));
	}
	must(&w, write_id(as(&w, &asha), video_remove, videos[5]));
	do {
		must(&w, like_list(as(&w, &bela), before, &page));
		for (size_t i = 0; i < page.count; i++, seen++) {
			size_t expected = count - 1 - seen;
			if (expected <= 5)
				expected--;
			CHECK(page.items[i].video.id == videos[expected] && page.items[i].liked && page.items[i].saved);
		}
		before = page.next;
	} while (before);
	CHECK(seen == count - 1);
	CHECK(save_list(as(&w, &bela), 0, &page) == OK && page.count == VIDEO_PAGE);
	CHECK(save_list(as(&w, &asha), 0, &page) == OK && page.count == 0 && page.next == 0);
	world_close(&w);
}

TEST(follow_twice_is_one_row)
{
	struct world w;
	struct profile_view profile;
	struct profile_page page;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	CHECK(write_id(as(&w, &bela), follow_add, asha.account) == OK && write_id(as(&w, &bela), follow_add, asha.account) == OK);
	CHECK(write_id(as(&w, &bela), follow_add, bela.account) == E_INVALID);
	CHECK(write_id(as(&w, &bela), follow_add, 12345) == E_NOTFOUND);
	CHECK(NUMBER(&w, SQL_test_follows, I64(asha.account)) == 1);
	settle(&w);
	CHECK(profile_by_handle(as(&w, &bela), STR("asha"), &profile) == OK);
	CHECK(profile.followers == 1 && profile.following == 0 && profile.is_following && !profile.is_self);
	CHECK(profile_by_handle(as(&w, &bela), STR("bela"), &profile) == OK);
	CHECK(profile.followers == 0 && profile.following == 1 && !profile.is_following && profile.is_self);
	CHECK(follow_list(&w.cx, 0, &page) == OK && page.count == 1 && page.items[0].id == asha.account && page.next == 0);
	CHECK(write_id(as(&w, &bela), follow_remove, asha.account) == OK && write_id(as(&w, &bela), follow_remove, asha.account) == OK);
	CHECK(tally(&w, asha.account, "followers") == 0 && tally(&w, bela.account, "following") == 0);
	world_close(&w);
}

TEST(blocked_people_cannot_comment_or_follow)
{
	struct world w;
	int64_t comment;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	int64_t video = publish(&w, &asha, "clip");
	uint64_t checks = keyholder_count(w.cx.keyholder, GRANT_BLOCK_CHECK);
	must(&w, write_comment(as(&w, &bela), video, "hello", &comment));
	CHECK(keyholder_count(w.cx.keyholder, GRANT_BLOCK_CHECK) == checks + 1);
	must(&w, write_id(as(&w, &asha), block_add, bela.account));
	CHECK(write_comment(as(&w, &bela), video, "hello?", &comment) == E_DENIED && slug_is(&w, "blocked"));
	CHECK(write_id(as(&w, &bela), follow_add, asha.account) == E_DENIED && slug_is(&w, "blocked"));
	CHECK(write_id(as(&w, &asha), follow_add, bela.account) == E_DENIED && slug_is(&w, "blocked"));
	must(&w, write_id(as(&w, &asha), block_remove, bela.account));
	CHECK(write_comment(as(&w, &bela), video, "hello!", &comment) == OK);
	CHECK(write_id(as(&w, &bela), follow_add, asha.account) == OK);
	world_close(&w);
}

TEST(a_block_ends_follows_both_ways_and_hides_the_blocked_from_the_blocker)
{
	struct world w;
	struct comment_page comments;
	struct profile_page blocked;
	struct profile_view profile;
	struct video_view view;
	bool has[3];
	int64_t comment;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	int64_t video = publish(&w, &asha, "clip"), of_bela = publish(&w, &bela, "hers");
	must(&w, write_id(as(&w, &bela), follow_add, asha.account));
	must(&w, write_id(as(&w, &asha), follow_add, bela.account));
	must(&w, write_comment(as(&w, &bela), video, "hello", &comment));
	CHECK(write_id(as(&w, &asha), block_add, asha.account) == E_INVALID);
	CHECK(write_id(as(&w, &asha), block_add, bela.account) == OK && write_id(as(&w, &asha), block_add, bela.account) == OK);
	for (int i = 0; i < 2; i++) {
		const struct actor *who = i ? &bela : &asha;
		CHECK(tally(&w, who->account, "followers") == 0 && tally(&w, who->account, "following") == 0);
		CHECK(NUMBER(&w, SQL_test_follows, I64(who->account)) == 0);
	}
	CHECK(comment_list(as(&w, &asha), video, 0, &comments) == OK && comments.count == 0);
	CHECK(comment_list(as(&w, &bela), video, 0, &comments) == OK && comments.count == 1 && comments.items[0].own);
	CHECK(comment_list(fresh(&w), video, 0, &comments) == OK && comments.count == 1 && !comments.items[0].own);
	CHECK(video_get(as(&w, &asha), of_bela, &view) == OK && view.blocked);
	CHECK(block_has_any(&w.cx, (const int64_t[]){ asha.account, bela.account, 7 }, 3, has) == OK);
	CHECK(!has[0] && has[1] && !has[2]);
	CHECK(block_has_any(fresh(&w), (const int64_t[]){ bela.account }, 1, has) == OK && !has[0]);
	CHECK(block_list(as(&w, &asha), 0, &blocked) == OK && blocked.count == 1 && blocked.items[0].id == bela.account);
	CHECK(profile_by_handle(&w.cx, STR("bela"), &profile) == OK && profile.is_blocked);
	world_close(&w);
}

TEST(comments_are_read_newest_first_without_repeats)
{
	struct world w;
	struct comment_page page;
	int64_t ids[COMMENT_PAGE * 2 + 1], before = 0;
	size_t count = sizeof ids / sizeof ids[0], seen = 0;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	int64_t video = publish(&w, &asha, "clip");
	for (size_t i = 0; i < count; i++)
		must(&w, write_comment(as(&w, &asha), video, "words", &ids[i]));
	do {
		must(&w, comment_list(fresh(&w), video, before, &page));
		CHECK(page.count <= COMMENT_PAGE);
		for (size_t i = 0; i < page.count; i++, seen++)
			CHECK(page.items[i].comment.id == ids[count - 1 - seen] && str_eq(page.items[i].author.handle, STR("asha")));
		before = page.next;
	} while (before);
	CHECK(seen == count);
	CHECK(comment_list(fresh(&w), 777, 0, &page) == E_NOTFOUND);
	world_close(&w);
}

TEST(a_comment_is_removed_by_its_author_the_videos_author_or_a_moderator_only)
{
	struct world w;
	int64_t ids[4];
	world_open(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela"), chitra = sign_up(&w, "chitra");
	int64_t video = publish(&w, &asha, "clip");
	for (int i = 0; i < 4; i++)
		must(&w, write_comment(as(&w, &bela), video, "words", &ids[i]));
	CHECK(write_id(as(&w, &chitra), comment_remove, ids[0]) == E_DENIED);
	CHECK(write_id(as(&w, &bela), comment_remove, ids[0]) == OK);
	CHECK(write_id(as(&w, &asha), comment_remove, ids[1]) == OK);
	chitra.role = ROLE_MODERATOR;
	CHECK(write_id(as(&w, &chitra), comment_remove, ids[2]) == OK);
	CHECK(write_id(as(&w, &chitra), comment_remove, ids[2]) == E_NOTFOUND);
	CHECK(tally(&w, video, "comments") == 1 && NUMBER(&w, SQL_test_comments, I64(video)) == 1);
	world_close(&w);
}

/* --- two in one commit group: public.db still shows what the first one took --- */

static enum err remove_twice(struct ctx *cx, void *id)
{
	TRY(comment_remove(cx, *(const int64_t *)id));
	return comment_remove(cx, *(const int64_t *)id) == E_NOTFOUND ? OK : E_IO;
}

TEST(two_removals_in_one_group_count_once)
{
	struct world w;
	int64_t id;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	int64_t video = publish(&w, &asha, "clip");
	must(&w, write_comment(as(&w, &asha), video, "words", &id));
	CHECK(writer_run(as(&w, &asha), remove_twice, &id) == OK);
	CHECK(tally(&w, video, "comments") == 0);
	world_close(&w);
}

struct viewing {
	const struct view_item *items;
	size_t count;
};

static enum err run_views(struct ctx *cx, void *argument)
{
	const struct viewing *call = argument;
	bool first[VIEWS_MAX];
	return views_add(cx, call->items, call->count, first);
}

static enum err write_views(struct ctx *cx, const struct view_item *items, size_t count)
{
	struct viewing call = { items, count };
	return writer_run(cx, run_views, &call);
}

static bool has_seen(struct world *w, const struct actor *who, int64_t video)
{
	static const struct stmt seen = { "test_seen", "SELECT count(*) FROM watched WHERE person = $1 AND video = $2", PERSONAL_DB };
	as(w, who);
	return NUMBER(w, seen, I64(who->grant.person), I64(video)) == 1;
}

TEST(what_is_hidden_counts_as_seen_and_not_as_a_view)
{
	struct world w;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	int64_t video = publish(&w, &asha, "clip");
	const struct view_item view = { .video = video, .watched_ms = 10 };
	CHECK(write_id(as(&w, &bela), watched_hide, video) == OK && tally(&w, video, "views") == 0);
	CHECK(has_seen(&w, &bela, video));
	CHECK(write_id(as(&w, &bela), watched_show, video) == OK);
	CHECK(!has_seen(&w, &bela, video));
	CHECK(write_id(as(&w, &bela), watched_hide, video) == OK);
	CHECK(write_views(as(&w, &bela), &view, 1) == OK && tally(&w, video, "views") == 1);
	CHECK(write_id(as(&w, &bela), watched_show, video) == OK);             /* it was watched */
	CHECK(has_seen(&w, &bela, video));
	world_close(&w);
}

TEST(a_view_counts_once_for_a_person)
{
	struct world w;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	int64_t video = publish(&w, &asha, "clip"), other = publish(&w, &asha, "other");
	const struct view_item items[] = {
		{ .video = video, .watched_ms = 4000, .completed = true }, { .video = video, .watched_ms = INT64_MAX },
		{ .video = 777, .watched_ms = 1 }, { .video = other, .watched_ms = -5 },
	};
	CHECK(write_views(as(&w, &bela), items, 4) == OK && write_views(as(&w, &bela), items, 4) == OK);
	CHECK(tally(&w, video, "views") == 1 && tally(&w, other, "views") == 1 && tally(&w, 777, "views") == 0);
	CHECK(has_seen(&w, &bela, other) && !has_seen(&w, &bela, 777) && has_seen(&w, &bela, video));
	CHECK(!has_seen(&w, &asha, video));
	CHECK(write_views(fresh(&w), items, 4) == OK);         /* signed out: counted, not remembered */
	CHECK(tally(&w, video, "views") == 2);
	static const struct view_item many[VIEWS_MAX + 1];
	CHECK(write_views(fresh(&w), many, VIEWS_MAX + 1) == E_TOOLARGE);
	world_close(&w);
}

/* --- any sequence of acts --- */

enum { PEOPLE = 4, VIDEOS = 3 };

static unsigned next_random(unsigned *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

static void act(struct world *w, const struct actor *people, const int64_t *videos, int64_t *comments, unsigned *state)
{
	const struct actor *who = &people[next_random(state) % PEOPLE], *other = &people[next_random(state) % PEOPLE];
	int64_t video = videos[next_random(state) % VIDEOS], *comment = &comments[next_random(state) % 8];
	struct ctx *cx = as(w, who);
	enum err outcome = OK;
	switch (next_random(state) % 9) {
	case 0: case 1: outcome = write_id(cx, like_add, video); break;
	case 2: outcome = write_id(cx, like_remove, video); break;
	case 3: case 4: outcome = write_id(cx, follow_add, other->account); break;
	case 5: outcome = write_id(cx, follow_remove, other->account); break;
	case 6: outcome = write_comment(cx, video, "words", comment); break;
	case 7: outcome = write_id(cx, comment_remove, *comment); break;
	case 8: outcome = write_id(cx, next_random(state) % 3 ? block_remove : block_add, other->account); break;
	default: break;
	}
	bool known = outcome == OK || outcome == E_NOTFOUND || outcome == E_DENIED || outcome == E_INVALID;
	EXPECT(known);
}

TEST(totals_are_right_after_any_sequence_of_acts)
{
	static const struct stmt total = { "test_total", "SELECT total FROM total WHERE subject = $1 AND kind = $2", PUBLIC_DB };
	struct world w;
	struct actor people[PEOPLE];
	int64_t videos[VIDEOS], comments[8] = { 0 };
	unsigned state = 20261122;
	world_open(&w);
	for (int i = 0; i < PEOPLE; i++) {
		char handle[16];
		snprintf(handle, sizeof handle, "person%d", i);
		people[i] = sign_up(&w, handle);
	}
	for (int i = 0; i < VIDEOS; i++)
		videos[i] = publish(&w, &people[i], "clip");
	for (int i = 0; i < 600; i++)
		act(&w, people, videos, comments, &state);
	settle(&w);
	for (int i = 0; i < VIDEOS; i++) {
		int64_t likes = NUMBER(&w, SQL_test_likes, I64(videos[i]));
		CHECK(NUMBER(&w, total, I64(videos[i]), TEXT(STR("likes"))) == likes);
		CHECK(NUMBER(&w, total, I64(people[i].account), TEXT(STR("likes"))) == likes);
		CHECK(NUMBER(&w, total, I64(videos[i]), TEXT(STR("comments"))) == NUMBER(&w, SQL_test_comments, I64(videos[i])));
		CHECK(NUMBER(&w, SQL_test_standing, I64(videos[i])) == NUMBER(&w, SQL_test_comments, I64(videos[i])));
	}
	for (int i = 0; i < PEOPLE; i++) {
		int64_t id = people[i].account;
		CHECK(NUMBER(&w, total, I64(id), TEXT(STR("followers"))) == NUMBER(&w, SQL_test_follows, I64(id)));
		CHECK(NUMBER(&w, total, I64(id), TEXT(STR("following"))) == NUMBER(&w, SQL_test_followings, I64(people[i].grant.person)));
	}
	world_close(&w);
}

/* --- the nth call fails, for every n --- */

struct village {
	struct actor asha, bela;
	int64_t video, comment;
};

struct outcome {
	int64_t rows, tally, other;
};

static struct outcome look_like(struct world *w, const struct village *v)
{
	return (struct outcome){ NUMBER(w, SQL_test_likes, I64(v->video)), tally(w, v->video, "likes"), tally(w, v->asha.account, "likes") };
}

static struct outcome look_follow(struct world *w, const struct village *v)
{
	return (struct outcome){ NUMBER(w, SQL_test_follows, I64(v->asha.account)), tally(w, v->asha.account, "followers"),
		tally(w, v->bela.account, "following") };
}

static struct outcome look_comment(struct world *w, const struct village *v)
{
	return (struct outcome){ NUMBER(w, SQL_test_comments, I64(v->video)), tally(w, v->video, "comments"),
		NUMBER(w, SQL_test_standing, I64(v->video)) };
}

static enum err do_like(struct ctx *cx, struct village *v)
{
	return write_id(cx, like_add, v->video);
}

static enum err undo_like(struct ctx *cx, struct village *v)
{
	return write_id(cx, like_remove, v->video);
}

static enum err do_follow(struct ctx *cx, struct village *v)
{
	return write_id(cx, follow_add, v->asha.account);
}

static enum err undo_follow(struct ctx *cx, struct village *v)
{
	return write_id(cx, follow_remove, v->asha.account);
}

static enum err do_comment(struct ctx *cx, struct village *v)
{
	return write_comment(cx, v->video, "words", &v->comment);
}

static enum err undo_comment(struct ctx *cx, struct village *v)
{
	return write_id(cx, comment_remove, v->comment);
}

typedef enum err step(struct ctx *, struct village *);

/* `before` is undone state: all zero, or one when the step is the undoing. */
static bool all_or_nothing(struct world *w, struct village *v, step *does, step *undoes, int64_t before,
	struct outcome (*look)(struct world *, const struct village *))
{
	unsigned nth, clean = 0;
	bool good = true;
	for (nth = 1; clean == 0 && nth < 300; nth++) {
		struct ctx *cx = as(w, &v->bela);
		fault_arm(&w->faults, nth);
		enum err outcome = does(cx, v);
		bool reached = fault_reached(&w->faults);
		fault_arm(&w->faults, 0);
		restart_writer(w);
		int64_t expected = outcome == OK ? !before : before;
		struct outcome seen = look(w, v);
		good &= EXPECT(seen.rows == expected && seen.tally == expected && seen.other == expected);
		if (outcome == OK)
			must(w, undoes(as(w, &v->bela), v));
		clean += outcome == OK && !reached;
	}
	printf("# %u fault points\n", nth - 2);
	return good && clean == 1;
}

static struct village begin(struct world *w)
{
	struct village v = { .comment = 0 };
	world_open(w);
	v.asha = sign_up(w, "asha");
	v.bela = sign_up(w, "bela");
	v.video = publish(w, &v.asha, "clip");
	return v;
}

TEST(liking_is_all_or_nothing_whatever_fails)
{
	struct world w;
	struct village v = begin(&w);
	CHECK(all_or_nothing(&w, &v, do_like, undo_like, 0, look_like));
	must(&w, do_like(as(&w, &v.bela), &v));
	CHECK(all_or_nothing(&w, &v, undo_like, do_like, 1, look_like));
	world_close(&w);
}

TEST(following_is_all_or_nothing_whatever_fails)
{
	struct world w;
	struct village v = begin(&w);
	CHECK(all_or_nothing(&w, &v, do_follow, undo_follow, 0, look_follow));
	must(&w, do_follow(as(&w, &v.bela), &v));
	CHECK(all_or_nothing(&w, &v, undo_follow, do_follow, 1, look_follow));
	world_close(&w);
}

TEST(commenting_is_all_or_nothing_whatever_fails)
{
	struct world w;
	struct village v = begin(&w);
	CHECK(all_or_nothing(&w, &v, do_comment, undo_comment, 0, look_comment));
	must(&w, do_comment(as(&w, &v.bela), &v));
	CHECK(all_or_nothing(&w, &v, undo_comment, do_comment, 1, look_comment));
	world_close(&w);
}

int main(void)
{
	RUN(like_twice_is_one_row);
	RUN(unlike_takes_the_row_and_counts_once);
	RUN(what_does_not_stand_is_not_liked_saved_or_commented);
	RUN(likes_and_saves_are_listed_last_first_without_repeats);
	RUN(follow_twice_is_one_row);
	RUN(blocked_people_cannot_comment_or_follow);
	RUN(a_block_ends_follows_both_ways_and_hides_the_blocked_from_the_blocker);
	RUN(comments_are_read_newest_first_without_repeats);
	RUN(a_comment_is_removed_by_its_author_the_videos_author_or_a_moderator_only);
	RUN(two_removals_in_one_group_count_once);
	RUN(what_is_hidden_counts_as_seen_and_not_as_a_view);
	RUN(a_view_counts_once_for_a_person);
	RUN(totals_are_right_after_any_sequence_of_acts);
	RUN(liking_is_all_or_nothing_whatever_fails);
	RUN(following_is_all_or_nothing_whatever_fails);
	RUN(commenting_is_all_or_nothing_whatever_fails);
	return tap_end();
}

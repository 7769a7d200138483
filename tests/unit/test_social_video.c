/* Published videos: making, changing, removing, lists, and the files that they share. */
#include "social_fixture.h"

#include "social/erase.h"
#include "social/like.h"

static const struct stmt SQL_test_dropped = { "test_dropped", "SELECT count(*) FROM dropped", PERSONAL_DB };

TEST(a_published_video_is_there_with_all_that_was_said)
{
	struct world w;
	struct video_view view;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	int64_t id = publish(&w, &asha, " two\r\nlines ");
	CHECK(video_get(fresh(&w), id, &view) == OK);
	CHECK(str_eq(view.video.caption, STR("two\nlines")) && str_eq(view.video.language, STR("hi")));
	CHECK(view.video.account == asha.account && view.author.id == asha.account && str_eq(view.author.handle, STR("asha")));
	CHECK(view.video.duration_ms == 12'000 && view.video.width == 720 && view.video.height == 1280 && view.video.has_audio);
	CHECK(view.video.src.n == 64 && view.video.poster.n == 64 && str_eq(view.video.color, STR("#102030")));
	CHECK(view.likes == 0 && view.comments == 0 && view.views == 0 && !view.liked && !view.blocked);
	CHECK(tally(&w, asha.account, "videos") == 1);
	CHECK(video_get(&w.cx, id + 1, &view) == E_NOTFOUND);
	world_close(&w);
}

TEST(a_video_whose_file_is_gone_is_not_published)
{
	struct world w;
	int64_t id;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	CHECK(try_publish(fresh(&w), asha.account, "0000000000000000000000000000000000000000000000000000000000000000", "", "", &id) == E_CONFLICT);
	CHECK(tally(&w, asha.account, "videos") == 0);
	world_close(&w);
}

struct changing {
	int64_t id;
	struct video_change change;
	struct video_view out;
};

static enum err run_change(struct ctx *cx, void *argument)
{
	struct changing *call = argument;
	return video_change(cx, call->id, &call->change, &call->out);
}

TEST(only_its_author_changes_a_video)
{
	struct world w;
	struct video_view view;
	const struct str caption = STR("better words"), none = STR("");
	world_open(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	struct changing call = { .id = publish(&w, &asha, "words"), .change = { .caption = &caption } };
	CHECK(writer_run(as(&w, &bela), run_change, &call) == E_DENIED);
	bela.role = ROLE_MODERATOR;
	CHECK(writer_run(as(&w, &bela), run_change, &call) == E_DENIED);
	CHECK(writer_run(as(&w, &asha), run_change, &call) == OK);
	CHECK(str_eq(call.out.video.caption, caption) && str_eq(call.out.video.language, STR("hi")));
	call.change = (struct video_change){ .language = &none };
	CHECK(writer_run(as(&w, &asha), run_change, &call) == OK);
	CHECK(video_get(fresh(&w), call.id, &view) == OK && str_eq(view.video.caption, caption) && view.video.language.n == 0);
	world_close(&w);
}

TEST(a_video_is_removed_by_its_author_or_a_moderator_only)
{
	struct world w;
	struct video_view view;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	int64_t first = publish(&w, &asha, "1"), second = publish(&w, &asha, "2");
	must(&w, write_id(as(&w, &bela), like_add, first));
	must(&w, write_id(as(&w, &bela), like_add, second));
	CHECK(write_id(as(&w, &bela), video_remove, first) == E_DENIED);
	CHECK(write_id(as(&w, &asha), video_remove, first) == OK);
	bela.role = ROLE_MODERATOR;
	CHECK(tally(&w, asha.account, "likes") == 1);
	CHECK(write_id(as(&w, &bela), video_remove, second) == OK);
	CHECK(write_id(as(&w, &bela), video_remove, second) == E_NOTFOUND);
	CHECK(video_get(fresh(&w), first, &view) == E_NOTFOUND && video_get(&w.cx, second, &view) == E_NOTFOUND);
	CHECK(tally(&w, asha.account, "likes") == 0 && tally(&w, asha.account, "videos") == 0);
	world_close(&w);
}

static bool is_there(struct world *w, const char *hash)
{
	int fd;
	int64_t bytes;
	if (blob_public_open(fresh(w), str_of(hash), &fd, &bytes) != OK)
		return false;
	close(fd);
	return true;
}

static void run_drop(struct world *w)
{
	must(w, drop_run(fresh(w), &(struct job){ .kind = STR(DROP_JOB) }));
	must(w, blobs_erase(fresh(w), &(struct job){ .kind = STR(BLOB_ERASE_JOB) }));
}

TEST(a_file_that_two_videos_share_goes_with_the_last)
{
	struct world w;
	char src[BLOB_NAME_BYTES], poster[BLOB_NAME_BYTES];
	int64_t first, second, comment;
	struct comment_view view;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	make_blob(&w, "same bytes", src);
	make_blob(&w, "poster", poster);
	must(&w, try_publish(fresh(&w), asha.account, src, poster, "", &first));
	must(&w, try_publish(fresh(&w), asha.account, src, poster, "", &second));
	must(&w, write_comment(as(&w, &asha), first, "words", &comment));
	must(&w, write_id(as(&w, &asha), video_remove, first));
	run_drop(&w);
	CHECK(is_there(&w, src) && is_there(&w, poster));
	CHECK(comment_get(fresh(&w), comment, &view) == E_NOTFOUND);
	must(&w, write_id(as(&w, &asha), video_remove, second));
	run_drop(&w);
	CHECK(!is_there(&w, src) && !is_there(&w, poster));
	CHECK(number(&w, &SQL_test_dropped, 0, NULL) == 0);
	world_close(&w);
}

TEST(a_file_that_is_published_again_before_the_drop_stays)
{
	struct world w;
	char src[BLOB_NAME_BYTES], poster[BLOB_NAME_BYTES];
	int64_t first, second;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	make_blob(&w, "same bytes", src);
	make_blob(&w, "poster", poster);
	must(&w, try_publish(fresh(&w), asha.account, src, poster, "", &first));
	must(&w, write_id(as(&w, &asha), video_remove, first));
	must(&w, try_publish(fresh(&w), asha.account, src, poster, "", &second));
	run_drop(&w);
	CHECK(is_there(&w, src) && is_there(&w, poster));
	world_close(&w);
}

TEST(an_accounts_videos_are_listed_newest_first_without_repeats)
{
	struct world w;
	struct video_page page;
	int64_t ids[VIDEO_PAGE * 2 + 1], before = 0;
	size_t count = sizeof ids / sizeof ids[0], seen = 0;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	for (size_t i = 0; i < count; i++)
		ids[i] = publish(&w, &asha, "clip");
	publish(&w, &bela, "another's");
	must(&w, write_id(as(&w, &bela), like_add, ids[count - 1]));
	must(&w, write_id(as(&w, &bela), save_add, ids[count - 2]));
	settle(&w);
	do {
		must(&w, video_list_by_account(as(&w, &bela), asha.account, before, &page));
		CHECK(page.count == (seen < VIDEO_PAGE * 2 ? VIDEO_PAGE : 1));
		for (size_t i = 0; i < page.count; i++, seen++) {
			const struct video_view *view = &page.items[i];
			CHECK(view->video.id == ids[count - 1 - seen]);
			CHECK(view->liked == (seen == 0) && view->saved == (seen == 1) && view->likes == (seen == 0));
		}
		before = page.next;
	} while (before);
	CHECK(seen == count);
	world_close(&w);
}

TEST(videos_come_in_the_order_in_which_they_were_asked_for)
{
	struct world w;
	struct video_page page;
	int64_t ids[PAGE_IDS_MAX];
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	for (size_t i = 0; i < PAGE_IDS_MAX; i++)
		ids[i] = i % 7 == 3 ? 1000 + (int64_t)i : publish(&w, &asha, "clip");
	int64_t last = ids[PAGE_IDS_MAX - 1];
	ids[PAGE_IDS_MAX - 1] = ids[0];
	ids[0] = last;
	CHECK(video_list_by_ids(fresh(&w), ids, PAGE_IDS_MAX, &page) == OK);
	size_t at = 0;
	for (size_t i = 0; i < PAGE_IDS_MAX; i++)
		if (i % 7 != 3)
			CHECK(at < page.count && page.items[at++].video.id == ids[i]);
	CHECK(at == page.count && page.next == 0);
	CHECK(video_list_by_ids(fresh(&w), ids, 0, &page) == OK && page.count == 0);
	world_close(&w);
}

TEST(a_page_of_a_profile_is_quick)
{
	struct world w;
	struct video_page page;
	char src[BLOB_NAME_BYTES], poster[BLOB_NAME_BYTES];
	int64_t id;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha"), bela = sign_up(&w, "bela");
	make_blob(&w, "src", src);
	make_blob(&w, "poster", poster);
	for (int i = 0; i < 1000; i++) {
		must(&w, try_publish(fresh(&w), asha.account, src, poster, "a caption of ordinary length, with #tags", &id));
		must(&w, write_id(as(&w, &bela), like_add, id));
	}
	settle(&w);
	for (int signed_in = 0; signed_in < 2; signed_in++) {
		int64_t from = clock_boot_us(NULL);
		for (int i = 0; i < 2000; i++)
			CHECK(video_list_by_account(signed_in ? as(&w, &bela) : fresh(&w), asha.account, 0, &page) == OK);
		printf("# %.1f us a page of 8, signed %s\n", (double)(clock_boot_us(NULL) - from) / 2000, signed_in ? "in" : "out");
		CHECK(page.count == VIDEO_PAGE && page.items[0].liked == signed_in);
	}
	world_close(&w);
}

int main(void)
{
	RUN(a_published_video_is_there_with_all_that_was_said);
	RUN(a_video_whose_file_is_gone_is_not_published);
	RUN(only_its_author_changes_a_video);
	RUN(a_video_is_removed_by_its_author_or_a_moderator_only);
	RUN(a_file_that_two_videos_share_goes_with_the_last);
	RUN(a_file_that_is_published_again_before_the_drop_stays);
	RUN(an_accounts_videos_are_listed_newest_first_without_repeats);
	RUN(videos_come_in_the_order_in_which_they_were_asked_for);
	RUN(a_page_of_a_profile_is_quick);
	return tap_end();
}

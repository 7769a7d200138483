/* What is found, by whom, and what is not. */
#include "social/block.h"
#include "social/find.h"
#include "social/findable.h"
#include "social_fixture.h"
#include "store/connection.h"
#include "store/outbox.h"

static size_t count(struct world *w, enum err (*find)(struct ctx *, const struct find_ask *, struct found *), const char *query,
	struct found *out)
{
	const struct find_ask ask = { .query = str_of(query) };
	must(w, find(&w->cx, &ask, out));
	return out->count;
}

static bool finds_video(struct world *w, const char *query, int64_t video)
{
	struct found found;
	count(w, find_videos, query, &found);
	for (size_t i = 0; i < found.count; i++)
		if (found.videos[i].video.id == video)
			return true;
	return false;
}

static bool finds_person(struct world *w, const char *query, int64_t account)
{
	struct found found;
	count(w, find_people, query, &found);
	for (size_t i = 0; i < found.count; i++)
		if (found.people[i].id == account)
			return true;
	return false;
}

static bool tag_has(struct world *w, const char *name, int64_t video)
{
	struct video_page page;
	must(w, hashtag_videos(&w->cx, str_of(name), 0, &page));
	for (size_t i = 0; i < page.count; i++)
		if (page.items[i].video.id == video)
			return true;
	return false;
}

struct recaption {
	int64_t id;
	struct str caption;
};

static enum err run_recaption(struct ctx *cx, void *argument)
{
	const struct recaption *call = argument;
	const struct video_change change = { .caption = &call->caption };
	struct video_view view;
	return video_change(cx, call->id, &change, &view);
}

TEST(scripts_are_crossed_both_ways)
{
	struct world w;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	int64_t hindi = publish(&w, &asha, "नमस्ते दुनिया"), arabic = publish(&w, &asha, "سلام عليكم"), latin = publish(&w, &asha, "Salam from Pune");
	fresh(&w);
	CHECK(finds_video(&w, "namaste", hindi) && finds_video(&w, "नमस्ते", hindi) && finds_video(&w, "Namaste dun", hindi));
	CHECK(finds_video(&w, "salam", arabic) && finds_video(&w, "سلام", arabic) && finds_video(&w, "سَلَام", arabic));
	CHECK(finds_video(&w, "salam", latin) && finds_video(&w, "سلام", latin));
	CHECK(!finds_video(&w, "salam", hindi) && !finds_video(&w, "namaste", arabic));
	world_close(&w);
}

TEST(the_last_word_may_be_begun_only_and_all_words_count)
{
	struct world w;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	int64_t video = publish(&w, &asha, "Monsoon over the Western Ghats");
	fresh(&w);
	CHECK(finds_video(&w, "m", video) && finds_video(&w, "western gh", video) && finds_video(&w, "GHATS monsoon", video));
	CHECK(!finds_video(&w, "west ghats", video) && !finds_video(&w, "western desert", video));
	world_close(&w);
}

TEST(a_handle_comes_first_and_names_are_found)
{
	struct world w;
	struct found found;
	world_open(&w);
	sign_up(&w, "meera.k");
	struct actor meera = sign_up(&w, "meera");
	sign_up(&w, "meera_2");
	fresh(&w);
	CHECK(count(&w, find_people, "@Meera", &found) == 3 && found.people[0].id == meera.account);
	CHECK(count(&w, find_people, "मीर", &found) == 3);
	CHECK(count(&w, find_people, "nobody", &found) == 0);
	world_close(&w);
}

TEST(hashtags_follow_the_caption)
{
	struct world w;
	struct found found;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	int64_t one = publish(&w, &asha, "#चाय #Pune"), two = publish(&w, &asha, "#pune");
	fresh(&w);
	CHECK(tag_has(&w, "चाय", one) && tag_has(&w, "PUNE", one) && tag_has(&w, "#pune", two) && !tag_has(&w, "चाय", two));
	CHECK(count(&w, find_hashtags, "pu", &found) == 1 && found.hashtags[0].videos == 2);
	CHECK(count(&w, find_hashtags, "chay", &found) == 1);

	struct recaption change = { one, STR("#Mumbai now") };
	must(&w, writer_run(as(&w, &asha), run_recaption, &change));
	CHECK(tag_has(&w, "mumbai", one) && !tag_has(&w, "pune", one) && !tag_has(&w, "चाय", one));
	CHECK(count(&w, find_hashtags, "pune", &found) == 1 && found.hashtags[0].videos == 1);
	CHECK(count(&w, find_hashtags, "चाय", &found) == 0);
	CHECK(finds_video(&w, "now", one) && !finds_video(&w, "चाय", one));
	world_close(&w);
}

TEST(what_is_taken_away_leaves_no_word_behind)
{
	static const struct stmt words = { "test_words", "SELECT count(*) FROM search_index WHERE kind <> 'people'", PUBLIC_DB };
	static const struct stmt tags = { "test_tags", "SELECT (SELECT count(*) FROM hashtag) + (SELECT count(*) FROM tagged)", PUBLIC_DB };
	static const struct stmt index = { "test_index", "SELECT count(*) FROM search_index WHERE search_index MATCH 'monsoon OR rain OR \uE001rain'", PUBLIC_DB };
	struct world w;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	int64_t video = publish(&w, &asha, "monsoon #rain");
	CHECK(number(&w, &words, 0, NULL) == 2 && number(&w, &tags, 0, NULL) == 2 && number(&w, &index, 0, NULL) == 2);
	must(&w, write_id(as(&w, &asha), video_remove, video));
	fresh(&w);
	CHECK(!finds_video(&w, "monsoon", video) && !tag_has(&w, "rain", video));
	CHECK(number(&w, &words, 0, NULL) == 0 && number(&w, &tags, 0, NULL) == 0 && number(&w, &index, 0, NULL) == 0);
	world_close(&w);
}

TEST(suspended_and_closed_accounts_are_not_found)
{
	struct world w;
	struct found found;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	int64_t video = publish(&w, &asha, "monsoon #rain");
	must(&w, write_id(fresh(&w), account_suspend, asha.account));
	CHECK(!finds_video(&w, "monsoon", video) && !tag_has(&w, "rain", video) && !finds_person(&w, "asha", asha.account));
	CHECK(count(&w, find_hashtags, "rain", &found) == 0);
	must(&w, write_id(fresh(&w), account_restore, asha.account));
	CHECK(finds_video(&w, "monsoon", video) && finds_person(&w, "asha", asha.account));
	must(&w, write_id(fresh(&w), account_close_by_operator, asha.account));
	CHECK(!finds_person(&w, "asha", asha.account) && !finds_video(&w, "monsoon", video));
	world_close(&w);
}

TEST(the_blocker_does_not_find_the_blocked_and_others_do)
{
	struct world w;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha"), zaid = sign_up(&w, "zaid");
	int64_t video = publish(&w, &zaid, "monsoon #rain");
	must(&w, write_id(as(&w, &asha), block_add, zaid.account));
	as(&w, &asha);
	CHECK(!finds_video(&w, "monsoon", video) && !finds_person(&w, "zaid", zaid.account) && !tag_has(&w, "rain", video));
	fresh(&w);
	CHECK(finds_video(&w, "monsoon", video) && finds_person(&w, "zaid", zaid.account) && tag_has(&w, "rain", video));
	world_close(&w);
}

TEST(nothing_of_a_query_is_syntax)
{
	static const char *const hostile[] = { "\"", "\"\"\"", "*", "a*", "^a", "a OR b", "NOT", "AND AND", "NEAR(a b, 2)", "words:a", "{words} : a",
		"kind:videos", "a\" OR kind : \"people", "'; DROP TABLE video; --", "(((((", ")", "-a", "+", "a + b", "\\", "%", "_", "😀", "\xE2\x80\x8D",
		"\xCC\x81", "\xEF\xB7\xBA", "1", "१" };
	struct world w;
	struct found found;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	publish(&w, &asha, "plain words");
	fresh(&w);
	for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++)
		CHECK(count(&w, find_videos, hostile[i], &found) == 0);
	CHECK(count(&w, find_videos, "plain\" AND \"words", &found) == 0 && count(&w, find_videos, "plain \"words\"", &found) == 1);
	world_close(&w);
}

TEST(a_query_too_long_or_no_text_is_refused)
{
	struct world w;
	world_open(&w);
	struct found found;
	char text[102];
	memset(text, 'a', 101);
	text[101] = 0;
	struct find_ask ask = { .query = str_of(text) };
	CHECK(find_videos(fresh(&w), &ask, &found) == E_INVALID && !strcmp(w.cx.failure.slug, "query-invalid"));
	ask.query.n = 100;
	CHECK(find_videos(fresh(&w), &ask, &found) == OK);
	ask.query = STR("\xFF\xFE");
	CHECK(find_videos(fresh(&w), &ask, &found) == E_INVALID);
	ask = (struct find_ask){ .query = STR("a"), .cursor = STR("1.x") };
	CHECK(find_videos(fresh(&w), &ask, &found) == E_INVALID && !strcmp(w.cx.failure.slug, "cursor-invalid"));
	world_close(&w);
}

#define MANY (2 * SEARCH_FOUND_MAX + 20)       /* ranked in three lots */

/* Page after page; of `seen` the first 2 * MANY. */
static size_t find_all(struct world *w, struct str query, int64_t *seen)
{
	size_t n = 0;
	struct find_ask ask = { .query = query };
	struct found found;
	fresh(w);
	do {
		must(w, find_videos(&w->cx, &ask, &found));
		for (size_t i = 0; i < found.count && n < 2 * MANY; i++)
			seen[n++] = found.videos[i].video.id;
		ask.cursor = found.next;
	} while (found.next.n);
	return n;
}

static bool each_once(struct world *w, struct str query)
{
	int64_t seen[2 * MANY];
	const size_t n = find_all(w, query, seen);
	bool once = true;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			once = once && seen[i] != seen[k];
	return once && n == MANY;
}

TEST(pages_hold_each_clip_once)
{
	struct world w;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	for (int i = 0; i < MANY; i++)
		publish(&w, &asha, i % 3 ? "monsoon" : "monsoon monsoon day");
	CHECK(each_once(&w, STR("monsoon")));
	CHECK(each_once(&w, STR("mons")));
	world_close(&w);
}

static enum err likes_by(struct ctx *cx, int64_t video)
{
	return outbox_total(cx, video, "likes", 9);
}

/* Ranks are remembered (store/weights.h). */
TEST(a_liked_clip_moves_up_as_soon_as_its_total_shows)
{
	struct world w;
	struct found found;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	const int64_t first = publish(&w, &asha, "monsoon"), second = publish(&w, &asha, "monsoon");
	CHECK(count(&w, find_videos, "monsoon", &found) == 2 && found.videos[0].video.id == second);
	must(&w, write_id(as(&w, &asha), likes_by, first));
	settle(&w);
	CHECK(count(&w, find_videos, "monsoon", &found) == 2 && found.videos[0].video.id == first);
	must(&w, write_id(as(&w, &asha), likes_by, second));
	settle(&w);
	CHECK(count(&w, find_videos, "monsoon", &found) == 2 && found.videos[0].video.id == second);
	must(&w, write_id(as(&w, &asha), likes_by, first));
	settle(&w);
	CHECK(count(&w, find_videos, "monsoon", &found) == 2 && found.videos[0].video.id == first);
	world_close(&w);
}

TEST(an_index_that_was_put_together_finds_the_same)
{
	static const struct stmt parts = { "test_parts", "SELECT count(DISTINCT segid) FROM search_index_idx", PUBLIC_DB };
	struct world w;
	struct found found;
	int64_t before[2 * MANY], after[2 * MANY];
	bool more = true;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	for (int i = 0; i < MANY; i++) {
		const int64_t video = publish(&w, &asha, i % 3 ? "monsoon" : "monsoon monsoon day");
		if (i % 7 == 0) {
			const int64_t gone = publish(&w, &asha, "monsoon over");
			must(&w, write_id(as(&w, &asha), video_remove, gone));
		}
		if (i % 11 == 0)
			must(&w, write_id(as(&w, &asha), likes_by, video));
	}
	settle(&w);
	CHECK(number(&w, &parts, 0, NULL) > 1 && find_all(&w, STR("monsoon"), before) == MANY);
	while (more)
		must(&w, search_tidy(fresh(&w), true, &more));
	CHECK(number(&w, &parts, 0, NULL) == 1 && find_all(&w, STR("monsoon"), after) == MANY);
	CHECK(memcmp(before, after, MANY * sizeof *before) == 0 && each_once(&w, STR("mons")));
	CHECK(count(&w, find_videos, "over", &found) == 0);
	must(&w, search_tidy(fresh(&w), true, &more));
	CHECK(!more);
	world_close(&w);
}

/* What was whole once is not looked at again: a start of a large node would take minutes. */
TEST(a_start_does_not_look_at_what_is_findable)
{
	const struct findable_progress progress = { .tell = NULL };
	int64_t made = -1;
	struct world w;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	must(&w, findable_catch_up(fresh(&w), &progress, &made));
	int64_t video = publish(&w, &asha, "monsoon");
	sqlite3 *handle = NULL;
	char path[80];
	snprintf(path, sizeof path, "%s/public.db", w.folder);
	CHECK(sqlite3_open(path, &handle) == SQLITE_OK);
	CHECK(sqlite3_exec(handle, "DELETE FROM search_index", NULL, NULL, NULL) == SQLITE_OK);
	must(&w, findable_catch_up(fresh(&w), &progress, &made));
	CHECK(made == 0 && !finds_video(&w, "monsoon", video));
	CHECK(sqlite3_exec(handle, "UPDATE findable SET folding = 0", NULL, NULL, NULL) == SQLITE_OK);
	sqlite3_close(handle);
	must(&w, findable_catch_up(fresh(&w), &progress, &made));
	CHECK(made == 2 && finds_video(&w, "monsoon", video));
	world_close(&w);
}

/* The outbox is applied again from its beginning, as after a crash that public.db's `applied` did not survive. */
TEST(applying_the_same_rows_again_changes_nothing)
{
	static const struct stmt sum = { "test_sum", "SELECT (SELECT sum(videos) FROM hashtag) * 100 + (SELECT count(*) FROM search_index) * 10"
		" + (SELECT count(*) FROM tagged)", PUBLIC_DB };
	struct world w;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	int64_t video = publish(&w, &asha, "monsoon #rain #pune");
	struct recaption change = { video, STR("dry now #rain") };
	must(&w, writer_run(as(&w, &asha), run_recaption, &change));
	int64_t before = number(&w, &sum, 0, NULL);
	writer_stop(&w.cx.writer);
	sqlite3 *handle = NULL;
	char path[80];
	snprintf(path, sizeof path, "%s/public.db", w.folder);
	CHECK(sqlite3_open(path, &handle) == SQLITE_OK);
	CHECK(sqlite3_exec(handle, "UPDATE applied SET outbox = 0", NULL, NULL, NULL) == SQLITE_OK);
	sqlite3_close(handle);
	restart_writer(&w);
	CHECK(number(&w, &sum, 0, NULL) == before && tag_has(&w, "rain", video) && !tag_has(&w, "pune", video));
	CHECK(finds_video(&w, "dry", video) && !finds_video(&w, "monsoon", video));
	sqlite3_open(path, &handle);
	CHECK(sqlite3_exec(handle, "INSERT INTO search_index (search_index) VALUES ('integrity-check')", NULL, NULL, NULL) == SQLITE_OK);
	sqlite3_close(handle);
	world_close(&w);
}

TEST(what_was_published_before_becomes_findable_at_start)
{
	struct world w;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	int64_t video = publish(&w, &asha, "monsoon #rain"), made = 0, again = 0;
	const struct findable_progress progress = { .tell = NULL };
	sqlite3 *handle = NULL;
	char path[80];
	snprintf(path, sizeof path, "%s/public.db", w.folder);
	CHECK(sqlite3_open(path, &handle) == SQLITE_OK);
	CHECK(sqlite3_exec(handle, "DELETE FROM tagged; DELETE FROM search_index", NULL, NULL, NULL) == SQLITE_OK);
	sqlite3_close(handle);
	fresh(&w);
	CHECK(!finds_video(&w, "monsoon", video) && !tag_has(&w, "rain", video));
	must(&w, findable_catch_up(fresh(&w), &progress, &made));
	CHECK(finds_video(&w, "monsoon", video) && tag_has(&w, "rain", video) && finds_person(&w, "asha", asha.account));
	must(&w, findable_catch_up(fresh(&w), &progress, &again));
	CHECK(made == 2 && again == 0);
	world_close(&w);
}

static enum err fill(struct ctx *cx, void *argument)
{
	static const char *const captions[] = { "monsoon rain over pune", "नमस्ते दुनिया यह मेरा दिन है", "سلام عليكم يا أصدقاء", "good morning chai",
		"வணக்கம் சென்னை மழை", "street food in old delhi", "my cat sleeps again", "cricket in the lane" };
	static const struct stmt add = { "video_add", NULL, PUBLIC_DB };       /* the writer finds it by its name */
	const int64_t account = *(const int64_t *)argument;
	for (int i = 0; i < 500; i++) {
		int64_t id = id_new(cx->ids, cx->now_us);
		struct str caption = arena_printf(&cx->mem, "%s %d #tag%d", captions[i % 8], i, i % 50);
		TRY(outbox_post(cx, "video", id, 'P', add, I64(id), I64(account), TEXT(caption), TEXT(STR("en")), I64(cx->now_us), I64(1000),
			I64(720), I64(1280), TEXT(str_of("a")), TEXT(str_of("b")), TEXT(str_of("#102030")), I64(1), I64(1), TEXT(str_of("visible"))));
		TRY(findable_video(cx, id, caption));
	}
	return OK;
}

/* Figures, for docs/decisions/search.md; a slow machine fails nothing. */
TEST(ten_thousand_videos_are_searched)
{
	static const char *const queries[] = { "m", "monsoon", "namaste", "salam", "सल", "वणक", "chai mor", "tag7", "zzz", "delhi street food in old" };
	struct world w;
	struct found found;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	for (int i = 0; i < 20; i++)
		must(&w, writer_run(fresh(&w), fill, &asha.account));
	restart_writer(&w);
	for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
		count(&w, find_videos, queries[i], &found);
		fresh(&w);
		int64_t start = clock_boot_us(NULL);
		for (int n = 0; n < 20; n++)
			count(&w, find_videos, queries[i], &found);
		printf("# %s: %lld us, %zu on the first page\n", queries[i], (long long)(clock_boot_us(NULL) - start) / 20, found.count);
	}
	world_close(&w);
	CHECK(true);
}

int main(void)
{
	RUN(scripts_are_crossed_both_ways);
	RUN(the_last_word_may_be_begun_only_and_all_words_count);
	RUN(a_handle_comes_first_and_names_are_found);
	RUN(hashtags_follow_the_caption);
	RUN(what_is_taken_away_leaves_no_word_behind);
	RUN(suspended_and_closed_accounts_are_not_found);
	RUN(the_blocker_does_not_find_the_blocked_and_others_do);
	RUN(nothing_of_a_query_is_syntax);
	RUN(a_query_too_long_or_no_text_is_refused);
	RUN(pages_hold_each_clip_once);
	RUN(a_liked_clip_moves_up_as_soon_as_its_total_shows);
	RUN(an_index_that_was_put_together_finds_the_same);
	RUN(a_start_does_not_look_at_what_is_findable);
	RUN(applying_the_same_rows_again_changes_nothing);
	RUN(what_was_published_before_becomes_findable_at_start);
	RUN(ten_thousand_videos_are_searched);
	return tap_end();
}

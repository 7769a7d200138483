/* Drafts: published once, never lost, and nothing of them in the clear on a disk before their author says so. */
#include "media_fixture.h"

static struct file clip;

/* A piece from the middle that looks like nothing else. */
static const char *piece_of(const struct file *file)
{
	for (size_t at = file->n / 2; at + MARKER_BYTES < file->n; at++) {
		unsigned distinct = 0;
		for (size_t i = 0; i < MARKER_BYTES; i++)
			distinct += !memchr(file->bytes + at, file->bytes[at + i], i);
		if (distinct > MARKER_BYTES / 2)
			return file->bytes + at;
	}
	abort();
}

static const char *marker(void)
{
	return piece_of(&clip);
}

static struct file rendition_of(struct world *w, const struct actor *who, int64_t id)
{
	struct draft draft;
	struct blob_key key;
	must(w, draft_get(as(w, who), &who->grant, id, &draft));
	memcpy(key.bytes, draft.rendition_key.p, KEY_BYTES);
	AUTO(personal_blob_close) struct personal_blob *blob = NULL;
	must(w, personal_blob_read(&w->cx, arena_text(&w->cx.mem, draft.rendition), &key, &blob));
	struct file file = { .n = (size_t)personal_blob_length(blob) };
	size_t got;
	file.bytes = malloc(file.n);
	must(w, personal_blob_read_at(blob, 0, file.bytes, file.n, &got));
	return file;
}

static bool send_clip(struct world *w, const struct actor *who, bool publish, int64_t *draft)
{
	struct upload upload;
	if (!EXPECT(create(as(w, who), (int64_t)clip.n, clip.bytes, clip.n, publish, &upload) == OK))
		return false;
	*draft = upload.draft;
	return true;
}

static struct draft_view view_of(struct world *w, const struct actor *who, int64_t draft)
{
	struct draft_view view;
	must(w, draft_view_get(as(w, who), &who->grant, draft, &view));
	return view;
}

static bool state_is(struct world *w, const struct actor *who, int64_t draft, const char *state)
{
	const struct draft_view view = view_of(w, who, draft);
	if (str_eq(view.state, str_of(state)))
		return true;
	printf("# state is " STR_FMT ", reason " STR_FMT "\n", STR_ARG(view.state), STR_ARG(view.draft.reason));
	return false;
}

static const struct stmt SQL_test_published = { "test_published", "SELECT count(*) FROM published WHERE account = $1", PERSONAL_DB };

static int64_t published_of(struct world *w, const struct actor *who)
{
	return NUMBER(w, SQL_test_published, I64(who->account));
}

static int64_t videos_of(struct world *w, const struct actor *who)
{
	settle(w);
	return NUMBER(w, SQL_test_videos, I64(who->account));
}

static enum err publish_draft(struct ctx *cx, int64_t draft)
{
	return write_id(cx, draft_set_publish, draft);
}

TEST(a_clip_to_publish_becomes_one_video_and_its_original_goes)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	int64_t draft;
	CHECK(send_clip(&w, &ann, true, &draft) && files_with(&w, marker()) == 0);
	must(&w, run_process(fresh(&w), ann.account, 1));
	CHECK(state_is(&w, &ann, draft, "published") && videos_of(&w, &ann) == 1);
	const struct draft_view done = view_of(&w, &ann, draft);
	CHECK(done.draft.video > 0 && done.draft.video != draft && done.draft.original.n == 0 && done.progress == 1000);
	struct video_view video;
	must(&w, video_get(as(&w, &ann), done.draft.video, &video));
	CHECK(video.video.width > 0 && video.video.duration_ms > 500 && str_eq(video.video.caption, STR("A clip")));
	CHECK(video.video.color.n == 7 && video.video.bytes > 1000 && str_eq(video.video.language, STR("en")));
	int fd;
	int64_t bytes;
	must(&w, blob_public_open(&w.cx, video.video.src, &fd, &bytes));
	close(fd);
	CHECK(bytes == video.video.bytes);
	must(&w, erase_blobs(fresh(&w)));
	CHECK(files_below(&w, "/personal/") == 0 && files_below(&w, "/public/") == 2 && files_below(&w, "/blobs/tmp/") == 0);
	must(&w, run_process(fresh(&w), ann.account, 1));
	CHECK(videos_of(&w, &ann) == 1);
	media_world_close(&w);
}

TEST(a_kept_draft_leaves_no_plaintext_until_it_is_published)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	int64_t draft;
	CHECK(send_clip(&w, &ann, false, &draft));
	must(&w, run_process(fresh(&w), ann.account, 1));
	CHECK(state_is(&w, &ann, draft, "ready") && videos_of(&w, &ann) == 0);
	const struct draft_view ready = view_of(&w, &ann, draft);
	CHECK(ready.draft.rendition.n && ready.draft.poster.n && !ready.draft.original.n && ready.draft.width > 0 && ready.draft.bytes > 0);
	must(&w, erase_blobs(fresh(&w)));
	CHECK(files_below(&w, "/personal/") == 2 && files_below(&w, "/public/") == 0);
	struct file rendition = rendition_of(&w, &ann, draft);
	const char *const piece = piece_of(&rendition);
	CHECK(files_with(&w, marker()) == 0 && files_with(&w, piece) == 0);
	must(&w, publish_draft(as(&w, &ann), draft));
	CHECK(state_is(&w, &ann, draft, "queued"));
	must(&w, run_process(fresh(&w), ann.account, 1));
	CHECK(state_is(&w, &ann, draft, "published") && videos_of(&w, &ann) == 1);
	CHECK(files_with(&w, piece) == 1);
	free(rendition.bytes);
	must(&w, erase_blobs(fresh(&w)));
	CHECK(files_below(&w, "/personal/") == 0);
	media_world_close(&w);
}

struct words_change {
	int64_t draft;
	struct str caption;
};

static enum err change_words(struct ctx *cx, void *argument)
{
	const struct words_change *change = argument;
	return draft_set_words(cx, change->draft, &change->caption, NULL);
}

TEST(words_may_change_until_it_is_published)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann"), bob = sign_up(&w, "bob");
	int64_t draft;
	CHECK(send_clip(&w, &ann, true, &draft));
	struct words_change change = { .draft = draft, .caption = STR("Another word") };
	CHECK(writer_run(as(&w, &bob), change_words, &change) == E_NOTFOUND);
	CHECK(publish_draft(as(&w, &bob), draft) == E_NOTFOUND);
	must(&w, writer_run(as(&w, &ann), change_words, &change));
	must(&w, run_process(fresh(&w), ann.account, 1));
	settle(&w);
	struct video_view video;
	must(&w, video_get(as(&w, &ann), view_of(&w, &ann, draft).draft.video, &video));
	CHECK(str_eq(video.video.caption, STR("Another word")));
	CHECK(writer_run(as(&w, &ann), change_words, &change) == E_CONFLICT);
	CHECK(publish_draft(as(&w, &ann), draft) == OK);
	media_world_close(&w);
}

struct cover_change {
	int64_t draft, at_ms;
};

static enum err change_cover(struct ctx *cx, void *argument)
{
	const struct cover_change *change = argument;
	return draft_set_cover(cx, change->draft, change->at_ms);
}

static enum err change_part(struct ctx *cx, void *argument)
{
	const struct cover_change *change = argument;
	return draft_set_part(cx, change->draft, change->at_ms, 0);
}

TEST(a_kept_drafts_cover_may_change_and_nothing_else_of_it_does)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann"), bob = sign_up(&w, "bob");
	int64_t draft;
	CHECK(send_clip(&w, &ann, false, &draft));
	must(&w, run_process(fresh(&w), ann.account, 1));
	char poster[BLOB_NAME_BYTES];
	const struct draft_view before = view_of(&w, &ann, draft);
	snprintf(poster, sizeof poster, STR_FMT, STR_ARG(before.draft.poster));
	struct cover_change change = { .draft = draft, .at_ms = 600 };
	CHECK(writer_run(as(&w, &bob), change_cover, &change) == E_NOTFOUND);
	CHECK(writer_run(as(&w, &ann), change_part, &change) == E_CONFLICT);
	must(&w, writer_run(as(&w, &ann), change_cover, &change));
	CHECK(state_is(&w, &ann, draft, "queued"));
	must(&w, run_process(fresh(&w), ann.account, 1));
	CHECK(state_is(&w, &ann, draft, "ready") && videos_of(&w, &ann) == 0);
	const struct draft_view after = view_of(&w, &ann, draft);
	CHECK(after.draft.cover == 601 && after.draft.poster_cover == 601 && !str_eq(after.draft.poster, str_of(poster)));
	CHECK(after.draft.rendition.n && after.draft.bytes > 0);
	must(&w, erase_blobs(fresh(&w)));
	CHECK(files_below(&w, "/personal/") == 2);
	must(&w, publish_draft(as(&w, &ann), draft));
	CHECK(writer_run(as(&w, &ann), change_cover, &change) == E_CONFLICT);
	must(&w, run_process(fresh(&w), ann.account, 1));
	CHECK(state_is(&w, &ann, draft, "published") && videos_of(&w, &ann) == 1);
	media_world_close(&w);
}

TEST(a_part_is_chosen_while_the_file_is_on_its_way)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	char id[UPLOAD_ID_CHARACTERS + 1];
	struct upload upload;
	CHECK(create(as(&w, &ann), (int64_t)clip.n, clip.bytes, 1000, true, &upload) == OK);
	const int64_t draft = upload.draft;
	const struct str token = remember_id(&upload, id);
	struct cover_change change = { .draft = draft, .at_ms = 400 };
	must(&w, writer_run(as(&w, &ann), change_part, &change));
	CHECK(append(as(&w, &ann), token, 1000, clip.bytes + 1000, clip.n - 1000, &upload) == OK);
	must(&w, run_process(fresh(&w), ann.account, 1));
	CHECK(state_is(&w, &ann, draft, "published"));
	settle(&w);
	struct video_view video;
	must(&w, video_get(as(&w, &ann), view_of(&w, &ann, draft).draft.video, &video));
	CHECK(video.video.duration_ms > 300 && video.video.duration_ms < 800);
	media_world_close(&w);
}

TEST(a_file_that_is_no_video_tells_its_author_why_and_goes)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	struct upload upload;
	CHECK(create(as(&w, &ann), 9, "not video", 9, true, &upload) == OK);
	const int64_t draft = upload.draft;
	must(&w, run_process(fresh(&w), ann.account, 1));
	CHECK(state_is(&w, &ann, draft, "failed"));
	CHECK(str_eq(view_of(&w, &ann, draft).draft.reason, STR("format-unsupported")));
	CHECK(publish_draft(as(&w, &ann), draft) == E_CONFLICT);
	must(&w, erase_blobs(fresh(&w)));
	CHECK(files_below(&w, "/personal/") == 0 && files_below(&w, "/public/") == 0 && videos_of(&w, &ann) == 0);
	media_world_close(&w);
}

TEST(a_machine_that_fails_again_and_again_is_told_to_the_author)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	int64_t draft;
	CHECK(send_clip(&w, &ann, true, &draft));
	media_close(&w.cx.media);
	must(&w, media_open(&w.cx, "/nowhere/amanat-media", &w.cx.media));
	CHECK(run_process(fresh(&w), ann.account, 1) != OK && state_is(&w, &ann, draft, "queued"));
	CHECK(run_process(fresh(&w), ann.account, PUBLISH_ATTEMPTS) == OK && state_is(&w, &ann, draft, "failed"));
	CHECK(str_eq(view_of(&w, &ann, draft).draft.reason, STR("worker-failed")));
	media_world_close(&w);
}

TEST(who_fails_behind_a_clip_that_went_well_has_not_failed_before)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	int64_t good, bad;
	struct draft row;
	char path[512];
	CHECK(send_clip(&w, &ann, true, &good) && send_clip(&w, &ann, true, &bad));
	must(&w, draft_get(as(&w, &ann), &ann.grant, bad, &row));
	snprintf(path, sizeof path, "%s/blobs/personal/%.2s/%.*s", w.folder, row.original.p, (int)row.original.n, row.original.p);
	CHECK(unlink(path) == 0);
	CHECK(run_process(fresh(&w), ann.account, PUBLISH_ATTEMPTS - 1) == OK);        /* the job is done, and there again */
	CHECK(state_is(&w, &ann, good, "published") && state_is(&w, &ann, bad, "queued"));
	CHECK(run_process(fresh(&w), ann.account, 1) != OK);
	media_world_close(&w);
}

TEST(a_suspended_author_publishes_nothing)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	int64_t draft;
	CHECK(send_clip(&w, &ann, true, &draft));
	must(&w, write_id(fresh(&w), account_suspend, ann.account));
	must(&w, run_process(fresh(&w), ann.account, 1));
	CHECK(state_is(&w, &ann, draft, "failed") && videos_of(&w, &ann) == 0);
	CHECK(str_eq(view_of(&w, &ann, draft).draft.reason, STR("suspended")));
	media_world_close(&w);
}

struct erasing {
	const struct grant *grant;
	bool more;
};

static enum err erase_some(struct ctx *cx, void *argument)
{
	struct erasing *erasing = argument;
	return draft_erase_some(cx, erasing->grant, &erasing->more);
}

TEST(a_closed_accounts_drafts_go_with_their_files)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	int64_t draft;
	CHECK(send_clip(&w, &ann, false, &draft) && send_clip(&w, &ann, false, &draft));
	struct erasing erasing = { .grant = &ann.grant, .more = true };
	while (erasing.more)
		must(&w, writer_run(fresh(&w), erase_some, &erasing));
	CHECK(NUMBER(&w, SQL_test_drafts, I64(ann.grant.person)) == 0 && NUMBER(&w, SQL_test_uploads, I64(ann.grant.person)) == 0);
	must(&w, erase_blobs(fresh(&w)));
	CHECK(files_below(&w, "/personal/") == 0);
	media_world_close(&w);
}

/* What a crash leaves is what a start clears away. */
static void start_again(struct world *w)
{
	int64_t removed;
	must(w, blobs_sweep(fresh(w), &removed));
	must(w, blobs_sweep_files(fresh(w), NULL));
}

static enum err remove_upload(struct world *w, const struct actor *who, int64_t draft)
{
	char id[UPLOAD_ID_CHARACTERS + 1];
	const struct draft_view view = view_of(w, who, draft);
	snprintf(id, sizeof id, STR_FMT, STR_ARG(view.upload));
	return upload_remove(as(w, who), str_of(id));
}

static bool each_failure(bool publish, const char *end)
{
	struct world w;
	bool more = true, good = true;
	unsigned nth = 1;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	for (; more && good && nth < 400; nth++) {
		int64_t draft = 0;
		const int64_t before = published_of(&w, &ann);
		good = send_clip(&w, &ann, publish, &draft);
		fault_arm(&w.faults, nth);
		(void)!run_process(fresh(&w), ann.account, 1);
		more = fault_reached(&w.faults);
		fault_arm(&w.faults, 0);
		start_again(&w);
		const int64_t halfway = published_of(&w, &ann) - before;
		good = good && EXPECT(halfway == 0 || halfway == 1);
		must(&w, run_process(fresh(&w), ann.account, 2));
		good = good && EXPECT(state_is(&w, &ann, draft, end)) && EXPECT(published_of(&w, &ann) == before + publish);
		start_again(&w);
		good = good && EXPECT(files_with(&w, marker()) <= publish);
		must(&w, remove_upload(&w, &ann, draft));
		must(&w, erase_blobs(fresh(&w)));
		good = good && EXPECT(files_below(&w, "/personal/") == 0) && EXPECT(files_below(&w, "/public/") == (publish ? 2U : 0U));
	}
	printf("# %u seams\n", nth - 2);
	good = good && EXPECT(published_of(&w, &ann) == videos_of(&w, &ann));
	media_world_close(&w);
	return good && EXPECT(!more);
}

TEST(killed_at_any_step_of_publishing_it_is_one_video)
{
	CHECK(each_failure(true, "published"));
}

TEST(killed_at_any_step_of_keeping_it_is_one_draft)
{
	CHECK(each_failure(false, "ready"));
}

TEST(killed_at_any_step_of_changing_its_cover_it_is_one_draft)
{
	struct world w;
	bool more = true, good = true;
	unsigned nth = 1;
	int64_t draft;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	CHECK(send_clip(&w, &ann, false, &draft));
	must(&w, run_process(fresh(&w), ann.account, 1));
	for (; more && good && nth < 200; nth++) {
		struct cover_change change = { .draft = draft, .at_ms = nth % 2 ? 600 : 200 };
		must(&w, writer_run(as(&w, &ann), change_cover, &change));
		fault_arm(&w.faults, nth);
		(void)!run_process(fresh(&w), ann.account, 1);
		more = fault_reached(&w.faults);
		fault_arm(&w.faults, 0);
		start_again(&w);
		must(&w, run_process(fresh(&w), ann.account, 2));
		const struct draft_view view = view_of(&w, &ann, draft);
		good = EXPECT(state_is(&w, &ann, draft, "ready")) && EXPECT(view.draft.poster_cover == change.at_ms + 1);
		start_again(&w);
		must(&w, erase_blobs(fresh(&w)));
		good = good && EXPECT(files_below(&w, "/personal/") == 2 && files_below(&w, "/public/") == 0);
	}
	printf("# %u seams\n", nth - 2);
	CHECK(good && !more && videos_of(&w, &ann) == 0);
	media_world_close(&w);
}

int main(void)
{
	clip = file_read(CLIP);
	if (!clip.n) {
		printf("1..0 # SKIP ../shared is absent\n");
		return 0;
	}
	RUN(a_clip_to_publish_becomes_one_video_and_its_original_goes);
	RUN(a_kept_draft_leaves_no_plaintext_until_it_is_published);
	RUN(words_may_change_until_it_is_published);
	RUN(a_kept_drafts_cover_may_change_and_nothing_else_of_it_does);
	RUN(a_part_is_chosen_while_the_file_is_on_its_way);
	RUN(a_file_that_is_no_video_tells_its_author_why_and_goes);
	RUN(a_machine_that_fails_again_and_again_is_told_to_the_author);
	RUN(who_fails_behind_a_clip_that_went_well_has_not_failed_before);
	RUN(a_suspended_author_publishes_nothing);
	RUN(a_closed_accounts_drafts_go_with_their_files);
	RUN(killed_at_any_step_of_publishing_it_is_one_video);
	RUN(killed_at_any_step_of_keeping_it_is_one_draft);
	RUN(killed_at_any_step_of_changing_its_cover_it_is_one_draft);
	free(clip.bytes);
	return tap_end();
}

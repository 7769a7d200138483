/* Uploads: what is acknowledged stays, what is refused leaves nothing, nobody reaches another's. */
#include <nettle/sha1.h>

#include "media_fixture.h"

static char bytes[4 << 20];

static void fill_bytes(void)
{
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * 31 + (i >> 8) * 7 + (i >> 16));
}

/* The original, as the draft's processing would read it. */
static bool original_is(struct world *w, const struct actor *who, int64_t draft_id, size_t n)
{
	struct draft draft;
	struct blob_key key;
	must(w, draft_get(as(w, who), &who->grant, draft_id, &draft));
	if (!EXPECT(draft.original_key.n == KEY_BYTES))
		return false;
	memcpy(key.bytes, draft.original_key.p, KEY_BYTES);
	AUTO(personal_blob_close) struct personal_blob *blob = NULL;
	must(w, personal_blob_read(&w->cx, arena_text(&w->cx.mem, draft.original), &key, &blob));
	char *read = malloc(n + 1);
	size_t got = 0;
	must(w, personal_blob_read_at(blob, 0, read, n + 1, &got));
	const bool same = EXPECT(got == n) && EXPECT(memcmp(read, bytes, n) == 0);
	free(read);
	return same;
}

TEST(an_upload_in_pieces_is_the_file_and_queues_one_job)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	struct upload upload;
	char id[UPLOAD_ID_CHARACTERS + 1];
	CHECK(create(as(&w, &ann), 300'000, bytes, 0, true, &upload) == OK);
	CHECK(upload.received == 0 && upload.length == 300'000 && upload.id.n == UPLOAD_ID_CHARACTERS);
	const struct str token = remember_id(&upload, id);
	const int64_t draft = upload.draft;
	for (int64_t at = 0; at < 300'000; at += 70'000) {
		const size_t n = at + 70'000 < 300'000 ? 70'000 : (size_t)(300'000 - at);
		CHECK(NUMBER(&w, SQL_test_jobs, TEXT(STR(DRAFT_PROCESS_JOB))) == 0);
		CHECK(append(as(&w, &ann), token, at, bytes + at, n, &upload) == OK && upload.received == at + (int64_t)n);
	}
	CHECK(NUMBER(&w, SQL_test_jobs, TEXT(STR(DRAFT_PROCESS_JOB))) == 1);
	CHECK(original_is(&w, &ann, draft, 300'000));
	struct draft_view view;
	must(&w, draft_view_get(as(&w, &ann), &ann.grant, draft, &view));
	CHECK(str_eq(view.state, STR("queued")) && str_eq(view.draft.caption, STR("A clip")) && str_eq(view.upload, token));
	CHECK(view.received == 300'000 && view.length == 300'000);
	/* A client that lost the last answer asks, and hears that all is there. */
	CHECK(upload_resume(as(&w, &ann), token, &upload) == OK && upload.received == 300'000);
	CHECK(append(as(&w, &ann), token, 300'000, bytes, 0, &upload) == OK);
	media_world_close(&w);
}

TEST(a_body_with_the_creation_is_kept)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	struct upload upload;
	CHECK(create(as(&w, &ann), 100'000, bytes, 100'000, false, &upload) == OK && upload.received == 100'000);
	CHECK(original_is(&w, &ann, upload.draft, 100'000));
	CHECK(NUMBER(&w, SQL_test_jobs, TEXT(STR(DRAFT_PROCESS_JOB))) == 1);
	media_world_close(&w);
}

TEST(a_wrong_offset_is_refused_and_keeps_nothing)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	struct upload upload;
	char id[UPLOAD_ID_CHARACTERS + 1];
	CHECK(create(as(&w, &ann), 1000, bytes, 400, true, &upload) == OK);
	const struct str token = remember_id(&upload, id);
	CHECK(append(as(&w, &ann), token, 0, bytes, 10, &upload) == E_CONFLICT && !strcmp(w.cx.failure.slug, "wrong-offset"));
	CHECK(append(as(&w, &ann), token, 401, bytes, 10, &upload) == E_CONFLICT);
	CHECK(append(as(&w, &ann), token, 400, bytes + 400, 601, &upload) == E_TOOLARGE);
	CHECK(append_cut(as(&w, &ann), token, 400, bytes + 400, 601) == E_TOOLARGE);
	CHECK(append(as(&w, &ann), token, 400, bytes + 400, 600, &upload) == OK && upload.received == 1000);
	CHECK(original_is(&w, &ann, upload.draft, 1000));
	media_world_close(&w);
}

TEST(what_a_cut_connection_brought_is_found_again)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	struct upload upload;
	char id[UPLOAD_ID_CHARACTERS + 1];
	CHECK(create(as(&w, &ann), 500'000, bytes, 100, true, &upload) == OK);
	const struct str token = remember_id(&upload, id);
	CHECK(append_cut(as(&w, &ann), token, 100, bytes + 100, 200'000) == OK);
	CHECK(upload_resume(as(&w, &ann), token, &upload) == OK && upload.received == 200'100);
	/* The client may also go on from what it last heard: the acknowledged offset is the recorded one. */
	CHECK(append(as(&w, &ann), token, 100, bytes, 10, &upload) == E_CONFLICT);
	CHECK(append_cut(as(&w, &ann), token, 200'100, bytes + 200'100, 299'900) == OK);
	CHECK(upload_resume(as(&w, &ann), token, &upload) == OK && upload.received == 500'000);
	CHECK(NUMBER(&w, SQL_test_jobs, TEXT(STR(DRAFT_PROCESS_JOB))) == 1);
	CHECK(original_is(&w, &ann, upload.draft, 500'000));
	media_world_close(&w);
}

/* A machine that died in the middle: the end of the file is torn, or noise. */
TEST(a_torn_end_is_cut_back_to_what_can_be_read)
{
	for (int kind = 0; kind < 2; kind++) {
		struct world w;
		struct upload upload;
		struct draft draft;
		char id[UPLOAD_ID_CHARACTERS + 1], path[256];
		media_world(&w);
		const struct actor ann = sign_up(&w, "ann");
		CHECK(create(as(&w, &ann), 500'000, bytes, 70'000, true, &upload) == OK);
		const struct str token = remember_id(&upload, id);
		CHECK(append_cut(as(&w, &ann), token, 70'000, bytes + 70'000, 200'000) == OK);
		must(&w, draft_get(as(&w, &ann), &ann.grant, upload.draft, &draft));
		snprintf(path, sizeof path, "%s/blobs/personal/%.2s/" STR_FMT, w.folder, draft.original.p, STR_ARG(draft.original));
		struct file file = file_read(path);
		CHECK(file.n > 270'000);
		if (kind == 0) {
			CHECK(truncate(path, (off_t)file.n - 1000) == 0);
		} else {
			FILE *out = fopen(path, "r+b");
			CHECK(out && fseek(out, (long)file.n - 1000, SEEK_SET) == 0 && fputs("noise", out) >= 0 && fclose(out) == 0);
		}
		free(file.bytes);
		CHECK(upload_resume(as(&w, &ann), token, &upload) == OK);
		CHECK(upload.received >= 70'000 && upload.received < 270'000);
		const int64_t at = upload.received;
		CHECK(append(as(&w, &ann), token, at, bytes + at, (size_t)(500'000 - at), &upload) == OK && upload.received == 500'000);
		CHECK(original_is(&w, &ann, upload.draft, 500'000));
		media_world_close(&w);
	}
}

TEST(a_wrong_checksum_keeps_nothing_of_its_body)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	struct upload upload;
	char id[UPLOAD_ID_CHARACTERS + 1];
	struct tus_checksum sum = { .algorithm = TUS_SHA1 };
	struct sha1_ctx state;
	CHECK(create(as(&w, &ann), 200'000, bytes, 1000, true, &upload) == OK);
	const struct str token = remember_id(&upload, id);
	CHECK(append_with(as(&w, &ann), &sum, token, 1000, bytes + 1000, 99'000, &upload) == E_INVALID);
	CHECK(!strcmp(w.cx.failure.slug, "checksum-mismatch"));
	CHECK(upload_resume(as(&w, &ann), token, &upload) == OK && upload.received == 1000);
	sha1_init(&state);
	sha1_update(&state, 99'000, (const uint8_t *)bytes + 1000);
	sha1_digest(&state, SHA1_DIGEST_SIZE, sum.digest);
	CHECK(append_with(as(&w, &ann), &sum, token, 1000, bytes + 1000, 99'000, &upload) == OK && upload.received == 100'000);
	sum.algorithm = TUS_SHA256;
	sha256((struct str){ .p = bytes + 100'000, .n = 100'000 }, sum.digest);
	CHECK(append_with(as(&w, &ann), &sum, token, 100'000, bytes + 100'000, 100'000, &upload) == OK);
	CHECK(original_is(&w, &ann, upload.draft, 200'000));
	media_world_close(&w);
}

TEST(two_writers_at_once_are_one_and_a_silent_one_is_pushed_aside)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	struct upload upload;
	char id[UPLOAD_ID_CHARACTERS + 1];
	struct upload_write *one = NULL, *two = NULL;
	CHECK(create(as(&w, &ann), 300'000, bytes, 0, true, &upload) == OK);
	const struct str token = remember_id(&upload, id);
	struct ctx *cx = as(&w, &ann);
	CHECK(upload_append_open(cx, token, 0, &no_checksum, -1, &one) == OK && upload_write(one, bytes, 100'000) == OK);
	CHECK(upload_append_open(cx, token, 0, &no_checksum, -1, &two) == E_BUSY && !strcmp(cx->failure.slug, "upload-locked"));
	CHECK(upload_resume(cx, token, &upload) == E_BUSY && upload_remove(cx, token) == E_BUSY);
	w.ahead_us += MEDIA_SILENCE_US + SECOND_US;
	CHECK(upload_resume(cx, token, &upload) == OK && upload.received == 100'000);
	CHECK(upload_append_open(cx, token, 100'000, &no_checksum, -1, &two) == OK && upload_write(two, bytes + 100'000, 50'000) == OK);
	CHECK(upload_write(one, bytes, 10) == E_BUSY && upload_write_finish(cx, one, &upload) == E_BUSY);
	upload_write_close(one);
	CHECK(upload_write(two, bytes + 150'000, 150'000) == OK && upload_write_finish(cx, two, &upload) == OK);
	upload_write_close(two);
	CHECK(original_is(&w, &ann, upload.draft, 300'000));
	media_world_close(&w);
}

TEST(nobody_reaches_anothers_upload)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann"), bob = sign_up(&w, "bob");
	struct upload upload;
	char id[UPLOAD_ID_CHARACTERS + 1];
	CHECK(create(as(&w, &ann), 1000, bytes, 10, true, &upload) == OK);
	const struct str token = remember_id(&upload, id);
	const int64_t draft = upload.draft;
	struct draft_view view;
	CHECK(upload_resume(as(&w, &bob), token, &upload) == E_NOTFOUND);
	CHECK(append(as(&w, &bob), token, 10, bytes, 10, &upload) == E_NOTFOUND);
	CHECK(upload_remove(as(&w, &bob), token) == E_NOTFOUND);
	CHECK(draft_view_get(as(&w, &bob), &bob.grant, draft, &view) == E_NOTFOUND);
	CHECK(upload_resume(as(&w, &ann), STR("../../../etc/passwd"), &upload) == E_NOTFOUND);
	CHECK(upload_resume(as(&w, &ann), STR("AAAAAAAAAAAAAAAAAAAAAA"), &upload) == E_NOTFOUND);
	CHECK(upload_resume(as(&w, &ann), token, &upload) == OK);
	media_world_close(&w);
}

TEST(what_is_too_large_or_empty_is_refused_before_a_byte)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	struct upload upload;
	CHECK(create(as(&w, &ann), 0, bytes, 0, true, &upload) == E_INVALID && !strcmp(w.cx.failure.slug, "empty"));
	CHECK(create(as(&w, &ann), (8 << 20) + 1, bytes, 0, true, &upload) == E_TOOLARGE);
	CHECK(create(as(&w, &ann), INT64_MAX, bytes, 0, true, &upload) == E_TOOLARGE);
	CHECK(create(as(&w, &ann), 100, bytes, 101, true, &upload) == E_TOOLARGE);
	CHECK(create(as(&w, &ann), 8 << 20, bytes, 0, true, &upload) == OK);
	CHECK(create(as(&w, &ann), 8 << 20, bytes, 0, true, &upload) == OK);
	CHECK(create(as(&w, &ann), 1, bytes, 0, true, &upload) == E_FULL && !strcmp(w.cx.failure.slug, "quota"));
	CHECK(files_below(&w, "/personal/") == 0);
	media_world_close(&w);
}

TEST(a_creation_that_breaks_off_leaves_nothing)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	const struct tus_metadata metadata = { .raw = STR("") };
	struct upload_write *write = NULL;
	CHECK(upload_create_open(as(&w, &ann), 300'000, &metadata, &no_checksum, -1, &write) == OK);
	CHECK(upload_write(write, bytes, 200'000) == OK && files_below(&w, "/personal/") == 1);
	upload_write_close(write);
	CHECK(files_below(&w, "/personal/") == 0 && NUMBER(&w, SQL_test_uploads, I64(ann.grant.person)) == 0);
	media_world_close(&w);
}

TEST(a_deleted_upload_is_gone_with_its_bytes)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	struct upload upload;
	char id[UPLOAD_ID_CHARACTERS + 1];
	CHECK(create(as(&w, &ann), 1000, bytes, 500, true, &upload) == OK);
	const struct str token = remember_id(&upload, id);
	CHECK(upload_remove(as(&w, &ann), token) == OK && upload_remove(as(&w, &ann), token) == E_NOTFOUND);
	CHECK(append(as(&w, &ann), token, 500, bytes, 10, &upload) == E_NOTFOUND);
	CHECK(NUMBER(&w, SQL_test_drafts, I64(ann.grant.person)) == 0);
	must(&w, erase_blobs(fresh(&w)));
	CHECK(files_below(&w, "/personal/") == 0);
	media_world_close(&w);
}

TEST(an_unfinished_upload_expires_and_a_finished_draft_stays)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	struct upload upload;
	char id[UPLOAD_ID_CHARACTERS + 1];
	CHECK(create(as(&w, &ann), 1000, bytes, 1000, false, &upload) == OK);
	const int64_t finished = upload.draft;
	CHECK(create(as(&w, &ann), 1000, bytes, 500, true, &upload) == OK);
	const struct str token = remember_id(&upload, id);
	CHECK(upload.expires_us % DAY_US == 0);
	must(&w, upload_expire(fresh(&w), NULL));
	CHECK(NUMBER(&w, SQL_test_uploads, I64(ann.grant.person)) == 2);
	w.ahead_us += 9 * DAY_US;
	CHECK(upload_resume(as(&w, &ann), token, &upload) == E_NOTFOUND);
	must(&w, upload_expire(fresh(&w), NULL));
	CHECK(NUMBER(&w, SQL_test_uploads, I64(ann.grant.person)) == 0);
	CHECK(NUMBER(&w, SQL_test_drafts, I64(ann.grant.person)) == 1);
	struct draft draft;
	CHECK(draft_get(as(&w, &ann), &ann.grant, finished, &draft) == OK && str_eq(draft.state, DRAFT_QUEUED));
	must(&w, erase_blobs(fresh(&w)));
	CHECK(files_below(&w, "/personal/") == 1);
	CHECK(NUMBER(&w, SQL_test_jobs, TEXT(STR(UPLOAD_EXPIRE_JOB))) == 1);
	media_world_close(&w);
}

/* Whatever fails, what was acknowledged is there, and the client can go on. */
TEST(each_failure_of_an_append_loses_nothing_acknowledged)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	bool more = true;
	unsigned nth = 1;
	for (; more && nth < 300; nth++) {
		struct upload upload;
		char id[UPLOAD_ID_CHARACTERS + 1];
		CHECK(create(as(&w, &ann), 200'000, bytes, 1000, true, &upload) == OK);
		const struct str token = remember_id(&upload, id);
		fault_arm(&w.faults, nth);
		const enum err e = append(as(&w, &ann), token, 1000, bytes + 1000, 99'000, &upload);
		more = fault_reached(&w.faults);
		fault_arm(&w.faults, 0);
		CHECK(upload_resume(as(&w, &ann), token, &upload) == OK);
		const int64_t at = upload.received;
		CHECK(at >= (e == OK ? 100'000 : 1000) && at <= 100'000);
		CHECK(append(as(&w, &ann), token, at, bytes + at, (size_t)(200'000 - at), &upload) == OK);
		CHECK(original_is(&w, &ann, upload.draft, 200'000));
		CHECK(upload_remove(as(&w, &ann), token) == OK);
	}
	printf("# %u seams\n", nth - 2);
	CHECK(!more);
	media_world_close(&w);
}

TEST(each_failure_of_a_creation_leaves_all_or_nothing)
{
	struct world w;
	media_world(&w);
	const struct actor ann = sign_up(&w, "ann");
	bool more = true;
	for (unsigned nth = 1; more && nth < 300; nth++) {
		struct upload upload;
		fault_arm(&w.faults, nth);
		const enum err e = create(as(&w, &ann), 1000, bytes, 500, true, &upload);
		more = fault_reached(&w.faults);
		fault_arm(&w.faults, 0);
		const int64_t rows = NUMBER(&w, SQL_test_uploads, I64(ann.grant.person));
		CHECK(rows == NUMBER(&w, SQL_test_drafts, I64(ann.grant.person)));
		CHECK(rows == (e == OK) && files_below(&w, "/personal/") == (unsigned)rows);
		if (e == OK) {
			char id[UPLOAD_ID_CHARACTERS + 1];
			const struct str token = remember_id(&upload, id);
			must(&w, upload_remove(as(&w, &ann), token));
			must(&w, erase_blobs(fresh(&w)));
		}
	}
	CHECK(!more);
	media_world_close(&w);
}

int main(void)
{
	fill_bytes();
	RUN(an_upload_in_pieces_is_the_file_and_queues_one_job);
	RUN(a_body_with_the_creation_is_kept);
	RUN(a_wrong_offset_is_refused_and_keeps_nothing);
	RUN(what_a_cut_connection_brought_is_found_again);
	RUN(a_torn_end_is_cut_back_to_what_can_be_read);
	RUN(a_wrong_checksum_keeps_nothing_of_its_body);
	RUN(two_writers_at_once_are_one_and_a_silent_one_is_pushed_aside);
	RUN(nobody_reaches_anothers_upload);
	RUN(what_is_too_large_or_empty_is_refused_before_a_byte);
	RUN(a_creation_that_breaks_off_leaves_nothing);
	RUN(a_deleted_upload_is_gone_with_its_bytes);
	RUN(an_unfinished_upload_expires_and_a_finished_draft_stays);
	RUN(each_failure_of_an_append_loses_nothing_acknowledged);
	RUN(each_failure_of_a_creation_leaves_all_or_nothing);
	return tap_end();
}

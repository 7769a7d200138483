/* Files beside the databases: what was promised is readable, what was not is gone. */
#include <fcntl.h>
#include <sys/stat.h>

#include "store/blob.h"
#include "store/blob_arriving.h"
#include "store/job.h"
#include "store_fixture.h"

static bool open_blobs(struct node *node)
{
	node_init(node);
	return node_open(node) && node_start(node, all_statements) &&
	       node_ok(&node->cx, blobs_open(&node->cx, node->folder, &node->cx.blobs));
}

static void end_blobs(struct node *node)
{
	blobs_close(&node->cx.blobs);
	node_end(node);
}

static struct str path_of(struct node *node, const char *kind, const char *name)
{
	return arena_printf(&node->cx.mem, "%s/blobs/%s/%.2s/%s", node->folder, kind, name, name);
}

static bool exists(struct str path)
{
	return access(path.p, F_OK) == 0;
}

static enum err place(struct node *node, struct str bytes, char hash[BLOB_NAME_BYTES])
{
	char name[BLOB_NAME_BYTES];
	int fd;
	TRY(blob_tmp(&node->cx, &fd, name));
	ssize_t n = write(fd, bytes.p, bytes.n);
	assert(n == (ssize_t)bytes.n);
	enum err e = blob_publish(&node->cx, fd, name, "text/plain", hash);
	close(fd);
	if (e != OK)
		blob_tmp_drop(&node->cx, name);
	return e;
}

static enum err keep(struct ctx *cx, void *hash)
{
	return blob_public_keep(cx, str_of(hash));
}

static enum err publish(struct node *node, struct str bytes, char hash[BLOB_NAME_BYTES])
{
	TRY(place(node, bytes, hash));
	return writer_run(&node->cx, keep, hash);
}

TEST(the_same_bytes_are_one_public_blob_named_by_their_hash)
{
	struct node node;
	char first[BLOB_NAME_BYTES], second[BLOB_NAME_BYTES], read_back[8] = { 0 };
	int fd;
	int64_t bytes;
	CHECK(open_blobs(&node));
	CHECK(node_ok(&node.cx, publish(&node, STR("abc"), first)));
	CHECK(node_ok(&node.cx, publish(&node, STR("abc"), second)));
	CHECK(!strcmp(first, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") && !strcmp(first, second));
	CHECK(node_ok(&node.cx, blob_public_open(&node.cx, str_of(first), &fd, &bytes)));
	CHECK(bytes == 3 && read(fd, read_back, sizeof read_back) == 3 && !strcmp(read_back, "abc"));
	close(fd);
	int64_t removed = -1;
	CHECK(node_ok(&node.cx, blobs_sweep(&node.cx, &removed)) && removed == 0);
	end_blobs(&node);
}

TEST(a_name_that_is_no_hash_is_not_found)
{
	static const char *const names[] = { "", "abc", "../../../../etc/passwd",
		"BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
		"..7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"0000000000000000000000000000000000000000000000000000000000000000" };
	struct node node;
	int fd;
	int64_t bytes;
	CHECK(open_blobs(&node));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		CHECK(blob_public_open(&node.cx, str_of(names[i]), &fd, &bytes) == E_NOTFOUND);
	end_blobs(&node);
}

TEST(a_removed_blob_goes_with_its_file_and_may_come_again)
{
	struct node node;
	char hash[BLOB_NAME_BYTES];
	int fd;
	int64_t bytes;
	CHECK(open_blobs(&node));
	CHECK(node_ok(&node.cx, publish(&node, STR("gone"), hash)));
	CHECK(node_ok(&node.cx, blob_public_remove(&node.cx, str_of(hash))));
	CHECK(blob_public_remove(&node.cx, str_of(hash)) == E_NOTFOUND);
	struct job job;
	CHECK(node_ok(&node.cx, job_claim(&node.cx, NULL, SECOND_US, &job)));
	CHECK(str_eq(job.kind, STR(BLOB_ERASE_JOB)));
	CHECK(node_ok(&node.cx, blobs_erase(&node.cx, &job)));
	CHECK(!exists(path_of(&node, "public", hash)));
	CHECK(node_ok(&node.cx, publish(&node, STR("gone"), hash)));
	CHECK(node_ok(&node.cx, blobs_erase(&node.cx, &job)));
	CHECK(node_ok(&node.cx, blob_public_open(&node.cx, str_of(hash), &fd, &bytes)));
	close(fd);
	end_blobs(&node);
}

/* Removes and erases in one group, which then fails as a group does whose commit finds the disk full. */
static enum err remove_and_erase(struct ctx *cx, void *hash)
{
	TRY(blob_public_remove(cx, str_of(hash)));
	enum err erased = blobs_erase(cx, NULL);
	return erased == E_BUSY ? E_FULL : fail(cx, E_IO, "it was erased before its removal was committed");
}

TEST(a_file_outlives_a_removal_that_was_not_committed)
{
	struct node node;
	char hash[BLOB_NAME_BYTES];
	CHECK(open_blobs(&node));
	CHECK(node_ok(&node.cx, publish(&node, STR("stays"), hash)));
	CHECK(writer_run(&node.cx, remove_and_erase, hash) == E_FULL);
	CHECK(exists(path_of(&node, "public", hash)));
	CHECK(node_ok(&node.cx, blob_public_remove(&node.cx, str_of(hash))));
	CHECK(node_ok(&node.cx, blobs_erase(&node.cx, NULL)));
	CHECK(!exists(path_of(&node, "public", hash)));
	end_blobs(&node);
}

TEST(a_file_that_nothing_came_to_show_goes)
{
	struct node node;
	char hash[BLOB_NAME_BYTES], kept[BLOB_NAME_BYTES];
	int64_t removed = 0;
	CHECK(open_blobs(&node));
	CHECK(node_ok(&node.cx, publish(&node, STR("shown"), kept)));
	CHECK(node_ok(&node.cx, place(&node, STR("never shown"), hash)) && exists(path_of(&node, "public", hash)));
	CHECK(node_ok(&node.cx, blobs_sweep(&node.cx, &removed)) && removed == 1);
	CHECK(!exists(path_of(&node, "public", hash)) && exists(path_of(&node, "public", kept)));
	CHECK(writer_run(&node.cx, keep, hash) == E_NOTFOUND);

	CHECK(node_ok(&node.cx, place(&node, STR("never shown"), hash)));
	blob_public_discard(&node.cx, str_of(hash));
	blob_public_discard(&node.cx, str_of(kept));
	CHECK(node_ok(&node.cx, blobs_erase(&node.cx, NULL)));
	CHECK(!exists(path_of(&node, "public", hash)) && exists(path_of(&node, "public", kept)));
	end_blobs(&node);
}

static void put_file(struct str path)
{
	int fd = open(path.p, O_WRONLY | O_CREAT, 0600);
	assert(fd >= 0);
	close(fd);
}

TEST(files_without_rows_are_swept_away)
{
	struct node node;
	char hash[BLOB_NAME_BYTES];
	static const char *const lost = "abababababababababababababababababababababababababababababababab";
	CHECK(open_blobs(&node));
	CHECK(node_ok(&node.cx, publish(&node, STR("kept"), hash)));
	struct str tmp = arena_printf(&node.cx.mem, "%s/blobs/tmp/left", node.folder);
	put_file(path_of(&node, "public", lost));
	put_file(path_of(&node, "personal", lost));
	put_file(tmp);
	int64_t removed = 0;
	CHECK(node_ok(&node.cx, blobs_sweep(&node.cx, &removed)) && removed == 1);
	CHECK(node_ok(&node.cx, blobs_sweep_files(&node.cx, NULL)));
	CHECK(!exists(path_of(&node, "public", lost)) && !exists(path_of(&node, "personal", lost)) && !exists(tmp));
	CHECK(exists(path_of(&node, "public", hash)));
	end_blobs(&node);
}

/* Whatever fails while publishing, a sweep leaves the blob whole or nothing of it. */
TEST(publishing_that_fails_anywhere_leaves_a_whole_blob_or_none)
{
	bool reached = true;
	unsigned nth = 1;
	for (; reached; nth++) {
		struct node node;
		char hash[BLOB_NAME_BYTES] = { 0 };
		int fd;
		int64_t bytes, removed;
		CHECK(open_blobs(&node));
		node_fault(&node, nth);
		enum err e = publish(&node, STR("some bytes"), hash);
		reached = fault_reached(&node.faults);
		node_fault(&node, 0);
		CHECK(node_ok(&node.cx, blobs_sweep(&node.cx, &removed)) && node_ok(&node.cx, blobs_sweep_files(&node.cx, NULL)));
		if (e == OK) {
			CHECK(node_ok(&node.cx, blob_public_open(&node.cx, str_of(hash), &fd, &bytes)));
			CHECK(bytes == 10);
			close(fd);
		}
		CHECK(node_ok(&node.cx, publish(&node, STR("some bytes"), hash)));
		end_blobs(&node);
	}
	printf("# %u calls failed in turn\n", nth - 2);
}

/* --- personal --- */

/* What stands at an offset of every test blob. */
static unsigned char byte_at(int64_t offset)
{
	return (unsigned char)((uint64_t)offset * UINT64_C(0x9E3779B97F4A7C15) >> 56);
}

static enum err keep_arriving(struct ctx *cx, void *name)
{
	return personal_blob_keep(cx, name);
}

TEST(a_sweep_leaves_what_arrives_before_its_row)
{
	struct node node;
	struct blob_key key;
	char name[BLOB_NAME_BYTES], given_up[BLOB_NAME_BYTES];
	CHECK(open_blobs(&node));
	personal_blob_name(name, &key);
	struct personal_blob *blob = NULL, *cut = NULL;
	CHECK(node_ok(&node.cx, personal_blob_append(&node.cx, name, &key, 0, &blob)));
	CHECK(node_ok(&node.cx, personal_blob_write(blob, "arrived", 7)));
	CHECK(node_ok(&node.cx, blobs_sweep_files(&node.cx, NULL)) && exists(path_of(&node, "personal", name)));
	CHECK(node_ok(&node.cx, personal_blob_sync(blob)));
	CHECK(node_ok(&node.cx, writer_run(&node.cx, keep_arriving, name)));
	personal_blob_close(&blob);
	personal_blob_name(given_up, &key);
	CHECK(node_ok(&node.cx, personal_blob_append(&node.cx, given_up, &key, 0, &cut)));
	personal_blob_close(&cut);
	CHECK(node_ok(&node.cx, blobs_sweep_files(&node.cx, NULL)));
	CHECK(exists(path_of(&node, "personal", name)) && !exists(path_of(&node, "personal", given_up)));
	end_blobs(&node);
}

static enum err append(struct node *node, const char *name, const struct blob_key *key, int64_t from, int64_t to, bool sync)
{
	AUTO(personal_blob_close) struct personal_blob *blob = NULL;
	TRY(personal_blob_append(&node->cx, name, key, from, &blob));
	while (from < to) {
		unsigned char bytes[5000];
		size_t n = 1 + random_below(sizeof bytes);
		if ((int64_t)n > to - from)
			n = (size_t)(to - from);
		for (size_t i = 0; i < n; i++)
			bytes[i] = byte_at(from + (int64_t)i);
		TRY(personal_blob_write(blob, bytes, n));
		from += (int64_t)n;
	}
	assert(personal_blob_length(blob) == to);
	return sync ? personal_blob_sync(blob) : OK;
}

/* Random reads agree with what was written. */
static bool reads_back(struct node *node, const char *name, const struct blob_key *key, int64_t length)
{
	AUTO(personal_blob_close) struct personal_blob *blob = NULL;
	static unsigned char bytes[200'000];
	if (!node_ok(&node->cx, personal_blob_read(&node->cx, name, key, &blob)) || !EXPECT(personal_blob_length(blob) == length))
		return false;
	for (unsigned i = 0; i < 40; i++) {
		int64_t at = random_below((uint32_t)length + 10);
		size_t n = random_below(sizeof bytes), got = 0;
		if (!node_ok(&node->cx, personal_blob_read_at(blob, at, bytes, n, &got)))
			return false;
		int64_t there = at < length ? length - at : 0;
		if (!EXPECT((int64_t)got == (there < (int64_t)n ? there : (int64_t)n)))
			return false;
		for (size_t k = 0; k < got; k++)
			if (!EXPECT(bytes[k] == byte_at(at + (int64_t)k)))
				return false;
	}
	return true;
}

static enum err keep_personal(struct ctx *cx, void *name)
{
	return personal_blob_keep(cx, name);
}

/* An empty one with its row. */
static enum err new_personal(struct node *node, char name[BLOB_NAME_BYTES], struct blob_key *key)
{
	personal_blob_name(name, key);
	return writer_run(&node->cx, keep_personal, name);
}

TEST(any_stretch_reads_back_as_it_was_written_however_it_was_written)
{
	struct node node;
	CHECK(open_blobs(&node));
	for (unsigned round = 0; round < 20; round++) {
		char name[BLOB_NAME_BYTES];
		struct blob_key key;
		CHECK(node_ok(&node.cx, new_personal(&node, name, &key)));
		int64_t length = 0;
		for (unsigned part = 0; part < 5; part++) {
			int64_t to = length + random_below(150'000);
			CHECK(node_ok(&node.cx, append(&node, name, &key, length, to, round % 2)));
			length = to;
			if (part == 2)             /* begin again at any earlier place */
				length = random_below((uint32_t)length + 1);
		}
		if (length == 0)
			continue;
		CHECK(reads_back(&node, name, &key, length));
	}
	end_blobs(&node);
}

TEST(a_torn_write_behind_what_was_synced_costs_nothing)
{
	struct node node;
	char name[BLOB_NAME_BYTES];
	struct blob_key key;
	struct stat info;
	CHECK(open_blobs(&node));
	CHECK(node_ok(&node.cx, new_personal(&node, name, &key)));
	CHECK(node_ok(&node.cx, append(&node, name, &key, 0, 100'000, true)));
	struct str path = path_of(&node, "personal", name);
	CHECK(stat(path.p, &info) == 0);
	CHECK(node_ok(&node.cx, append(&node, name, &key, 100'000, 300'000, false)));
	for (off_t more = 0; more < 200'000; more += 7'919) {
		CHECK(truncate(path.p, info.st_size + more) == 0);
		CHECK(node_ok(&node.cx, append(&node, name, &key, 100'000, 100'500, true)));
		CHECK(reads_back(&node, name, &key, 100'500));
	}
	end_blobs(&node);
}

TEST(appending_behind_the_end_is_refused)
{
	struct node node;
	char name[BLOB_NAME_BYTES];
	struct blob_key key;
	CHECK(open_blobs(&node));
	CHECK(node_ok(&node.cx, new_personal(&node, name, &key)));
	CHECK(node_ok(&node.cx, append(&node, name, &key, 0, 1000, true)));
	CHECK(append(&node, name, &key, 1001, 2000, true) == E_CORRUPT);
	end_blobs(&node);
}

TEST(a_personal_blob_is_noise_and_a_changed_byte_is_noticed)
{
	struct node node;
	char name[BLOB_NAME_BYTES];
	struct blob_key key, other;
	static unsigned char file[80'000], out[70'000];
	CHECK(open_blobs(&node));
	CHECK(node_ok(&node.cx, new_personal(&node, name, &key)));
	CHECK(node_ok(&node.cx, append(&node, name, &key, 0, 70'000, true)));
	struct str path = path_of(&node, "personal", name);
	int fd = open(path.p, O_RDWR);
	ssize_t bytes = pread(fd, file, sizeof file, 0);
	CHECK(bytes > 70'000);
	unsigned char plain[32];
	for (unsigned i = 0; i < sizeof plain; i++)
		plain[i] = byte_at(1000 + i);
	CHECK(!memmem(file, (size_t)bytes, plain, sizeof plain));
	for (off_t at = 0; at < bytes; at += 611) {
		unsigned char changed = (unsigned char)(file[at] ^ 4);
		size_t got = 0;
		CHECK(pwrite(fd, &changed, 1, at) == 1);
		struct personal_blob *blob = NULL;
		enum err e = personal_blob_read(&node.cx, name, &key, &blob);
		if (e == OK)
			e = personal_blob_read_at(blob, 0, out, sizeof out, &got);
		/* a changed length ends the blob early: the owner's row knows the length */
		bool noticed = e == E_CORRUPT || personal_blob_length(blob) < 70'000;
		personal_blob_close(&blob);
		CHECK(noticed);
		CHECK(pwrite(fd, &file[at], 1, at) == 1);
	}
	close(fd);
	random_bytes(other.bytes, sizeof other.bytes);
	struct personal_blob *blob = NULL;
	size_t got;
	CHECK(node_ok(&node.cx, personal_blob_read(&node.cx, name, &other, &blob)));
	CHECK(personal_blob_read_at(blob, 0, out, 10, &got) == E_CORRUPT);
	personal_blob_close(&blob);
	end_blobs(&node);
}

/* What sync promised is there, whatever failed before or after. */
TEST(appending_that_fails_anywhere_keeps_what_was_synced)
{
	bool reached = true;
	unsigned nth = 1;
	for (; reached; nth++) {
		struct node node;
		char name[BLOB_NAME_BYTES];
		struct blob_key key;
		CHECK(open_blobs(&node));
		CHECK(node_ok(&node.cx, new_personal(&node, name, &key)));
		CHECK(node_ok(&node.cx, append(&node, name, &key, 0, 90'000, true)));
		node_fault(&node, nth);
		enum err e = append(&node, name, &key, 90'000, 250'000, true);
		reached = fault_reached(&node.faults);
		node_fault(&node, 0);
		int64_t promised = e == OK ? 250'000 : 90'000;
		CHECK(node_ok(&node.cx, append(&node, name, &key, promised, promised + 10, true)));
		CHECK(reads_back(&node, name, &key, promised + 10));
		end_blobs(&node);
	}
	printf("# %u calls failed in turn\n", nth - 2);
}

TEST(a_removed_personal_blob_goes_with_its_file)
{
	struct node node;
	char name[BLOB_NAME_BYTES];
	struct blob_key key;
	CHECK(open_blobs(&node));
	CHECK(node_ok(&node.cx, new_personal(&node, name, &key)));
	CHECK(node_ok(&node.cx, append(&node, name, &key, 0, 10, true)));
	CHECK(exists(path_of(&node, "personal", name)));
	CHECK(node_ok(&node.cx, personal_blob_remove(&node.cx, name)));
	CHECK(node_ok(&node.cx, blobs_erase(&node.cx, NULL)));
	CHECK(!exists(path_of(&node, "personal", name)));
	struct personal_blob *blob = NULL;
	CHECK(personal_blob_read(&node.cx, name, &key, &blob) == E_NOTFOUND);
	end_blobs(&node);
}

int main(void)
{
	RUN(the_same_bytes_are_one_public_blob_named_by_their_hash);
	RUN(a_name_that_is_no_hash_is_not_found);
	RUN(a_removed_blob_goes_with_its_file_and_may_come_again);
	RUN(a_file_outlives_a_removal_that_was_not_committed);
	RUN(a_file_that_nothing_came_to_show_goes);
	RUN(files_without_rows_are_swept_away);
	RUN(a_sweep_leaves_what_arrives_before_its_row);
	RUN(publishing_that_fails_anywhere_leaves_a_whole_blob_or_none);
	RUN(any_stretch_reads_back_as_it_was_written_however_it_was_written);
	RUN(a_torn_write_behind_what_was_synced_costs_nothing);
	RUN(appending_behind_the_end_is_refused);
	RUN(a_personal_blob_is_noise_and_a_changed_byte_is_noticed);
	RUN(appending_that_fails_anywhere_keeps_what_was_synced);
	RUN(a_removed_personal_blob_goes_with_its_file);
	return tap_end();
}

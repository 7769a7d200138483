/* The server's side of amanat-media: whatever the program does, worker_run() ends, tells which, and leaves nothing. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lying_worker.h"
#include "media/spare.h"
#include "media/worker.h"
#include "scratch.h"
#include "tap.h"

#define CLIP "../shared/media/derived__rooftop_vertical_vfr_404x720_12s.mp4"

struct fixture {
	struct ctx cx;
	struct worker_job job;
	struct worker_result result;
	struct faults faults;
	int input_fd;
	enum err read_error;
	char said[2048];
	unsigned notes, progress;
	int64_t took_us;
};

static enum err read_at(struct ctx *cx, void *self, int64_t offset, void *out, size_t n, size_t *got)
{
	struct fixture *fixture = self;
	if (fixture->read_error != OK)
		return fail(cx, fixture->read_error, "the store is away");
	memset(out, 'x', n);
	ssize_t count = fixture->input_fd >= 0 ? pread(fixture->input_fd, out, n, offset) : (ssize_t)n;
	if (count < 0)
		return fail(cx, E_IO, "%s", strerror(errno));
	*got = (size_t)count;
	return OK;
}

static void note(void *self, const char *line)
{
	struct fixture *fixture = self;
	fixture->notes++;
	snprintf(fixture->said, sizeof fixture->said, "%s", line);
}

static void progress(void *self, enum worker_stage stage, unsigned permille)
{
	struct fixture *fixture = self;
	fixture->progress += stage < STAGE_END && permille <= 1000;
}

static int temporary_file(void)
{
	char path[64];
	snprintf(path, sizeof path, "%s/amanat-worker-XXXXXX", scratch_root());
	int fd = mkostemp(path, O_CLOEXEC);
	unlink(path);
	return fd;
}

static void begin(struct fixture *fixture, const char *program, int64_t input_bytes)
{
	*fixture = (struct fixture){ .input_fd = -1 };
	fixture->cx = (struct ctx){ .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	fixture->job = worker_job_new(WORKER_VIDEO, program);
	fixture->job.input = (struct worker_input){ .read_at = read_at, .self = fixture, .bytes = input_bytes };
	fixture->job.watch = (struct worker_watch){ .note = note, .progress = progress, .self = fixture };
	fixture->job.video_fd = temporary_file();
	fixture->job.image_fd = temporary_file();
	fixture->job.wall_seconds = 1;
}

static enum err run(struct fixture *fixture)
{
	int64_t begin_us = clock_boot_us(NULL);
	enum err ended = worker_run(&fixture->cx, &fixture->job, &fixture->result);
	fixture->took_us = clock_boot_us(NULL) - begin_us;
	return ended;
}

static void end(struct fixture *fixture)
{
	close(fixture->job.video_fd);
	close(fixture->job.image_fd);
	if (fixture->input_fd >= 0)
		close(fixture->input_fd);
	ctx_end(&fixture->cx);
}

static bool failed_for(const struct fixture *fixture, const char *slug)
{
	return fixture->cx.failure.slug != NULL && strcmp(fixture->cx.failure.slug, slug) == 0;
}

/* Runs the lie; true when it ended so, in good time, and told so. */
static bool lie_ends(enum lie lie, enum err expected, const char *slug)
{
	struct fixture fixture;
	begin(&fixture, LYING_WORKER, lie);
	enum err ended = run(&fixture);
	bool right = ended == expected && (slug == NULL || failed_for(&fixture, slug)) && fixture.took_us < 4 * SECOND_US;
	if (!right)
		printf("# %s, %s: %s\n", err_name(ended), fixture.cx.failure.slug ? fixture.cx.failure.slug : "", fixture.cx.failure.text);
	end(&fixture);
	return right;
}

static int open_descriptors(void)
{
	int count = 0;
	DIR *folder = opendir("/proc/self/fd");
	if (folder == NULL)
		return -1;
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count;
}

TEST(an_honest_worker_is_believed)
{
	struct fixture fixture;
	begin(&fixture, LYING_WORKER, LIE_NONE);
	enum err ended = run(&fixture);
	EXPECT(ended == OK && fixture.result.done.width == 720 && fixture.result.done.video_bytes == strlen(ANSWER));
	end(&fixture);
}
TEST(an_empty_input_needs_no_worker)
{
	struct fixture fixture;
	begin(&fixture, "/nonexistent/amanat-media", 0);
	EXPECT(run(&fixture) == E_INVALID && failed_for(&fixture, "empty"));
	end(&fixture);
}
TEST(a_missing_program_is_our_failure)
{
	struct fixture fixture;
	begin(&fixture, "/nonexistent/amanat-media", LIE_NONE);
	EXPECT(run(&fixture) == E_IO);
	end(&fixture);
}
TEST(a_program_that_is_no_worker_is_our_failure)
{
	/* Sometimes it is gone before its job could be given to it, and sometimes only afterwards: told alike. */
	for (int i = 0; i < 20; i++) {
		struct fixture fixture;
		begin(&fixture, "/bin/true", LIE_NONE);
		EXPECT(run(&fixture) == E_IO && strstr(fixture.cx.failure.text, "ended before it began"));
		end(&fixture);
	}
}
TEST(nonsense_before_the_start_is_our_failure) { CHECK(lie_ends(LIE_GARBAGE_FIRST, E_IO, NULL)); }
TEST(death_before_the_start_is_our_failure) { CHECK(lie_ends(LIE_DEATH_FIRST, E_IO, NULL)); }
TEST(nonsense_ends_the_job) { CHECK(lie_ends(LIE_GARBAGE, E_INVALID, "worker-failed")); }
TEST(a_long_message_ends_the_job) { CHECK(lie_ends(LIE_LONG_MESSAGE, E_INVALID, "worker-failed")); }
TEST(a_second_start_ends_the_job) { CHECK(lie_ends(LIE_TWO_STARTS, E_INVALID, "worker-failed")); }
TEST(a_read_beyond_the_input_ends_the_job) { CHECK(lie_ends(LIE_READ_BEYOND, E_INVALID, "worker-failed")); }
TEST(a_read_of_too_much_ends_the_job) { CHECK(lie_ends(LIE_READ_TOO_MUCH, E_INVALID, "worker-failed")); }
TEST(an_unknown_reason_ends_the_job) { CHECK(lie_ends(LIE_UNKNOWN_REASON, E_INVALID, "worker-failed")); }
TEST(a_size_that_is_not_the_files_ends_the_job) { CHECK(lie_ends(LIE_WRONG_SIZE, E_INVALID, "worker-failed")); }
TEST(a_worker_that_takes_no_answer_meets_the_wall_clock) { CHECK(lie_ends(LIE_NEVER_LISTENS, E_INVALID, "time-limit")); }
TEST(endless_progress_meets_the_wall_clock) { CHECK(lie_ends(LIE_ENDLESS_PROGRESS, E_INVALID, "time-limit")); }
TEST(silence_meets_the_wall_clock) { CHECK(lie_ends(LIE_SILENCE, E_INVALID, "time-limit")); }
TEST(a_crash_is_told) { CHECK(lie_ends(LIE_DEATH, E_INVALID, "worker-failed")); }
TEST(the_end_of_its_processor_time_is_told) { CHECK(lie_ends(LIE_DEATH_BY_TIME, E_INVALID, "time-limit")); }
TEST(a_worker_that_was_killed_says_nothing_of_the_file) { CHECK(lie_ends(LIE_DEATH_BY_OTHERS, E_IO, NULL)); }
TEST(who_hangs_up_and_stays_is_killed) { CHECK(lie_ends(LIE_CLOSE_AND_STAY, E_INVALID, "worker-failed")); }
TEST(who_stays_after_the_work_is_killed) { CHECK(lie_ends(LIE_STAYS, OK, NULL)); }
TEST(it_has_its_descriptors_and_no_other)
{
	int extra = dup(0), far = fcntl(0, F_DUPFD, 200);      /* not close-on-exec: as a careless library leaves them */
	bool right = lie_ends(LIE_COUNTS_DESCRIPTORS, OK, NULL);
	close(extra);
	close(far);
	CHECK(right);
}
TEST(what_it_says_is_cut_and_cleaned)
{
	struct fixture fixture;
	begin(&fixture, LYING_WORKER, LIE_TALKATIVE);
	enum err ended = run(&fixture);
	EXPECT(ended == OK && strlen(fixture.said) < 1024 && strchr(fixture.said, '\x1b') == NULL && fixture.said[0] == 'x');
	end(&fixture);
}
TEST(a_result_is_written_only_on_success)
{
	struct fixture fixture;
	begin(&fixture, LYING_WORKER, LIE_WRONG_SIZE);
	fixture.result.done.width = 77;
	EXPECT(run(&fixture) == E_INVALID && fixture.result.done.width == 77);
	end(&fixture);
}

static void *raise_flag(void *flag)
{
	usleep(200'000);
	atomic_store((atomic_bool *)flag, true);
	return NULL;
}
TEST(a_stop_ends_it_at_once)
{
	struct fixture fixture;
	atomic_bool stop = false;
	pthread_t thread;
	begin(&fixture, LYING_WORKER, LIE_SILENCE);
	fixture.job.stop = &stop;
	fixture.job.wall_seconds = 60;
	CHECK(pthread_create(&thread, NULL, raise_flag, &stop) == 0);
	enum err ended = run(&fixture);
	pthread_join(thread, NULL);
	EXPECT(ended == E_BUSY && fixture.took_us < SECOND_US);
	end(&fixture);
}
TEST(spawning_survives_every_fault)
{
	unsigned clean = 0;
	for (unsigned nth = 1; nth < 50 && clean == 0; nth++) {
		struct fixture fixture;
		begin(&fixture, LYING_WORKER, LIE_NONE);
		fixture.cx.faults = &fixture.faults;
		fault_arm(&fixture.faults, nth);
		enum err ended = run(&fixture);
		clean += ended == OK;
		bool right = EXPECT(ended == OK || (ended == E_IO && fixture.cx.failure.text[0] != 0));
		end(&fixture);
		CHECK(right);
	}
	CHECK(clean == 1);
}
TEST(many_runs_leave_no_descriptor_and_no_process)
{
	int before = open_descriptors();
	for (int i = 0; i < 20; i++)
		CHECK(lie_ends(i % 2 == 0 ? LIE_NONE : LIE_GARBAGE, i % 2 == 0 ? OK : E_INVALID, NULL));
	CHECK(open_descriptors() == before);
	CHECK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

static bool has_child(void)
{
	siginfo_t info;
	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}
static bool childless_soon(void)
{
	for (int i = 0; i < 10'000 && has_child(); i++)
		usleep(1000);
	return !has_child();
}
static struct worker_process get_spare(struct spare *spare)
{
	struct worker_process process = WORKER_PROCESS_NONE;
	spare_want(spare);
	for (int i = 0; i < 10'000 && process.pid == 0; i++) {
		usleep(1000);
		process = spare_take(spare);
	}
	return process;
}

TEST(a_spare_worker_takes_the_job)
{
	struct fixture fixture;
	struct spare *spare = NULL;
	begin(&fixture, "/nonexistent/amanat-media", LIE_COUNTS_DESCRIPTORS);
	bool right = EXPECT(spare_open(&fixture.cx, LYING_WORKER, 60 * SECOND_US, &spare) == OK);
	fixture.job.spare = get_spare(spare);
	right = right && EXPECT(fixture.job.spare.pid > 0 && run(&fixture) == OK && fixture.result.done.width == 720);
	spare_close(&spare);
	end(&fixture);
	CHECK(right && !has_child());
}
TEST(a_spare_worker_that_died_is_replaced)
{
	struct fixture fixture;
	struct spare *spare = NULL;
	begin(&fixture, LYING_WORKER, LIE_NONE);
	bool right = EXPECT(spare_open(&fixture.cx, LYING_WORKER, 60 * SECOND_US, &spare) == OK);
	fixture.job.spare = get_spare(spare);
	kill(fixture.job.spare.pid, SIGKILL);
	siginfo_t info;
	waitid(P_PID, (id_t)fixture.job.spare.pid, &info, WEXITED | WNOWAIT);
	right = right && EXPECT(run(&fixture) == OK && fixture.result.done.width == 720);
	spare_close(&spare);
	end(&fixture);
	CHECK(right && !has_child());
}
TEST(a_spare_worker_that_nobody_wants_any_more_goes)
{
	struct fixture fixture;
	struct spare *spare = NULL;
	begin(&fixture, LYING_WORKER, LIE_NONE);
	CHECK(spare_open(&fixture.cx, LYING_WORKER, SECOND_US / 10, &spare) == OK);
	spare_want(spare);
	for (int i = 0; i < 10'000 && !has_child(); i++)
		usleep(1000);
	EXPECT(has_child() && childless_soon() && spare_take(spare).pid == 0);
	spare_close(&spare);
	end(&fixture);
}
TEST(a_spare_worker_ends_with_its_keeper)
{
	struct fixture fixture;
	struct spare *spare = NULL;
	int before = open_descriptors();
	begin(&fixture, LYING_WORKER, LIE_NONE);
	CHECK(spare_open(&fixture.cx, LYING_WORKER, 60 * SECOND_US, &spare) == OK);
	spare_want(spare);
	for (int i = 0; i < 10'000 && !has_child(); i++)
		usleep(1000);
	EXPECT(has_child());
	spare_close(&spare);
	end(&fixture);
	CHECK(!has_child() && open_descriptors() == before);
}
TEST(no_spare_worker_is_no_failure)
{
	struct fixture fixture;
	struct spare *spare = NULL;
	begin(&fixture, LYING_WORKER, LIE_NONE);
	CHECK(spare_open(&fixture.cx, "/nonexistent/amanat-media", 60 * SECOND_US, &spare) == OK);
	spare_want(spare);
	usleep(10'000);
	fixture.job.spare = spare_take(spare);
	EXPECT(fixture.job.spare.pid == 0 && run(&fixture) == OK);
	spare_close(&spare);
	end(&fixture);
}

TEST(the_real_worker_refuses_what_is_no_video)
{
	struct fixture fixture;
	begin(&fixture, AMANAT_MEDIA, 5000);
	fixture.job.wall_seconds = 30;
	EXPECT(run(&fixture) == E_INVALID && failed_for(&fixture, "format-unsupported"));
	end(&fixture);
}
TEST(an_error_of_the_store_is_passed_on)
{
	struct fixture fixture;
	begin(&fixture, AMANAT_MEDIA, 5000);
	fixture.read_error = E_CORRUPT;
	fixture.job.wall_seconds = 30;
	EXPECT(run(&fixture) == E_CORRUPT);
	end(&fixture);
}
TEST(the_real_worker_repacks_a_phones_clip)
{
	struct stat status;
	if (stat(CLIP, &status) != 0)
		SKIP("../shared is not here");
	struct fixture fixture;
	begin(&fixture, AMANAT_MEDIA, status.st_size);
	fixture.input_fd = open(CLIP, O_RDONLY | O_CLOEXEC);
	fixture.job.wall_seconds = 30;
	enum err ended = run(&fixture);
	const struct worker_done *done = &fixture.result.done;
	EXPECT(ended == OK && done->repacked == 1 && done->has_sound == 1 && done->width == 404 && done->height == 720);
	EXPECT(done->duration_ms > 11500 && done->duration_ms < 12500 && fixture.progress > 0);
	end(&fixture);
}

static const struct worker_job_message a_job = { .version = WORKER_VERSION, .kind = WORKER_VIDEO, .input_bytes = 1000,
	.limits = { .out_bytes = 1 << 20, .side = 4096, .clip_seconds = 180, .frame_rate = 60 } };

TEST(a_message_parses_at_its_exact_size_only)
{
	struct worker_message message = { .answer = WORKER_PROGRESS }, out;
	size_t right = worker_message_bytes(WORKER_PROGRESS);
	for (size_t n = 0; n <= sizeof message; n++)
		CHECK(worker_message_parse(&a_job, &message, n, &out) == (n == right));
}
TEST(a_field_out_of_range_is_refused)
{
	struct worker_message good = { .answer = WORKER_DONE }, out;
	good.done = (struct worker_done){ .width = 720, .height = 1280, .duration_ms = 181000, .colour = 0xffffff, .has_sound = 1,
		.image_width = 720, .image_height = 1280, .video_bytes = 1 << 20, .image_bytes = 1 };
	size_t n = worker_message_bytes(WORKER_DONE);
	CHECK(worker_message_parse(&a_job, &good, n, &out));
	const struct { uint32_t *field; uint32_t wrong; } cases[] = {
		{ &good.zero, 1 }, { &good.done.width, 0 }, { &good.done.width, 4097 }, { &good.done.height, 4097 },
		{ &good.done.duration_ms, 181001 }, { &good.done.colour, 0x1000000 }, { &good.done.has_sound, 2 },
		{ &good.done.repacked, 2 }, { &good.done.image_width, 0 }, { &good.done.image_height, 5000 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint32_t right = *cases[i].field;
		*cases[i].field = cases[i].wrong;
		CHECK(!worker_message_parse(&a_job, &good, n, &out));
		*cases[i].field = right;
	}
	good.done.video_bytes = (1 << 20) + 1;
	CHECK(!worker_message_parse(&a_job, &good, n, &out));
}
TEST(a_request_outside_the_input_is_refused)
{
	const struct { struct worker_read request; bool valid; } cases[] = {
		{ { .offset = 0, .bytes = 1 }, true }, { { .offset = 999, .bytes = WORKER_READ_MAX }, true },
		{ { .offset = 1000, .bytes = 1 }, false }, { { .offset = -1, .bytes = 1 }, false },
		{ { .offset = 0, .bytes = 0 }, false }, { { .offset = 0, .bytes = WORKER_READ_MAX + 1 }, false },
		{ { .offset = 0, .bytes = 1, .zero = 1 }, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK(worker_read_valid(&a_job, &cases[i].request) == cases[i].valid);
}
TEST(a_job_whose_part_makes_no_sense_is_refused)
{
	const struct { uint32_t kind; struct worker_trim trim; bool valid; } cases[] = {
		{ WORKER_VIDEO, {}, true }, { WORKER_VIDEO, { .start_ms = 5, .end_ms = 6, .cover = 9 }, true },
		{ WORKER_VIDEO, { .start_ms = UINT32_MAX }, true }, { WORKER_VIDEO, { .start_ms = 6, .end_ms = 6 }, false },
		{ WORKER_VIDEO, { .zero = 1 }, false }, { WORKER_COVER, { .cover = 1 }, true }, { WORKER_COVER, {}, false },
		{ WORKER_COVER, { .cover = 1, .end_ms = 5 }, false }, { WORKER_IMAGE, {}, true }, { WORKER_IMAGE, { .cover = 1 }, false },
		{ WORKER_COVER + 1, {}, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct worker_job_message job = a_job, out;
		job.kind = cases[i].kind;
		job.trim = cases[i].trim;
		CHECK(worker_job_parse(&job, sizeof job, &out) == cases[i].valid);
	}
}
TEST(every_reason_has_a_slug_and_a_sentence)
{
	for (enum media_reason reason = REASON_NONE + 1; reason < REASON_END; reason++) {
		const char *slug = media_reason_slug(reason), *sentence = media_reason_sentence(reason);
		CHECK(slug[0] != 0 && strspn(slug, "abcdefghijklmnopqrstuvwxyz-") == strlen(slug));
		CHECK(strlen(sentence) > 20 && strlen(sentence) < FAILURE_TEXT_MAX && sentence[strlen(sentence) - 1] == '.');
	}
}

int main(void)
{
	RUN(a_message_parses_at_its_exact_size_only);
	RUN(a_field_out_of_range_is_refused);
	RUN(a_request_outside_the_input_is_refused);
	RUN(a_job_whose_part_makes_no_sense_is_refused);
	RUN(every_reason_has_a_slug_and_a_sentence);
	RUN(an_honest_worker_is_believed);
	RUN(an_empty_input_needs_no_worker);
	RUN(a_missing_program_is_our_failure);
	RUN(a_program_that_is_no_worker_is_our_failure);
	RUN(nonsense_before_the_start_is_our_failure);
	RUN(death_before_the_start_is_our_failure);
	RUN(nonsense_ends_the_job);
	RUN(a_long_message_ends_the_job);
	RUN(a_second_start_ends_the_job);
	RUN(a_read_beyond_the_input_ends_the_job);
	RUN(a_read_of_too_much_ends_the_job);
	RUN(an_unknown_reason_ends_the_job);
	RUN(a_size_that_is_not_the_files_ends_the_job);
	RUN(a_worker_that_takes_no_answer_meets_the_wall_clock);
	RUN(endless_progress_meets_the_wall_clock);
	RUN(silence_meets_the_wall_clock);
	RUN(a_crash_is_told);
	RUN(the_end_of_its_processor_time_is_told);
	RUN(a_worker_that_was_killed_says_nothing_of_the_file);
	RUN(who_hangs_up_and_stays_is_killed);
	RUN(who_stays_after_the_work_is_killed);
	RUN(it_has_its_descriptors_and_no_other);
	RUN(what_it_says_is_cut_and_cleaned);
	RUN(a_result_is_written_only_on_success);
	RUN(a_stop_ends_it_at_once);
	RUN(spawning_survives_every_fault);
	RUN(many_runs_leave_no_descriptor_and_no_process);
	RUN(a_spare_worker_takes_the_job);
	RUN(a_spare_worker_that_died_is_replaced);
	RUN(a_spare_worker_that_nobody_wants_any_more_goes);
	RUN(a_spare_worker_ends_with_its_keeper);
	RUN(no_spare_worker_is_no_failure);
	RUN(the_real_worker_refuses_what_is_no_video);
	RUN(an_error_of_the_store_is_passed_on);
	RUN(the_real_worker_repacks_a_phones_clip);
	return tap_end();
}

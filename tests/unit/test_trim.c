/* The part of a clip that its author chose: what makes sense passes, anything else is told apart before it is stored. */
#include "media/trim.h"
#include "tap.h"

#define LONGEST_MS 180'000

static bool passes(struct trim trim)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	const enum err outcome = trim_check(&cx, &trim, LONGEST_MS);
	return outcome == OK || !EXPECT(outcome == E_INVALID && str_eq(str_of(cx.failure.slug), STR("trim-invalid")));
}

TEST(a_part_that_makes_sense_passes)
{
	static const struct trim good[] = {
		{}, { .start_ms = 1 }, { .end_ms = TRIM_LEAST_MS }, { .start_ms = 5000, .end_ms = 5000 + TRIM_LEAST_MS },
		{ .start_ms = 300'000, .end_ms = 300'000 + LONGEST_MS }, { .start_ms = 300'000 }, { .cover = 1 },
		{ .start_ms = 1000, .end_ms = 4000, .cover = 3001 }, { .cover = LONGEST_MS + 1 },
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		CHECK(passes(good[i]));
}

TEST(a_part_that_does_not_is_refused)
{
	static const struct trim bad[] = {
		{ .start_ms = -1 }, { .end_ms = -1 }, { .start_ms = INT64_MAX }, { .end_ms = INT64_MAX }, { .start_ms = INT64_MIN },
		{ .end_ms = TRIM_LEAST_MS - 1 }, { .start_ms = 5000, .end_ms = 4000 }, { .start_ms = 5000, .end_ms = 5000 },
		{ .end_ms = LONGEST_MS + 1 }, { .start_ms = 10, .end_ms = LONGEST_MS + 11 }, { .cover = -1 }, { .cover = INT64_MAX },
		{ .start_ms = 1000, .end_ms = 4000, .cover = 3002 }, { .cover = LONGEST_MS + 2 },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!passes(bad[i]));
}

TEST(what_passes_is_a_job_that_the_worker_takes)
{
	const struct trim trim = { .start_ms = 1500, .end_ms = 9000, .cover = 2001 };
	struct worker_job_message job = { .version = WORKER_VERSION, .kind = WORKER_VIDEO, .input_bytes = 1,
		.limits = worker_limits_default(), .trim = trim_for_worker(&trim) }, out;
	CHECK(worker_job_parse(&job, sizeof job, &out) && out.trim.start_ms == 1500 && out.trim.end_ms == 9000 && out.trim.cover == 2001);
}

int main(void)
{
	RUN(a_part_that_makes_sense_passes);
	RUN(a_part_that_does_not_is_refused);
	RUN(what_passes_is_a_job_that_the_worker_takes);
	return tap_end();
}

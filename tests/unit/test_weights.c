/* What is remembered of a rank is never older than it may be. */
#include "store/weights.h"
#include "tap.h"

#define SUBJECTS 5000
#define FIRST INT64_C(62000000000000000)

static int64_t subject(int64_t i)
{
	return FIRST + i * 4194304 + i % 7;
}

TEST(what_was_put_is_got_for_that_subject_alone)
{
	struct weights *weights = weights_new();
	unsigned weight = 99, known = 0;
	CHECK(!weights_get(weights, subject(1), &weight) && !weights_get(weights, 0, &weight) && weight == 99);
	for (int64_t i = 0; i < SUBJECTS; i++)
		weights_put(weights, subject(i), (unsigned)(i % 40), weights_mark(weights));
	for (int64_t i = 0; i < SUBJECTS; i++) {
		if (!weights_get(weights, subject(i), &weight))
			continue;              /* a later one has taken its place */
		CHECK(weight == (unsigned)(i % 40));
		known++;
	}
	CHECK(known > SUBJECTS * 9 / 10);
	for (int64_t i = SUBJECTS; i < 50 * SUBJECTS; i++)
		CHECK(!weights_get(weights, subject(i), &weight));
	weights_put(weights, subject(1), 1000, weights_mark(weights));
	CHECK(weights_get(weights, subject(1), &weight) && weight == WEIGHT_MAX);
	weights_free(&weights);
}

TEST(what_has_changed_is_forgotten_and_the_rest_is_not)
{
	struct weights *weights = weights_new();
	unsigned weight;
	weights_put(weights, subject(1), 1, weights_mark(weights));
	weights_put(weights, subject(2), 2, weights_mark(weights));
	weights_note(weights, subject(1));
	CHECK(weights_get(weights, subject(1), &weight));      /* not committed yet */
	weights_forget_noted(weights);
	CHECK(!weights_get(weights, subject(1), &weight) && weights_get(weights, subject(2), &weight) && weight == 2);
	for (int64_t i = 0; i < 3 * SUBJECTS; i++)
		weights_note(weights, subject(100 + i));
	weights_forget_noted(weights);
	CHECK(!weights_get(weights, subject(2), &weight));     /* too many to tell apart */
	weights_put(weights, subject(2), 2, weights_mark(weights));
	weights_forget_noted(weights);
	CHECK(weights_get(weights, subject(2), &weight));
	weights_free(&weights);
}

TEST(what_was_read_before_a_change_is_not_put_after_it)
{
	struct weights *weights = weights_new();
	unsigned weight;
	const uint64_t mark = weights_mark(weights);
	weights_note(weights, subject(1));
	weights_forget_noted(weights);
	weights_put(weights, subject(1), 1, mark);
	CHECK(!weights_get(weights, subject(1), &weight));
	weights_put(weights, subject(1), 1, weights_mark(weights));
	CHECK(weights_get(weights, subject(1), &weight));
	weights_free(&weights);
}

TEST(nothing_stands_longer_than_it_may)
{
	struct weights *weights = weights_new();
	unsigned weight;
	weights_stand(weights, 1000);
	weights_put(weights, subject(1), 1, weights_mark(weights));
	weights_stand(weights, 1000 + WEIGHTS_STAND_US - 1);
	CHECK(weights_get(weights, subject(1), &weight));
	weights_stand(weights, 1000 + WEIGHTS_STAND_US);
	CHECK(!weights_get(weights, subject(1), &weight));
	weights_free(&weights);
}

int main(void)
{
	RUN(what_was_put_is_got_for_that_subject_alone);
	RUN(what_has_changed_is_forgotten_and_the_rest_is_not);
	RUN(what_was_read_before_a_change_is_not_put_after_it);
	RUN(nothing_stands_longer_than_it_may);
	return tap_end();
}

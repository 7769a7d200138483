/* Who may upload at this moment. */
#include "media/admission.h"
#include "tap.h"

#define MOST 16

static int admitted(struct ctx *cx, struct admission *admission, int64_t person)
{
	int count = 0;
	while (count <= MOST && admission_enter(cx, admission, person) == OK)
		count++;
	return count;
}

TEST(who_is_alone_gets_half_and_leaves_room_for_whoever_comes)
{
	struct ctx cx = {};
	struct admission *admission AUTO(admission_free) = admission_new(MOST);
	CHECK(admitted(&cx, admission, 1) == 8);
	CHECK(cx.failure.code == E_BUSY && cx.failure.retry_seconds >= 1 && cx.failure.retry_seconds <= 30);
	CHECK(admitted(&cx, admission, 2) == 4 && admitted(&cx, admission, 3) == 2);
	CHECK(admitted(&cx, admission, 4) == 1 && admitted(&cx, admission, 5) == 1 && admitted(&cx, admission, 6) == 0);
}

TEST(as_many_people_as_there_are_places_get_one_each)
{
	struct ctx cx = {};
	struct admission *admission AUTO(admission_free) = admission_new(MOST);
	struct admission_stats stats;
	for (int64_t person = 1; person <= MOST; person++)
		CHECK(admission_enter(&cx, admission, person) == OK);
	CHECK(admission_enter(&cx, admission, 99) == E_BUSY);
	admission_leave(admission, 7, clock_boot_us(NULL));
	CHECK(admission_enter(&cx, admission, 1) == E_BUSY);   /* has one, and one is free */
	CHECK(admission_enter(&cx, admission, 99) == OK);
	admission_read_stats(admission, &stats);
	CHECK(stats.arriving == MOST && stats.turned_away == 2);
}

TEST(what_was_held_comes_back_whole)
{
	struct ctx cx = {};
	struct admission *admission AUTO(admission_free) = admission_new(MOST);
	for (int round = 0; round < 100; round++) {
		int held[5] = {};
		for (int64_t person = 1; person <= 4; person++)
			held[person] = admitted(&cx, admission, person);
		CHECK(held[1] == 8 && held[2] == 4);
		for (int64_t person = 4; person >= 1; person--)
			for (int i = 0; i < held[person]; i++)
				admission_leave(admission, person, clock_boot_us(NULL));
	}
	struct admission_stats stats;
	admission_read_stats(admission, &stats);
	CHECK(stats.arriving == 0);
}

TEST(one_is_asked_to_come_again_after_about_as_long_as_others_have_needed)
{
	struct ctx cx = {};
	struct admission *admission AUTO(admission_free) = admission_new(4);
	for (int i = 0; i < 100; i++) {
		CHECK(admission_enter(&cx, admission, 1) == OK);
		admission_leave(admission, 1, clock_boot_us(NULL) - 10 * SECOND_US);
	}
	admitted(&cx, admission, 1);
	CHECK(cx.failure.retry_seconds >= 10 && cx.failure.retry_seconds <= 22);
}

int main(void)
{
	RUN(who_is_alone_gets_half_and_leaves_room_for_whoever_comes);
	RUN(as_many_people_as_there_are_places_get_one_each);
	RUN(what_was_held_comes_back_whole);
	RUN(one_is_asked_to_come_again_after_about_as_long_as_others_have_needed);
	return tap_end();
}

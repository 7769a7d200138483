/* Limits, reports, moderation. */
#include "social_fixture.h"

#include "safety/moderation.h"
#include "safety/operator.h"
#include "safety/report.h"

static const struct stmt SQL_test_sealed = { "test_sealed",
	"SELECT count(*) FROM report WHERE instr(sealed, $1) > 0", PERSONAL_DB };

/* --- limits --- */

static unsigned until_refused(struct world *w, enum rate rate, const char *peer, int64_t *retry)
{
	for (unsigned i = 0; i < 100'000; i++)
		if (limit_take(&w->cx, rate, str_of(peer), retry) != OK)
			return i;
	return 100'000;
}

TEST(one_may_as_often_as_the_settings_say_and_again_later)
{
	struct world w;
	int64_t retry = 0;
	world_open(&w);
	fresh(&w);
	CHECK(until_refused(&w, RATE_SIGN_UP, "192.0.2.7", &retry) == (unsigned)w.config->limits_sign_up_per_hour);
	CHECK(retry > 0 && retry <= 3600 / w.config->limits_sign_up_per_hour + 1);
	CHECK(w.cx.failure.code == E_LIMIT && w.cx.failure.retry_seconds == retry);
	w.ahead_us += retry * SECOND_US;
	CHECK(until_refused(&w, RATE_SIGN_UP, "192.0.2.7", &retry) == 1);
	world_close(&w);
}

TEST(an_address_block_is_one_and_other_blocks_are_others)
{
	struct world w;
	int64_t retry = 0;
	world_open(&w);
	fresh(&w);
	until_refused(&w, RATE_SIGN_UP, "192.0.2.7", &retry);
	CHECK(limit_take(&w.cx, RATE_SIGN_UP, STR("192.0.2.200"), &retry) == E_LIMIT);
	CHECK(limit_take(&w.cx, RATE_SIGN_UP, STR("::ffff:192.0.2.9"), &retry) == E_LIMIT);
	CHECK(limit_take(&w.cx, RATE_SIGN_UP, STR("192.0.3.7"), &retry) == OK);
	until_refused(&w, RATE_SIGN_UP, "2001:db8:1:2::3", &retry);
	CHECK(limit_take(&w.cx, RATE_SIGN_UP, STR("2001:db8:1:ffff::9"), &retry) == E_LIMIT);
	CHECK(limit_take(&w.cx, RATE_SIGN_UP, STR("2001:db8:2::3"), &retry) == OK);
	until_refused(&w, RATE_SIGN_UP, "no address", &retry);
	CHECK(limit_take(&w.cx, RATE_SIGN_UP, STR("nor this"), &retry) == E_LIMIT);
	world_close(&w);
}

TEST(who_is_signed_in_is_counted_by_account)
{
	struct world w;
	int64_t retry = 0;
	world_open(&w);
	struct actor asha = { .account = 1 }, bela = { .account = 2 };
	as(&w, &asha);
	CHECK(until_refused(&w, RATE_WRITE, "192.0.2.7", &retry) == (unsigned)w.config->limits_write_per_minute);
	CHECK(limit_take(&w.cx, RATE_WRITE, STR("198.51.100.1"), &retry) == E_LIMIT);
	CHECK(limit_take(&w.cx, RATE_READ, STR("198.51.100.1"), &retry) == OK);
	as(&w, &bela);
	CHECK(limit_take(&w.cx, RATE_WRITE, STR("192.0.2.7"), &retry) == OK);
	world_close(&w);
}

/* Every class but the free one, for strangers and for somebody. */
TEST(who_waits_as_long_as_is_said_gets_through_and_who_comes_earlier_does_not)
{
	struct world w;
	world_open(&w);
	const struct {
		enum rate rate;
		int64_t most, seconds;
		bool counts_asking;
	} classes[] = {
		{ RATE_READ, w.config->limits_read_per_minute, 60, true }, { RATE_WRITE, w.config->limits_write_per_minute, 60, true },
		{ RATE_MEDIA, w.config->limits_media_per_minute, 60, true }, { RATE_SIGN_UP, w.config->limits_sign_up_per_hour, 3600, true },
		{ RATE_UPLOAD, w.config->limits_upload_per_day, 86400, true }, { RATE_SIGN_IN, w.config->limits_sign_in_per_hour, 3600, false },
		{ RATE_WITNESS, w.config->limits_witness_per_minute, 60, true },
	};
	CHECK(sizeof classes / sizeof *classes == RATE_CLASSES - 2);   /* all but unset and none */
	struct actor asha = { .account = 1 };
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		for (int signed_in = 0; signed_in < 2; signed_in++) {
			int64_t retry = 0, until_us = 0;
			if (signed_in)
				as(&w, &asha);
			else
				fresh(&w);
			if (classes[i].counts_asking)
				CHECK(until_refused(&w, classes[i].rate, "203.0.113.9", &retry) >= (unsigned)classes[i].most);
			for (int64_t failures = 0; !classes[i].counts_asking && failures < classes[i].most; failures++)
				limit_sign_in_failed(&w.cx, STR("nobody"), STR("203.0.113.9"));
			CHECK(limit_take(&w.cx, classes[i].rate, STR("203.0.113.9"), &retry) == E_LIMIT);
			CHECK(retry >= 1 && retry <= classes[i].seconds / classes[i].most + 1);
			until_us = w.ahead_us + retry * SECOND_US;
			w.ahead_us = until_us - SECOND_US - SECOND_US / 2;     /* the clock runs meanwhile; rounding gives at most a second */
			if (retry > 1)
				CHECK(limit_take(&w.cx, classes[i].rate, STR("203.0.113.9"), &retry) == E_LIMIT);
			w.ahead_us = until_us;
			CHECK(limit_take(&w.cx, classes[i].rate, STR("203.0.113.9"), &retry) == OK);
			w.ahead_us += 2 * DAY_US;      /* and all are full again */
		}
	world_close(&w);
}

TEST(many_accounts_behind_one_block_are_one_flood_and_who_is_elsewhere_goes_on)
{
	struct world w;
	int64_t retry = 0, refused_at = 0;
	world_open(&w);
	const int64_t most = w.config->limits_write_per_minute, times = w.config->limits_block_times;
	for (int64_t account = 1; account <= times + 1 && !refused_at; account++) {
		struct actor one = { .account = account };
		as(&w, &one);
		for (int64_t i = 0; i < most; i++)
			if (limit_take(&w.cx, RATE_WRITE, STR("198.51.100.7"), &retry) != OK) {
				refused_at = account;
				break;
			}
	}
	CHECK(refused_at == times + 1 && retry >= 1);
	CHECK(limit_take(&w.cx, RATE_WRITE, STR("192.0.2.1"), &retry) == OK);      /* the same account from elsewhere */
	struct actor other = { .account = 9999 };
	as(&w, &other);
	CHECK(limit_take(&w.cx, RATE_WRITE, STR("198.51.100.8"), &retry) == E_LIMIT);
	CHECK(until_refused(&w, RATE_WRITE, "192.0.2.1", &retry) == (unsigned)most);       /* that cost it nothing of its own */
	world_close(&w);
}

TEST(free_classes_are_free)
{
	struct world w;
	int64_t retry = 77;
	world_open(&w);
	fresh(&w);
	CHECK(until_refused(&w, RATE_NONE, "192.0.2.7", &retry) == 100'000 && retry == 77);
	world_close(&w);
}

TEST(failed_sign_ins_are_counted_by_name_and_by_block)
{
	struct world w;
	int64_t retry;
	world_open(&w);
	fresh(&w);
	for (int i = 0; i < w.config->limits_sign_in_per_hour; i++) {
		char peer[32];
		snprintf(peer, sizeof peer, "10.0.%d.1", i);
		CHECK(limit_sign_in(&w.cx, STR("Asha"), str_of(peer), &retry) == OK);
		limit_sign_in_failed(&w.cx, STR("Asha"), str_of(peer));
	}
	CHECK(limit_sign_in(&w.cx, STR("asha"), STR("172.16.0.1"), &retry) == E_LIMIT);
	CHECK(limit_sign_in(&w.cx, STR("bela"), STR("172.16.0.1"), &retry) == OK);
	for (int i = 0; i < w.config->limits_sign_in_per_hour; i++) {
		char handle[32];
		snprintf(handle, sizeof handle, "person%d", i);
		limit_sign_in_failed(&w.cx, str_of(handle), STR("172.16.5.1"));
	}
	CHECK(limit_sign_in(&w.cx, STR("chitra"), STR("172.16.5.9"), &retry) == E_LIMIT);
	CHECK(limit_take(&w.cx, RATE_SIGN_IN, STR("172.16.5.9"), &retry) == E_LIMIT);
	CHECK(limit_take(&w.cx, RATE_SIGN_IN, STR("172.16.6.9"), &retry) == OK);
	w.ahead_us += HOUR_US;
	CHECK(limit_sign_in(&w.cx, STR("asha"), STR("172.16.5.9"), &retry) == OK);
	world_close(&w);
}

TEST(a_flood_of_addresses_does_not_let_the_worst_go)
{
	struct world w;
	int64_t retry;
	world_open(&w);
	fresh(&w);
	until_refused(&w, RATE_SIGN_UP, "192.0.2.7", &retry);
	for (int i = 0; i < 200'000; i++) {
		char peer[32];
		snprintf(peer, sizeof peer, "%d.%d.%d.1", 11 + (i >> 16), i >> 8 & 255, i & 255);
		CHECK(limit_take(&w.cx, RATE_SIGN_UP, str_of(peer), &retry) == OK);
	}
	CHECK(limit_take(&w.cx, RATE_SIGN_UP, STR("192.0.2.7"), &retry) == E_LIMIT);
	world_close(&w);
}

TEST(the_key_of_addresses_changes_weekly)
{
	struct world w;
	int64_t retry = 0;
	world_open(&w);
	fresh(&w);
	int64_t from = clock_boot_us(NULL);
	for (int i = 0; i < 100'000; i++)
		CHECK(limit_take(&w.cx, RATE_READ, STR("192.0.2.7"), &retry) == OK || retry > 0);
	printf("# %.2f us a question\n", (double)(clock_boot_us(NULL) - from) / 100'000);
	struct actor asha = { .account = 1 };
	as(&w, &asha);
	from = clock_boot_us(NULL);
	for (int i = 0; i < 20'000; i++)
		CHECK(limit_take(&w.cx, RATE_MEDIA, STR("192.0.2.7"), &retry) == OK || retry > 0);
	printf("# %.2f us of somebody\n", (double)(clock_boot_us(NULL) - from) / 20'000);
	fresh(&w);
	w.ahead_us += 8 * DAY_US;
	CHECK(limit_take(&w.cx, RATE_READ, STR("192.0.2.7"), &retry) == OK);
	world_close(&w);
}

/* --- reports and moderation --- */

struct reporting {
	struct report_new new;
	int64_t id;
};

static enum err run_report(struct ctx *cx, void *argument)
{
	struct reporting *call = argument;
	return report_add(cx, &call->new, &call->id);
}

static enum err write_report(struct ctx *cx, const char *kind, int64_t subject, const char *reason, int64_t *id)
{
	struct reporting call = { .new = { str_of(kind), subject, str_of(reason), STR("it is not kind") } };
	TRY(writer_run(cx, run_report, &call));
	*id = call.id;
	return OK;
}

struct closing {
	int64_t report;
	struct str action;
};

static enum err run_close(struct ctx *cx, void *argument)
{
	const struct closing *call = argument;
	return moderation_close(cx, call->report, call->action);
}

static enum err write_close(struct ctx *cx, int64_t report, const char *action)
{
	struct closing call = { report, str_of(action) };
	return writer_run(cx, run_close, &call);
}

struct village {
	struct actor asha, bela, moderator;
	int64_t video, comment;
};

static struct village begin(struct world *w)
{
	struct village v;
	world_open(w);
	v.asha = sign_up(w, "asha");
	v.bela = sign_up(w, "bela");
	v.moderator = sign_up(w, "chitra");
	v.moderator.role = ROLE_MODERATOR;
	v.video = publish(w, &v.asha, "clip");
	must(w, write_comment(as(w, &v.asha), v.video, "words", &v.comment));
	return v;
}

TEST(a_report_reaches_the_desk_and_nobody_else)
{
	struct world w;
	struct report_page page;
	int64_t id;
	struct village v = begin(&w);
	CHECK(write_report(as(&w, &v.bela), "video", v.video, "abuse", &id) == OK);
	CHECK(report_list(as(&w, &v.bela), 0, &page) == E_DENIED);
	CHECK(report_list(as(&w, &v.moderator), 0, &page) == OK && page.count == 1 && page.next == 0);
	CHECK(page.items[0].id == id && page.items[0].reporter == v.bela.account && page.items[0].subject == v.video);
	CHECK(str_eq(page.items[0].text, STR("it is not kind")) && str_eq(page.items[0].reason, STR("abuse")));
	CHECK(NUMBER(&w, SQL_test_sealed, BLOB(STR("not kind"))) == 0);
	world_close(&w);
}

TEST(a_report_is_about_something_that_is_there)
{
	struct world w;
	int64_t id;
	struct village v = begin(&w);
	CHECK(write_report(as(&w, &v.bela), "video", v.comment, "abuse", &id) == E_NOTFOUND);
	CHECK(write_report(as(&w, &v.bela), "comment", v.video, "abuse", &id) == E_NOTFOUND);
	CHECK(write_report(as(&w, &v.bela), "account", 77, "abuse", &id) == E_NOTFOUND);
	CHECK(write_report(as(&w, &v.bela), "planet", v.video, "abuse", &id) == E_INVALID);
	CHECK(write_report(as(&w, &v.bela), "video", v.video, "boring", &id) == E_INVALID);
	CHECK(write_report(as(&w, &v.bela), "account", v.asha.account, "other", &id) == OK);
	world_close(&w);
}

TEST(a_report_is_closed_once_with_what_was_done)
{
	struct world w;
	struct report_page page;
	struct report report;
	struct video_view view;
	int64_t first, second;
	struct village v = begin(&w);
	must(&w, write_report(as(&w, &v.bela), "comment", v.comment, "abuse", &first));
	must(&w, write_report(as(&w, &v.bela), "video", v.video, "abuse", &second));
	CHECK(write_close(as(&w, &v.bela), second, "remove") == E_DENIED);
	CHECK(write_close(as(&w, &v.moderator), second, "explode") == E_INVALID);
	CHECK(write_close(as(&w, &v.moderator), first, "none") == OK);
	CHECK(write_close(as(&w, &v.moderator), first, "none") == E_CONFLICT);
	CHECK(write_close(as(&w, &v.moderator), 77, "none") == E_NOTFOUND);
	CHECK(video_get(fresh(&w), v.video, &view) == OK);
	CHECK(write_close(as(&w, &v.moderator), second, "remove") == OK);
	CHECK(video_get(fresh(&w), v.video, &view) == E_NOTFOUND);
	CHECK(report_list(as(&w, &v.moderator), 0, &page) == OK && page.count == 0);
	CHECK(report_get(&w.cx, second, &report) == OK && report.closed_by == v.moderator.account && str_eq(report.action, STR("remove")));
	world_close(&w);
}

TEST(removing_what_is_gone_already_closes_the_report)
{
	struct world w;
	int64_t report;
	struct village v = begin(&w);
	must(&w, write_report(as(&w, &v.bela), "comment", v.comment, "abuse", &report));
	must(&w, write_id(as(&w, &v.asha), comment_remove, v.comment));
	CHECK(write_close(as(&w, &v.moderator), report, "remove") == OK);
	CHECK(write_close(as(&w, &v.moderator), report, "remove") == E_CONFLICT);
	world_close(&w);
}

TEST(a_suspension_ends_sessions_and_hides_what_was_published)
{
	struct world w;
	struct session_token token;
	struct video_view view;
	bool touch_due;
	int64_t report;
	struct village v = begin(&w);
	must(&w, account_sign_in(fresh(&w), STR("asha"), PASSWORD, STR("web"), &token));
	must(&w, write_report(as(&w, &v.bela), "video", v.video, "abuse", &report));
	CHECK(write_close(as(&w, &v.moderator), report, "suspend") == OK);
	CHECK(session_open(fresh(&w), str_of(token.text), &touch_due) == E_ANONYMOUS);
	CHECK(video_get(fresh(&w), v.video, &view) == E_NOTFOUND);
	CHECK(write_id(as(&w, &v.bela), moderation_restore, v.asha.account) == E_DENIED);
	CHECK(write_id(as(&w, &v.moderator), moderation_restore, v.asha.account) == OK);
	CHECK(video_get(fresh(&w), v.video, &view) == OK);
	world_close(&w);
}

static enum err run_promote(struct ctx *cx, void *account)
{
	return account_set_role(cx, *(const int64_t *)account, ROLE_MODERATOR);
}

TEST(moderators_do_not_suspend_each_other)
{
	struct world w;
	struct village v = begin(&w);
	must(&w, writer_run(fresh(&w), run_promote, &v.bela.account));
	CHECK(write_id(as(&w, &v.moderator), moderation_suspend, v.bela.account) == E_DENIED);
	v.moderator.role = ROLE_OPERATOR;
	CHECK(write_id(as(&w, &v.moderator), moderation_suspend, v.bela.account) == OK);
	world_close(&w);
}

TEST(removing_an_account_blanks_its_profile)
{
	struct world w;
	struct profile profile;
	int64_t report;
	struct village v = begin(&w);
	must(&w, write_report(as(&w, &v.bela), "account", v.asha.account, "abuse", &report));
	CHECK(write_close(as(&w, &v.moderator), report, "remove") == OK);
	CHECK(profile_get(fresh(&w), v.asha.account, &profile) == OK);
	CHECK(str_eq(profile.name, STR("asha")) && profile.bio.n == 0 && profile.avatar.n == 0);
	world_close(&w);
}

static const struct stmt SQL_test_takedowns = { "test_takedowns",
	"SELECT count(*) FROM logged WHERE lines LIKE 'takedown % what=' || $1 || ' basis=rules country=- demand=-'", PUBLIC_DB };

static bool takedowns(struct world *w, int64_t videos, int64_t comments, int64_t accounts)
{
	settle(w);
	return NUMBER(w, SQL_test_takedowns, TEXT(STR("video"))) == videos && NUMBER(w, SQL_test_takedowns, TEXT(STR("comment"))) == comments &&
	       NUMBER(w, SQL_test_takedowns, TEXT(STR("account"))) == accounts;
}

TEST(what_people_take_back_is_no_takedown)
{
	struct world w;
	int64_t id, other;
	struct village v = begin(&w);
	must(&w, write_id(as(&w, &v.asha), comment_remove, v.comment));
	must(&w, write_comment(as(&w, &v.bela), v.video, "hm", &id));
	must(&w, write_id(as(&w, &v.asha), comment_remove, id));       /* the video's author */
	must(&w, write_id(as(&w, &v.asha), video_remove, v.video));
	other = publish(&w, &v.moderator, "of a moderator");
	must(&w, write_comment(as(&w, &v.bela), other, "hm", &id));
	must(&w, write_id(as(&w, &v.moderator), comment_remove, id));
	must(&w, write_id(as(&w, &v.moderator), video_remove, other));
	CHECK(takedowns(&w, 0, 0, 0));
	world_close(&w);
}

TEST(whatever_way_the_operator_takes_something_away_it_is_one_takedown)
{
	struct world w;
	int64_t id;
	struct village v = begin(&w);
	must(&w, write_id(as(&w, &v.moderator), comment_remove, v.comment));
	CHECK(takedowns(&w, 0, 1, 0));
	must(&w, write_id(as(&w, &v.moderator), video_remove, v.video));
	CHECK(takedowns(&w, 1, 1, 0));
	id = publish(&w, &v.asha, "another");
	must(&w, write_id(fresh(&w), operator_remove_video, id));
	CHECK(write_id(fresh(&w), operator_remove_video, id) == E_NOTFOUND);
	CHECK(takedowns(&w, 2, 1, 0));
	must(&w, write_id(fresh(&w), operator_suspend, v.bela.account));
	must(&w, write_id(fresh(&w), operator_suspend, v.bela.account));
	must(&w, write_id(fresh(&w), operator_close_account, v.bela.account)); /* shown no more before */
	CHECK(takedowns(&w, 2, 1, 1));
	must(&w, write_id(fresh(&w), operator_close_account, v.asha.account));
	CHECK(write_id(fresh(&w), operator_close_account, v.asha.account) == E_NOTFOUND);
	CHECK(takedowns(&w, 2, 1, 2));
	world_close(&w);
}

int main(void)
{
	RUN(one_may_as_often_as_the_settings_say_and_again_later);
	RUN(an_address_block_is_one_and_other_blocks_are_others);
	RUN(who_is_signed_in_is_counted_by_account);
	RUN(who_waits_as_long_as_is_said_gets_through_and_who_comes_earlier_does_not);
	RUN(many_accounts_behind_one_block_are_one_flood_and_who_is_elsewhere_goes_on);
	RUN(free_classes_are_free);
	RUN(failed_sign_ins_are_counted_by_name_and_by_block);
	RUN(a_flood_of_addresses_does_not_let_the_worst_go);
	RUN(the_key_of_addresses_changes_weekly);
	RUN(a_report_reaches_the_desk_and_nobody_else);
	RUN(a_report_is_about_something_that_is_there);
	RUN(a_report_is_closed_once_with_what_was_done);
	RUN(removing_what_is_gone_already_closes_the_report);
	RUN(a_suspension_ends_sessions_and_hides_what_was_published);
	RUN(moderators_do_not_suspend_each_other);
	RUN(removing_an_account_blanks_its_profile);
	RUN(what_people_take_back_is_no_takedown);
	RUN(whatever_way_the_operator_takes_something_away_it_is_one_takedown);
	return tap_end();
}

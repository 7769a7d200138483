#include "demo/demo.h"

#include <string.h>

#include "base/config.h"
#include "demo/inside.h"
#include "keys/keys.h"
#include "social/account.h"
#include "social/comment.h"
#include "social/demo.h"
#include "social/follow.h"
#include "social/like.h"
#include "social/video.h"
#include "social/watched.h"
#include "store/writer.h"

#define FOLLOWS_MIN 4
#define COMMENTS_MAX 3

unsigned demo_clips(const struct ctx *cx)
{
	return (unsigned)cx->config->demo_clips < DEMO_CLIPS ? (unsigned)cx->config->demo_clips : DEMO_CLIPS;
}

/* The same choices on every node: they show nothing of anybody. */
static uint32_t dice(uint32_t a, uint32_t b)
{
	uint32_t x = a * 2654435761u ^ (b + 1) * 2246822519u;
	x ^= x >> 15;
	x *= 2246822519u;
	return x ^ x >> 13;
}

/* --- accounts --- */

static enum err only_demo(struct ctx *cx, const struct demo_accounts *demo)
{
	struct account_page page = {};
	do {
		TRY(account_list(cx, page.next, &page));
		for (size_t i = 0; i < page.count; i++)
			if (!demo_has(demo, page.items[i].id))
				return fail_as(cx, E_CONFLICT, "demo-real-accounts",
				               "people have accounts on this node, and a demo never mixes with them: choose another folder");
	} while (page.next != 0);
	return OK;
}

/* OK with 0 when there is none by this handle, or it is no demo account. */
static enum err find(struct ctx *cx, const struct demo_accounts *demo, const char *handle, int64_t *out)
{
	struct account row;
	enum err outcome = account_by_handle(cx, str_of(handle), &row);
	if (outcome != OK && outcome != E_NOTFOUND)
		return outcome;
	*out = outcome == OK && demo_has(demo, row.id) ? row.id : 0;
	return OK;
}

static void make_password(char out[DEMO_PASSWORD_BYTES])
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789-"; /* 32 of them */
	unsigned char bytes[DEMO_PASSWORD_BYTES];
	random_bytes(bytes, sizeof bytes);
	for (int i = 0; i < DEMO_PASSWORD_BYTES - 1; i++)
		out[i] = i % 5 == 4 ? '-' : letters[bytes[i] % 31];
	out[DEMO_PASSWORD_BYTES - 1] = 0;
}

static enum err queue(struct ctx *cx, void *account)
{
	return job_add(cx, DEMO_JOB, *(int64_t *)account, cx->now_us);
}

static enum err begin_person(struct ctx *cx, const struct demo_accounts *demo, const struct demo_person *person, struct demo_begun *begun)
{
	int64_t id;
	TRY(find(cx, demo, person->handle, &id));
	if (id == 0) {
		char password[DEMO_PASSWORD_BYTES];
		make_password(password);
		struct sign_up sign_up = {
			.handle = str_of(person->handle), .password = str_of(password), .name = str_of(person->name), .role = ROLE_MEMBER, .demo = true,
		};
		TRY(account_add(cx, &sign_up, &id));
		if (strcmp(person->handle, DEMO_GUEST) == 0) {
			begun->guest_made = true;
			memcpy(begun->password, password, sizeof password);
		}
		explicit_bzero(password, sizeof password);
	}
	return writer_run(cx, queue, &id);
}

enum err demo_begin(struct ctx *cx, struct demo_begun *out)
{
	struct demo_accounts demo;
	struct demo_begun begun = { .guest_made = false };
	TRY(demo_accounts(cx, &demo));
	TRY(only_demo(cx, &demo));
	TRY(demo_fonts_there(cx));
	for (size_t i = 0; i < DEMO_PEOPLE; i++)
		TRY(begin_person(cx, &demo, &demo_people[i], &begun));
	*out = begun;
	return OK;
}

enum err demo_alone(struct ctx *cx)
{
	struct demo_accounts demo;
	TRY(demo_accounts(cx, &demo));
	return only_demo(cx, &demo);
}

enum err demo_exists(struct ctx *cx, bool *out)
{
	struct demo_accounts demo;
	TRY(demo_accounts(cx, &demo));
	*out = demo.count > 0;
	return OK;
}

/* --- who one is --- */

static enum err act_as(struct ctx *cx, int64_t account)
{
	TRY(account_grant(cx, GRANT_OPERATOR, account, &cx->actor.grant));
	cx->actor.account = account;
	cx->actor.role = ROLE_MEMBER;
	return OK;
}

/* --- a profile --- */

struct dressing {
	const struct demo_person *person;
	char avatar[BLOB_NAME_BYTES];
};

static enum err dress_work(struct ctx *cx, void *argument)
{
	const struct dressing *dressing = argument;
	const struct str bio = str_of(dressing->person->bio);
	struct me me;
	TRY(account_change(cx, &(struct account_change){ .bio = &bio }, &me));
	return account_set_avatar(cx, str_of(dressing->avatar), &me);
}

static enum err dress(struct ctx *cx, const struct demo_person *person)
{
	struct dressing dressing = { .person = person };
	struct me me;
	TRY(account_me(cx, &me));
	if (me.avatar.n > 0)
		return OK;
	TRY(demo_make_avatar(cx, person, (uint32_t)(person - demo_people), dressing.avatar));
	return writer_run(cx, dress_work, &dressing);
}

struct following {
	const struct demo_accounts *demo;
	uint32_t number;
};

static enum err follow_work(struct ctx *cx, void *argument)
{
	const struct following *following = argument;
	for (size_t i = 0; i < following->demo->count; i++)
		if (following->demo->ids[i] != cx->actor.account && dice(following->number, (uint32_t)i) % 12 < FOLLOWS_MIN)
			TRY(follow_add(cx, following->demo->ids[i]));
	return OK;
}

/* --- what others say to a clip --- */

struct answering {
	const struct demo_accounts *demo;
	uint32_t number;                       /* of the clip */
	int64_t video, author;
	const struct demo_talk *talk;
	int64_t speaker;
};

/* A moment is enough to count. */
static enum err watch_work(struct ctx *cx, void *argument)
{
	const struct view_item item = { .video = ((const struct answering *)argument)->video, .watched_ms = 1000 };
	bool first;
	return views_add(cx, &item, 1, &first);
}

static enum err like_work(struct ctx *cx, void *argument)
{
	return like_add(cx, ((const struct answering *)argument)->video);
}

static enum err comment_work(struct ctx *cx, void *argument)
{
	const struct answering *answering = argument;
	struct comment_view view;
	return comment_add(cx, answering->video, str_of(answering->talk->text), &view);
}

/* Each in a context with memory of its own. */
static enum err as_other(struct ctx *cx, int64_t account, write_work *work, struct answering *answering)
{
	AUTO(ctx_end) struct ctx scratch = *cx;
	scratch.mem = arena_new_capped(ARENA_REQUEST_BYTES);
	scratch.actor = (struct actor){ .account = 0 };
	enum err outcome = act_as(&scratch, account);
	if (outcome == OK)
		outcome = writer_run(&scratch, work, answering);
	cx->failure = scratch.failure;
	return outcome;
}

/* The i-th of what is said to a clip; nobody talks to themselves. */
static const struct demo_talk *talk_to(uint32_t number, unsigned i)
{
	const char *author = demo_clip_table[number].author;
	for (uint32_t step = 0;; step++) {
		const struct demo_talk *talk = &demo_talks[(dice(number, 7) + 4 * step) % DEMO_TALKS];
		if (strcmp(talk->handle, author) != 0 && i-- == 0)
			return talk;
	}
}

static bool was_said(const struct comment_page *there, const struct demo_talk *talk)
{
	for (size_t i = 0; i < there->count; i++)
		if (str_eq(there->items[i].comment.text, str_of(talk->text)))
			return true;
	return false;
}

/* Most have seen it, some like it.  The guest has seen nothing: whoever signs in so finds every clip in the feed. */
static enum err react(struct ctx *cx, struct answering *answering)
{
	const struct demo_accounts *demo = answering->demo;
	int64_t guest;
	TRY(find(cx, demo, DEMO_GUEST, &guest));
	for (size_t i = 0; i < demo->count; i++) {
		if (demo->ids[i] == answering->author)
			continue;
		if (demo->ids[i] != guest && dice(answering->number, 200 + (uint32_t)i) % 10 < 9)
			TRY(as_other(cx, demo->ids[i], watch_work, answering));
		if (dice(answering->number, 100 + (uint32_t)i) % 10 < 4)
			TRY(as_other(cx, demo->ids[i], like_work, answering));
	}
	return OK;
}

/* Comments come last; those that stand tell how far it was before a crash, or while not all accounts were there yet.  Likes
 * twice are one. */
static enum err answer(struct ctx *cx, struct answering *answering)
{
	struct comment_page there;
	unsigned wanted = 1 + dice(answering->number, 77) % COMMENTS_MAX;
	TRY(comment_list(cx, answering->video, 0, &there));
	if (there.count >= wanted)
		return OK;
	TRY(react(cx, answering));
	for (unsigned i = 0; i < wanted; i++) {
		int64_t speaker;
		answering->talk = talk_to(answering->number, i);
		if (was_said(&there, answering->talk))
			continue;
		TRY(find(cx, answering->demo, answering->talk->handle, &speaker));
		if (speaker != 0)
			TRY(as_other(cx, speaker, comment_work, answering));
	}
	return OK;
}

/* --- a clip --- */

struct posting {
	const struct demo_clip *clip;
	const struct demo_made_clip *made;
	int64_t video;
};

static enum err post_work(struct ctx *cx, void *argument)
{
	struct posting *posting = argument;
	const struct demo_made_clip *made = posting->made;
	const struct video_new new = {
		.account = cx->actor.account, .caption = str_of(posting->clip->caption), .language = str_of(posting->clip->language),
		.duration_ms = made->duration_ms, .width = made->width, .height = made->height, .bytes = made->bytes,
		.src = str_of(made->video), .poster = str_of(made->poster), .color = arena_printf(&cx->mem, "#%06x", made->colour), .has_audio = true,
	};
	return video_publish(cx, &new, &posting->video);
}

static enum err post(struct ctx *cx, uint32_t number, int64_t *video)
{
	struct demo_made_clip made;
	TRY(demo_make_clip(cx, &demo_clip_table[number], number + 1, &made));
	cx->now_us = clock_wall_us(cx->clock);
	struct posting posting = { .clip = &demo_clip_table[number], .made = &made };
	TRY(writer_run(cx, post_work, &posting));
	*video = posting.video;
	return OK;
}

static int64_t standing(const struct video_page *page, const struct demo_clip *clip)
{
	for (size_t i = 0; i < page->count; i++)
		if (str_eq(page->items[i].video.caption, str_of(clip->caption)))
			return page->items[i].video.id;
	return 0;
}

/* One clip a run, so that those of all accounts come in turns, and a person's upload is never far behind. */
static enum err next_clip(struct ctx *cx, const struct demo_person *person, const struct demo_accounts *demo, bool *more)
{
	struct video_page page;
	int64_t account = cx->actor.account;
	bool posted = false;
	TRY(video_list_by_account(cx, account, 0, &page));
	for (uint32_t number = 0; number < demo_clips(cx); number++) {
		const struct demo_clip *clip = &demo_clip_table[number];
		if (strcmp(clip->author, person->handle) != 0)
			continue;
		int64_t video = standing(&page, clip);
		if (video == 0 && posted) {
			*more = true;
			return OK;
		}
		if (video == 0)
			TRY(post(cx, number, &video));
		posted |= standing(&page, clip) == 0;
		struct answering answering = { .demo = demo, .number = number, .video = video, .author = account };
		TRY(answer(cx, &answering));
	}
	return OK;
}

static const struct demo_person *person_of(struct str handle)
{
	for (size_t i = 0; i < DEMO_PEOPLE; i++)
		if (str_eq(handle, str_of(demo_people[i].handle)))
			return &demo_people[i];
	return NULL;
}

static enum err work_as(struct ctx *cx, const struct account *row, const struct demo_person *person, const struct demo_accounts *demo, bool *more)
{
	TRY(act_as(cx, row->id));
	TRY(dress(cx, person));
	struct following following = { demo, (uint32_t)(person - demo_people) };
	TRY(writer_run(cx, follow_work, &following));
	return next_clip(cx, person, demo, more);
}

enum err demo_run(struct ctx *cx, const struct job *job)
{
	struct demo_accounts demo;
	struct account row;
	bool more = false;
	int64_t account = job->account;
	TRY(demo_accounts(cx, &demo));
	enum err outcome = demo_has(&demo, account) ? account_by_id(cx, account, &row) : E_NOTFOUND;
	if (outcome != OK)
		return outcome == E_NOTFOUND ? OK : outcome; /* removed meanwhile */
	const struct demo_person *person = person_of(row.handle);
	if (!person)
		return OK;
	const struct actor before = cx->actor;
	outcome = work_as(cx, &row, person, &demo, &more);
	grant_wipe(&cx->actor.grant);
	cx->actor = before;
	cx->now_us = clock_wall_us(cx->clock);
	return outcome == OK && more ? writer_run(cx, queue, &account) : outcome;
}

enum err demo_progress(struct ctx *cx, struct demo_progress *out)
{
	int64_t made, jobs;
	unsigned wanted = demo_clips(cx);
	TRY(demo_count_videos(cx, STR(DEMO_GUEST), &made));
	TRY(job_count(cx, DEMO_JOB, &jobs));
	*out = (struct demo_progress){ .made = made < wanted ? (unsigned)made : wanted, .wanted = wanted, .making = jobs > 0 };
	return OK;
}

/* --- the end of it --- */

static enum err close_work(struct ctx *cx, void *argument)
{
	int64_t account = *(const int64_t *)argument;
	enum err outcome = account_close_by_operator(cx, account);
	if (outcome != OK && outcome != E_NOTFOUND)
		return outcome;
	return demo_unmark(cx, account);
}

enum err demo_remove(struct ctx *cx, unsigned *removed)
{
	struct demo_accounts demo;
	TRY(demo_accounts(cx, &demo));
	for (size_t i = 0; i < demo.count; i++)
		TRY(writer_run(cx, close_work, &demo.ids[i]));
	*removed = (unsigned)demo.count;
	return OK;
}

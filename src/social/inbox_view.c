/* Notifications as their recipient sees them: opened with their own grant, those of blocked people left out, likes of one video and
 * comments on one video put together. */
#include <assert.h>

#include "social/block.h"
#include "social/inbox.sql.h"
#include "social/inbox_row.h"

#define EXPAND_ROW "social/inbox.def"
#include "store/expand.h"

struct item {
	struct inbox row;
	struct note note;
	bool opened, useless;                  /* useless: it does not open, or a blocked person did it */
	size_t next;                           /* the next older one of the same bundle; 0: there is none */
};

struct bundle {
	size_t first, last;                    /* its newest and oldest item */
	int64_t count;
};

struct box {
	struct item *items;                    /* newest first; a place that is never used stands in front, so that 0 is none */
	size_t count;
	struct mailbox_key *keys;
	size_t key_count;
	struct bundle *bundles;
	size_t bundle_count;
	int64_t seen;
};

static void box_wipe(struct box *box)
{
	for (size_t i = 0; i < box->key_count; i++)
		mailbox_key_wipe(&box->keys[i]);
}

/* --- opening --- */

static enum err find_key(struct ctx *cx, struct box *box, int64_t id, const struct mailbox_key **out)
{
	for (size_t i = 0; i < box->key_count; i++)
		if (box->keys[i].id == id) {
			*out = &box->keys[i];
			return OK;
		}
	TRY(mailbox_key_open(cx, &cx->actor.grant, id, &box->keys[box->key_count]));
	*out = &box->keys[box->key_count++];
	return OK;
}

/* What does not open is left out: one damaged row must not hide the others. */
static enum err open_item(struct ctx *cx, struct box *box, struct item *item)
{
	const struct mailbox_key *key;
	if (item->opened)
		return OK;
	item->opened = true;
	enum err outcome = find_key(cx, box, item->row.mailbox_key, &key);
	if (outcome == OK)
		outcome = note_open(cx, key, &item->row, &item->note);
	item->useless = outcome == E_NOTFOUND || outcome == E_CORRUPT;
	return item->useless ? OK : outcome;
}

static enum err read_rows(struct ctx *cx, struct box *box)
{
	AUTO(rows_close) struct rows *rows = NULL;
	box->items = arena_new(&cx->mem, struct item, INBOX_MAX + 1);
	box->keys = arena_new(&cx->mem, struct mailbox_key, INBOX_MAX);
	box->bundles = arena_new(&cx->mem, struct bundle, INBOX_MAX);
	TRY(db_query(cx, SQL_inbox_read, &rows, I64(cx->actor.account), I64(INBOX_MAX)));
	while (box->count < INBOX_MAX && rows_next(rows))
		inbox_read(rows, &box->items[++box->count].row);
	TRY(rows_status(rows));
	return mailbox_seen(cx, cx->actor.account, &box->seen);
}

/* Only for who blocks somebody must all be opened. */
static enum err leave_out_blocked(struct ctx *cx, struct box *box)
{
	bool any;
	TRY(block_is_any(cx, &any));
	for (size_t from = 1; any && from <= box->count; from += PAGE_IDS_MAX) {
		const size_t left = box->count - from + 1, some = left < PAGE_IDS_MAX ? left : PAGE_IDS_MAX;
		int64_t actors[PAGE_IDS_MAX];
		bool blocked[PAGE_IDS_MAX];
		for (size_t i = 0; i < some; i++) {
			TRY(open_item(cx, box, &box->items[from + i]));
			actors[i] = box->items[from + i].note.actor;
		}
		TRY(block_has_any(cx, actors, some, blocked));
		for (size_t i = 0; i < some; i++)
			box->items[from + i].useless |= blocked[i];
	}
	return OK;
}

/* --- putting together --- */

static struct bundle *bundle_of(struct box *box, const struct inbox *row)
{
	for (size_t i = 0; i < box->bundle_count; i++) {
		const struct inbox *const first = &box->items[box->bundles[i].first].row;
		if (first->kind == row->kind && first->bundle == row->bundle)
			return &box->bundles[i];
	}
	return NULL;
}

static void put_together(struct box *box)
{
	for (size_t i = 1; i <= box->count; i++) {
		if (box->items[i].useless)
			continue;
		struct bundle *bundle = bundle_of(box, &box->items[i].row);
		if (bundle) {
			box->items[bundle->last].next = i;
			bundle->last = i;
			bundle->count++;
		} else {
			box->bundles[box->bundle_count++] = (struct bundle){ .first = i, .last = i, .count = 1 };
		}
	}
}

static enum err open_box(struct ctx *cx, struct box *box)
{
	TRY(read_rows(cx, box));
	TRY(leave_out_blocked(cx, box));
	put_together(box);
	return OK;
}

/* --- what is shown of each --- */

static bool is_named(const int64_t *actors, size_t count, int64_t actor)
{
	for (size_t i = 0; i < count; i++)
		if (actors[i] == actor)
			return true;
	return false;
}

/* Of likes each is another person's; of comments all are opened, since one person may have written several. */
static enum err name_people(struct ctx *cx, struct box *box, const struct bundle *bundle, struct notice_view *view,
	int64_t named[NOTICE_PEOPLE])
{
	int64_t seen[INBOX_MAX];
	size_t people = 0;
	const bool all = view->kind == NOTICE_COMMENT;
	for (size_t i = bundle->first; i && (all || people < NOTICE_PEOPLE); i = box->items[i].next) {
		struct item *const item = &box->items[i];
		TRY(open_item(cx, box, item));
		if (item->useless || item->note.actor == 0 || is_named(seen, people, item->note.actor))
			continue;
		if (people < NOTICE_PEOPLE)
			named[people] = item->note.actor;
		seen[people++] = item->note.actor;
	}
	view->people = all || bundle->count < (int64_t)people ? (int64_t)people : bundle->count;
	if (people == 0)
		view->people = 0;
	return OK;
}

static enum err describe(struct ctx *cx, struct box *box, const struct bundle *bundle, struct notice_view *view, int64_t named[NOTICE_PEOPLE])
{
	struct item *const first = &box->items[bundle->first];
	TRY(open_item(cx, box, first));
	*view = (struct notice_view){
		.id = first->row.id, .created_us = id_time_us(first->row.id), .kind = (enum notice_kind)first->row.kind,
		.unread = first->row.id > box->seen, .reason = first->note.reason,
	};
	if (view->kind == NOTICE_FAILED)
		view->draft = first->note.video;
	else
		view->video.id = first->note.video;
	view->comment.id = first->note.comment;
	return name_people(cx, box, bundle, view, named);
}

/* Who is in several items is several times among the people. */
static void add_person(struct notice_view *view, const struct profile_page *people, int64_t id)
{
	for (size_t i = 0; id && i < people->count; i++)
		if (people->items[i].id == id) {
			view->actors[view->actor_count++] = people->items[i];
			return;
		}
}

static enum err add_people(struct ctx *cx, struct notice_view *views, size_t count, int64_t (*named)[NOTICE_PEOPLE])
{
	static_assert(INBOX_PAGE * NOTICE_PEOPLE <= PAGE_IDS_MAX, "one page of ids holds them");
	struct profile_page people;
	struct video_view flags[INBOX_PAGE] = {};
	TRY(profile_list_by_ids(cx, named[0], count * NOTICE_PEOPLE, &people));
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < NOTICE_PEOPLE; j++)
			add_person(&views[i], &people, named[i][j]);
		flags[i].author.id = views[i].actor_count ? views[i].actors[0].id : 0;
	}
	TRY(video_flags(cx, flags, count));
	for (size_t i = 0; i < count; i++)
		views[i].following = flags[i].author.id && flags[i].following;
	return OK;
}

static enum err add_videos(struct ctx *cx, struct notice_view *views, size_t count)
{
	int64_t ids[INBOX_PAGE];
	struct video_page videos;
	for (size_t i = 0; i < count; i++)
		ids[i] = views[i].video.id;
	TRY(video_list_by_ids(cx, ids, count, &videos));
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; ids[i] && k < videos.count && !views[i].has_video; k++)
			if (videos.items[k].video.id == ids[i]) {
				views[i].video = videos.items[k].video;
				views[i].has_video = true;
			}
	return OK;
}

static enum err add_comments(struct ctx *cx, struct notice_view *views, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct comment_view comment;
		if (views[i].comment.id == 0)
			continue;
		enum err outcome = comment_get(cx, views[i].comment.id, &comment);
		if (outcome == E_NOTFOUND)
			continue;
		TRY(outcome);
		views[i].comment = comment.comment;
		views[i].has_comment = true;
	}
	return OK;
}

static enum err show(struct ctx *cx, struct box *box, const struct bundle *const *chosen, size_t count, struct inbox_page *page)
{
	int64_t named[INBOX_PAGE][NOTICE_PEOPLE] = {};
	page->items = arena_new(&cx->mem, struct notice_view, INBOX_PAGE);
	for (size_t i = 0; i < count; i++) {
		TRY(describe(cx, box, chosen[i], &page->items[page->count], named[page->count]));
		if (!box->items[chosen[i]->first].useless)
			page->count++;
	}
	TRY(add_people(cx, page->items, page->count, named));
	TRY(add_videos(cx, page->items, page->count));
	return add_comments(cx, page->items, page->count);
}

static enum err page_between(struct ctx *cx, int64_t after, int64_t before, struct inbox_page *out)
{
	AUTO(box_wipe) struct box box = { .count = 0 };
	struct inbox_page page = { .count = 0 };
	const struct bundle *chosen[INBOX_PAGE];
	size_t count = 0;
	TRY(open_box(cx, &box));
	for (size_t i = 0; i < box.bundle_count; i++) {
		const int64_t id = box.items[box.bundles[i].first].row.id;
		page.unread += id > box.seen;
		if (id <= after || id >= before)
			continue;
		if (count < INBOX_PAGE)
			chosen[count++] = &box.bundles[i];
		else if (page.next == 0)
			page.next = box.items[chosen[INBOX_PAGE - 1]->first].row.id;
	}
	page.newest = box.count ? box.items[1].row.id : 0;
	TRY(show(cx, &box, chosen, count, &page));
	*out = page;
	return OK;
}

enum err inbox_list(struct ctx *cx, int64_t before, struct inbox_page *out)
{
	return page_between(cx, 0, before ? before : INT64_MAX, out);
}

enum err inbox_since(struct ctx *cx, int64_t after, struct inbox_page *out)
{
	return page_between(cx, after, INT64_MAX, out);
}

enum err inbox_newest(struct ctx *cx, int64_t *out)
{
	return db_get_i64(cx, SQL_inbox_newest, out, I64(cx->actor.account));
}

/* What anybody may fetch: the checkpoint that is shown, proofs and tiles under it. */
#include <stdlib.h>
#include <string.h>

#include "ledger/inside.h"
#include "ledger/run.h"

struct view *view_new(const struct edge *edge, const struct hash *root, struct str note, int64_t shown_us)
{
	struct view *const view = malloc(sizeof *view);
	if (!view)
		abort();
	*view = (struct view){ .holders = 1, .size = edge->size, .root = *root, .edge = *edge, .note_bytes = note.n, .shown_us = shown_us };
	if (note.n) {
		view->note = malloc(note.n);
		if (!view->note)
			abort();
		memcpy(view->note, note.p, note.n);
	}
	return view;
}

void view_give(struct view **view)
{
	struct view *const gone = *view;
	if (!gone || atomic_fetch_sub(&gone->holders, 1) > 1)
		return;
	free(gone->note);
	free(gone);
}

struct view *view_take(struct ledger *ledger)
{
	pthread_mutex_lock(&ledger->lock);
	struct view *const view = ledger->view;
	atomic_fetch_add(&view->holders, 1);
	pthread_mutex_unlock(&ledger->lock);
	return view;
}

void ledger_show(struct ledger *ledger, struct view *view)
{
	pthread_mutex_lock(&ledger->lock);
	struct view *before = ledger->view;
	ledger->view = view;
	pthread_cond_broadcast(&ledger->shown);
	pthread_mutex_unlock(&ledger->lock);
	view_give(&before);
}

/* --- the door --- */

const char *ledger_state_name(enum ledger_state state)
{
	static const char *const names[] = {
		[LEDGER_WHOLE] = "whole", [LEDGER_NO_KEY] = "no-key", [LEDGER_BEHIND] = "behind", [LEDGER_FORKED] = "forked",
		[LEDGER_UNWITNESSED] = "unwitnessed", [LEDGER_FAILING] = "failing", [LEDGER_STATES] = "unopened",
	};
	return names[state];
}

static enum err take(struct ctx *cx, struct view **out)
{
	if (cx->ledger->guard < 0)
		TRY(ledger_follow(cx, cx->ledger));
	*out = view_take(cx->ledger);
	return OK;
}

enum err ledger_head(struct ctx *cx, struct ledger_head *out)
{
	AUTO(view_give) struct view *view = NULL;
	TRY(take(cx, &view));
	pthread_mutex_lock(&cx->ledger->lock);
	const enum ledger_state state = cx->ledger->state;
	pthread_mutex_unlock(&cx->ledger->lock);
	*out = (struct ledger_head){
		.state = state, .size = view->size, .root = view->root, .note = arena_copy(&cx->mem, (struct str){ view->note, view->note_bytes }),
		.shown_us = view->shown_us,
	};
	return OK;
}

enum err ledger_proof(struct ctx *cx, uint64_t number, struct str extra, struct buf *out)
{
	AUTO(view_give) struct view *view = NULL;
	TRY(take(cx, &view));
	if (number >= view->size) {
		uint64_t size;
		TRY(ledger_size(cx, &size));
		return number < size ? fail_as(cx, E_BUSY, "entry-pending", "the entry is not under a checkpoint yet; come again in a second")
		                     : fail(cx, E_NOTFOUND, "the ledger has no such entry");
	}
	const struct tiles tiles = { .folder = cx->ledger->folder, .edge = &view->edge };
	const struct tree_source source = tiles_source(&tiles);
	struct proof_file file = { .index = number, .extra = extra, .checkpoint = { view->note, view->note_bytes } };
	TRY(tree_prove_inclusion(cx, &source, number, view->size, &file.proof));
	proof_file_write(&file, out);
	return OK;
}

static enum err bundle(struct ctx *cx, const struct tile *tile, struct buf *out)
{
	AUTO(lines_close) struct lines lines = {};
	const uint64_t first = tile->index * TILE_WIDTH;
	unsigned count = 0;
	TRY(lines_open(cx, first, first + tile->width, &lines));
	for (; lines_next(&lines); count++)
		bundle_add(lines.line, out);
	TRY(lines_status(&lines));
	return count == tile->width ? OK : fail(cx, E_CORRUPT, "the ledger's entries from %llu on are not all there", (unsigned long long)first);
}

enum err ledger_tile(struct ctx *cx, const struct tile *tile, struct buf *out)
{
	AUTO(view_give) struct view *view = NULL;
	struct hash hashes[TILE_WIDTH];
	unsigned width;
	TRY(take(cx, &view));
	if (tile->width > tile_width(tile->level, tile->index, view->size))
		return fail(cx, E_NOTFOUND, "no such tile in a log of %llu entries", (unsigned long long)view->size);
	if (tile->level == TILE_BUNDLE)
		return bundle(cx, tile, out);
	const struct tiles tiles = { .folder = cx->ledger->folder, .edge = &view->edge };
	TRY(tiles_read(cx, &tiles, tile->level, tile->index, hashes, &width));
	buf_bytes(out, hashes, tile->width * sizeof *hashes);
	return OK;
}

unsigned ledger_keys(const struct ledger *ledger, struct note_key out[LOG_KEYS_MAX])
{
	for (unsigned i = 0; i < ledger->keys.count; i++)
		out[i] = ledger->keys.keys[i].key;
	return ledger->keys.count;
}

bool ledger_signer(const struct ledger *ledger, struct log_key *out)
{
	if (ledger->keys.count == 0)
		return false;
	*out = ledger->keys.keys[ledger->keys.count - 1];
	return true;
}

unsigned ledger_witnesses(struct ledger *ledger, unsigned max, struct ledger_witness *out)
{
	unsigned count = 0;
	pthread_mutex_lock(&ledger->lock);
	while (count < max && count < POLICY_PARTIES_MAX && ledger->answers[count].name.n) {
		const struct witness_status *const status = &ledger->answers[count];
		out[count++] = (struct ledger_witness){ .name = status->name, .url = status->url, .answer = witness_answer_name(status->answer) };
	}
	pthread_mutex_unlock(&ledger->lock);
	return count;
}

const char *ledger_answer_name(unsigned answer)
{
	return answer <= WITNESS_DISAGREES ? witness_answer_name((enum witness_answer)answer) : NULL;
}

bool ledger_mirror(struct ledger *ledger, uint64_t *entries)
{
	pthread_mutex_lock(&ledger->lock);
	*entries = ledger->mirrored;
	pthread_mutex_unlock(&ledger->lock);
	return ledger->mirror != NULL;
}

/* The ledger's entries, and the checkpoint over them. */
#include <stdio.h>

#include "ledger/ledger.h"
#include "upkeep/inside.h"

#define BATCH 1000

struct entries {
	struct fsck *fsck;
	uint64_t next;
};

static enum err look_at_some(struct ctx *cx, struct entries *entries, uint64_t size)
{
	const uint64_t end = entries->next + BATCH < size ? entries->next + BATCH : size;
	for (; entries->next < end; entries->next++) {
		struct entry entry;
		struct str line;
		const enum err e = ledger_read(cx, entries->next, &entry, &line);
		if (e == E_NOTFOUND || e == E_INVALID)
			fsck_tell(entries->fsck, (int64_t)entries->next, e == E_INVALID ? "malformed" : "missing");
		else
			TRY(e);
		entries->fsck->looked++;
	}
	return OK;
}

enum err check_ledger_entries(struct fsck *fsck, struct ctx *from)
{
	struct entries entries = { .fsck = fsck };
	uint64_t size;
	TRY(ledger_size(from, &size));
	while (entries.next < size) {
		AUTO(ctx_end) struct ctx cx;
		fsck_batch_ctx(from, &cx);
		const enum err e = look_at_some(&cx, &entries, size);
		from->failure = cx.failure;
		TRY(e);
	}
	return OK;
}

static enum err hold_against(struct fsck *fsck, struct ctx *cx, const struct checkpoint *shown)
{
	struct hash root;
	uint64_t size;
	TRY(ledger_size(cx, &size));
	fsck->looked++;
	if (size < shown->size) {
		fsck_tell(fsck, (int64_t)size, "fewer entries than were signed");
		return OK;
	}
	const enum err counted = ledger_recount(cx, shown->size, &root);
	if (counted != OK && counted != E_CORRUPT)
		return counted;
	if (counted == E_CORRUPT || !hash_eq(&root, &shown->root))
		fsck_tell(fsck, (int64_t)shown->size, "other entries than were signed");
	return OK;
}

/* A running server shows new ones: so the checkpoint first, and then the entries as they are by then, not at the moment that is held. */
enum err check_ledger_checkpoint(struct fsck *fsck, struct ctx *from)
{
	const struct db_config reading = { .folder = fsck->options->folder, .store_key = fsck->options->store_key, .patient = true,
		.cache_kib = fsck->options->cache_kib };
	AUTO(db_close) struct db *db = NULL;
	AUTO(ctx_end) struct ctx cx;
	struct checkpoint shown;
	struct str note;
	fsck_batch_ctx(from, &cx);
	enum err e = ledger_shown(&cx, fsck->options->folder, &note, &shown);
	if (e == E_INVALID) {
		fsck_tell(fsck, 0, "ledger/checkpoint is malformed");
		return OK;
	}
	if (e == OK)
		e = db_open_one(&cx, &reading, PUBLIC_DB, &db);
	if (e == OK) {
		cx.db = db;
		e = hold_against(fsck, &cx, &shown);
	}
	from->failure = cx.failure;
	return e;
}

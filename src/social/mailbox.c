#include "social/mailbox.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "keys/keys.h"
#include "social/account.h"
#include "social/mailbox.sql.h"
#include "store/field.h"
#include "store/writer.h"

struct mailbox {
#define EXPAND_STRUCT "social/mailbox.def"
#include "store/expand.h"
};
#define EXPAND_ROW "social/mailbox.def"
#include "store/expand.h"

#define BOX_BYTES (KEY_BYTES + BOX_OVERHEAD)
#define KEY_LIFE_US DAY_US                     /* of a key in the cache: then it is forgotten, and only its owner opens it */
#define TRIM_EVERY 256

/* --- the cache: 1024 sets of 4, by account --- */

#define SETS 1024
#define WAYS 4

struct entry {
	int64_t account, id;
	unsigned char bytes[KEY_BYTES];
	int64_t made_us;                       /* boot time; 0: empty */
	uint64_t group;                        /* in which its row was made */
	unsigned used;
	bool sure;                             /* its row was committed */
};
struct mailboxes {
	struct entry *entries;
	unsigned fresh;
};

bool mailboxes_full(struct ctx *cx)
{
	return cx->mailboxes && ++cx->mailboxes->fresh % MAILBOXES_FRESH == 0;
}

enum err mailboxes_open(struct ctx *cx, struct mailboxes **out)
{
	struct mailboxes *boxes = calloc(1, sizeof *boxes);
	struct entry *entries = sodium_malloc(SETS * WAYS * sizeof *entries);
	if (!boxes || !entries) {
		free(boxes);
		sodium_free(entries);
		return fail(cx, E_IO, "no memory for the keys of mailboxes");
	}
	memset(entries, 0, SETS * WAYS * sizeof *entries);
	boxes->entries = entries;
	*out = boxes;
	return OK;
}

void mailboxes_close(struct mailboxes **boxes)
{
	if (!boxes || !*boxes)
		return;
	sodium_free((*boxes)->entries);
	free(*boxes);
	*boxes = NULL;
}

/* The account's entry or, when it has none, the oldest of its set. */
static struct entry *entry_of(struct mailboxes *boxes, int64_t account)
{
	const uint64_t mixed = (uint64_t)account * UINT64_C(0x9E3779B97F4A7C15);
	struct entry *const set = boxes->entries + (mixed >> 54) * WAYS;
	struct entry *oldest = set;
	for (struct entry *entry = set; entry < set + WAYS; entry++) {
		if (entry->account == account)
			return entry;
		if (entry->made_us < oldest->made_us)
			oldest = entry;
	}
	return oldest;
}

/* A work that is rolled back takes the row of the key that it made along: until a later group has seen the row, each use looks. */
static enum err is_usable(struct ctx *cx, struct entry *entry, int64_t account, bool *out)
{
	int64_t there;
	*out = false;
	if (entry->account != account || clock_boot_us(cx->clock) - entry->made_us >= KEY_LIFE_US)
		return OK;
	if (!entry->sure) {
		TRY(db_get_i64(cx, SQL_mailbox_key_has, &there, I64(entry->id)));
		entry->sure = there && entry->group != writer_group(cx);
		*out = there != 0;
		return OK;
	}
	*out = true;
	return OK;
}

/* --- making --- */

static void seed_of(const struct grant *grant, unsigned char seed[KEY_BYTES])
{
	key_derive(grant->key, "mailbox", STR(""), seed);
}

static void wipe_seed(unsigned char (*seed)[KEY_BYTES])
{
	explicit_bzero(seed, sizeof *seed);
}

static enum err create(struct ctx *cx, const struct grant *grant, unsigned char public[BOX_PUBLIC_BYTES])
{
	AUTO(wipe_seed) unsigned char seed[KEY_BYTES];
	struct val vals[mailbox_columns];
	seed_of(grant, seed);
	box_public(seed, public);
	const struct mailbox row = { .account = grant->account, .public_key = { .p = (const char *)public, .n = BOX_PUBLIC_BYTES } };
	mailbox_vals(&row, vals);
	return db_run_(cx, &SQL_mailbox_add, mailbox_columns, vals);
}

enum err mailbox_create(struct ctx *cx, const struct grant *grant)
{
	unsigned char public[BOX_PUBLIC_BYTES];
	return create(cx, grant, public);
}

static enum err public_half(struct ctx *cx, int64_t account, unsigned char out[BOX_PUBLIC_BYTES])
{
	AUTO(rows_close) struct rows *rows = NULL;
	AUTO(grant_wipe) struct grant grant = { .purpose = GRANT_NONE };
	TRY(db_query(cx, SQL_mailbox_public, &rows, I64(account)));
	const bool found = rows_next(rows);
	const struct str public = found ? rows_blob(rows, 0) : STR("");
	TRY(rows_status(rows));
	if (found && public.n != BOX_PUBLIC_BYTES)
		return fail(cx, E_CORRUPT, "a mailbox has no public key");
	if (found) {
		memcpy(out, public.p, BOX_PUBLIC_BYTES);
		return OK;
	}
	TRY(account_grant(cx, GRANT_MAILBOX, account, &grant));
	return create(cx, &grant, out);
}

static enum err make_key(struct ctx *cx, int64_t account, struct mailbox_key *out)
{
	unsigned char public[BOX_PUBLIC_BYTES], box[BOX_BYTES];
	AUTO(mailbox_key_wipe) struct mailbox_key key = { .id = id_new(cx->ids, cx->now_us), .trim = true };
	TRY(public_half(cx, account, public));
	random_bytes(key.bytes, sizeof key.bytes);
	if (!box_seal(public, key.bytes, sizeof key.bytes, box))
		return fail(cx, E_CORRUPT, "a mailbox's public key is none");
	TRY(db_run(cx, SQL_mailbox_key_add, I64(key.id), I64(account), BLOB(((struct str){ .p = (const char *)box, .n = sizeof box }))));
	*out = key;
	return OK;
}

void mailbox_key_wipe(struct mailbox_key *key)
{
	explicit_bzero(key, sizeof *key);
}

enum err mailbox_key_now(struct ctx *cx, int64_t account, struct mailbox_key *out)
{
	if (!cx->mailboxes)
		return make_key(cx, account, out);
	struct entry *const entry = entry_of(cx->mailboxes, account);
	bool usable;
	TRY(is_usable(cx, entry, account, &usable));
	if (!usable) {
		TRY(make_key(cx, account, out));
		*entry = (struct entry){ .account = account, .id = out->id, .made_us = clock_boot_us(cx->clock), .group = writer_group(cx) };
		memcpy(entry->bytes, out->bytes, KEY_BYTES);
		return OK;
	}
	out->id = entry->id;
	memcpy(out->bytes, entry->bytes, KEY_BYTES);
	out->trim = ++entry->used % TRIM_EVERY == 0;
	return OK;
}

/* --- the owner's side --- */

enum err mailbox_key_open(struct ctx *cx, const struct grant *grant, int64_t id, struct mailbox_key *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	AUTO(wipe_seed) unsigned char seed[KEY_BYTES];
	TRY(db_query(cx, SQL_mailbox_key_box, &rows, I64(id), I64(grant->account)));
	const bool found = rows_next(rows);
	const struct str box = found ? rows_blob(rows, 0) : STR("");
	TRY(rows_status(rows));
	if (!found)
		return fail(cx, E_NOTFOUND, "there is no such key of a mailbox");
	seed_of(grant, seed);
	if (box.n != BOX_BYTES || !box_open(seed, box, out->bytes))
		return fail(cx, E_CORRUPT, "a key of a mailbox does not open");
	out->id = id;
	out->trim = false;
	return OK;
}

/* Young ones stay: some process may be using them. */
enum err mailbox_trim(struct ctx *cx, int64_t account)
{
	return db_run(cx, SQL_mailbox_key_trim, I64(account), I64(id_floor(cx->now_us - 2 * KEY_LIFE_US)));
}

enum err mailbox_seen(struct ctx *cx, int64_t account, int64_t *out)
{
	int64_t seen = 0;
	enum err outcome = db_get_i64(cx, SQL_mailbox_seen, &seen, I64(account));
	if (outcome != E_NOTFOUND)
		TRY(outcome);
	*out = seen;
	return OK;
}

enum err mailbox_see(struct ctx *cx, const struct grant *grant, int64_t up_to)
{
	TRY(mailbox_create(cx, grant));
	return db_run(cx, SQL_mailbox_see, I64(grant->account), I64(up_to));
}

enum err mailbox_forget(struct ctx *cx, int64_t account)
{
	TRY(db_run(cx, SQL_mailbox_key_remove, I64(account)));
	return db_run(cx, SQL_mailbox_remove, I64(account));
}

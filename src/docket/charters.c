#include "docket/charters.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "charter/signed.h"
#include "docket/charters.sql.h"
#include "store/field.h"
#include "store/outbox.h"
#include "store/writer.h"

struct charter_text {
#define EXPAND_STRUCT "docket/charter_text.def"
#include "store/expand.h"
};
#define EXPAND_ROW "docket/charter_text.def"
#include "store/expand.h"

/* --- parsed once --- */

#define PARSED_MAX 64                          /* more versions than this are parsed each time */

struct parsed_charters {
	pthread_mutex_t lock;                  /* of all below; what stands in a place is never changed */
	struct ctx cx;
	size_t count;
	struct charter charters[PARSED_MAX];
};

struct parsed_charters *parsed_charters_new(const struct ctx *cx)
{
	struct parsed_charters *const parsed = calloc(1, sizeof *parsed);
	if (!parsed)
		abort();
	parsed->cx = (struct ctx){ .mem = arena_new_capped(PARSED_MAX * ARENA_REQUEST_BYTES / 8), .log = cx->log };
	pthread_mutex_init(&parsed->lock, NULL);
	return parsed;
}

void parsed_charters_free(struct parsed_charters **parsed)
{
	if (!*parsed)
		return;
	ctx_end(&(*parsed)->cx);
	pthread_mutex_destroy(&(*parsed)->lock);
	free(*parsed);
	*parsed = NULL;
}

static bool known(struct parsed_charters *parsed, const unsigned char hash[SHA256_BYTES], struct charter *out)
{
	for (size_t i = 0; i < parsed->count; i++)
		if (memcmp(parsed->charters[i].hash, hash, SHA256_BYTES) == 0) {
			*out = parsed->charters[i];
			return true;
		}
	return false;
}

static enum err parse(struct ctx *cx, struct str bytes, struct charter *out)
{
	struct parsed_charters *const parsed = cx->charters;
	unsigned char hash[SHA256_BYTES];
	if (!parsed)
		return charter_parse(cx, bytes, out);
	sha256(bytes, hash);
	pthread_mutex_lock(&parsed->lock);
	bool found = known(parsed, hash, out);
	if (!found && parsed->count < PARSED_MAX && charter_parse(&parsed->cx, arena_copy(&parsed->cx.mem, bytes), out) == OK) {
		parsed->charters[parsed->count++] = *out;
		found = true;
	}
	pthread_mutex_unlock(&parsed->lock);
	return found ? OK : charter_parse(cx, bytes, out);
}

/* --- reading --- */

/* The bytes of a version are those whose hash its entry names.  They are found by its mark, so they are there only for one that stands
 * alone in its row. */
static enum err read_item(struct ctx *cx, struct rows *rows, struct charter_item *out)
{
	AUTO(buf_free) struct buf hash = buf_new(2 * SHA256_BYTES + 1);
	struct entry entry;
	struct charter_item item = {
		.number = (uint64_t)rows_i64(rows, 0), .bytes = rows_text(rows, 2), .note = rows_text(rows, 3),
	};
	if (item.bytes.n == 0)
		return fail(cx, E_CORRUPT, "the charter of entry %llu is not there", (unsigned long long)item.number);
	TRY(entry_parse(cx, rows_text(rows, 1), &entry));
	item.entered_us = entry.time_us;
	TRY(parse(cx, item.bytes, &item.charter));
	buf_hex(&hash, item.charter.hash, sizeof item.charter.hash);
	if (!str_eq(buf_view(&hash), entry.values[ENTRY_charter_charter]) || entry_count(&entry, ENTRY_charter_version) != item.charter.version)
		return fail(cx, E_CORRUPT, "the charter of entry %llu is not the one that was entered", (unsigned long long)item.number);
	*out = item;
	return OK;
}

static enum err read_items(struct ctx *cx, struct charters *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query0(cx, SQL_charters_entered, &rows));
	while (rows_next(rows)) {
		if (out->count == CHARTERS_MAX)
			return fail(cx, E_TOOLARGE, "there are more than %d versions of the charter", CHARTERS_MAX);
		if ((out->count & (out->count - 1)) == 0) {    /* full at each power of two: the arena keeps the old list */
			struct charter_item *const more = arena_new(&cx->mem, struct charter_item, out->count ? 2 * out->count : 1);
			if (out->count)
				memcpy(more, out->items, out->count * sizeof *more);
			out->items = more;
		}
		TRY(read_item(cx, rows, &out->items[out->count]));
		out->count++;
	}
	return rows_status(rows);
}

static const struct charter_version *versions_of(struct ctx *cx, const struct charters *charters)
{
	struct charter_version *const versions = arena_new(&cx->mem, struct charter_version, charters->count + 1);
	for (size_t i = 0; i < charters->count; i++)
		versions[i] = (struct charter_version){ &charters->items[i].charter, charters->items[i].entered_us };
	return versions;
}

enum err charters_read(struct ctx *cx, struct charters *out)
{
	struct charters charters = { .count = 0 };
	TRY(read_items(cx, &charters));
	const struct charter_version *const versions = versions_of(cx, &charters);
	TRY(charter_in_force(cx, versions, charters.count, cx->now_us, &charters.force));
	charters.settled_us = charter_settled_us(versions, charters.count);
	*out = charters;
	return OK;
}

/* What the machine fails at is told; what is wrong with the charters refuses. */
static bool says_nothing(enum err outcome)
{
	return outcome == E_CORRUPT || outcome == E_INVALID || outcome == E_TOOLARGE;
}

enum err charters_in_force(struct ctx *cx, struct charter_force *out)
{
	struct charters charters = { .force = { .unknown_before = true } };
	const enum err outcome = charters_read(cx, &charters);
	if (!says_nothing(outcome))
		TRY(outcome);
	*out = charters.force;
	return OK;
}

enum err charters_decide(struct ctx *cx, const struct charter_case *asked, struct charter_decision *out)
{
	struct charter_force force;
	TRY(charters_in_force(cx, &force));
	charter_decide_in_force(&force, asked, out);
	return OK;
}

struct str charters_sentence(const struct charters *charters, uint32_t version, uint32_t number)
{
	for (size_t i = 0; i < charters->count; i++) {
		const struct charter *const charter = &charters->items[i].charter;
		const struct charter_rule *const rule = charter->version == version ? charter_rule_of(charter, number) : NULL;
		if (rule)
			return rule->says;
	}
	return STR("");
}

/* --- publishing --- */

struct publication {
	const struct charter *charter;
	struct str bytes, note;
	int64_t mark;
};

/* The chain is looked at where nobody can come between. */
static enum err check_next(struct ctx *cx, const struct charter *next)
{
	struct charters before;
	struct charter_force force;
	TRY(charters_read(cx, &before));
	if (before.count == 0)
		return next->version == 1 ? OK : fail_as(cx, E_INVALID, "charter-chain", "the first version of a charter is version 1");
	struct charter_version *const versions = arena_new(&cx->mem, struct charter_version, before.count + 1);
	memcpy(versions, versions_of(cx, &before), before.count * sizeof *versions);
	versions[before.count] = (struct charter_version){ next, cx->now_us };
	if (next->version <= before.items[before.count - 1].charter.version)
		return fail_as(cx, E_CONFLICT, "charter-chain", "version %u of the charter is published already", next->version);
	return charter_in_force(cx, versions, before.count + 1, cx->now_us, &force);
}

static enum err publish_work(struct ctx *cx, void *argument)
{
	struct publication *const publication = argument;
	const struct charter *const charter = publication->charter;
	struct entry entry = { .kind = ENTRY_charter };
	struct val vals[charter_text_columns];
	TRY(check_next(cx, charter));
	TRY(db_run(cx, SQL_charter_taken_add, I64(charter->version)));
	publication->mark = id_new(cx->ids, cx->now_us);
	const struct charter_text row = { .version = charter->version, .mark = publication->mark, .bytes = publication->bytes, .note = publication->note };
	entry.values[ENTRY_charter_version] = entry_of_count(cx, charter->version);
	entry.values[ENTRY_charter_charter] = entry_of_hash(cx, charter->hash);
	if (charter->has_previous)
		entry.values[ENTRY_charter_previous] = entry_of_hash(cx, charter->previous);
	charter_text_vals(&row, vals);
	TRY(outbox_post_(cx, "", 0, 'P', &SQL_charter_text_add, charter_text_columns, vals));
	return ledger_append(cx, &entry, publication->mark);
}

static enum err sign(struct ctx *cx, const struct charter *charter, struct str *note)
{
	AUTO(log_key_wipe) struct log_key key = { .key = { .name = "" } };
	AUTO(buf_free) struct buf bytes = buf_new(NOTE_BYTES_MAX);
	if (!cx->ledger || !ledger_signer(cx->ledger, &key))
		return fail(cx, E_DENIED, "the log has no key: nothing can be signed");
	if (!str_eq(charter->name, str_of(key.key.name)))
		return fail_as(cx, E_INVALID, "charter-chain", "the charter's name is not that of this node's log: %.150s", key.key.name);
	charter_sign(charter, &key.key, key.seed, &bytes);
	*note = arena_copy(&cx->mem, buf_view(&bytes));
	return OK;
}

enum err charters_publish(struct ctx *cx, struct str bytes, uint64_t *number)
{
	struct charter charter;
	struct publication publication = { .charter = &charter, .bytes = bytes };
	TRY(charter_parse(cx, bytes, &charter));
	TRY(sign(cx, &charter, &publication.note));
	TRY(writer_run(cx, publish_work, &publication));
	return ledger_find(cx, publication.mark, number);
}

/* The setting's one state; empty: not stated. */
static void name_owners(const struct config *config, struct str *one, struct charter_places *places)
{
	*one = str_of(config->region_owner_jurisdiction);
	places->owner_stated = one->n > 0;
	places->owners = one;
	places->owner_count = one->n > 0;
}

enum err charters_begin(struct ctx *cx)
{
	AUTO(log_key_wipe) struct log_key key = { .key = { .name = "" } };
	AUTO(buf_free) struct buf text = buf_new(CHARTER_BYTES_MAX);
	struct charters charters;
	struct str owner;
	uint64_t number;
	const enum err outcome = charters_read(cx, &charters);
	if (says_nothing(outcome))
		log_line(cx->log, LOG_ERROR, "charter: everything is refused: %s", cx->failure.text);
	if (outcome == OK ? charters.count > 0 : says_nothing(outcome))
		return OK;
	TRY(outcome);
	if (!cx->ledger || !ledger_signer(cx->ledger, &key))
		return OK;
	struct charter_places places = {
		.name = str_of(key.key.name), .region = str_of(cx->config->region_name), .home = str_of(cx->config->region_jurisdiction),
	};
	name_owners(cx->config, &owner, &places);
	TRY(charter_first(cx, &places, cx->now_us, &text));
	const enum err published = charters_publish(cx, arena_copy(&cx->mem, buf_view(&text)), &number);
	return published == E_CONFLICT ? OK : published;       /* a command beside was first */
}

#include "verify/verify.h"

#include <stdlib.h>
#include <string.h>

#include "verify/reading.h"

#define KEY_FILE_MAX (VERIFY_KEYS_MAX * (NOTE_VKEY_MAX + 1))

struct verify {
	struct verify_options options;
	struct source *source;
	struct memory memory;
	struct findings found, late;
	struct reading reading;
	char origin_text[NOTE_NAME_MAX + 1];   /* the story's */
	struct buf note;                       /* of this look */
	char *evidence;
	bool trusted_first;
};

/* --- opening --- */

void verify_close(struct verify **held)
{
	struct verify *const verify = *held;
	if (!verify)
		return;
	story_free(&verify->reading.story);
	findings_free(&verify->found);
	findings_free(&verify->late);
	memory_free(&verify->memory);
	source_close(&verify->source);
	buf_free(&verify->note);
	free(verify->evidence);
	free(verify);
	*held = NULL;
}

/* What the policy names instead of --key. */
static void take_policy_keys(struct verify_options *options)
{
	const struct policy *const policy = options->policy;
	for (unsigned i = 0; policy && options->key_count == 0 && i < policy->log_count && i < VERIFY_KEYS_MAX; i++)
		options->keys[i] = policy->logs[i];
	if (policy && options->key_count == 0)
		options->key_count = policy->log_count < VERIFY_KEYS_MAX ? policy->log_count : VERIFY_KEYS_MAX;
}

enum err verify_open(struct ctx *cx, const struct verify_options *options, struct verify **out)
{
	AUTO(verify_close) struct verify *verify = calloc(1, sizeof *verify);
	const char *path;
	if (!verify)
		abort();
	verify->options = *options;
	take_policy_keys(&verify->options);
	TRY(source_open(cx, options->where, options->from_files, &verify->source));
	TRY(memory_path(cx, options->state_file, source_name(verify->source), &path));
	TRY(memory_read(cx, path, &verify->memory));
	verify->reading = (struct reading){
		.source = verify->source, .findings = &verify->found, .memory = &verify->memory, .changed = FINDING_NO_ENTRY,
		.story = story_new(verify->source, &verify->found),
	};
	verify->reading.story->charters.has_key = options->has_charter_key;
	verify->reading.story->charters.key = options->charter_key;
	*out = verify;
	verify = NULL;
	return OK;
}

/* --- whom to trust --- */

/* From the log itself, the first time that it is looked at. */
static enum err trust_first(struct ctx *cx, struct verify *verify)
{
	AUTO(buf_free) struct buf text = buf_new(0);
	struct verify_options *const options = &verify->options;
	TRY(source_get(cx, verify->source, STR("key"), KEY_FILE_MAX, &text));
	struct str rest = buf_view(&text);
	while (rest.n && options->key_count < VERIFY_KEYS_MAX)
		TRY(note_key_parse(cx, str_cut(&rest, '\n'), &options->keys[options->key_count++]));
	if (options->key_count == 0)
		return fail(cx, E_NOTFOUND, "the log shows no key");
	verify->trusted_first = true;
	return OK;
}

static enum err choose_keys(struct ctx *cx, struct verify *verify)
{
	struct verify_options *const options = &verify->options;
	if (options->key_count)
		return OK;
	const struct memory *const memory = &verify->memory;
	for (unsigned i = 0; i < memory->key_count && i < VERIFY_KEYS_MAX; i++)
		options->keys[options->key_count++] = memory->keys[i];
	return options->key_count ? OK : trust_first(cx, verify);
}

/* --- the checkpoint --- */

static void lie(struct verify *verify, const char *slug, const char *text)
{
	finding_add(&verify->found, FINDING_LIE, slug, FINDING_NO_ENTRY, "%s", text);
}

static bool is_signed(struct verify *verify, const struct note *note, struct str origin)
{
	bool by_any = false;
	for (unsigned i = 0; i < verify->options.key_count; i++) {
		const struct note_key *const key = &verify->options.keys[i];
		const enum note_verdict verdict = note_check(note, key, NULL);
		if (verdict == NOTE_FORGED) {
			lie(verify, "signature-forged", "the checkpoint bears a forged signature of the log's key");
			return false;
		}
		by_any |= verdict == NOTE_SIGNED && str_eq(origin, str_of(key->name));
	}
	if (!by_any)
		lie(verify, "signature-missing", "the checkpoint is not signed by the key that you trust: it is another log's, or the key was changed (then look with --key)");
	return by_any;
}

/* A policy asks for more than a signature; that it is not met is no lie, but for a forged one. */
static void ask_policy(struct ctx *cx, struct verify *verify, const struct note *note, struct verify_report *report)
{
	struct policy_finding finding;
	const struct policy *const policy = verify->options.policy;
	if (!policy)
		return;
	if (policy_check(cx, policy, note, &finding) == OK) {
		report->witnesses = finding.witnesses;
		return;
	}
	bool forged = false;
	for (unsigned i = 0; i < policy->party_count; i++)
		forged |= !policy->parties[i].is_group && note_check(note, &policy->parties[i].key, NULL) == NOTE_FORGED;
	finding_add(forged ? &verify->found : &verify->late, forged ? FINDING_LIE : FINDING_UNCHECKED, "policy", FINDING_NO_ENTRY,
	            "the checkpoint does not satisfy the policy: %.150s", cx->failure.text);
}

static void show_evidence(struct ctx *cx, struct verify *verify, const char *slug, const char *what)
{
	const char *path;
	lie(verify, slug, what);
	if (memory_evidence(cx, &verify->memory, source_name(verify->source), what, buf_view(&verify->note), &path) != OK) {
		finding_add(&verify->late, FINDING_UNCHECKED, "evidence", FINDING_NO_ENTRY, "the evidence could not be kept: %.150s", cx->failure.text);
		return;
	}
	free(verify->evidence);
	verify->evidence = strdup(path);
}

/* Against what was seen before; false: not the same log any more. */
static bool fits_memory(struct ctx *cx, struct verify *verify, const struct checkpoint *now)
{
	const struct checkpoint *const before = &verify->memory.checkpoint;
	if (verify->memory.note.n == 0)
		return true;
	if (!str_eq(before->origin, now->origin))
		return true;                   /* perhaps a succession: its first entry says so, or not (hold_succession) */
	if (now->size < before->size) {
		show_evidence(cx, verify, "rollback", "the log has fewer entries than before: what was signed was taken back");
		return false;
	}
	if (now->size == before->size && !hash_eq(&now->root, &before->root)) {
		show_evidence(cx, verify, "fork", "the log has as many entries as before, and not the same ones");
		return false;
	}
	verify->reading.known_size = before->size;
	verify->reading.known_root = before->root;
	return true;
}

static enum err get_checkpoint(struct ctx *cx, struct verify *verify, struct note *note, struct checkpoint *out)
{
	AUTO(buf_free) struct buf bytes = buf_new(0);
	TRY(source_get(cx, verify->source, STR("checkpoint"), NOTE_BYTES_MAX, &bytes));
	buf_free(&verify->note);
	verify->note = bytes;
	bytes = buf_new(0);
	if (note_parse(cx, buf_view(&verify->note), note) != OK || checkpoint_parse(cx, note->text, out) != OK) {
		finding_add(&verify->found, FINDING_LIE, "checkpoint-malformed", FINDING_NO_ENTRY, "what is shown as the newest checkpoint is none: %.150s", cx->failure.text);
		*out = (struct checkpoint){ .origin = STR("") };
	}
	return OK;
}

/* --- the entries --- */

static void name_changed(struct verify *verify)
{
	if (verify->reading.changed != FINDING_NO_ENTRY)
		finding_add(&verify->found, FINDING_LIE, "entry-changed", verify->reading.changed, "is another one than when you looked before");
}

/* All of the tree is there: is it the one that was signed, now and before? */
static enum err hold_roots(struct ctx *cx, struct verify *verify, const struct checkpoint *now)
{
	struct reading *const reading = &verify->reading;
	const struct hash root = growth_root(&reading->growth);
	const bool right = hash_eq(&root, &now->root);
	if (right && reading->known_wrong)
		show_evidence(cx, verify, "fork", "the log is not the one that you saw before and more: older entries are other ones");
	if (!right)
		lie(verify, "root-wrong", "the entries are not those that the checkpoint signs");
	if (right && !reading->known_wrong)
		return OK;
	name_changed(verify);
	return right ? OK : reading_blame(cx, reading, now->size);
}

/* Another log than the one remembered has to say in its first entry that it takes that one's place, and admit all that was seen. */
static void hold_succession(struct ctx *cx, struct verify *verify, const struct checkpoint *now)
{
	struct memory *const memory = &verify->memory;
	const struct checkpoint *const before = &memory->checkpoint;
	const struct story *const story = verify->reading.story;
	unsigned char root[TREE_HASH_BYTES + 1];
	size_t n = 0;
	if (memory->note.n == 0 || str_eq(before->origin, now->origin))
		return;
	if (!str_eq(story->old_origin, before->origin))
		show_evidence(cx, verify, "origin-changed", "another log is shown here than before, and it does not say that it succeeds that one");
	else if (story->old_size < before->size)
		show_evidence(cx, verify, "succession-short", "the log that succeeds the one you saw admits fewer entries of it than you saw");
	else if (story->old_size == before->size && (!base64_decode(story->old_root, root, sizeof root, &n) || n != TREE_HASH_BYTES || memcmp(root, before->root.bytes, n) != 0))
		show_evidence(cx, verify, "succession-root", "the log that succeeds the one you saw names another root for it than was signed");
	free(memory->leaves);
	memory->leaves = NULL;
	memory->leaf_count = memory->leaf_room = 0;
}

/* Which of the log's own keys sign at this size, and whether one of those that are trusted does. */
static void hold_keys(struct verify *verify, const struct note *note, const struct checkpoint *now)
{
	const struct story *const story = verify->reading.story;
	bool right = false;
	for (unsigned i = 0; i < verify->options.key_count; i++) {
		const struct note_key *const key = &verify->options.keys[i];
		right |= note_check(note, key, NULL) == NOTE_SIGNED && story_signs(story, key, now->size);
	}
	if (!right)
		lie(verify, "key-not-announced", "the key that you trust is not among those that the log's entries announce, or they revoke it");
}

static enum err remember(struct ctx *cx, struct verify *verify)
{
	struct memory *const memory = &verify->memory;
	const struct story *const story = verify->reading.story;
	memory->key_count = 0;
	for (unsigned i = 0; i < story->signer_count; i++)
		if (story->signers[i].revoked == UINT64_MAX && memory->key_count < MEMORY_KEYS_MAX)
			memory->keys[memory->key_count++] = story->signers[i].key;
	TRY(memory_keep(cx, memory, buf_view(&verify->note)));
	return memory_write(cx, memory, source_name(verify->source));
}

/* What the log's own entries announced is trusted from now on, since a key that was trusted has signed it. */
static void trust_announced(struct verify *verify)
{
	const struct memory *const memory = &verify->memory;
	verify->options.key_count = 0;
	for (unsigned i = 0; i < memory->key_count && i < VERIFY_KEYS_MAX; i++)
		verify->options.keys[verify->options.key_count++] = memory->keys[i];
}

/* --- one look --- */

static enum err look(struct ctx *cx, struct verify *verify, struct verify_report *report)
{
	struct note *const note = arena_new(&cx->mem, struct note, 1);
	struct checkpoint now;
	TRY(choose_keys(cx, verify));
	TRY(get_checkpoint(cx, verify, note, &now));
	report->checkpoint = now;
	if (now.origin.n == 0 || !is_signed(verify, note, now.origin) || !fits_memory(cx, verify, &now))
		return OK;
	ask_policy(cx, verify, note, report);
	memcpy(verify->origin_text, now.origin.p, now.origin.n);
	verify->reading.story->origin = (struct str){ verify->origin_text, now.origin.n };
	TRY(reading_go(cx, &verify->reading, now.size));
	if (verify->reading.stopped)
		return OK;
	TRY(hold_roots(cx, verify, &now));
	hold_succession(cx, verify, &now);
	if (now.size > 0)                      /* an empty log has announced no key yet */
		hold_keys(verify, note, &now);
	if (verify->found.of_weight[FINDING_LIE] == 0)
		TRY(reading_sample(cx, &verify->reading, now.size, verify->options.keys, verify->options.key_count));
	if (verify->found.of_weight[FINDING_LIE])
		return OK;
	TRY(remember(cx, verify));
	trust_announced(verify);
	return OK;
}

static enum verify_verdict verdict_of(const struct verify *verify)
{
	const uint64_t *const found = verify->found.of_weight, *const late = verify->late.of_weight;
	if (found[FINDING_LIE] + late[FINDING_LIE])
		return VERIFY_LIE;
	if (found[FINDING_PROMISE] + late[FINDING_PROMISE])
		return VERIFY_PROMISE;
	return found[FINDING_UNCHECKED] + late[FINDING_UNCHECKED] ? VERIFY_UNCHECKED : VERIFY_FINE;
}

void verify_look(struct ctx *parent, struct verify *verify, struct verify_report *out)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES), .clock = parent->clock, .faults = parent->faults };
	struct verify_report report = { .checkpoint.origin = STR(""), .before = verify->memory.checkpoint.size };
	cx.now_us = clock_wall_us(parent->clock);
	findings_free(&verify->late);
	if (look(&cx, verify, &report) != OK)
		finding_add(&verify->late, FINDING_UNCHECKED, "source", FINDING_NO_ENTRY, "%s", cx.failure.text);
	report.open = story_close(verify->reading.story, cx.now_us, &verify->late);
	report.now_us = cx.now_us;
	report.trusted_first = verify->trusted_first;
	report.story = verify->reading.story;
	report.found = &verify->found;
	report.late = &verify->late;
	report.evidence = verify->evidence;
	report.state_file = verify->memory.path;
	report.verdict = verdict_of(verify);
	*out = report;
}

/* The charter, for people and their own checks: the text, a single case, the whole table, signing and checking. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "charter/signed.h"
#include "cli/cli.h"

#define OWNERS_MAX CHARTER_PLACES_MAX

/* --- files --- */

static void close_stream(FILE **stream)
{
	if (*stream)
		fclose(*stream);
}

/* At most CHARTER_BYTES_MAX bytes and one, so that the reader sees what is too long. */
static enum err read_file(struct cli *cli, const char *path, struct str *out)
{
	char *const bytes = arena_alloc(&cli->cx.mem, CHARTER_BYTES_MAX + 1, 1);
	AUTO(close_stream) FILE *in = fopen(path, "re");
	if (!in)
		return fail(&cli->cx, E_NOTFOUND, "%.150s: %s", path, strerror(errno));
	*out = (struct str){ bytes, fread(bytes, 1, CHARTER_BYTES_MAX + 1, in) };
	return ferror(in) ? fail(&cli->cx, E_IO, "%.150s cannot be read", path) : OK;
}

/* --- which charter --- */

/* "CN,HK", "none"; not given: the setting, where empty means that it is not stated. */
static enum err owners_of(struct cli *cli, struct str list[OWNERS_MAX], struct charter_places *places)
{
	const char *const option = cli_option(cli, "owner");
	struct str rest = str_of(option ? option : cli->config->region_owner_jurisdiction);
	places->owners = list;
	places->owner_stated = rest.n > 0;
	if (str_eq(rest, STR("none")))
		return OK;
	while (rest.n) {
		if (places->owner_count == OWNERS_MAX)
			return fail_as(&cli->cx, E_INVALID, "usage", "--owner takes at most %d states", OWNERS_MAX);
		list[places->owner_count++] = str_trim(str_cut(&rest, ','));
	}
	return OK;
}

/* The first charter of this node, as its settings make it. */
static enum err first_charter(struct cli *cli, struct str *out)
{
	const struct config *const config = cli->config;
	struct str list[OWNERS_MAX], name = str_of(cli_option(cli, "name"));
	struct charter_places places = { .region = str_of(config->region_name), .home = str_of(config->region_jurisdiction) };
	AUTO(buf_free) struct buf text = buf_new(CHARTER_BYTES_MAX);
	if (name.n == 0) {
		const char *const host = strstr(config->server_url, "//");
		name = host ? str_of(host + 2) : str_of(config->region_name);
	}
	places.name = name;
	TRY(owners_of(cli, list, &places));
	TRY(charter_first(&cli->cx, &places, cli->cx.now_us, &text));
	*out = arena_copy(&cli->cx.mem, buf_view(&text));
	return OK;
}

static enum err choose(struct cli *cli, struct str *bytes, struct charter *out)
{
	const char *const path = cli_option(cli, "charter");
	TRY(path ? read_file(cli, path, bytes) : first_charter(cli, bytes));
	return charter_parse(&cli->cx, *bytes, out);
}

enum err run_charter_show(struct cli *cli)
{
	struct charter charter;
	struct str bytes = {};
	TRY(choose(cli, &bytes, &charter));
	printf(STR_FMT, STR_ARG(bytes));
	return OK;
}

enum err run_charter_table(struct cli *cli)
{
	AUTO(buf_free) struct buf out = buf_new(CHARTER_TABLE_BYTES_MAX);
	TRY(charter_table(&cli->cx, &out));
	printf(STR_FMT, STR_ARG(buf_view(&out)));
	return OK;
}

/* --- one case --- */

static enum err place_option(struct cli *cli, const char *name, struct place *out)
{
	const char *const code = cli_option(cli, name);
	if (code && !place_parse(str_of(code), out))
		return fail_as(&cli->cx, E_INVALID, "usage", "--%s: no state has the code \"%.8s\" (ISO 3166-1, two capital letters)", name, code);
	return OK;
}

static enum err word_option(struct cli *cli, const char *name, enum charter_list list, unsigned *out)
{
	const struct charter_words *const words = charter_words(list);
	const char *const word = cli_option(cli, name);
	if (word && charter_word_parse(list, str_of(word), out))
		return OK;
	AUTO(buf_free) struct buf known = buf_new(200);
	for (size_t i = 0; i < words->count; i++)
		buf_printf(&known, "%s%s", i ? ", " : "", words->words[i].word);
	return fail_as(&cli->cx, E_INVALID, "usage", "--%s is one of: %s", name, buf_terminated(&known));
}

static enum err read_case(struct cli *cli, const struct charter *charter, struct charter_case *out)
{
	struct charter_case asked = { .home = charter->homes[0].state, .authenticated = cli_option(cli, "authenticated") };
	unsigned kind = 0, basis = 0;
	TRY(place_option(cli, "residence", &asked.residence));
	TRY(place_option(cli, "home", &asked.home));
	TRY(place_option(cli, "asker", &asked.asker));
	if (!place_known(asked.asker))
		return fail_as(&cli->cx, E_INVALID, "usage", "--asker is needed: the state that would get what is given");
	TRY(word_option(cli, "kind", CHARTER_LIST_KIND, &kind));
	TRY(word_option(cli, "basis", CHARTER_LIST_BASIS, &basis));
	asked.kind = (enum charter_kind)kind;
	asked.basis = (enum charter_basis)basis;
	*out = asked;
	return OK;
}

static void put_number(struct json *json, const char *name, int64_t value)
{
	json_key(json, name);
	json_i64(json, value);
}

static void print_json(const struct charter_decision *decision, struct str says)
{
	AUTO(buf_free) struct buf out = buf_new(CHARTER_BYTES_MAX);
	struct json json = json_new(&out);
	json_object(&json);
	json_key(&json, "outcome");
	json_text(&json, charter_word(CHARTER_LIST_OUTCOME, decision->outcome));
	put_number(&json, "version", decision->version);
	put_number(&json, "rule", decision->rule);
	json_key(&json, "says");
	json_string(&json, says);
	json_key(&json, "effect");
	json_text(&json, charter_word(CHARTER_LIST_EFFECT, decision->effect));
	put_number(&json, "deadline_hours", decision->terms.deadline_hours);
	put_number(&json, "notice_hours", decision->terms.notice_hours);
	put_number(&json, "gag_days", decision->terms.gag_days);
	put_number(&json, "hold_days", decision->terms.hold_days);
	json_object_end(&json);
	printf("%s\n", buf_terminated(&out));
}

static void print_words(const struct charter_decision *decision, struct str says)
{
	AUTO(buf_free) struct buf out = buf_new(CHARTER_BYTES_MAX);
	charter_decision_text(decision, &out);
	printf("%s\n  " STR_FMT "\n", buf_terminated(&out), STR_ARG(says));
	if (decision->outcome == CHARTER_DECIDE)
		printf("  It can permit at most: %s.\n", charter_word(CHARTER_LIST_EFFECT, decision->effect));
	if (decision->terms.hold_days)
		printf("  What exists is kept for at most %d days.\n", decision->terms.hold_days);
	if (decision->terms.notice_hours)
		printf("  Who is concerned is told within %d hours.\n", decision->terms.notice_hours);
	else
		printf("  Who is concerned is told at once.\n");
	if (decision->terms.gag_days)
		printf("  A lawful order may keep that back for at most %d days.\n", decision->terms.gag_days);
}

enum err run_charter_decide(struct cli *cli)
{
	struct charter charter;
	struct charter_case asked = {};
	struct charter_decision decision;
	struct str bytes = {};
	TRY(choose(cli, &bytes, &charter));
	TRY(read_case(cli, &charter, &asked));
	charter_decide(&charter, &asked, &decision);
	const struct charter_rule *const rule = charter_rule_of(&charter, decision.rule);
	assert(rule);
	if (cli_option(cli, "json"))
		print_json(&decision, rule->says);
	else
		print_words(&decision, rule->says);
	return OK;
}

/* --- signatures --- */

enum err run_charter_sign(struct cli *cli)
{
	unsigned char seed[SIGN_SEED_BYTES], public[SIGN_PUBLIC_BYTES];
	AUTO(buf_free) struct buf out = buf_new(NOTE_BYTES_MAX);
	AUTO(buf_free) struct buf vkey = buf_new(NOTE_VKEY_MAX);
	struct charter charter;
	struct str bytes = {}, key_text = {};
	const char *const key_file = cli_option(cli, "key");
	if (!key_file)
		return fail_as(&cli->cx, E_INVALID, "usage", "--key is needed: a file with 64 hexadecimal digits");
	TRY(keys_init(&cli->cx));
	TRY(read_file(cli, cli->arguments[0], &bytes));
	TRY(charter_parse(&cli->cx, bytes, &charter));
	TRY(read_file(cli, key_file, &key_text));
	if (!hex_decode(str_trim(key_text), seed, sizeof seed))
		return fail(&cli->cx, E_INVALID, "the key file has to hold 64 hexadecimal digits");
	sign_public(seed, public);
	const struct note_key key = note_key_new(charter.name, NOTE_ED25519, public);
	charter_sign(&charter, &key, seed, &out);
	note_key_write(&key, &vkey);
	printf(STR_FMT, STR_ARG(buf_view(&out)));
	fprintf(stderr, "To check it: amanat charter verify FILE NOTE --key %s\n", buf_terminated(&vkey));
	return OK;
}

enum err run_charter_verify(struct cli *cli)
{
	struct charter charter;
	struct note_key key;
	struct str bytes = {}, note = {};
	const char *const vkey = cli_option(cli, "key");
	if (!vkey)
		return fail_as(&cli->cx, E_INVALID, "usage", "--key is needed: the signer's public key, name+hex+base64");
	TRY(keys_init(&cli->cx));
	TRY(read_file(cli, cli->arguments[0], &bytes));
	TRY(read_file(cli, cli->arguments[1], &note));
	TRY(charter_parse(&cli->cx, bytes, &charter));
	TRY(note_key_parse(&cli->cx, str_of(vkey), &key));
	TRY(charter_signature_check(&cli->cx, &charter, note, &key));
	printf("Version %" PRIu32 " of the charter of " STR_FMT ", %zu rules, issued %s: the signature holds.\n", charter.version,
	       STR_ARG(charter.name), charter.rule_count, charter.issued);
	return OK;
}

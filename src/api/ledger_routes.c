/* The log for strangers' tools, as C2SP tlog-tiles lays it out under /ledger; and about it, for our own client. */
#include "api/route.h"
#include "api/routes.h"
#include "api/trust.h"
#include "ledger/ledger.h"
#include "ledger/policy.h"

#define PLAIN "text/plain; charset=utf-8"
#define FOR_EVER "public, max-age=31536000, immutable"
#define PROOF_BYTES_MAX (2 * NOTE_BYTES_MAX)
#define BUNDLE_BYTES_MAX ((size_t)TILE_WIDTH * (ENTRY_LINE_MAX + 2))

/* Scripts of other sites may read it, too: that others look is the point. */
static void for_anybody(struct ctx *cx, struct resp *resp, const char *caching)
{
	resp_header(cx, resp, "Access-Control-Allow-Origin", STR("*"));
	resp_header(cx, resp, "Cross-Origin-Resource-Policy", STR("cross-origin"));
	resp_header(cx, resp, "Cache-Control", str_of(caching));
}

static void answer_bytes(struct ctx *cx, struct resp *resp, const char *content_type, struct buf *body)
{
	resp->kind = BODY_BUF;
	resp->buf = *body;
	*body = buf_new(0);
	resp_header(cx, resp, "Content-Type", str_of(content_type));
}

static enum err get_checkpoint(struct ctx *cx, const struct req *, struct resp *resp)
{
	struct ledger_head head;
	TRY(ledger_head(cx, &head));
	if (head.note.n == 0)
		return fail_as(cx, E_BUSY, "ledger-silent", "This log shows no checkpoint at present (state: %s).", ledger_state_name(head.state));
	resp_text(resp, PLAIN, head.note);
	for_anybody(cx, resp, "no-store");
	return OK;
}

static enum err get_tile(struct ctx *cx, const struct req *req, struct resp *resp)
{
	AUTO(buf_free) struct buf body = buf_new(BUNDLE_BYTES_MAX);
	const struct str path = arena_printf(&cx->mem, "tile/" STR_FMT, STR_ARG(req->params[0]));
	struct tile tile;
	if (!tile_path_parse(path, &tile))
		return fail(cx, E_NOTFOUND, "A tile's address is tile/LEVEL/INDEX or tile/entries/INDEX, as C2SP tlog-tiles writes it.");
	TRY(ledger_tile(cx, &tile, &body));
	answer_bytes(cx, resp, "application/octet-stream", &body);
	for_anybody(cx, resp, FOR_EVER);
	return OK;
}

static enum err number_of(struct ctx *cx, const struct req *req, uint64_t *out)
{
	return str_u64(req->params[0], out) ? OK : fail(cx, E_NOTFOUND, "An entry's address is its number.");
}

static enum err get_entry(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct entry entry;
	struct str line;
	uint64_t number;
	struct ledger_head head;
	TRY(number_of(cx, req, &number));
	TRY(ledger_head(cx, &head));
	if (number >= head.size)
		return fail(cx, E_NOTFOUND, "The newest checkpoint has no such entry.");
	TRY(ledger_read(cx, number, &entry, &line));
	resp_text(resp, PLAIN, line);
	for_anybody(cx, resp, FOR_EVER);
	return OK;
}

static enum err get_proof(struct ctx *cx, const struct req *req, struct resp *resp)
{
	AUTO(buf_free) struct buf body = buf_new(PROOF_BYTES_MAX);
	uint64_t number;
	TRY(number_of(cx, req, &number));
	TRY(ledger_proof(cx, number, STR(""), &body));
	answer_bytes(cx, resp, PLAIN, &body);
	for_anybody(cx, resp, "no-store");
	return OK;
}

static enum err get_key(struct ctx *cx, const struct req *, struct resp *resp)
{
	AUTO(buf_free) struct buf body = buf_new(LOG_KEYS_MAX * (NOTE_VKEY_MAX + 1));
	struct note_key keys[LOG_KEYS_MAX];
	unsigned count = ledger_keys(cx->ledger, keys);
	if (count == 0)
		TRY(trust_keys(cx, keys, &count));     /* a log that has lost its key is still to be checked */
	for (unsigned i = 0; i < count; i++) {
		note_key_write(&keys[i], &body);
		buf_char(&body, '\n');
	}
	answer_bytes(cx, resp, PLAIN, &body);
	for_anybody(cx, resp, "no-store");
	return OK;
}

void ledger_keys_json(struct json *json, const struct note_key *keys, unsigned count)
{
	json_key(json, "keys");
	json_array(json);
	for (unsigned i = 0; i < count; i++) {
		AUTO(buf_free) struct buf vkey = buf_new(NOTE_VKEY_MAX);
		note_key_write(&keys[i], &vkey);
		json_string(json, buf_view(&vkey));
	}
	json_array_end(json);
}

static void keys_json(struct ctx *cx, struct json *json)
{
	struct note_key keys[LOG_KEYS_MAX];
	const unsigned count = ledger_keys(cx->ledger, keys);
	json_key(json, "origin");
	if (count)
		json_text(json, keys[0].name);
	else
		json_null(json);
	ledger_keys_json(json, keys, count);
}

static void head_json(struct json *json, const struct ledger_head *head, uint64_t entries)
{
	AUTO(buf_free) struct buf root = buf_new(64);
	buf_base64(&root, head->root.bytes, TREE_HASH_BYTES);
	json_key(json, "state");
	json_text(json, ledger_state_name(head->state));
	json_key(json, "entries");
	json_i64(json, (int64_t)entries);
	json_key(json, "size");
	json_i64(json, (int64_t)head->size);
	json_key(json, "root");
	json_string(json, buf_view(&root));
	json_key(json, "shown");
	if (head->note.n)
		json_time(json, head->shown_us);
	else
		json_null(json);
}

static void witnesses_json(struct ctx *cx, struct json *json)
{
	struct ledger_witness *const witnesses = arena_new(&cx->mem, struct ledger_witness, POLICY_PARTIES_MAX);
	const unsigned count = ledger_witnesses(cx->ledger, POLICY_PARTIES_MAX, witnesses);
	json_key(json, "witnesses");
	json_array(json);
	for (unsigned i = 0; i < count; i++) {
		json_object(json);
		json_key(json, "name");
		json_string(json, witnesses[i].name);
		json_key(json, "url");
		json_string(json, witnesses[i].url);
		json_key(json, "answer");
		json_text(json, witnesses[i].answer);
		json_object_end(json);
	}
	json_array_end(json);
}

static enum err get_ledger(struct ctx *cx, const struct req *, struct resp *resp)
{
	struct ledger_head head;
	struct answer answer;
	uint64_t entries, mirrored;
	TRY(ledger_head(cx, &head));
	TRY(ledger_size(cx, &entries));
	const bool mirror = ledger_mirror(cx->ledger, &mirrored);
	answer_begin(&answer);
	json_object(&answer.json);
	keys_json(cx, &answer.json);
	head_json(&answer.json, &head, entries);
	witnesses_json(cx, &answer.json);
	json_key(&answer.json, "mirrored");
	if (mirror)
		json_i64(&answer.json, (int64_t)mirrored);
	else
		json_null(&answer.json);
	json_object_end(&answer.json);
	answer_end(&answer, resp);
	for_anybody(cx, resp, "no-store");
	return OK;
}

const struct route ledger_routes[] = {
	{ GET, "/api/v1/ledger", get_ledger, ANYONE, RATE_READ, READ, 0, "The log at a glance: what is shown, what waits, how its witnesses answered last.", NULL, "Ledger", NULL },
	{ GET, "/ledger/checkpoint", get_checkpoint, ANYONE, RATE_MEDIA, READ, 0, "The log's newest signed checkpoint (C2SP tlog-checkpoint).", NULL, NULL, NULL },
	{ GET, "/ledger/tile/{tile*}", get_tile, ANYONE, RATE_MEDIA, READ, 0, "Hashes and entries (C2SP tlog-tiles).", NULL, NULL, NULL },
	{ GET, "/ledger/entry/{number}", get_entry, ANYONE, RATE_MEDIA, READ, 0, "One entry's line; its leaf is the hash of these bytes.", NULL, NULL, NULL },
	{ GET, "/ledger/proof/{number}", get_proof, ANYONE, RATE_MEDIA, READ, 0, "A proof that an entry is in the log (C2SP tlog-proof).", NULL, NULL, NULL },
	{ GET, "/ledger/key", get_key, ANYONE, RATE_MEDIA, READ, 0, "The log's verifier keys, a line each, the newest last.", NULL, NULL, NULL },
	{},
};

/* This node as a witness of others' logs (C2SP tlog-witness), and what it signed last, for monitors.  Asked by programs: no cookie, no Origin. */
#include "api/route.h"
#include "api/routes.h"
#include "ledger/cosigner.h"

#define PLAIN "text/plain; charset=utf-8"

static enum err need_witness(struct ctx *cx)
{
	return cx->cosigner ? OK : fail_as(cx, E_NOTFOUND, "no-witness", "This node is no witness for other logs.");
}

static void for_anybody(struct ctx *cx, struct resp *resp)
{
	resp_header(cx, resp, "Access-Control-Allow-Origin", STR("*"));
	resp_header(cx, resp, "Cross-Origin-Resource-Policy", STR("cross-origin"));
	resp_header(cx, resp, "Cache-Control", STR("no-store"));
}

static enum err post_checkpoint(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct cosigned cosigned;
	TRY(need_witness(cx));
	TRY(cosigner_sign(cx, cx->cosigner, req->body, &cosigned));
	if (cosigned.line.n) {
		resp_text(resp, PLAIN, cosigned.line);
	} else {
		resp_text(resp, "text/x.tlog.size", arena_printf(&cx->mem, "%llu\n", (unsigned long long)cosigned.newest));
		resp->status = 409;
	}
	return OK;
}

static enum err get_key(struct ctx *cx, const struct req *, struct resp *resp)
{
	AUTO(buf_free) struct buf body = buf_new(NOTE_VKEY_MAX + 1);
	TRY(need_witness(cx));
	note_key_write(cosigner_key(cx->cosigner), &body);
	buf_char(&body, '\n');
	resp_text(resp, PLAIN, arena_copy(&cx->mem, buf_view(&body)));
	for_anybody(cx, resp);
	return OK;
}

static enum err get_checkpoint(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct cosigner_newest newest;
	TRY(need_witness(cx));
	if (!cosigner_signs(cx->cosigner))     /* what it has may not be the newest that it signed */
		return fail_as(cx, E_BUSY, "witness-restored", "This witness was restored from a backup and does not know what it has signed since.");
	TRY(cosigner_find(cx, req->params[0], &newest));
	resp_text(resp, PLAIN, newest.note);
	for_anybody(cx, resp);
	return OK;
}

static void newest_json(struct json *json, const struct cosigner_newest *newest)
{
	AUTO(buf_free) struct buf root = buf_new(64);
	buf_base64(&root, newest->root.bytes, TREE_HASH_BYTES);
	json_object(json);
	json_key(json, "origin");
	json_string(json, newest->origin);
	json_key(json, "size");
	json_i64(json, (int64_t)newest->size);
	json_key(json, "root");
	json_string(json, buf_view(&root));
	json_key(json, "signed");
	json_time(json, newest->signed_s * SECOND_US);
	json_object_end(json);
}

static enum err get_witness(struct ctx *cx, const struct req *, struct resp *resp)
{
	AUTO(buf_free) struct buf vkey = buf_new(NOTE_VKEY_MAX);
	struct cosigner_newest newest[POLICY_LOGS_MAX];
	struct answer answer;
	size_t count = 0;
	TRY(need_witness(cx));
	const bool signs = cosigner_signs(cx->cosigner);
	if (signs)
		TRY(cosigner_list(cx, POLICY_LOGS_MAX, newest, &count));
	note_key_write(cosigner_key(cx->cosigner), &vkey);
	answer_begin(&answer);
	json_object(&answer.json);
	json_key(&answer.json, "name");
	json_text(&answer.json, cosigner_key(cx->cosigner)->name);
	json_key(&answer.json, "key");
	json_string(&answer.json, buf_view(&vkey));
	json_key(&answer.json, "signs");
	json_bool(&answer.json, signs);
	json_key(&answer.json, "logs");
	json_array(&answer.json);
	for (size_t i = 0; i < count; i++)
		newest_json(&answer.json, &newest[i]);
	json_array_end(&answer.json);
	json_object_end(&answer.json);
	answer_end(&answer, resp);
	for_anybody(cx, resp);
	return OK;
}

const struct route witness_routes[] = {
	{ POST, "/witness/add-checkpoint", post_checkpoint, ANYONE, RATE_WITNESS, WRITE, COSIGNER_BODY_MAX,
	  "A log's checkpoint in, this witness's cosignature out (C2SP tlog-witness).", NULL, NULL, NULL },
	{ GET, "/witness/key", get_key, ANYONE, RATE_READ, READ, 0, "This witness's verifier key.", NULL, NULL, NULL },
	{ GET, "/witness/checkpoint/{origin*}", get_checkpoint, ANYONE, RATE_READ, READ, 0, "The newest checkpoint of a log that this witness has signed.", NULL, NULL, NULL },
	{ GET, "/api/v1/witness", get_witness, ANYONE, RATE_READ, READ, 0, "This node as a witness: its key, and what it signed last.", NULL, "Witness", NULL },
	{},
};

/* The node about itself: what it is, its letter, how to speak to it, whether it is well. */
#include "api/letter.h"
#include "api/metrics.h"
#include "api/node.h"
#include "api/openapi.h"
#include "api/route.h"
#include "api/routes.h"
#include "demo/demo.h"
#include "docket/demand.h"

static enum err get_node(struct ctx *cx, const struct req *, struct resp *resp)
{
	int64_t demands;
	struct demo_accounts demo;
	struct answer answer;
	TRY(demand_count(cx, &demands));
	TRY(demo_accounts(cx, &demo));
	answer_begin(&answer);
	node_json(cx, &answer.json, demands, &demo);
	answer_end(&answer, resp);
	return OK;
}

static enum err get_demo(struct ctx *cx, const struct req *, struct resp *resp)
{
	struct demo_progress progress;
	struct answer answer;
	TRY(demo_progress(cx, &progress));
	answer_begin(&answer);
	json_object(&answer.json);
	json_key(&answer.json, "made");
	json_i64(&answer.json, progress.made);
	json_key(&answer.json, "wanted");
	json_i64(&answer.json, progress.wanted);
	json_key(&answer.json, "making");
	json_bool(&answer.json, progress.making);
	json_object_end(&answer.json);
	answer_end(&answer, resp);
	return OK;
}

static enum err get_letter(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct letter letter;
	const struct catalogue *language = text_language(cx, req);
	TRY(letter_read(cx, language, &letter));
	struct buf body = buf_new(ANSWER_BYTES_MAX);
	letter_json(cx, &letter, language, &body);
	resp_json(resp, &body);
	return OK;
}

static enum err get_openapi(struct ctx *cx, const struct req *, struct resp *resp)
{
	AUTO(buf_free) struct buf body = buf_new(ANSWER_BYTES_MAX);
	TRY(openapi_write(cx, &body));
	resp_json(resp, &body);
	return OK;
}

/* Well: public.db can be read.  A draining server takes no new connection, so that needs no word here. */
static enum err get_healthz(struct ctx *cx, const struct req *, struct resp *resp)
{
	int64_t version;
	if (db_version(cx, PUBLIC_DB, &version) != OK)
		return fail(cx, E_BUSY, "The store cannot be read.");
	resp_text(resp, "text/plain; charset=utf-8", STR("ok\n"));
	return OK;
}

static bool is_loopback(struct str peer)
{
	return str_starts(peer, STR("127.")) || str_eq(peer, STR("::1"));
}

static enum err get_metrics(struct ctx *cx, const struct req *req, struct resp *resp)
{
	bool through_proxy = req_header(cx, req, "X-Forwarded-For").n > 0 || req_header(cx, req, "Forwarded").n > 0;
	if (!is_loopback(req->peer) || through_proxy)
		return fail(cx, E_NOTFOUND, "There is nothing here.");
	struct buf body = buf_new(ANSWER_BYTES_MAX);
	metrics_write(cx, &body);
	resp->kind = BODY_BUF;
	resp->buf = body;
	resp_header(cx, resp, "Content-Type", STR("text/plain; version=0.0.4; charset=utf-8"));
	return OK;
}

const struct route node_routes[] = {
	{ GET, "/api/v1/node", get_node, ANYONE, RATE_READ, READ, 0, "What this node is: place, law, operator, limits.", NULL, "Node", NULL },
	{ GET, "/api/v1/demo", get_demo, ANYONE, RATE_READ, READ, 0, "How far the making of the demo network's clips is.", NULL, "Demo", NULL },
	{ GET, "/api/v1/letter", get_letter, ANYONE, RATE_READ, SLOW, 0,
	  "The letter: sentences about this node, each with a live figure and a check, and every table that it keeps.", NULL, "Letter", NULL },
	{ GET, "/api/v1/openapi.json", get_openapi, ANYONE, RATE_READ, READ, 0, "This description.", NULL, "OpenApi", NULL },
	{ GET, "/healthz", get_healthz, ANYONE, RATE_NONE, READ, 0, "200 when the node is well, 503 when it is not.", NULL, NULL, NULL },
	{ GET, "/metrics", get_metrics, ANYONE, RATE_NONE, READ, 0, "Counters for Prometheus; told to this machine only.", NULL, NULL, NULL },
	{},
};

/* What http/ asks of the rooms below it: contexts, the gate, the writer, failures as answers, the headers of every answer. */
#include "app/inside.h"

#include <stdlib.h>

#include "api/gate.h"
#include "api/headers.h"
#include "api/pages.h"
#include "api/problem.h"
#include "social/session.h"
#include "store/writer.h"

static void ctx_open(void *self, enum run, struct ctx *cx)
{
	app_ctx_bare(self, cx);
}

static void ctx_close(void *, struct ctx *cx)
{
	ctx_end(cx);
}

static void db_lend(void *self, struct ctx *cx)
{
	struct app *app = self;
	cx->db = db_pool_take(app->readers);
}

static void db_return(void *self, struct ctx *cx)
{
	struct app *app = self;
	db_pool_give(app->readers, cx->db);
	cx->db = NULL;
}

/* --- noting a session's use: by and by, nobody waits for it --- */

static enum err touch(struct ctx *cx, void *)
{
	return session_touch(cx);
}

static void touched(void *argument, enum err)
{
	struct ctx *cx = argument;
	ctx_end(cx);
	free(cx);
}

static void touch_later(struct app *app, const struct ctx *from)
{
	struct ctx *cx = malloc(sizeof *cx);
	if (!cx)
		abort();
	app_ctx_bare(app, cx);
	cx->actor = from->actor;
	writer_submit(app->writer, cx, touch, cx, touched);
}

static enum err gate(void *self, struct ctx *cx, const struct req *req)
{
	bool touch_due = false;
	TRY(gate_pass(cx, req, &touch_due));
	if (touch_due)
		touch_later(self, cx);
	return OK;
}

static void hand_to_writer(void *self, struct ctx *cx, enum err (*work)(struct ctx *, void *), void *argument,
                           void (*done)(void *, enum err))
{
	struct app *app = self;
	writer_submit(app->writer, cx, work, argument, done);
}

/* The shield has live figures; but who is refused for asking too much, or while the store fails, costs no read. */
static bool has_shield(enum err code)
{
	return code != E_LIMIT && code != E_BUSY && code != E_IO && code != E_CORRUPT;
}

static void problem_page(void *self, struct ctx *cx, const struct req *req, enum err code, struct resp *resp)
{
	bool lent = !cx->db && has_shield(code);
	if (lent)
		db_lend(self, cx);
	pages_problem(cx, req, code, resp);
	if (lent)
		db_return(self, cx);
}

static void problem(void *self, struct ctx *cx, const struct req *req, enum err code, struct resp *resp)
{
	if (code == E_IO || code == E_CORRUPT)
		log_line(cx->log, LOG_ERROR, "failure=%s at=%s:%d what=\"%s\"", err_name(code), cx->failure.file, cx->failure.line,
		         cx->failure.text);
	if (pages_wants_page(cx, req))
		problem_page(self, cx, req, code, resp);
	else
		problem_answer(cx, code, resp);
}

static void finish(void *, struct ctx *cx, const struct req *req, struct resp *resp)
{
	headers_add(cx, req, resp);
}

static int64_t write_wait_us(void *self)
{
	return writer_wait_us(((struct app *)self)->writer);
}

static uint64_t public_version(void *self)
{
	return app_public_version(self);
}

struct http_hooks app_hooks(struct app *app)
{
	return (struct http_hooks){
		.self = app, .ctx_open = ctx_open, .ctx_close = ctx_close, .db_lend = db_lend, .db_return = db_return,
		.gate = gate, .write = hand_to_writer, .write_wait_us = write_wait_us, .public_version = public_version, .problem = problem, .finish = finish,
	};
}

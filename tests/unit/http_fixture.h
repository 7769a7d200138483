/* tests/unit/http_fixture.h - a server with a writer thread, a gate and a few routes, in this process. */
#ifndef TESTS_HTTP_FIXTURE_H
#define TESTS_HTTP_FIXTURE_H
#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "http/http.h"
#include "http/kept.h"
#include "http_client.h"
#include "scratch.h"
#include "tap.h"

#define TEXT_BODY_MAX 1000
#define SINK_BODY_MAX ((size_t)8 << 20)
#define FILE_BYTES 1000

struct write_job {
	struct write_job *next;
	struct ctx *cx;
	enum err (*work)(struct ctx *, void *);
	void (*done)(void *, enum err);
	void *argument;
	enum err outcome;
};

struct fixture {
	struct http *http;
	struct ctx cx;                         /* for http_start() */
	struct http_config config;
	struct http_hooks hooks;
	const struct route *const *tables;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct write_job *first, **last;       /* under lock */
	bool stopping;                         /* under lock */
	pthread_t writer;
	struct faults faults;
	_Atomic(enum err) commit;              /* what the writer's commits come to */
	atomic_bool hold;                      /* the writer and the SLOW handler wait while this is set */
	atomic_int_fast64_t write_wait_us;     /* as if a write waited so long */
	atomic_int version;                    /* of what is public */
	atomic_int lent, contexts, sinks_open, in_slow, opened_sinks, incomplete_sinks, sink_bytes, ran, in_write;
	char file[64];
};

static inline void a_moment(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
}

/* Waits for a condition that another thread brings about; false after twenty seconds. */
#define EVENTUALLY(condition) ({ bool met_ = false; for (int turn_ = 0; turn_ < 10000 && !met_; turn_++) { met_ = (condition); if (!met_) a_moment(); } met_; })

/* Contexts carry the fixture where the server's own would carry its metrics. */
static inline struct fixture *fixture_of(const struct ctx *cx)
{
	return (struct fixture *)(void *)cx->metrics;
}

static enum err say_hello(struct ctx *cx, const struct req *req, struct resp *resp)
{
	assert(cx->db && req->route->how == READ);
	struct buf body = buf_new(4096);
	struct str who;
	buf_text(&body, "hello");
	if (req_query(cx, req, "who", &who)) {
		buf_char(&body, ' ');
		buf_str(&body, who);
	}
	resp_json(resp, &body);
	return OK;
}

static enum err tell_request(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct buf body = buf_new(70000);
	buf_printf(&body, "%s path=" STR_FMT " p0=" STR_FMT " p1=" STR_FMT " peer=" STR_FMT " secure=%d cross=%d cookie=" STR_FMT " body=",
	           method_name(req->method), STR_ARG(req->path), STR_ARG(req->params[0]), STR_ARG(req->params[1]), STR_ARG(req->peer),
	           req->secure, req_cross_site(cx, req), STR_ARG(req_cookie(cx, req, "session")));
	buf_str(&body, req->body);
	resp_json(resp, &body);
	resp_cookie(cx, resp, req, "session", STR("abc"), 60);
	return OK;
}

static enum err write_something(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct fixture *f = fixture_of(cx);
	struct str fails;
	assert(cx->db && pthread_equal(pthread_self(), f->writer));
	atomic_fetch_add(&f->ran, 1);
	if (req_query(cx, req, "fail", &fails))
		return fail_as(cx, E_CONFLICT, "taken", "That is taken.");
	resp_text(resp, "text/plain", arena_copy(&cx->mem, req->body));
	resp->status = 201;
	return OK;
}

/* Each run gives another answer; "?large=" one that is too large to keep; "?changes=": what is public changes meanwhile. */
static enum err count_up(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct str large, changes;
	struct buf body = buf_new((size_t)1 << 20);
	buf_printf(&body, "run %d of " STR_FMT, atomic_fetch_add(&fixture_of(cx)->ran, 1) + 1, STR_ARG(req->params[0]));
	if (req_query(cx, req, "changes", &changes))
		atomic_fetch_add(&fixture_of(cx)->version, 1);
	if (req_query(cx, req, "large", &large))
		for (size_t i = 0; i < KEPT_BODY_MAX; i++)
			buf_char(&body, '.');
	resp_json(resp, &body);
	return str_eq(req->params[0], STR("none")) ? fail(cx, E_NOTFOUND, "No such thing.") : OK;
}

static enum err work_slowly(struct ctx *cx, const struct req *, struct resp *resp)
{
	struct fixture *f = fixture_of(cx);
	assert(cx->db);
	atomic_fetch_add(&f->in_slow, 1);
	while (atomic_load(&f->hold))
		a_moment();
	resp_text(resp, "text/plain", STR("slow"));
	return OK;
}

static enum err fail_plainly(struct ctx *cx, const struct req *, struct resp *resp)
{
	struct buf body = buf_new(100);
	buf_text(&body, "half an answer");
	resp_json(resp, &body);
	return fail(cx, E_NOTFOUND, "No such thing.");
}

static enum err give_file(struct ctx *cx, const struct req *, struct resp *resp)
{
	int fd = open(fixture_of(cx)->file, O_RDONLY | O_CLOEXEC);
	assert(fd >= 0);
	resp_file(resp, fd, FILE_BYTES, "video/mp4");
	resp->etag = STR("\"v1\"");
	resp_header(cx, resp, "Cache-Control", STR("public"));
	return OK;
}

static enum err give_nothing(struct ctx *, const struct req *, struct resp *)
{
	return OK;
}

struct test_sink {
	struct fixture *fixture;
	size_t bytes;
};

static enum err sink_open(struct ctx *cx, const struct req *req, void **out)
{
	struct str refuse;
	if (req_query(cx, req, "refuse", &refuse))
		return fail_as(cx, E_FULL, "quota", "No room.");
	struct test_sink *sink = calloc(1, sizeof *sink);
	sink->fixture = fixture_of(cx);
	atomic_fetch_add(&sink->fixture->sinks_open, 1);
	atomic_fetch_add(&sink->fixture->opened_sinks, 1);
	*out = sink;
	return OK;
}

static enum err sink_write(void *self, const void *bytes, size_t n)
{
	struct test_sink *sink = self;
	if (memchr(bytes, '!', n))
		return E_FULL;
	sink->bytes += n;
	atomic_fetch_add(&sink->fixture->sink_bytes, (int)n);
	return OK;
}

static void sink_close(void *self, bool complete)
{
	struct test_sink *sink = self;
	atomic_fetch_sub(&sink->fixture->sinks_open, 1);
	atomic_fetch_add(&sink->fixture->incomplete_sinks, !complete);
	free(sink);
}

static enum err take_upload(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct test_sink *sink = req->sink;
	resp_text(resp, "text/plain", arena_printf(&cx->mem, "%zu", sink->bytes));
	resp_header(cx, resp, "X-Method", str_of(method_name(req->method)));
	return OK;
}

static const struct sink test_sink = { sink_open, sink_write, sink_close };
static const struct route test_routes[] = {
	{ GET, "/", say_hello, ANYONE, RATE_NONE, READ, 0, "Home.", NULL, NULL, NULL },
	{ GET, "/hello", say_hello, ANYONE, RATE_NONE, READ, 0, "Hello.", NULL, NULL, NULL },
	{ GET, "/tell/{a}", tell_request, ANYONE, RATE_NONE, READ, 0, "Tells.", NULL, NULL, NULL },
	{ PUT, "/tell/{a}/of/{b}", tell_request, ANYONE, RATE_NONE, READ, TEXT_BODY_MAX, "Tells.", NULL, NULL, NULL },
	{ GET, "/rest/{rest*}", tell_request, ANYONE, RATE_NONE, READ, 0, "Tells.", NULL, NULL, NULL },
	{ GET, "/public/{a}", count_up, ANYONE, RATE_NONE, READ_KEPT, 0, "Counts.", NULL, NULL, NULL },
	{ POST, "/write", write_something, ANYONE, RATE_NONE, WRITE, TEXT_BODY_MAX, "Writes.", NULL, NULL, NULL },
	{ POST, "/slow", work_slowly, ANYONE, RATE_NONE, SLOW, TEXT_BODY_MAX, "Slow.", NULL, NULL, NULL },
	{ GET, "/missing", fail_plainly, ANYONE, RATE_NONE, READ, 0, "Fails.", NULL, NULL, NULL },
	{ GET, "/file", give_file, ANYONE, RATE_NONE, READ, 0, "A file.", NULL, NULL, NULL },
	{ DELETE, "/file", give_nothing, ANYONE, RATE_NONE, READ, 0, "Nothing.", NULL, NULL, NULL },
	{ PATCH, "/upload", take_upload, ANYONE, RATE_NONE, READ, SINK_BODY_MAX, "Uploads.", NULL, NULL, &test_sink },
	{ POST, "/upload", take_upload, ANYONE, RATE_NONE, WRITE, SINK_BODY_MAX, "Uploads.", NULL, NULL, &test_sink },
	{ .path = NULL },
};
static const struct route *const test_tables[] = { test_routes, NULL };

static void fixture_ctx_open(void *self, enum run, struct ctx *cx)
{
	struct fixture *f = self;
	*cx = (struct ctx){ .mem = arena_new_capped(ARENA_REQUEST_BYTES), .now_us = clock_wall_us(NULL), .faults = &f->faults };
	cx->metrics = (struct metrics *)(void *)f;
	atomic_fetch_add(&f->contexts, 1);
}

static void fixture_ctx_close(void *self, struct ctx *cx)
{
	struct fixture *f = self;
	ctx_end(cx);
	atomic_fetch_sub(&f->contexts, 1);
}

static void fixture_db_lend(void *self, struct ctx *cx)
{
	struct fixture *f = self;
	atomic_fetch_add(&f->lent, 1);
	cx->db = self;
}

static void fixture_db_return(void *self, struct ctx *cx)
{
	struct fixture *f = self;
	atomic_fetch_sub(&f->lent, 1);
	cx->db = NULL;
}

static enum err fixture_gate(void *, struct ctx *cx, const struct req *req)
{
	if (req_header(cx, req, "X-Deny").n)
		return fail(cx, E_DENIED, "Not you.");
	cx->actor.account = req_header(cx, req, "X-Account").n > 0;
	return OK;
}

static void fixture_write(void *self, struct ctx *cx, enum err (*work)(struct ctx *, void *), void *argument, void (*done)(void *, enum err))
{
	struct fixture *f = self;
	if (atomic_load(&f->commit) == E_LIMIT) {      /* stands for a full queue: told at once, on this thread */
		done(argument, E_BUSY);
		return;
	}
	struct write_job *job = calloc(1, sizeof *job);
	*job = (struct write_job){ .cx = cx, .work = work, .done = done, .argument = argument };
	pthread_mutex_lock(&f->lock);
	*f->last = job;
	f->last = &job->next;
	pthread_cond_signal(&f->wake);
	pthread_mutex_unlock(&f->lock);
}

static void run_group(struct fixture *f, struct write_job *group)
{
	for (struct write_job *job = group; job; job = job->next) {
		job->cx->db = (struct db *)(void *)f;
		job->outcome = job->work(job->cx, job->argument);
	}
	while (atomic_load(&f->hold)) {
		atomic_store(&f->in_write, 1);
		a_moment();
	}
	for (struct write_job *job = group, *next; job; job = next) {
		next = job->next;
		job->done(job->argument, job->outcome != OK ? job->outcome : atomic_load(&f->commit));
		free(job);
	}
}

static void *fixture_writer(void *self)
{
	struct fixture *f = self;
	pthread_mutex_lock(&f->lock);
	while (f->first || !f->stopping) {
		struct write_job *group = f->first;
		if (!group) {
			pthread_cond_wait(&f->wake, &f->lock);
			continue;
		}
		f->first = NULL;
		f->last = &f->first;
		pthread_mutex_unlock(&f->lock);
		run_group(f, group);
		pthread_mutex_lock(&f->lock);
	}
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

static int64_t fixture_write_wait_us(void *self)
{
	return atomic_load(&((struct fixture *)self)->write_wait_us);
}

static uint64_t fixture_public_version(void *self)
{
	struct fixture *f = self;
	return (uint64_t)atomic_load(&f->version);
}

static void fixture_problem(void *, struct ctx *cx, const struct req *, enum err e, struct resp *resp)
{
	static const int statuses[ERR_COUNT] = {
		[E_INVALID] = 400, [E_ANONYMOUS] = 401, [E_DENIED] = 403, [E_NOTFOUND] = 404, [E_CONFLICT] = 409, [E_TOOLARGE] = 413,
		[E_LIMIT] = 429, [E_BUSY] = 503, [E_FULL] = 507, [E_IO] = 500, [E_CORRUPT] = 500,
	};
	assert(!cx->db);
	const struct problem_details details = {
		.status = resp->status ? resp->status : statuses[e], .code = cx->failure.slug, .detail = str_of(cx->failure.text),
	};
	resp_problem(cx, resp, &details);
}

static void fixture_finish(void *, struct ctx *cx, const struct req *, struct resp *resp)
{
	resp_header(cx, resp, "X-Finished", STR("yes"));
}

static void fixture_make_file(struct fixture *f)
{
	char bytes[FILE_BYTES];
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)('a' + i % 26);
	snprintf(f->file, sizeof f->file, "%s/amanat-http-XXXXXX", scratch_root());
	int fd = mkstemp(f->file);
	bool written = fd >= 0 && write(fd, bytes, sizeof bytes) == (ssize_t)sizeof bytes;
	assert(written);
	close(fd);
}

/* In place: threads hold its address. */
static void fixture_prepare(struct fixture *f)
{
	*f = (struct fixture){
		.cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) },
		.config = { .address = "127.0.0.1", .event_threads = 2, .slow_threads = 1, .connections_max = 200, .idle_seconds = 30,
			.body_seconds = 30, .head_max = 16384, .override_under = "/upload", .trusted_proxies = "" },
		.hooks = { .ctx_open = fixture_ctx_open, .ctx_close = fixture_ctx_close, .db_lend = fixture_db_lend,
			.db_return = fixture_db_return, .gate = fixture_gate, .write = fixture_write, .public_version = fixture_public_version,
			.write_wait_us = fixture_write_wait_us,
			.problem = fixture_problem, .finish = fixture_finish },
	};
	f->hooks.self = f;
	f->tables = test_tables;
	f->last = &f->first;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->wake, NULL);
	fixture_make_file(f);
}

static void fixture_start(struct fixture *f)
{
	pthread_create(&f->writer, NULL, fixture_writer, f);
	enum err e = http_start(&f->cx, &f->config, &f->hooks, f->tables, &f->http);
	assert(e == OK);
}

static bool fixture_is_clean(const struct fixture *f)
{
	return atomic_load(&f->lent) == 0 && atomic_load(&f->contexts) == 0 && atomic_load(&f->sinks_open) == 0;
}

/* Stops, and expects that everything lent came back. */
static void fixture_end(struct fixture *f)
{
	http_stop(f->http, 5);
	f->http = NULL;
	pthread_mutex_lock(&f->lock);
	f->stopping = true;
	pthread_cond_signal(&f->wake);
	pthread_mutex_unlock(&f->lock);
	pthread_join(f->writer, NULL);
	EXPECT(fixture_is_clean(f));
	unlink(f->file);
	ctx_end(&f->cx);
	pthread_cond_destroy(&f->wake);
	pthread_mutex_destroy(&f->lock);
}

/* A started fixture for one test, ended with it. */
#define FIXTURE(name) struct fixture name AUTO(fixture_end); fixture_prepare(&name); fixture_start(&name)

static inline bool ask_text(struct fixture *f, const char *request, struct answer *answer)
{
	return ask(http_port(f->http), str_of(request), answer);
}
#endif

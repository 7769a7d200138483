#include "app/inside.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "custody/custody.h"
#include "docket/charters.h"
#include "docket/tally.h"
#include "feed/feed.h"
#include "ledger/ledger.h"
#include "keys/keys.h"
#include "media/media.h"
#include "media/probe.h"
#include "media/upload.h"
#include "safety/limit.h"
#include "base/events.h"
#include "social/census.h"
#include "social/findable.h"
#include "social/mailbox.h"
#include "social/publish.h"
#include "social/session.h"
#include "store/blob.h"
#include "store/job.h"
#include "store/migrate.h"
#include "store/writer.h"

#include "api/routes.h"
#include "app/serving.h"
#include "app/supervisor.h"
#include "api/upload_routes.h"

#define CONSOLE_READERS 2
#define COMMAND_LOCK "command.lock"
#define COMMAND_WAIT_US (5 * SECOND_US)
#define COMMAND_LOOK_NS 20'000'000

/* --- contexts --- */

void app_ctx_bare(struct app *app, struct ctx *out)
{
	*out = app->template;
	out->mem = arena_new_capped(ARENA_REQUEST_BYTES);
	out->now_us = clock_wall_us(out->clock);
}

void app_ctx(struct app *app, struct ctx *out)
{
	app_ctx_bare(app, out);
	out->db = db_pool_take(app->readers);
}

void app_ctx_end(struct app *app, struct ctx *cx)
{
	db_pool_give(app->readers, cx->db);
	ctx_end(cx);
}

/* --- the data folder --- */

/* FOLDER.key */
static const char *beside(struct ctx *cx, const char *ending)
{
	struct str folder = str_of(cx->config->store_folder);
	while (folder.n > 1 && str_ends(folder, STR("/")))
		folder.n--;
	return arena_printf(&cx->mem, STR_FMT ".%s", STR_ARG(folder), ending).p;
}

const char *app_key_file(struct ctx *cx)
{
	return cx->config->store_key_file[0] ? cx->config->store_key_file : beside(cx, "key");
}

const char *app_ledger_key_file(struct ctx *cx)
{
	return cx->config->ledger_key_file[0] ? cx->config->ledger_key_file : beside(cx, "ledger");
}

const char *app_witness_key_file(struct ctx *cx)
{
	return cx->config->ledger_witness_key_file[0] ? cx->config->ledger_witness_key_file : beside(cx, "witness");
}

static const char *first_file(struct ctx *cx)
{
	return arena_printf(&cx->mem, "%s/public.db", cx->config->store_folder).p;
}

bool app_exists(const struct config *config)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES), .config = config };
	return access(first_file(&cx), F_OK) == 0;
}

/* What an init leaves that was killed before there was a node: app_exists() still says no. */
static bool is_left_over(struct str name)
{
	return str_eq(name, STR(".")) || str_eq(name, STR("..")) || str_eq(name, STR(COMMAND_LOCK)) || str_starts(name, STR("public.db.new"));
}

static void close_folder(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

static enum err make_folder(struct ctx *cx)
{
	const char *path = cx->config->store_folder;
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return fail(cx, E_INVALID, "cannot make the data folder %.120s: %s", path, strerror(errno));
	AUTO(close_folder) DIR *folder = opendir(path);
	if (!folder)
		return fail(cx, E_INVALID, "cannot look into the data folder %.120s: %s", path, strerror(errno));
	for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
		if (!is_left_over(str_of(entry->d_name)))
			return fail(cx, E_INVALID, "the data folder %.120s is not empty, and it holds no node; choose another with --folder", path);
	if (fchmod(dirfd(folder), 0700) != 0)
		return fail(cx, E_INVALID, "the data folder %.120s is not ours: %s", path, strerror(errno));
	return OK;
}

static enum err enter_first(struct ctx *cx, void *)
{
	return ledger_begin(cx, app_ledger_key_file(cx));
}

static enum err begin_log(struct app *app, struct ctx *from)
{
	AUTO(ctx_end) struct ctx cx = {};
	app_ctx_bare(app, &cx);
	enum err status = writer_run(&cx, enter_first, NULL);
	from->failure = cx.failure;
	return status;
}

enum err app_init(struct ctx *cx)
{
	const char *folder = cx->config->store_folder;
	if (app_exists(cx->config))
		return fail(cx, E_CONFLICT, "there is a node in %.120s already", folder);
	TRY(keys_init(cx));
	TRY(make_folder(cx));
	enum err status = keyholder_init(cx, app_key_file(cx), folder);
	if (status == E_CONFLICT)              /* a key that was put there before, or an init that was cut short */
		status = OK;
	TRY(status);
	status = log_keys_init(cx, app_ledger_key_file(cx), folder, str_of(cx->config->ledger_origin));
	if (status != E_CONFLICT)
		TRY(status);
	struct app *app = NULL;
	TRY(app_open(cx, APP_STORES, &app));
	status = begin_log(app, cx);
	app_close(&app);
	return status;
}

/* --- opening, in order --- */

static unsigned reader_count(const struct app *app, const struct config *config)
{
	int64_t threads = config->server_event_threads + config->server_slow_threads + config->media_workers + 1;
	return CONSOLE_READERS + (app->extent < APP_WORK ? 0 : (unsigned)threads);
}

static void committed(void *self)
{
	struct app *app = self;
	struct ledger *ledger = atomic_load_explicit(&app->ledger, memory_order_acquire);
	events_flush(app->events);
	if (ledger)
		ledger_committed(ledger);
}

static void tell_migrated(void *self, const struct migration *m, unsigned at, unsigned of, int64_t took_us)
{
	static const char *const files[] = { "public.db", "personal.db", "keys.db" };
	const struct app *const app = self;
	if (took_us < 0)
		log_line(app->template.log, LOG_INFO, "migrating %s: %04d %s, %u of %u", files[m->store], m->number, m->name, at, of);
	else if (took_us > SECOND_US)
		log_line(app->template.log, LOG_INFO, "migrated %s: %04d, %lld s", files[m->store], m->number, (long long)(took_us / SECOND_US));
}

/* The writer's database: the only one that migrates and writes. */
static enum err open_writer(struct app *app, struct ctx *cx)
{
	struct db *db = NULL;
	TRY(db_open(cx, &app->db_config, &db));
	cx->db = db;
	const struct migrate_progress progress = { tell_migrated, app };
	enum err status = migrate(cx, &progress, NULL);
	cx->db = NULL;
	if (status != OK) {
		db_close(&db);
		return status;
	}
	app_ctx_bare(app, &app->writer_cx);
	status = writer_start(&app->writer_cx, db, all_statements, &app->writer);
	cx->failure = app->writer_cx.failure;
	TRY(status);
	writer_guard(app->writer, session_stands);
	app->events = app->template.events = events_new();
	writer_after(app->writer, committed, app);
	app->template.writer = cx->writer = app->writer;
	return OK;
}

static enum err open_stores(struct app *app, struct ctx *cx)
{
	const struct config *config = cx->config;
	db_setup();
	TRY(keys_init(cx));
	TRY(keyholder_open(cx, app_key_file(cx), &app->keyholder));
	app->template.keyholder = cx->keyholder = app->keyholder;
	app->db_config = (struct db_config){
		.folder = config->store_folder, .store_key = keyholder_store_key(app->keyholder), .write = true,
		.cache_kib = config->store_cache_mib * 1024,
	};
	TRY(open_writer(app, cx));
	app->db_config.write = false;
	TRY(db_pool_open(cx, &app->db_config, reader_count(app, config), &app->readers));
	TRY(blobs_open(cx, config->store_folder, &app->blobs));
	if (app->extent >= APP_SERVE && config->server_accel[0])
		TRY(blobs_let_group_read(cx, config->store_folder));
	app->template.blobs = cx->blobs = app->blobs;
	return OK;
}

static enum err open_work(struct app *app, struct ctx *cx)
{
	TRY(media_open(cx, cx->config->media_worker, &app->media));
	media_on_failure(app->media, publish_failed);
	app->template.media = cx->media = app->media;
	return OK;
}

/* What a crash left half done; a command may run beside a server, so only a server does it. */
static enum err sweep(struct app *app, struct ctx *cx)
{
	int64_t removed;
	cx->db = db_pool_take(app->readers);
	enum err status = blobs_sweep(cx, &removed);
	db_pool_give(app->readers, cx->db);
	cx->db = NULL;
	if (status == OK && removed > 0)
		log_line(cx->log, LOG_INFO, "swept files=%lld", (long long)removed);
	return status;
}

/* A clock that was set back while nobody ran must not put what comes below what is there. */
static enum err follow_ids(struct app *app, struct ctx *cx)
{
	int64_t newest = 0;
	cx->db = db_pool_take(app->readers);
	enum err status = census_newest(cx, &newest);
	db_pool_give(app->readers, cx->db);
	cx->db = NULL;
	ids_follow(&app->ids, newest);
	return status;
}

#define TELL_US (2 * SECOND_US)                 /* what takes long tells so often how far it is */

struct telling {
	const struct log *log;
	int64_t told_us;
};

static void tell_indexed(void *self, int64_t done, int64_t of)
{
	struct telling *const telling = self;
	const int64_t now_us = clock_boot_us(NULL);
	if (now_us - telling->told_us < TELL_US)
		return;
	telling->told_us = now_us;
	log_line(telling->log, LOG_INFO, "indexing words: %lld of %lld, %lld %%", (long long)done, (long long)of, (long long)(of ? done * 100 / of : 100));
}

/* What an older program published cannot be found yet. */
static enum err make_findable(struct app *app, struct ctx *cx)
{
	int64_t count;
	struct telling telling = { .log = cx->log, .told_us = clock_boot_us(NULL) };
	const struct findable_progress progress = { tell_indexed, &telling };
	cx->db = db_pool_take(app->readers);
	enum err status = findable_catch_up(cx, &progress, &count);
	db_pool_give(app->readers, cx->db);
	cx->db = NULL;
	if (status == OK && count > 0)
		log_line(cx->log, LOG_INFO, "indexed subjects=%lld", (long long)count);
	return status;
}

static enum err open_lock(struct app *app, struct ctx *cx, const char *name)
{
	const char *path = arena_printf(&cx->mem, "%s/%s", cx->config->store_folder, name).p;
	app->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return app->lock >= 0 ? OK : fail(cx, E_IO, "cannot open %.150s: %s", path, strerror(errno));
}

/* Locks on uploads are memory, and a sweep takes away what it does not know: so one server a folder.  The kernel lets go of
 * the lock however the process ends. */
static enum err lock_folder(struct app *app, struct ctx *cx)
{
	TRY(open_lock(app, cx, "serving.lock"));
	if (flock(app->lock, LOCK_EX | LOCK_NB) != 0)
		return fail(cx, E_CONFLICT, "another server runs on the folder %.120s", cx->config->store_folder);
	return OK;
}

/* Commands share a lane of ids: so one at a time. */
static enum err lock_commands(struct app *app, struct ctx *cx)
{
	const struct timespec moment = { .tv_nsec = COMMAND_LOOK_NS };
	const int64_t until_us = clock_boot_us(cx->clock) + COMMAND_WAIT_US;
	TRY(open_lock(app, cx, COMMAND_LOCK));
	while (flock(app->lock, LOCK_EX | LOCK_NB) != 0) {
		if (clock_boot_us(cx->clock) >= until_us)
			return fail(cx, E_BUSY, "another command is changing the folder %.120s; wait until it is done", cx->config->store_folder);
		nanosleep(&moment, NULL);
	}
	return OK;
}

static enum err open_rooms(struct app *app, struct ctx *cx)
{
	if (app->extent >= APP_SERVE)
		TRY(lock_folder(app, cx));
	else if (app->extent >= APP_STORES)
		TRY(lock_commands(app, cx));
	TRY(open_stores(app, cx));
	TRY(follow_ids(app, cx));
	if (app->extent == APP_LOG)
		TRY(app_ledger_open(app, cx));
	if (app->extent >= APP_WORK)
		TRY(open_work(app, cx));
	if (app->extent >= APP_SERVE) {
		TRY(sweep(app, cx));
		TRY(app_watch_open(app, cx));
		TRY(make_findable(app, cx));
		TRY(sessions_open(cx, &app->sessions));
		app->template.sessions = app->sessions;
		TRY(mailboxes_open(cx, &app->mailboxes));
		app->template.mailboxes = app->mailboxes;
		TRY(limits_open(cx, &app->limits));
		app->template.limits = app->limits;
		app->template.charters = app->charters = parsed_charters_new(cx);
		TRY(feed_open(cx, &app->db_config, &app->feed));
		app->template.feed = app->feed;
		TRY(app_ledger_open(app, cx));
		TRY(app_cosigner_open(app, cx));
		app->template.tallies = app->tallies = tallies_new();
		TRY(upload_expire_begin(cx));
		TRY(app_tidy_begin(cx));
	}
	return app->extent >= APP_WORK ? app_start_jobs(app, cx) : OK;
}

#define FILES_BESIDE 300                       /* databases, blobs, the worker's pipes */
#define CONNECTIONS_LEAST 16

/* An eighth more connections are let in, to be turned away (http/server.c).  Gives how many there may be: with fewer descriptors
 * than they take, the door would be open and nobody could come in. */
static int64_t allow_files(struct ctx *cx)
{
	int64_t connections = cx->config->server_connections;
	rlim_t wanted = (rlim_t)(connections + connections / 8 + FILES_BESIDE);
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
		return connections;
	limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
	if (setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= wanted)
		return connections;
	int64_t left = (int64_t)limit.rlim_cur - FILES_BESIDE;
	int64_t allowed = left > CONNECTIONS_LEAST * 9 / 8 ? left * 8 / 9 : CONNECTIONS_LEAST;
	allowed = allowed < connections ? allowed : connections;
	log_line(cx->log, LOG_WARN, "server.connections=%lld needs %llu open files, and %llu are allowed: %lld are let in; raise the hard limit (LimitNOFILE)",
	         (long long)connections, (unsigned long long)wanted, (unsigned long long)limit.rlim_cur, (long long)allowed);
	return allowed;
}

void app_probe_worker(struct app *app)
{
	AUTO(ctx_end) struct ctx cx = {};
	app_ctx_bare(app, &cx);
	if (media_probe(&cx) != OK && !atomic_load(media_stop_flag(app->media)))
		log_line(cx.log, LOG_ERROR, "amanat-media does not run, so no clip can be processed: %s", cx.failure.text);
}

/* --- the certificate --- */

#define CERTIFICATE_LATE_US (14 * DAY_US)

/* Whoever renews it by hand reads the log at a start; for the rest there is /metrics. */
static void certificate_tell(struct app *app, const struct log *log)
{
	struct http_stats stats;
	char until[RFC3339_BYTES];
	if (!http_is_tls(app->http))
		return;
	http_read_stats(app->http, &stats);
	time_rfc3339(stats.tls.until_us, until);
	bool late = stats.tls.until_us < clock_wall_us(&app->clock) + CERTIFICATE_LATE_US;
	log_line(log, late ? LOG_WARN : LOG_INFO, "certificate until=%s%s", until, late ? ": renew it" : "");
}

bool app_is_tls(const struct app *app)
{
	return http_is_tls(app->http);
}

void app_renew_certificate(struct app *app, bool asked)
{
	AUTO(ctx_end) struct ctx cx = {};
	bool taken = false;
	app_ctx_bare(app, &cx);
	if (http_renew_certificate(&cx, app->http, asked, &taken) != OK)
		log_line(cx.log, LOG_ERROR, "certificate refused, the one before stays: %s", cx.failure.text);
	else if (taken)
		certificate_tell(app, cx.log);
}

/* Who watches over a node must be told most of all when it is full. */
static const char *const vital[] = { "/healthz", "/metrics", NULL };

static enum err listen_http(struct app *app, struct ctx *cx)
{
	const struct config *config = cx->config;
	int64_t connections = allow_files(cx);
	struct http_config http_config = {
		.address = config->server_address, .inherited = supervisor_listener(0), .port = (unsigned)config->server_port,
		.event_threads = (unsigned)config->server_event_threads, .slow_threads = (unsigned)config->server_slow_threads,
		.connections_max = (unsigned)connections, .idle_seconds = (unsigned)config->server_idle_seconds,
		.block_connections = (unsigned)config->server_block_connections, .vital = vital,
		.write_patience_us = config->server_write_wait_ms * 1000, .slow_patience_us = config->server_slow_wait_ms * 1000,
		.body_seconds = (unsigned)config->server_body_seconds, .head_max = (size_t)config->server_head_bytes,
		.tls = { .certificate = config->tls_certificate, .key = config->tls_key }, .redirect_to = config->server_url,
		.redirect = { .address = config->server_address, .port = (unsigned)config->tls_redirect_port, .inherited = supervisor_listener(1),
		              .setting = "tls.redirect_port" },
		.override_under = UPLOADS_PATH, .trusted_proxies = config->server_trusted_proxies, .log = cx->log, .access_log = config->server_access_log,
	};
	struct http_hooks hooks = app_hooks(app);
	app->metrics.started_us = clock_wall_us(cx->clock);
	app->template.metrics = &app->metrics;
	TRY(http_start(cx, &http_config, &hooks, api_tables, &app->http));
	atomic_store(&app->metrics.http, app->http);
	events_listen(app->events, http_tell, app->http);
	certificate_tell(app, cx->log);
	return serving_note(cx, app->lock, http_port(app->http));
}

enum err app_open(struct ctx *cx, enum app_extent extent, struct app **out)
{
	struct app *app = calloc(1, sizeof *app);
	if (!app)
		abort();
	app->extent = extent;
	app->lock = -1;
	app->clock = *cx->clock;
	ids_init(&app->ids, (unsigned)cx->config->region_number, (unsigned)cx->config->region_node,
	         extent >= APP_SERVE ? LANE_SERVING : LANE_COMMANDS);
	app->template = (struct ctx){ .clock = &app->clock, .ids = &app->ids, .log = cx->log, .config = cx->config, .faults = cx->faults };
	pthread_mutex_init(&app->opening, NULL);
	pthread_mutex_init(&app->watch.lock, NULL);
	pthread_mutex_lock(&app->opening);
	AUTO(ctx_end) struct ctx opening = {};
	app_ctx_bare(app, &opening);
	enum err status = open_rooms(app, &opening);
	if (status == OK && extent >= APP_SERVE)
		status = listen_http(app, &opening);
	pthread_mutex_unlock(&app->opening);
	if (status != OK) {
		cx->failure = opening.failure;
		app_close(&app);
		return status;
	}
	*out = app;
	return OK;
}

/* What this process opened belongs to the day's totals, a command's too. */
static void note_unwraps(struct app *app)
{
	AUTO(ctx_end) struct ctx cx = {};
	if (!app->writer || app->extent < APP_STORES)
		return;
	app_ctx_bare(app, &cx);
	if (custody_note_unwraps(&cx) != OK)
		log_line(cx.log, LOG_WARN, "what was opened is missing from the day's totals: %s", cx.failure.text);
}

void app_close(struct app **app_)
{
	struct app *app = *app_;
	if (!app)
		return;
	if (app->events)
		events_listen(app->events, NULL, NULL);
	http_stop(app->http, (unsigned)app->template.config->server_drain_seconds);
	if (app->media)
		media_stop(app->media);
	jobs_stop(&app->jobs);
	note_unwraps(app);
	writer_stop(&app->writer);             /* what is queued may still look at the caches below */
	app_ledger_close(app);
	tallies_free(&app->tallies);
	feed_close(&app->feed);
	limits_close(&app->limits);
	sessions_close(&app->sessions);
	mailboxes_close(&app->mailboxes);
	parsed_charters_free(&app->charters);
	events_free(&app->events);
	media_close(&app->media);
	app_watch_close(app);
	db_pool_close(&app->readers);
	ctx_end(&app->writer_cx);
	blobs_close(&app->blobs);
	keyholder_close(&app->keyholder);
	pthread_mutex_destroy(&app->watch.lock);
	pthread_mutex_destroy(&app->opening);
	if (app->lock >= 0 && app->extent >= APP_SERVE && ftruncate(app->lock, 0) != 0)
		log_line(app->template.log, LOG_WARN, "the lock file was not cleared: %s", strerror(errno));
	if (app->lock >= 0)
		close(app->lock);
	free(app);
	*app_ = NULL;
}

unsigned app_port(const struct app *app)
{
	return http_port(app->http);
}

static enum err nothing(struct ctx *, void *)
{
	return OK;
}

void app_prove_life(struct app *app)
{
	AUTO(ctx_end) struct ctx cx = {};
	app_ctx_bare(app, &cx);
	/* a full disk or a full queue is an answer, too: what is asked is whether anybody works there */
	enum err outcome = writer_run(&cx, nothing, NULL);
	(void)outcome;
}

/* --- signals --- */

static void our_signals(sigset_t *out)
{
	struct sigaction hangup = {};
	sigemptyset(out);
	sigaddset(out, SIGTERM);
	sigaddset(out, SIGINT);
	sigaction(SIGHUP, NULL, &hangup);
	if (hangup.sa_handler != SIG_IGN)      /* nohup(1) */
		sigaddset(out, SIGHUP);
}

void app_signals_block(void)
{
	sigset_t signals;
	our_signals(&signals);
	int failed = pthread_sigmask(SIG_BLOCK, &signals, NULL);
	assert(failed == 0);
}

enum app_signal app_signals_wait(int64_t us)
{
	const struct timespec patience = { .tv_sec = us / SECOND_US, .tv_nsec = us % SECOND_US * 1000 };
	const int64_t until_us = clock_boot_us(NULL) + us;
	sigset_t signals;
	siginfo_t from;
	our_signals(&signals);
	for (;;) {
		int signal = us > 0 ? sigtimedwait(&signals, &from, &patience) : sigwaitinfo(&signals, &from);
		if (signal == SIGHUP && from.si_code <= 0)      /* a process sent it; the kernel does when a terminal is closed */
			return APP_RENEW;
		if (signal > 0)
			return APP_END;
		if (us > 0 && clock_boot_us(NULL) >= until_us)
			return APP_NONE;
	}
}

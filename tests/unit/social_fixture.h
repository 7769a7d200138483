/* tests/unit/social_fixture.h - a small node without its door: stores, keys, writer, caches, in a folder that goes away. */
#ifndef TESTS_SOCIAL_FIXTURE_H
#define TESTS_SOCIAL_FIXTURE_H
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/config.h"
#include "custody/custody.h"
#include "safety/limit.h"
#include "scratch.h"
#include "social/account.h"
#include "social/comment.h"
#include "social/video.h"
#include "store/blob.h"
#include "store/db.h"
#include "store/field.h"
#include "store/migrate.h"
#include "store/outbox.h"
#include "store/writer.h"
#include "tap.h"

#define FIXTURE __attribute__((unused)) static

extern const struct stmt *const all_statements[];

struct world {
	char folder[64], key_file[80];
	_Atomic int64_t ahead_us;                      /* both clocks run this much ahead of the machine's */
	struct clock clock;
	struct faults faults;
	struct ids ids;
	struct log log;
	struct config *config;
	struct db *reader;
	struct ctx cx;
};

FIXTURE int64_t world_wall(void *self)
{
	return clock_wall_us(NULL) + ((struct world *)self)->ahead_us;
}

FIXTURE int64_t world_boot(void *self)
{
	return clock_boot_us(NULL) + ((struct world *)self)->ahead_us;
}

/* A test cannot go on without it. */
FIXTURE void must_(struct world *w, enum err outcome, const char *what)
{
	if (outcome == OK)
		return;
	printf("Bail out! %s: %s: %s (%s:%d)\n", what, err_name(outcome), w->cx.failure.text,
	       w->cx.failure.file ? w->cx.failure.file : "", w->cx.failure.line);
	fflush(stdout);
	_exit(1);
}
#define must(w, call) must_((w), (call), #call)

/* Nobody is signed in; memory of the last request is freed; the clock is read. */
FIXTURE struct ctx *fresh(struct world *w)
{
	arena_free(&w->cx.mem);
	w->cx.now_us = clock_wall_us(&w->clock);
	w->cx.actor = (struct actor){ .account = 0 };
	return &w->cx;
}

FIXTURE struct ctx *as(struct world *w, const struct actor *actor)
{
	struct ctx *cx = fresh(w);
	cx->actor = *actor;
	return cx;
}

FIXTURE void world_open_stores(struct world *w)
{
	struct ctx *cx = &w->cx;
	struct db *writing = NULL;
	struct db_config config = { .folder = w->folder, .store_key = keyholder_store_key(cx->keyholder), .write = true, .cache_kib = 2048 };
	must(w, db_open(cx, &config, &writing));
	cx->db = writing;
	must(w, migrate(cx, NULL, NULL));
	must(w, writer_start(cx, writing, all_statements, &cx->writer));
	config.write = false;
	must(w, db_open(cx, &config, &w->reader));
	cx->db = w->reader;
	must(w, blobs_open(cx, w->folder, &cx->blobs));
}

FIXTURE void world_open_with(struct world *w, const char *const *settings)
{
	memset(w, 0, sizeof *w);
	snprintf(w->folder, sizeof w->folder, "%s/amanat-social-XXXXXX", scratch_root());
	if (!mkdtemp(w->folder))
		abort();
	snprintf(w->key_file, sizeof w->key_file, "%s.key", w->folder);
	w->ahead_us = DAY_US + DAY_US / 2 - clock_wall_us(NULL) % DAY_US;       /* it is noon: no test begins just before an hour's or a day's end */
	w->clock = (struct clock){ .wall_us = world_wall, .boot_us = world_boot, .self = w };
	w->log = (struct log){ .level = LOG_ERROR, .fd = open("/dev/null", O_WRONLY | O_CLOEXEC) };  /* faults are meant here */
	ids_init(&w->ids, 1, 0, LANE_SERVING);
	w->cx = (struct ctx){ .mem = arena_new_capped(ARENA_REQUEST_BYTES), .clock = &w->clock, .ids = &w->ids, .log = &w->log,
		.faults = &w->faults };
	struct ctx *cx = fresh(w);
	must(w, keys_init(cx));
	must(w, config_load(cx, NULL, settings, &w->config));
	cx->config = w->config;
	must(w, keyholder_init(cx, w->key_file, w->folder));
	must(w, keyholder_open(cx, w->key_file, &cx->keyholder));
	world_open_stores(w);
	must(w, sessions_open(cx, &cx->sessions));
	must(w, limits_open(cx, &cx->limits));
}

FIXTURE void world_open(struct world *w)
{
	static const char *const cheap[] = { "accounts.password_mib=8", "accounts.password_passes=1", NULL };
	world_open_with(w, cheap);
}

FIXTURE int remove_one(const char *path, const struct stat *, int, struct FTW *)
{
	return remove(path);
}

FIXTURE void world_close(struct world *w)
{
	struct ctx *cx = fresh(w);
	limits_close(&cx->limits);
	sessions_close(&cx->sessions);
	writer_stop(&cx->writer);
	blobs_close(&cx->blobs);
	db_close(&w->reader);
	keyholder_close(&cx->keyholder);
	config_free(&w->config);
	close(w->log.fd);
	arena_free(&cx->mem);
	nftw(w->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	unlink(w->key_file);
}

/* --- write rules, each as one work --- */

struct by_id {
	enum err (*rule)(struct ctx *, int64_t);
	int64_t id;
};

FIXTURE enum err run_by_id(struct ctx *cx, void *argument)
{
	const struct by_id *call = argument;
	return call->rule(cx, call->id);
}

FIXTURE enum err write_id(struct ctx *cx, enum err (*rule)(struct ctx *, int64_t), int64_t id)
{
	struct by_id call = { rule, id };
	return writer_run(cx, run_by_id, &call);
}

FIXTURE int64_t number(struct world *w, const struct stmt *statement, size_t n, const struct val *vals)
{
	int64_t out = 0;
	enum err outcome = db_get_i64_(&w->cx, statement, &out, n, vals);
	if (outcome != E_NOTFOUND)
		must(w, outcome);
	return out;
}
#define NUMBER(w, statement, ...) number((w), &(statement), VALS(__VA_ARGS__))

/* Waits until public.db shows whatever was published by now, totals too. */
FIXTURE void settle(struct world *w)
{
	static const struct stmt dirty = { "test_dirty", "SELECT count(*) FROM tally_fresh", PERSONAL_DB };
	static const struct stmt last = { "test_last", "SELECT max(id) FROM outbox", PERSONAL_DB };
	static const struct stmt applied = { "test_applied", "SELECT outbox FROM applied", PUBLIC_DB };
	for (int i = 0; i < 6000; i++) {
		fresh(w);
		if (number(w, &dirty, 0, NULL) == 0 && number(w, &last, 0, NULL) <= number(w, &applied, 0, NULL))
			return;
		usleep(5000);
	}
	printf("Bail out! public.db does not follow\n");
	_exit(1);
}

/* The same for posts at once, after faults: what failed is otherwise tried again only a second later.  A new writer publishes
 * all that the last one left behind. */
FIXTURE void restart_writer(struct world *w)
{
	struct ctx *cx = fresh(w);
	struct db *writing = NULL;
	const struct db_config config = { .folder = w->folder, .store_key = keyholder_store_key(cx->keyholder), .write = true,
		.cache_kib = 2048 };
	writer_stop(&cx->writer);
	must(w, db_open(cx, &config, &writing));
	must(w, writer_start(cx, writing, all_statements, &cx->writer));
}

struct commenting {
	int64_t video;
	struct str text;
	struct comment_view out;
};

FIXTURE enum err run_comment(struct ctx *cx, void *argument)
{
	struct commenting *call = argument;
	return comment_add(cx, call->video, call->text, &call->out);
}

FIXTURE enum err write_comment(struct ctx *cx, int64_t video, const char *text, int64_t *id)
{
	struct commenting call = { .video = video, .text = str_of(text) };
	TRY(writer_run(cx, run_comment, &call));
	*id = call.out.comment.id;
	return OK;
}

/* --- people and things --- */

#define PASSWORD STR("correct horse battery")

FIXTURE enum err try_sign_up(struct ctx *cx, const char *handle, struct session_token *token)
{
	const struct sign_up asked = {
		.handle = str_of(handle), .password = PASSWORD, .country = STR("IN"),
		.languages = { .codes = { STR("hi"), STR("en") }, .count = 2 }, .client = STR("web"),
	};
	return account_sign_up(cx, &asked, token);
}

FIXTURE struct actor sign_up_with(struct world *w, const char *handle, struct session_token *token)
{
	must(w, try_sign_up(fresh(w), handle, token));
	return w->cx.actor;
}

FIXTURE struct actor sign_up(struct world *w, const char *handle)
{
	struct session_token token;
	return sign_up_with(w, handle, &token);
}

FIXTURE void make_blob(struct world *w, const char *content, char hash[BLOB_NAME_BYTES])
{
	char name[BLOB_NAME_BYTES];
	int fd;
	must(w, blob_tmp(fresh(w), &fd, name));
	if (write(fd, content, strlen(content)) < 0)
		abort();
	must(w, blob_publish(&w->cx, fd, name, "video/mp4", hash));
	close(fd);
}

struct publishing {
	struct video_new new;
	int64_t id;
};

FIXTURE enum err run_publish(struct ctx *cx, void *argument)
{
	struct publishing *call = argument;
	return video_publish(cx, &call->new, &call->id);
}

FIXTURE enum err try_publish(struct ctx *cx, int64_t account, const char *src, const char *poster, const char *caption,
	int64_t *id)
{
	struct publishing call = { .new = {
		.account = account, .caption = str_of(caption), .language = STR("hi"), .duration_ms = 12'000, .width = 720,
		.height = 1280, .bytes = 1000, .src = str_of(src), .poster = str_of(poster), .color = STR("#102030"), .has_audio = true,
	} };
	TRY(writer_run(cx, run_publish, &call));
	*id = call.id;
	return OK;
}

/* A video with files of its own. */
FIXTURE int64_t publish(struct world *w, const struct actor *author, const char *caption)
{
	char content[80], src[BLOB_NAME_BYTES], poster[BLOB_NAME_BYTES];
	int64_t id;
	snprintf(content, sizeof content, "src %lld", (long long)id_new(&w->ids, w->cx.now_us));
	make_blob(w, content, src);
	memcpy(content, "jpg", 3);
	make_blob(w, content, poster);
	must(w, try_publish(fresh(w), author->account, src, poster, caption, &id));
	return id;
}

/* --- looking --- */

FIXTURE int64_t tally(struct world *w, int64_t subject, const char *kind)
{
	int64_t total = 0;
	must(w, outbox_total_now(&w->cx, subject, kind, &total));
	return total;
}
#endif

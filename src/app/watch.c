/* Whether public.db has changed since. */
#include "app/inside.h"

#include "store/writer.h"

enum err app_watch_open(struct app *app, struct ctx *cx)
{
	struct db_config config = { .folder = app->db_config.folder, .cache_kib = 64 };
	return db_open(cx, &config, &app->watch.db);
}

void app_watch_close(struct app *app)
{
	db_close(&app->watch.db);
}

/* What cannot be known counts as a change. */
static void look(struct app *app)
{
	struct watch *watch = &app->watch;
	AUTO(ctx_end) struct ctx cx = {};
	int64_t version = 0;
	app_ctx_bare(app, &cx);
	cx.db = watch->db;
	if (db_version(&cx, PUBLIC_DB, &version) == OK && version == watch->seen)
		return;
	watch->seen = version;
	atomic_fetch_add(&watch->changes, 1);
}

/* Whoever comes when a look is due waits for it: after an idle hour nobody is given what was kept before. */
uint64_t app_public_version(struct app *app)
{
	struct watch *watch = &app->watch;
	if (clock_boot_us(NULL) >= atomic_load(&watch->due_us)) {
		pthread_mutex_lock(&watch->lock);
		int64_t now_us = clock_boot_us(NULL);
		if (now_us >= atomic_load(&watch->due_us)) {
			look(app);
			atomic_store(&watch->due_us, now_us + WATCH_US);
		}
		pthread_mutex_unlock(&watch->lock);
	}
	return writer_public_changes(app->writer) + atomic_load(&watch->changes);
}

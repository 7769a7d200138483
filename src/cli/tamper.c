/* amanat demo tamper: a copy of the ledger in which one old entry was altered, served beside the node, so that one can see what a check
 * finds.  The copy has what is public and nothing else, and no key of the log: nothing can be signed over what was altered. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/upkeep.h"
#include "custody/keyholder.h"
#include "demo/tamper.h"
#include "store/snapshot.h"
#include "upkeep/files.h"

struct copy {
	const char *scratch, *folder, *key_file, *no_key_file, *stores, *checkpoint;
};

static struct copy copy_in(struct ctx *cx, const char *scratch)
{
	return (struct copy){
		.scratch = scratch, .folder = arena_printf(&cx->mem, "%s/node", scratch).p, .key_file = arena_printf(&cx->mem, "%s/node.key", scratch).p,
		.no_key_file = arena_printf(&cx->mem, "%s/node.ledger", scratch).p, .stores = arena_printf(&cx->mem, "%s/public.db", scratch).p,
		.checkpoint = arena_printf(&cx->mem, "%s/checkpoint", scratch).p,
	};
}

/* What is signed first, then the entries: so that none is missing. */
static enum err take(struct ctx *cx, const struct copy *copy)
{
	AUTO(buf_free) struct buf note = buf_new(NOTE_BYTES_MAX);
	AUTO(db_close) struct db *db = NULL;
	struct db *const kept = cx->db;
	const char *const folder = cx->config->store_folder;
	const struct db_config reading = { .folder = folder, .store_key = keyholder_store_key(cx->keyholder), .patient = true, .cache_kib = 4096 };
	TRY(file_read(cx, arena_printf(&cx->mem, "%s/ledger/checkpoint", folder).p, &note));
	TRY(file_write(cx, copy->checkpoint, buf_view(&note)));
	TRY(db_open(cx, &reading, &db));
	cx->db = db;
	enum err status = snapshot_hold(cx, PUBLIC_DB);
	if (status == OK)
		status = snapshot_copy(cx, PUBLIC_DB, copy->stores, reading.store_key);
	snapshot_let_go(cx);
	cx->db = kept;
	return status;
}

static enum err take_from_node(struct cli *cli, const struct copy *copy)
{
	struct app *app = NULL;
	struct ctx cx;
	TRY(app_open(&cli->cx, APP_LOOK, &app));
	app_ctx(app, &cx);
	const enum err status = take(&cx, copy);
	cli->cx.failure = cx.failure;
	app_ctx_end(app, &cx);
	app_close(&app);
	return status;
}

/* A node of its own, with nobody in it, whose public store is then the one that was taken. */
static enum err make_node(struct cli *cli, const struct copy *copy)
{
	struct ctx *const cx = &cli->cx;
	const char *const ledger = arena_printf(&cx->mem, "%s/ledger", copy->folder).p;
	static const char *const endings[] = { "-wal", "-shm" };
	TRY(app_init(cx));
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
		unlink(arena_printf(&cx->mem, "%s/public.db%s", copy->folder, endings[i]).p);
	TRY(folder_make(cx, ledger));
	if (unlink(copy->no_key_file) != 0 || rename(copy->stores, arena_printf(&cx->mem, "%s/public.db", copy->folder).p) != 0 ||
	    rename(copy->checkpoint, arena_printf(&cx->mem, "%s/checkpoint", ledger).p) != 0)
		return fail(cx, E_IO, "making the copy: %s", strerror(errno));
	return OK;
}

/* The log was opened before anything is altered: its tiles are those of the entries that were signed. */
static enum err alter(struct cli *cli, struct ctx *cx, const struct copy *copy)
{
	const struct db_config writing = { .folder = copy->folder, .store_key = keyholder_store_key(cx->keyholder), .write = true, .cache_kib = 4096 };
	struct ledger_head head;
	struct ledger_item item;
	struct str line;
	int64_t wanted = -1;
	TRY(cli_number(cli, "entry", 0, INT64_MAX - 1, -1, &wanted));
	TRY(ledger_head(cx, &head));
	if (head.state != LEDGER_NO_KEY || head.size == 0)
		return fail(cx, E_CORRUPT, "the node's own log is not whole (state: %s): there is nothing to show", ledger_state_name(head.state));
	TRY(tamper_choose(cx, head.size, wanted < 0 ? UINT64_MAX : (uint64_t)wanted, &item));
	TRY(tamper_line(cx, &item, &line));
	TRY(tamper_alter(cx, &writing, item.number, line));
	printf("Entry %llu was:\n  " STR_FMT "\nIn the copy it is now:\n  " STR_FMT "\n\n", (unsigned long long)item.number, STR_ARG(item.line), STR_ARG(line));
	return OK;
}

static enum err serve(struct cli *cli, const struct copy *copy)
{
	struct app *app = NULL;
	struct ctx cx;
	TRY(app_open(&cli->cx, APP_SERVE, &app));
	app_ctx(app, &cx);
	const enum err status = alter(cli, &cx, copy);
	cli->cx.failure = cx.failure;
	app_ctx_end(app, &cx);
	if (status == OK) {
		printf("Served beside: http://127.0.0.1:%u/trust\nPress \"Check now\" there: it turns red and names the entry. The copy has no key, so it can sign "
		       "nothing over this.\nCtrl+C ends it and removes the copy.\n", app_port(app));
		fflush(stdout);
		while (!app_signals_wait(0))
			;
	}
	app_close(&app);
	return status;
}

static enum err tamper(struct cli *cli, const struct copy *copy)
{
	TRY(take_from_node(cli, copy));
	TRY(cli_work_on(cli, copy->folder, copy->key_file, "server.address=127.0.0.1"));
	TRY(cli_work_on(cli, copy->folder, copy->key_file, "server.port=0"));
	TRY(cli_work_on(cli, copy->folder, copy->key_file, "server.url="));
	TRY(cli_work_on(cli, copy->folder, copy->key_file, "ledger.policy="));
	TRY(cli_work_on(cli, copy->folder, copy->key_file, "ledger.mirror="));
	TRY(cli_work_on(cli, copy->folder, copy->key_file, arena_printf(&cli->cx.mem, "ledger.key_file=%s", copy->no_key_file).p));
	TRY(make_node(cli, copy));
	return serve(cli, copy);
}

enum err run_demo_tamper(struct cli *cli)
{
	const char *const place = getenv("TMPDIR");
	char scratch[512];
	const int usual = cli->log.fd;
	const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (nowhere >= 0)
		cli->log.fd = nowhere;         /* it would tell how to mend what is meant */
	app_signals_block();
	snprintf(scratch, sizeof scratch, "%s/amanat-tamper-XXXXXX", place && *place && strlen(place) < 400 ? place : "/tmp");
	if (!mkdtemp(scratch))
		return fail(&cli->cx, E_IO, "making a scratch folder: %s", strerror(errno));
	const struct copy copy = copy_in(&cli->cx, scratch);
	const enum err status = tamper(cli, &copy);
	const struct failure failure = cli->cx.failure;
	const enum err removed = folder_remove(&cli->cx, scratch);
	if (status != OK)
		cli->cx.failure = failure;
	cli->log.fd = usual;
	if (nowhere >= 0)
		close(nowhere);
	return status != OK ? status : removed;
}

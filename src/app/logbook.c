/* The node's log: opened, closed, and that the server was started is entered. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "api/version.h"
#include "app/inside.h"
#include "docket/charters.h"
#include "keys/keys.h"
#include "ledger/cosigner.h"
#include "ledger/ledger.h"
#include "store/writer.h"

#define LEDGER_PATIENCE_US (30 * SECOND_US)      /* a command waits for its entry for less */

/* A node of before there was a ledger gets its key now. */
static enum err make_key(struct app *app, struct ctx *cx)
{
	const char *path = app_ledger_key_file(cx);
	uint64_t size = 0;
	cx->db = db_pool_take(app->readers);
	enum err status = ledger_size(cx, &size);
	db_pool_give(app->readers, cx->db);
	cx->db = NULL;
	TRY(status);
	if (size > 0 || access(path, F_OK) == 0)
		return OK;
	return log_keys_init(cx, path, cx->config->store_folder, str_of(cx->config->ledger_origin));
}

static enum err hash_program(struct ctx *cx, unsigned char hash[SHA256_BYTES])
{
	int64_t bytes;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(cx, E_IO, "reading the program's own file: %s", strerror(errno));
	enum err status = sha256_file(cx, fd, hash, &bytes);
	close(fd);
	return status;
}

static enum err enter_start(struct ctx *cx, void *argument)
{
	const unsigned char *hash = argument;
	struct entry entry = { .kind = ENTRY_node_started };
	entry.values[ENTRY_node_started_version] = STR(AMANAT_VERSION);
	entry.values[ENTRY_node_started_build] = entry_of_hash(cx, hash);
	return ledger_append(cx, &entry, 0);
}

/* The first charter stands before the first demand can come. */
static enum err begin_charter(struct app *app, struct ctx *cx)
{
	cx->db = db_pool_take(app->readers);
	enum err status = charters_begin(cx);
	db_pool_give(app->readers, cx->db);
	cx->db = NULL;
	return status;
}

enum err app_ledger_open(struct app *app, struct ctx *cx)
{
	unsigned char hash[SHA256_BYTES];
	struct ledger *ledger = NULL;
	TRY(make_key(app, cx));
	const struct ledger_config config = {
		.db = &app->db_config, .key_file = app_ledger_key_file(cx), .policy_file = cx->config->ledger_policy, .mirror = cx->config->ledger_mirror,
		.lock_patience_us = app->extent >= APP_SERVE ? LEDGER_PATIENCE_US : 0,
	};
	TRY(ledger_open(cx, &config, &ledger));
	app->template.ledger = cx->ledger = ledger;
	atomic_store_explicit(&app->ledger, ledger, memory_order_release);
	TRY(begin_charter(app, cx));
	if (app->extent < APP_SERVE)
		return OK;
	TRY(hash_program(cx, hash));
	return writer_run(cx, enter_start, hash);
}

enum err app_cosigner_open(struct app *app, struct ctx *cx)
{
	const struct config *config = cx->config;
	if (!config->ledger_witness_name[0])
		return OK;
	const struct cosigner_config own = {
		.name = config->ledger_witness_name, .key_file = app_witness_key_file(cx), .data_folder = config->store_folder, .logs_file = config->ledger_witness_logs,
	};
	TRY(cosigner_open(cx, &own, &app->cosigner));
	app->template.cosigner = cx->cosigner = app->cosigner;
	if (!cosigner_signs(app->cosigner))
		log_line(cx->log, LOG_ERROR, "witness: this folder was restored from a backup, and what was signed since is forgotten: nothing is signed under this key again. "
			"Make another with `amanat witness renew`, and tell it to those whose logs you witness");
	return OK;
}

void app_ledger_close(struct app *app)
{
	cosigner_close(&app->cosigner);
	struct ledger *ledger = atomic_exchange(&app->ledger, NULL);
	ledger_close(&ledger);
}

/* This node's log, from its console. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/cli.h"
#include "ledger/cosigner.h"
#include "ledger/mend.h"

static struct ledger_config config_of(struct cli *cli, const struct db_config *db)
{
	return (struct ledger_config){
		.db = db, .key_file = app_ledger_key_file(&cli->cx), .policy_file = cli->config->ledger_policy, .mirror = cli->config->ledger_mirror,
	};
}
#define LEDGER_CONFIG(cli) config_of((cli), &(struct db_config){ .folder = (cli)->config->store_folder })

static void print_key(const struct note_key *key)
{
	AUTO(buf_free) struct buf vkey = buf_new(NOTE_VKEY_MAX + 1);
	note_key_write(key, &vkey);
	printf("%s\n", buf_terminated(&vkey));
}

enum err run_ledger_show(struct cli *cli)
{
	struct ctx *const cx = &cli->cx;
	AUTO(log_keys_wipe) struct log_keys keys = {};
	AUTO(buf_free) struct buf root = buf_new(64);
	struct checkpoint shown;
	struct str note;
	uint64_t size;
	TRY(ledger_size(cx, &size));
	TRY(ledger_shown(cx, cli->config->store_folder, &note, &shown));
	const enum err e = log_keys_read(cx, app_ledger_key_file(cx), &keys);
	if (e != E_NOTFOUND)
		TRY(e);
	buf_base64(&root, shown.root.bytes, TREE_HASH_BYTES);
	printf("entries    %" PRIu64 "\nshown      %" PRIu64 "\nroot       %s\n", size, shown.size, shown.size ? buf_terminated(&root) : "-");
	for (unsigned i = 0; i < keys.count; i++) {
		printf("key        ");
		print_key(&keys.keys[i].key);
	}
	if (keys.count == 0)
		printf("key        none at %s\n", app_ledger_key_file(cx));
	return OK;
}

enum err run_ledger_fetch(struct cli *cli)
{
	const struct ledger_config config = LEDGER_CONFIG(cli);
	uint64_t fetched;
	TRY(ledger_fetch(&cli->cx, &config, str_of(cli->arguments[0]), &fetched));
	printf("Fetched %" PRIu64 " entries. Start the server.\n", fetched);
	return OK;
}

static enum err tell_successor(struct cli *cli, const struct ledger_config *config)
{
	AUTO(log_keys_wipe) struct log_keys keys = {};
	TRY(log_keys_read(&cli->cx, config->key_file, &keys));
	printf("A new log begins. Its private key lies in %s: keep a copy elsewhere. Readers, and who witnesses it, need its public one:\n", config->key_file);
	print_key(&keys.keys[0].key);
	if (config->policy_file[0])
		printf("Put it into %s, in the line that begins with \"log\", and have it taken up by each witness. Until the quorum signs, nothing is shown.\n", config->policy_file);
	puts("Then start the server.");
	return OK;
}

enum err run_ledger_succeed(struct cli *cli)
{
	const struct ledger_config config = LEDGER_CONFIG(cli);
	int64_t old_size;
	struct succession how = {
		.origin = str_of(cli_option(cli, "origin")), .reason = str_of(cli_option(cli, "reason")), .old_root = str_of(cli_option(cli, "old-root")),
	};
	TRY(cli_number(cli, "old-size", 0, INT64_MAX, 0, &old_size));
	how.old_size = (uint64_t)old_size;
	if (how.reason.n == 0 || (how.old_size > 0) != (how.old_root.n > 0))
		return fail_as(&cli->cx, E_INVALID, "usage", "--reason is needed, and --old-size and --old-root go together");
	if (!cli_sure(cli, "The old log ends for ever, and everybody can see it. Go on?"))
		return fail(&cli->cx, E_CONFLICT, "nothing was changed");
	TRY(ledger_succeed(&cli->cx, &config, &how));
	return tell_successor(cli, &config);
}

enum err run_ledger_continue(struct cli *cli)
{
	const struct ledger_config config = LEDGER_CONFIG(cli);
	if (!cli_sure(cli, "Was no checkpoint shown after the backup that was restored?"))
		return fail(&cli->cx, E_CONFLICT, "nothing was changed");
	TRY(ledger_continue(&cli->cx, &config));
	printf("The log goes on at the next start.\n");
	return OK;
}

enum err run_ledger_key_add(struct cli *cli)
{
	const struct ledger_config config = LEDGER_CONFIG(cli);
	struct note_key key;
	TRY(ledger_add_key(&cli->cx, &config, &key));
	print_key(&key);
	return OK;
}

enum err run_ledger_key_revoke(struct cli *cli)
{
	const struct ledger_config config = LEDGER_CONFIG(cli);
	const char *const reason = cli_option(cli, "reason");
	TRY(ledger_revoke_key(&cli->cx, &config, str_of(cli->arguments[0]), str_of(reason ? reason : "rotated")));
	printf("It signs no longer.\n");
	return OK;
}

enum err run_witness_renew(struct cli *cli)
{
	struct ctx *const cx = &cli->cx;
	const struct cosigner_config config = {
		.name = cli->config->ledger_witness_name, .key_file = app_witness_key_file(cx), .data_folder = cli->config->store_folder, .logs_file = cli->config->ledger_witness_logs,
	};
	struct note_key key;
	if (!config.name[0])
		return fail_as(cx, E_INVALID, "usage", "this node is no witness: ledger.witness_name is not set");
	if (!cli_sure(cli, "The key signs no longer, and every log that counts on it needs the new one in its policy. Go on?"))
		return fail(cx, E_CONFLICT, "nothing was changed");
	TRY(cosigner_renew_key(cx, &config, &key));
	print_key(&key);
	return OK;
}

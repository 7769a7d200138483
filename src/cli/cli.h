/* cli/cli.h - commands as rows of a table: what they take, what they do, how they help. */
#ifndef CLI_CLI_H
#define CLI_CLI_H
#include "app/app.h"
#include "base/config.h"

/* Exit codes, the same for every command. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct command_option {
	const char *name;                      /* "role": written --role */
	const char *value;                     /* "ROLE"; NULL: the option takes none */
	const char *help;
};

/* How much is open when a command runs. */
/* NEEDS_LOG: a node, and its log. */
enum needs { NEEDS_NOTHING, NEEDS_SETTINGS, NEEDS_LOOK, NEEDS_NODE, NEEDS_LOG, NEEDS_WORK };

#define ARGUMENTS_MAX 8
#define OVERRIDES_MAX 128

/* A command line, read. */
struct cli {
	const struct command *command;
	const char *arguments[ARGUMENTS_MAX + 1];
	int count;
	const char *values[16];                /* by the command's options; "" for one without a value; NULL: not given */
	const char *config_file;
	const char *overrides[OVERRIDES_MAX + 1];
	int override_count;
	bool help;
	int code;                              /* exit code, where the command says it itself; 0: by the outcome */
	struct log log;
	struct clock clock;
	struct config *config;
	struct app *app;
	struct ctx cx;
};

struct command {
	const char *name;                      /* "user add" */
	const char *arguments;                 /* "HANDLE" */
	int least, most;                       /* of them */
	const char *summary;                   /* one line, without a full stop */
	const char *about;                     /* sentences */
	const char *examples;                  /* lines */
	const struct command_option *options;  /* ends with a row without a name; NULL: none */
	enum needs needs;
	enum err (*run)(struct cli *);
};
/* Ends with a row without a name. */
extern const struct command commands[];

/* The options that every command takes. */
extern const struct command_option common_options[];

/* Runs a command line; returns its exit code.  `faults` is NULL but in programs made for tests. */
int cli_main(int argc, char **argv, struct faults *faults);

/* E_INVALID with the text of a usage mistake. */
enum err cli_read(struct cli *, int argc, char **argv);
/* The option's value; NULL: it was not given. */
const char *cli_option(const struct cli *, const char *name);
/* The same as a number within a range; `standard` when not given.  E_INVALID. */
enum err cli_number(struct cli *, const char *name, int64_t least, int64_t most, int64_t standard, int64_t *out);
/* --password-file, or one line from standard input: asked for without echo at a terminal (twice when `twice`).  In cx->mem. */
enum err cli_password(struct cli *, bool twice, struct str *out);
/* True: --yes, or the answer at a terminal. */
bool cli_sure(const struct cli *, const char *question);
/* Reads the settings: for commands that say their own exit codes. */
enum err cli_settings(struct cli *);
/* The account behind the first argument. */
struct account;
enum err cli_account(struct cli *, const char *handle, struct account *out);
/* Acts for the account, with its key: publishing, removing. */
enum err cli_act_as(struct cli *, int64_t account);

/* cli/demo.c: begins the demo in a folder that is `fresh`, goes on with one that was begun, leaves alone a folder of people;
 * tells which.  Its clips are made by the job threads. */
enum err demo_serve(struct cli *, struct ctx *, bool fresh);
/* Prints how to sign in, when there is a demo. */
void demo_tell_sign_in(struct cli *, struct ctx *);

void help_overview(void);
void help_command(const struct command *);
void help_common(void);

/* One a file. */
enum err run_serve(struct cli *);
enum err run_status(struct cli *);
enum err run_init(struct cli *);
enum err run_user_add(struct cli *), run_user_list(struct cli *), run_user_password(struct cli *), run_user_role(struct cli *);
enum err run_user_suspend(struct cli *), run_user_restore(struct cli *), run_user_delete(struct cli *);
enum err run_video_list(struct cli *), run_video_remove(struct cli *), run_video_import(struct cli *), run_import(struct cli *);
enum err run_demand_add(struct cli *), run_demand_list(struct cli *), run_demand_count(struct cli *), run_demand_authenticate(struct cli *);
enum err run_demand_decide(struct cli *), run_demand_silence(struct cli *), run_demand_release(struct cli *), run_demand_receipt(struct cli *);
enum err run_demand_answer(struct cli *), run_demand_papers(struct cli *), run_charter_publish(struct cli *), run_charter_list(struct cli *), run_incident_add(struct cli *);
enum err run_opaque_renew(struct cli *), run_demo_demand(struct cli *);
enum err run_ledger_show(struct cli *), run_ledger_fetch(struct cli *), run_ledger_succeed(struct cli *), run_ledger_continue(struct cli *);
enum err run_ledger_key_add(struct cli *), run_ledger_key_revoke(struct cli *), run_witness_renew(struct cli *);
enum err run_demo(struct cli *), run_demo_tamper(struct cli *);
enum err run_charter_show(struct cli *), run_charter_table(struct cli *), run_charter_decide(struct cli *);
enum err run_charter_sign(struct cli *), run_charter_verify(struct cli *);
enum err run_bench_fill(struct cli *);
enum err run_verify(struct cli *), run_ledger_entries(struct cli *);
enum err run_invite_add(struct cli *);
enum err run_fsck(struct cli *), run_backup(struct cli *), run_restore(struct cli *), run_drill(struct cli *);
enum err run_manual(struct cli *), run_settings(struct cli *), run_openapi(struct cli *), run_version(struct cli *);
#endif

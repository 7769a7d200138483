/* cli/upkeep.h - what the commands that check, back up and restore share. */
#ifndef CLI_UPKEEP_H
#define CLI_UPKEEP_H
#include "base/json.h"
#include "cli/cli.h"
#include "upkeep/backup.h"
#include "upkeep/fsck.h"
#include "upkeep/restore.h"

/* A server runs on the folder. */
bool cli_is_served(struct cli *, const char *folder);
/* The folder is not there, or nothing is in it. */
bool cli_is_empty(const char *folder);
/* Everything, of the folder of the settings; progress on standard error. */
enum err cli_fsck(struct cli *, bool repair, bool deep, struct fsck_report *);
void fsck_json(struct json *, const struct fsck_report *);
/* One backup; progress on standard error. */
enum err cli_backup(struct cli *, struct ctx *, const char *dir, enum backup_what, int64_t days, struct backup_report *);
/* Into `folder`, which is not there; the settings are those of the restored folder afterwards. */
enum err cli_restore(struct cli *, const char *dir, const char *keys, const char *folder, int64_t until_us, struct restore_report *,
	struct fsck_report *);
/* Reads the settings anew, for another folder; `setting` may be NULL. */
enum err cli_work_on(struct cli *, const char *folder, const char *key_file, const char *setting);
#endif

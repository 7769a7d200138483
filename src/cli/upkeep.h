/* cli/upkeep.h - what the commands that check, back up and restore share. */
#ifndef CLI_UPKEEP_H
#define CLI_UPKEEP_H
#include "base/json.h"
#include "cli/cli.h"
#include "upkeep/fsck.h"

/* A server runs on the folder. */
bool cli_is_served(struct cli *, const char *folder);
/* The folder is not there, or nothing is in it. */
bool cli_is_empty(const char *folder);
/* Everything, of the folder of the settings; progress on standard error. */
enum err cli_fsck(struct cli *, bool repair, bool deep, struct fsck_report *);
void fsck_json(struct json *, const struct fsck_report *);
#endif

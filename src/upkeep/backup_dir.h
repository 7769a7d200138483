/* upkeep/backup_dir.h - inside the upkeep room: the parts of a backup. */
#ifndef UPKEEP_BACKUP_DIR_H
#define UPKEEP_BACKUP_DIR_H
#include "upkeep/backup.h"
#include "upkeep/files.h"

/* Makes what is missing in DIR, takes away what a run that was cut off left; holds DIR's lock until `lock` is closed. */
enum err backup_dir_open(struct ctx *, const struct backup_options *, int *lock);
void generation_name(int64_t at_us, char out[32]);
/* Takes away generations that ended before their time is over, but never the newest, and then the files that none names. */
enum err backup_prune(struct ctx *, const struct backup_options *, struct backup_report *);
/* Writes DIR/deleted anew: what stood there, and what the node's log says, both no older than the generations. */
enum err backup_write_deleted(struct ctx *, const struct backup_options *, struct backup_report *);
#endif

/* upkeep/restore.h - a generation of a backup made into a node's folder (docs/backup.md). */
#ifndef UPKEEP_RESTORE_H
#define UPKEEP_RESTORE_H
#include "upkeep/backup.h"

struct restore_options {
	const char *dir, *keys;                /* the backup's folder, and its keys' */
	const char *folder;                    /* made; must not be there */
	int64_t until_us;                      /* the newest generation that is not newer */
	void (*progress)(void *self, const char *what, int64_t done);
	void *self;
};
struct restore_report {
	char generation[32], keys_generation[32];
	int64_t at_us, keys_at_us;
	int64_t files, bytes;
	int64_t replayed;                      /* taken back after the generation, and taken away again */
	int64_t keyless;                       /* accounts whose key is gone: deleted since */
};
/* Checks both manifests and that every file is there with its size, then copies, holding each against its sum.  Nothing is opened.
 * E_NOTFOUND: no such generation.  E_CORRUPT: damaged; `folder` is then incomplete.  E_INVALID: of another region, or keys older
 * than the data. */
enum err restore_files(struct ctx *, const struct restore_options *, struct restore_report *out);
/* On the restored folder, opened with its jobs: ends all sessions, takes away what was deleted after the generation (DIR/deleted)
 * and accounts whose keys are gone, and waits until the files went, too.  E_BUSY: that took too long. */
enum err restore_replay(struct ctx *, const char *dir, struct restore_report *);
#endif

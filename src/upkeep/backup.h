/* upkeep/backup.h - generations of a node in a folder elsewhere (docs/backup.md).
 *
 *     DIR/amanat-backup                    says what this folder is: "data" or "keys"
 *     DIR/generations/TIME/manifest        upkeep/manifest.h; a generation without one never was
 *                         /public.db.zst, /personal.db.zst; of the keys: /keys.db.zst
 *     DIR/blobs/public/ab/HASH             each file once, for all generations
 *     DIR/blobs/personal/ab/NAME.BYTES.MTIME       encrypted, as it lay there
 *     DIR/deleted                          what was taken back since: KIND ID MICROSECONDS, then the sum as in a manifest
 *     DIR/tmp                              what is being written
 *
 * Keys and data never share a folder. */
#ifndef UPKEEP_BACKUP_H
#define UPKEEP_BACKUP_H
#include "base/ctx.h"
#include "upkeep/manifest.h"

enum backup_what { BACKUP_DATA, BACKUP_KEYS, BACKUP_DELETED };
struct backup_options {
	const char *dir;
	const char *folder;                    /* the node's */
	const unsigned char *store_key;
	int64_t cache_kib, keep_us;
	enum backup_what what;
	void (*progress)(void *self, const char *what, int64_t done);
	void *self;
};
struct backup_report {
	char generation[32];                   /* its name; empty: none was made */
	int64_t files, copied, bytes, copied_bytes;    /* files of the generation, and those new in DIR */
	int64_t store_bytes;                   /* the databases in it, packed */
	int64_t missing;                       /* files that are known but not there, or not what their names say */
	int64_t pruned_generations, pruned_files, deleted;
};
/* Online; cx has all that is open.  E_BUSY: another backup runs into DIR.  E_INVALID: DIR holds something else.  E_FULL, E_IO:
 * what was written is used by the next run. */
enum err backup_run(struct ctx *, const struct backup_options *, struct backup_report *out);

/* Through writer_run(): the node remembers that it was copied, for amanat status and /metrics. */
enum err backup_note(struct ctx *, enum backup_what, const struct backup_report *);

/* The newest generation not after `until_us`; its manifest's text is `text`.  E_NOTFOUND.  A manifest that does not read is passed
 * over only when a later or earlier one is asked for by `until_us`: else E_CORRUPT. */
enum err backup_find(struct ctx *, const char *dir, enum backup_what, int64_t until_us, char name[32], struct buf *text, struct manifest *out);
/* Where a file lies in DIR; `path` has FILE_PATH_BYTES. */
void backup_path(const char *dir, const struct manifest_file *, char *path);
#endif

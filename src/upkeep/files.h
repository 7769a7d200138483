/* upkeep/files.h - copying files with their sums, packed or not; inside the upkeep room.
 *
 * A copy appears under its name when it is whole, and what is wanted: written and compared beside it first.  It is not synced: the caller syncs the file system once. */
#ifndef UPKEEP_FILES_H
#define UPKEEP_FILES_H
#include "base/file.h"
#include "upkeep/manifest.h"

#define FILE_PATH_BYTES 4096

struct sums {
	int64_t bytes, packed;                 /* plain, and as it lies there when it is packed */
	char hash[HASH_TEXT_BYTES], packed_hash[HASH_TEXT_BYTES];
};
enum file_way { FILE_AS_IT_IS, FILE_PACK, FILE_UNPACK };
/* What a copy has to be (NULL: whatever it is), plain. */
struct file_wanted {
	int64_t bytes;                         /* -1: any number */
	const char *hash;                      /* NULL: any */
};
/* E_NOTFOUND: there is no such file.  E_CONFLICT: it is not what is wanted, and what stood under `to` stands there as before.
 * E_CORRUPT: not packed as it should be.  E_FULL, E_IO. */
enum err file_copy(struct ctx *, enum file_way, const char *from, const char *tmp, const char *to, const struct file_wanted *, struct sums *out);
/* Reads it all.  E_NOTFOUND. */
enum err file_hash(struct ctx *, const char *path, int64_t *bytes, char hash[HASH_TEXT_BYTES]);
enum err folder_make(struct ctx *, const char *path);  /* no error when it is there */
enum err folder_sync_all(struct ctx *, const char *path);      /* the file system that it lies on */
enum err folder_remove(struct ctx *, const char *path);        /* with all that is in it; no error when it is not there */
/* Each entry but those with a dot in front. */
typedef enum err folder_entry(void *self, struct ctx *, const char *name);
enum err folder_each(struct ctx *, const char *path, folder_entry *, void *self);
#endif

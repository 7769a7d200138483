/* store/blob_folder.h - inside the store room: where blobs lie, and their rows. */
#ifndef STORE_BLOB_FOLDER_H
#define STORE_BLOB_FOLDER_H
#include "store/blob.h"

struct blobs {
	int public_fd, personal_fd, tmp_fd;    /* folders */
	/* The writer's: number of the group in which a file was last marked as removed, plus one; 0: none yet. */
	uint64_t marked_in;
};

#define BLOB_PATH_BYTES (3 + BLOB_NAME_BYTES)  /* ab/abcdef... */
void blob_path(const char *name, char out[BLOB_PATH_BYTES]);
void blob_random_name(char out[BLOB_NAME_BYTES]);
bool blob_name_valid(struct str);
/* By errno: fail_errno(). */
enum err blob_fail(struct ctx *, const char *what);
/* Makes a new name in ab/ durable. */
enum err blob_sync_folder(struct ctx *, int folder, const char *name);
/* On the writer; without one (a command on a db of its own) directly. */
enum err blob_run_write(struct ctx *, enum err (*work)(struct ctx *, void *), void *argument);
/* Marks a row removed and adds the job that takes its file away. */
enum err blob_remove_row(struct ctx *, struct str name, const char *kind);
#endif

/* store/vfs.h - the file system that SQLite sees: the machine's own, with fsyncs counted and, with a key, every byte of a
 * database and its log sealed (store/cipher.h).
 *
 * One instance a connection; SQLite knows it by its name.  With a key no other file than the database and its log can be
 * opened through it (no rollback journal, no temporary file): nothing can leak into one, whatever a setting says. */
#ifndef STORE_VFS_H
#define STORE_VFS_H
#include "base/ctx.h"

struct vfs;
/* `key` (KEY_BYTES) is copied; NULL: clear.  cx->faults is kept: writes and fsyncs are seams.  E_IO. */
enum err vfs_new(struct ctx *, const unsigned char *key, struct vfs **out);
/* errno of what failed last since it was asked; 0: nothing did. */
int vfs_failure(struct vfs *);
const char *vfs_name(const struct vfs *);
/* After the connection is closed; wipes the key. */
void vfs_free(struct vfs **);
/* Fsyncs since the process started, all instances together. */
uint64_t vfs_fsyncs(void);
#endif

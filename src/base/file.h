/* base/file.h - small files, read and written whole. */
#ifndef BASE_FILE_H
#define BASE_FILE_H
#include "base/ctx.h"

enum err file_read(struct ctx *, const char *path, struct buf *out);   /* E_NOTFOUND, E_TOOLARGE, E_IO */
/* Whole or not at all, and synced; only the owner may read it.  E_FULL, E_IO. */
enum err file_write(struct ctx *, const char *path, struct str bytes);
/* The folder that a file lies in; in the context's memory. */
const char *file_folder(struct ctx *, const char *path);
#endif

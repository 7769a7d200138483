/* cli/docket.h - what the commands about demands share. */
#ifndef CLI_DOCKET_H
#define CLI_DOCKET_H
#include "cli/cli.h"

/* An option's day, 2026-11-22, as its first moment (UTC); 0 when it is not given.  E_INVALID. */
enum err cli_day(struct cli *, const char *name, int64_t *out);
/* A file's bytes, at most so many, in cx->mem.  E_NOTFOUND, E_TOOLARGE. */
enum err cli_file(struct cli *, const char *path, size_t most, struct str *out);
#endif

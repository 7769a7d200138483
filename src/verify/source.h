/* verify/source.h - where a log's bytes come from: a node on the web, or a copy of what it serves in a folder.
 *
 * Paths are those under /ledger: "checkpoint", "tile/entries/x001/067.p/12", "key".  A charter's bytes and its signature are
 * "charter/VERSION" and "charter/VERSION/note"; a node may have them as /charter.json?version=VERSION and /charter.json.note?version=VERSION,
 * a folder, where one name cannot be both, has "charter/VERSION.json" and "charter/VERSION.note". */
#ifndef VERIFY_SOURCE_H
#define VERIFY_SOURCE_H
#include "ledger/fetch.h"

#define SOURCE_AT_ONCE FETCH_AT_ONCE

struct source;

/* `where`: an address (with or without /ledger at its end) or, with `is_folder`, a folder.  E_INVALID, E_IO. */
enum err source_open(struct ctx *, struct str where, bool is_folder, struct source **out);
void source_close(struct source **);           /* takes NULL */
struct str source_name(const struct source *);  /* as it stands in messages and in what is remembered */

/* E_NOTFOUND: it says that there is no such thing.  E_TOOLARGE: more than `bytes_max`.  Others: it could not be asked. */
enum err source_get(struct ctx *, struct source *, struct str path, size_t bytes_max, struct buf *out);
/* The same in two steps, so that several are under way; see fetch_begin(). */
enum err source_begin(struct ctx *, struct source *, unsigned slot, struct str path, size_t bytes_max);
enum err source_take(struct ctx *, struct source *, unsigned slot, struct buf *out);
#endif

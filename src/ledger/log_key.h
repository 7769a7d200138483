/* ledger/log_key.h - the log's own keys, in a file outside the data folder, mode 0600: a line each, the newest last.
 *
 *   PRIVATE+KEY+NAME+ID+BASE64(type || seed)      as the Go project's sumdb/note writes a signer
 *
 * They are not under the region key: a sealed node still enters and announces. */
#ifndef LEDGER_LOG_KEY_H
#define LEDGER_LOG_KEY_H
#include "ledger/note.h"

#define LOG_KEYS_MAX 4

struct log_key {
	struct note_key key;
	unsigned char seed[SIGN_SEED_BYTES];
};
void log_key_wipe(struct log_key *);           /* for AUTO() */
struct log_keys {
	unsigned count;
	struct log_key keys[LOG_KEYS_MAX];     /* of one name: the origin.  All of them sign. */
};
void log_keys_wipe(struct log_keys *);         /* for AUTO() */

/* A file with one new key.  "" for `origin`: "amanat/" and eight random hex digits.  E_CONFLICT: there is a file; it is kept.
 * E_INVALID: no name for a log, or the file would lie in the data folder. */
enum err log_keys_init(struct ctx *, const char *path, const char *data_folder, struct str origin);
/* E_NOTFOUND: no file.  E_INVALID: others can read it, or it is not of this form. */
enum err log_keys_read(struct ctx *, const char *path, struct log_keys *out);
/* Replaces the file, durably: for a rotation, or a new origin. */
enum err log_keys_write(struct ctx *, const char *path, const struct log_keys *);
struct log_key log_key_new(struct str origin);
#endif

/* verify/memory.h - what a reader remembers of a log from one look to the next: its keys, its newest signed checkpoint, and eight bytes
 * of each entry's hash, by which an entry that was altered since can be named.
 *
 * A text file of the reader's own: "amanat-verify v1", "from WHERE", "key VKEY" lines, an empty line, the signed checkpoint; and FILE.leaves
 * beside it. */
#ifndef VERIFY_MEMORY_H
#define VERIFY_MEMORY_H
#include "ledger/checkpoint.h"

#define MEMORY_KEYS_MAX 64
#define MEMORY_LEAVES_MAX ((size_t)1 << 23)    /* entries beyond that are not remembered one by one */

struct memory {
	const char *path;
	unsigned key_count;
	struct note_key keys[MEMORY_KEYS_MAX];
	struct buf note;                       /* "": nothing is remembered yet */
	struct checkpoint checkpoint;          /* of the note; its origin is a view of it */
	size_t leaf_count, leaf_room;
	uint64_t *leaves;                      /* as many as the checkpoint counts, unless the file was lost */
};
void memory_free(struct memory *);

/* FILE, or the usual one for that log; its folder is made. */
enum err memory_path(struct ctx *, const char *file, struct str where, const char **out);
/* No file: nothing is remembered.  E_CORRUPT: it is not of this form. */
enum err memory_read(struct ctx *, const char *path, struct memory *out);
enum err memory_write(struct ctx *, const struct memory *, struct str where);
enum err memory_keep(struct ctx *, struct memory *, struct str note);  /* makes a signed checkpoint the newest */
void memory_leaf(struct memory *, uint64_t number, const struct hash *leaf);
/* False: it was another one before. */
bool memory_agrees(const struct memory *, uint64_t number, const struct hash *leaf);

/* Two signed notes that no honest log signs both, into a file beside the memory; its name in cx->mem. */
enum err memory_evidence(struct ctx *, const struct memory *, struct str where, const char *what, struct str newer, const char **out);
#endif

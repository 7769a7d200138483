/* verify/reading.h - inside the room: a log's entries fetched, hashed and told, up to a size. */
#ifndef VERIFY_READING_H
#define VERIFY_READING_H
#include "verify/growth.h"
#include "verify/memory.h"
#include "verify/story.h"

struct reading {
	struct source *source;
	struct findings *findings;
	struct story *story;
	struct memory *memory;
	struct growth growth;                  /* what was hashed up to now */
	uint64_t known_size;                   /* a root was seen before at this size; 0: none */
	struct hash known_root;
	bool known_wrong, stopped;             /* it is another one now; the entries cannot be read on: a finding says why */
	struct str newest;                     /* the line of the last entry that was read; in `newest_line` */
	char newest_line[ENTRY_LINE_MAX];
	uint64_t changed;                      /* the first entry that was another one before; FINDING_NO_ENTRY */
};
/* Reads on until `size`; what does not fit is a finding.  E_...: the source gave no answer; may be called again. */
enum err reading_go(struct ctx *, struct reading *, uint64_t size);
/* After a root that is not the signed one: which entry is it?  Holds entries against the tiles of the log itself. */
enum err reading_blame(struct ctx *, struct reading *, uint64_t size);

/* After the right root: what else the log serves for others, by samples.  Some tiles of hashes against what was hashed, and the proof of the
 * newest entry under one of the keys.  What is not served is not looked at: a mirror has entries only. */
enum err reading_sample(struct ctx *, struct reading *, uint64_t size, const struct note_key *keys, unsigned key_count);
#endif

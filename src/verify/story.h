/* verify/story.h - what a log's entries tell, one after the other, and where they contradict themselves or the charter. */
#ifndef VERIFY_STORY_H
#define VERIFY_STORY_H
#include "charter/charter.h"
#include "ledger/entry.h"
#include "ledger/note.h"
#include "verify/findings.h"
#include "verify/source.h"
#include "verify/tally.h"

#define STORY_DEMANDS_MAX (UINT32_C(1) << 22)
#define STORY_CHARTERS_MAX 256
#define STORY_SIGNERS_MAX 64
#define STORY_STILL_OPEN (-1)

/* Clocks differ: entries may lie so far behind the newest one before them. */
#define STORY_BACKWARDS_US (10 * MINUTE_US)
/* So much later than at once is still at once: decisions; telling a person, opening and ending what has a day. */
#define STORY_DECIDE_GRACE_US HOUR_US
#define STORY_TELL_GRACE_US DAY_US
/* An opaque entry stays shut for eighteen months at most. */
#define STORY_OPAQUE_DAYS CHARTER_GAG_DAYS_MAX

/* The key of a log, and between which entries it signs. */
struct signer {
	struct note_key key;
	uint64_t added, revoked;               /* numbers of entries; revoked UINT64_MAX: it was not */
};

struct story_demand {
	uint64_t number, id, accounts;
	int64_t received_us, authenticated_us, decided_us, told_us, gag_until_us;      /* 0: not (yet) */
	int64_t notice_us;                     /* by when the person was to be told, but for a gag */
	struct charter_case asked;
	struct charter_decision decision;      /* what the charter says since the newest step */
	enum charter_effect permitted;
	int8_t outcome;                        /* the word of demand-decided, or STORY_STILL_OPEN */
	bool judged;                           /* false: a charter was not to be had, so nothing can be said */
	uint32_t row;                          /* of the tally */
};
struct story_demands {
	size_t count, room;
	struct story_demand *items;                  /* by rising number */
	size_t slots;                          /* of the table by id: open addressing, a power of two */
	uint32_t *table;                       /* place in `items` and one; 0: free */
};

struct story_opaque {
	uint64_t number;
	unsigned char commitment[32];
	int64_t opens_us;
	bool opened;
};
struct story_hold {
	uint64_t number, demand;
	int64_t until_us;
	bool ended;
};

/* Fixed times at which an opaque entry is due (verify/rhythm.c). */
struct story_rhythm {
	int64_t first_us;                      /* of the log's first entry */
	int64_t began_us;                      /* none is due up to then */
	int64_t since_us;                      /* since then the node ran; 0: not known */
	uint64_t since_entry;                  /* that tells so, where it was a start */
	int64_t newest_us, told_us;            /* the newest that has its entry, and that was told to have none; 0: none */
};

struct story_charters {
	struct ctx cx;                         /* its memory holds them */
	size_t count;
	struct charter versions[STORY_CHARTERS_MAX];
	struct charter_version entered[STORY_CHARTERS_MAX];
	struct charter_force force;            /* from `force_from_us` until `force_until_us` */
	int64_t force_from_us, force_until_us;
	const struct charter *in_force[STORY_CHARTERS_MAX];
	bool unseen;                           /* one could not be had: what holds is not known */
	bool broken;                           /* one is not what it has to be: none counts */
	bool has_key;
	struct note_key key;                   /* who signs charters, if the reader knows */
};

struct story {
	struct source *source;
	struct findings *findings;
	struct str origin;                     /* as the checkpoint says; the caller's */
	uint64_t entries;
	uint64_t kept;                         /* of a log that succeeds another: entries below this are that one's */
	struct str old_origin, old_root;       /* and its name, root and size; in memory of the story's charters */
	uint64_t old_size;
	uint64_t of_kind[ENTRY_KINDS];
	int64_t latest_us;
	unsigned signer_count;
	struct signer signers[STORY_SIGNERS_MAX];
	struct story_charters charters;
	struct story_demands demands;
	size_t opaque_count, opaque_room, hold_count, hold_room;
	struct story_opaque *opaques;
	struct story_hold *holds;
	struct story_rhythm rhythm;
	struct tally tally;
};
struct story *story_new(struct source *, struct findings *);
void story_free(struct story **);              /* takes NULL */

/* The next entry; its number is story->entries.  E_BUSY, E_IO: the source gave no answer, and the entry was not taken. */
enum err story_entry(struct ctx *, struct story *, const struct entry *);
/* The same for one whose form is wrong. */
void story_malformed(struct story *, const char *why);

/* What is late at this moment, into `out`, not into the story's findings: looked at again and again.  Fills the columns open and
 * overdue of the tally. */
struct story_open {
	uint64_t demands, demands_overdue, opaque, opaque_overdue, holds, holds_overdue;
};
struct story_open story_close(struct story *, int64_t now_us, struct findings *out);

/* Whether a key's signatures count on a checkpoint of that size. */
bool story_signs(const struct story *, const struct note_key *, uint64_t size);
#endif

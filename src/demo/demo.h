/* demo/demo.h - a small network to look at: accounts, clips made of words, follows, likes and comments.
 *
 * Owns what is shown there (people.def, clips.def, talk.def).  It never touches a node on which a person has an account. */
#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H
#include "base/ctx.h"
#include "store/job.h"

#define DEMO_GUEST "guest"
#define DEMO_PASSWORD_BYTES 20          /* letters, digits and NUL */

/* How many there are to be: setting demo.clips, at most all. */
unsigned demo_clips(const struct ctx *);

struct demo_begun {
	bool guest_made;
	char password[DEMO_PASSWORD_BYTES]; /* of the guest; only when made just now */
};
/* SLOW.  Makes the accounts that are missing and queues the making of the clips; again: goes on where it was.
 * E_CONFLICT "demo-real-accounts": somebody has an account here.  E_NOTFOUND: the fonts are not installed. */
enum err demo_begin(struct ctx *, struct demo_begun *out);
/* OK: nobody but the demo has an account.  E_CONFLICT "demo-real-accounts". */
enum err demo_alone(struct ctx *);
/* Are there demo accounts? */
enum err demo_exists(struct ctx *, bool *out);

/* Job: the next clip of an account, with what others say to it; queues itself again while one is missing. */
#define DEMO_JOB "demo"
#define DEMO_JOB_ATTEMPTS 5
enum err demo_run(struct ctx *, const struct job *);
/* READ.  How far the making is; `making` is false once it is done or given up. */
struct demo_progress {
	unsigned made, wanted;
	bool making;
};
enum err demo_progress(struct ctx *, struct demo_progress *out);

/* SLOW.  Closes the demo accounts and nothing else; what they published and their keys go by the erase jobs. */
enum err demo_remove(struct ctx *, unsigned *removed);
#endif

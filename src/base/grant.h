/* base/grant.h - the right to open one person's sealed columns.
 *
 * A grant is a value that only the keyholder's client (custody/) makes: the layer checker lets no
 * other room write `grant_make`.  Whoever has none cannot seal or open: every such function takes one. */
#ifndef BASE_GRANT_H
#define BASE_GRANT_H
#include <stdint.h>

#define KEY_BYTES 32

/* Why a key was unwrapped.  Counted by purpose; the daily totals will be a ledger entry. */
enum grant_purpose {
	GRANT_NONE = 0,
	GRANT_SESSION,          /* a signed-in request, or the sign-in itself */
	GRANT_SIGNUP,           /* the key was made just now */
	GRANT_PUBLISH,          /* a job publishes what the person asked to publish */
	GRANT_BLOCK_CHECK,      /* somebody acts towards the person: did the person block them? */
	GRANT_MAILBOX,          /* somebody leaves a notification for a person of before mailboxes: their public half is made */
	GRANT_ERASE,            /* the person, or a moderator, removes an account's things */
	GRANT_OPERATOR,         /* a command on the node's own console */
	GRANT_DESK,             /* rows of class desk, by a named role */
	GRANT_DOCKET,           /* rows of class desk, by the docket's own steps: nobody reads them */
	GRANT_RESIDENCE,        /* the docket looks where a person lives, where the charter turns on it */
	GRANT_PURPOSES
};

struct grant {
	enum grant_purpose purpose;
	int64_t account;
	int64_t person;         /* the random number that rows in personal.db carry; 0 until the account row is open */
	unsigned char key[KEY_BYTES];          /* the user key */
};

struct grant grant_make(enum grant_purpose, int64_t account, const unsigned char key[KEY_BYTES]);
void grant_wipe(struct grant *);               /* for AUTO() */
#endif

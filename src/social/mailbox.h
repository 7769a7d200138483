/* social/mailbox.h - how something is left for a person who is away, and the keys that it is left under.
 *
 * The person's X25519 pair comes from the user key; its public half stands in table mailbox, so that nobody need open the
 * recipient's key to leave something.  A sealed box for each notification would cost a like more than all the rest of it: so
 * the box holds a random key, under which a day's notifications are sealed, and which the serving process remembers for so long
 * (docs/decisions/notifications.md).  Owns tables mailbox and mailbox_key. */
#ifndef SOCIAL_MAILBOX_H
#define SOCIAL_MAILBOX_H
#include "base/ctx.h"

/* The process's cache of keys that are in use; made by app/, NULL in the context means that each notification gets one of its
 * own.  Used on the writer's thread alone; the keys lie in locked memory. */
enum err mailboxes_open(struct ctx *, struct mailboxes **out);
void mailboxes_close(struct mailboxes **);     /* wipes; takes NULL */

/* WRITE.  The mailbox of the person that the grant is for; no error when it is there. */
enum err mailbox_create(struct ctx *, const struct grant *);

/* WRITE.  Counts what is put into table inbox_fresh: true at every MAILBOXES_FRESH, when it is to be sorted in. */
#define MAILBOXES_FRESH 4096
bool mailboxes_full(struct ctx *);

struct mailbox_key {
	int64_t id;
	unsigned char bytes[KEY_BYTES];
	bool trim;                             /* a good moment to look whether there are too many */
};
void mailbox_key_wipe(struct mailbox_key *);   /* for AUTO() */

/* WRITE.  The key to leave something under now.  E_NOTFOUND: there is no such account, or its key is destroyed. */
enum err mailbox_key_now(struct ctx *, int64_t account, struct mailbox_key *out);
/* READ.  With the owner's grant.  E_NOTFOUND, E_CORRUPT. */
enum err mailbox_key_open(struct ctx *, const struct grant *, int64_t id, struct mailbox_key *out);
/* WRITE.  Takes away keys that nothing needs any more. */
enum err mailbox_trim(struct ctx *, int64_t account);

/* READ.  How far the person has read; 0 without a mailbox. */
enum err mailbox_seen(struct ctx *, int64_t account, int64_t *out);
/* WRITE.  Never backwards. */
enum err mailbox_see(struct ctx *, const struct grant *, int64_t up_to);
/* WRITE.  Mailbox and keys go; what lies in it goes by inbox.h. */
enum err mailbox_forget(struct ctx *, int64_t account);
#endif

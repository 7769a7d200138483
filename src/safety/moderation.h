/* safety/moderation.h - what the desk does about reports.  Everything here asks for a moderator: E_DENIED. */
#ifndef SAFETY_MODERATION_H
#define SAFETY_MODERATION_H
#include "base/ctx.h"

/* WRITE.  `action`: "none"; "remove" takes the video or comment away (of an account: its avatar, name and bio);
 * "suspend" suspends the author.  What is gone already is no error.  E_INVALID action-invalid, E_NOTFOUND,
 * E_CONFLICT report-closed, E_DENIED for a moderator or operator as the one to suspend. */
enum err moderation_close(struct ctx *, int64_t report, struct str action);
/* WRITE.  E_NOTFOUND; E_DENIED as above. */
enum err moderation_suspend(struct ctx *, int64_t account);
enum err moderation_restore(struct ctx *, int64_t account);
#endif

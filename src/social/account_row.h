/* social/account_row.h - the account row, for the files of this room that write it. */
#ifndef SOCIAL_ACCOUNT_ROW_H
#define SOCIAL_ACCOUNT_ROW_H
#include "social/account.h"

#define STATE_ACTIVE STR("active")
#define STATE_SUSPENDED STR("suspended")
#define STATE_CLOSED STR("closed")

/* WRITE.  A new row; E_CONFLICT handle-taken. */
enum err account_insert(struct ctx *, const struct grant *, const struct account *);
/* WRITE.  The SEAL columns anew. */
enum err account_reseal(struct ctx *, const struct grant *, const struct account *);
/* READ.  As account_by_id(), closed ones too. */
enum err account_any(struct ctx *, int64_t id, struct account *out);

struct str languages_joined(struct ctx *, const struct languages *);
void languages_split(struct str joined, struct languages *out);
/* Every code known to language_check(), none twice, LANGUAGES_MAX at most. */
enum err languages_check(struct ctx *, const struct languages *);

/* SLOW.  Is this the password of the account that the grant is for?  E_DENIED password-wrong. */
enum err password_confirm(struct ctx *, struct grant *, struct str password);
/* WRITE.  One use of an invitation.  E_DENIED invitation-invalid. */
enum err invite_use(struct ctx *, struct str code);
#endif

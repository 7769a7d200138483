/* safety/operator.h - what the operator takes away, on the node's console: nobody is above it, and each is an entry in the ledger. */
#ifndef SAFETY_OPERATOR_H
#define SAFETY_OPERATOR_H
#include "base/ctx.h"

/* WRITE.  No entry when the account is suspended already.  E_NOTFOUND. */
enum err operator_suspend(struct ctx *, int64_t account);
/* WRITE.  For ever.  An account that was suspended has its entry.  E_NOTFOUND. */
enum err operator_close_account(struct ctx *, int64_t account);
/* WRITE.  E_NOTFOUND. */
enum err operator_remove_video(struct ctx *, int64_t video);
#endif

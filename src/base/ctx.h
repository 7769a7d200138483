/* base/ctx.h - everything that a request, a job or a command may reach.  No module keeps globals. */
#ifndef BASE_CTX_H
#define BASE_CTX_H
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/grant.h"
#include "base/id.h"
#include "base/log.h"
#include "base/str.h"

enum role { ROLE_NOBODY, ROLE_MEMBER, ROLE_MODERATOR, ROLE_OPERATOR };

/* Who acts.  account is 0 when nobody is signed in; then the grant is empty too. */
struct actor {
	int64_t account;
	int64_t session;
	enum role role;
	struct grant grant;
};

/* The pointers are the process's (one each, made by app/) but for `db`, which is this thread's. */
struct ctx {
	struct arena mem;
	int64_t now_us;                        /* wall time, fixed for the whole request */
	const struct clock *clock;
	struct ids *ids;
	const struct log *log;
	const struct config *config;
	struct faults *faults;
	struct db *db;
	struct writer *writer;
	struct blobs *blobs;
	struct keyholder *keyholder;
	struct feed *feed;
	struct limits *limits;
	struct media *media;
	struct jobs *jobs;
	struct sessions *sessions;
	struct metrics *metrics;
	struct events *events;
	struct mailboxes *mailboxes;
	struct ledger *ledger;
	struct cosigner *cosigner;             /* NULL: this node is no witness */
	struct parsed_charters *charters;
	struct tallies *tallies;
	struct actor actor;
	struct failure failure;
};
void ctx_end(struct ctx *);                    /* frees the arena, wipes the grant; for AUTO() */
#endif

/* social/account.h - accounts: signing up and in, one's own settings, suspension, closing.  Owns tables account and invite.
 *
 * An account has a public id and a handle; what it does in personal.db stands under a random person number, and only its
 * sealed columns say which (docs/decisions/persons-are-numbers.md).
 * Each function says where it runs.  SLOW: on the pool, a job thread or in a command; it hashes or waits for the writer.
 * WRITE: on the writer thread.  READ: anywhere. */
#ifndef SOCIAL_ACCOUNT_H
#define SOCIAL_ACCOUNT_H
#include "base/ctx.h"
#include "social/session.h"
#include "store/field.h"

#define LANGUAGES_MAX 16

struct account {
#define EXPAND_STRUCT "social/account.def"
#include "store/expand.h"
};

/* Codes as language_check() takes them, best first. */
struct languages {
	struct str codes[LANGUAGES_MAX];
	size_t count;
};

struct sign_up {
	struct str handle, password;
	struct str name;                       /* empty: the handle */
	struct languages languages;
	struct str country;                    /* ISO 3166 or empty */
	struct str invitation;                 /* code or empty */
	struct str client;                     /* "web", "program"; for the list of sessions */
	enum role role;                        /* ROLE_NOBODY means ROLE_MEMBER; only account_add() takes more */
	bool demo;                             /* social/demo.h; only account_add() takes it */
};

/* What people see of their own account.  Strings in cx->mem. */
struct me {
	int64_t id;
	struct str handle, name, bio;
	struct str avatar;                     /* hash of a public blob, or empty */
	struct languages languages;
	struct str country;                    /* empty: not said */
	enum role role;
	int64_t created_us;
};

/* --- signing up and in: SLOW; cx->actor is filled on success --- */

/* E_INVALID handle-invalid, password-weak, name-invalid, language-invalid, country-invalid; E_CONFLICT handle-taken;
 * E_DENIED sign-up-closed, invitation-needed, invitation-invalid. */
enum err account_sign_up(struct ctx *, const struct sign_up *, struct session_token *out);
/* E_ANONYMOUS sign-in-failed: no such name or another password, both after the same time; E_DENIED suspended (the password
 * was right).  The caller counts failures: safety/limit.h. */
enum err account_sign_in(struct ctx *, struct str handle, struct str password, struct str client, struct session_token *out);
/* By the operator, whatever sign-up says; no session.  Errors as account_sign_up(). */
enum err account_add(struct ctx *, const struct sign_up *, int64_t *id);
/* SLOW.  With the costs of the settings, in cx->mem. */
enum err password_make_hash(struct ctx *, struct str password, struct str *out);
/* WRITE.  account_add() where the password is hashed already: for many who share one. */
enum err account_add_hashed(struct ctx *, const struct sign_up *, struct str hash, int64_t *id);

/* --- one's own account; somebody must be signed in --- */
enum err account_me(struct ctx *, struct me *out);                     /* READ */
enum err account_languages(struct ctx *, struct languages *out);       /* READ; none when nobody is signed in */

/* Only what is set changes. */
struct account_change {
	const struct str *name, *bio, *country;
	const struct languages *languages;
};
/* WRITE.  `out` as it will be after the commit. */
enum err account_change(struct ctx *, const struct account_change *, struct me *out);
/* WRITE.  A hash from blob_publish(), or empty for none.  E_CONFLICT file-gone: publish it once more. */
enum err account_set_avatar(struct ctx *, struct str hash, struct me *out);
/* SLOW.  The other sessions end, and the actor's goes on under a new token: who has the old one has nothing.  E_DENIED
 * password-wrong; E_INVALID password-weak. */
enum err account_change_password(struct ctx *, struct str old, struct str new, struct session_token *out);
/* SLOW.  Sessions end and the profile vanishes with this call; the erase job (social/erase.h) takes the rest and at last the
 * key.  E_DENIED password-wrong. */
enum err account_close(struct ctx *, struct str password);

/* --- anyone's, for the rooms below and the console --- */

/* READ.  CLEAR columns only; the SEAL ones are 0 and empty.  Closed accounts are E_NOTFOUND. */
enum err account_by_handle(struct ctx *, struct str handle, struct account *out);
enum err account_by_id(struct ctx *, int64_t id, struct account *out);
/* READ.  Opens the whole row with a grant for that account and fills grant->person.  Closed ones too: erasing needs it. */
enum err account_open(struct ctx *, struct grant *, struct account *out);
/* READ.  custody_grant() and account_open() in one; `out` is untouched on failure.  E_NOTFOUND: no such account or key. */
enum err account_grant(struct ctx *, enum grant_purpose, int64_t id, struct grant *out);

/* WRITE.  Suspended: sessions end, profile and videos vanish from every list.  Both are no error when nothing changes. */
enum err account_suspend(struct ctx *, int64_t id);
enum err account_restore(struct ctx *, int64_t id);
enum err account_set_role(struct ctx *, int64_t id, enum role);        /* WRITE; sessions look again */
enum err account_close_by_operator(struct ctx *, int64_t id);          /* WRITE */
enum err account_reset_password(struct ctx *, int64_t id, struct str new);     /* SLOW; all sessions end */

struct account_page {
	struct account *items;                 /* CLEAR columns only */
	size_t count;
	int64_t next;                          /* 0: that was the last page */
};
#define ACCOUNT_PAGE 50
/* READ.  Newest first, older than `before` (0: from the newest); closed ones too.  For the console. */
enum err account_list(struct ctx *, int64_t before, struct account_page *out);

const char *role_name(enum role);
enum role role_of(struct str name);            /* ROLE_NOBODY for an unknown one */

/* --- invitations: console --- */
#define INVITE_CODE_BYTES 23                   /* 22 characters (128 bits) and NUL */
enum err invite_create(struct ctx *, int64_t uses, int64_t days, char code[INVITE_CODE_BYTES]);        /* WRITE */
#endif

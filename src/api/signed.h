/* api/signed.h - the answer to signing up and to signing in. */
#ifndef API_SIGNED_H
#define API_SIGNED_H
#include "http/http.h"
#include "social/session.h"

/* "web" (also when absent) or "program"; E_INVALID. */
enum err signed_client(struct ctx *, struct str given, struct str *out);
/* 201 {"account": Me} and the cookie; for a program {"account": Me, "token"} and no cookie. */
enum err signed_answer(struct ctx *, const struct req *, const struct session_token *, struct str client, struct resp *);
void signed_wipe(struct session_token *);      /* for AUTO() */
#endif

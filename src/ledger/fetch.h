/* ledger/fetch.h - asks other machines over HTTP: witnesses, mirrors, logs.  For one thread; connections are kept.
 *
 *   AUTO(fetch_close) struct fetch *fetch = NULL;
 *   TRY(fetch_open(cx, &fetch));
 *   TRY(fetch_ask(cx, fetch, &(struct fetch_request){ .url = url, .bytes_max = NOTE_BYTES_MAX, .patience_us = 10 * SECOND_US }, &answer));
 *
 * Only http and https, certificates are checked, redirects are not followed, cookies are neither kept nor sent.  libcurl is loaded by the first
 * fetch_open(), not with the program: it brings twenty libraries, and a start of the server would wait for them. */
#ifndef LEDGER_FETCH_H
#define LEDGER_FETCH_H
#include "base/ctx.h"

#define FETCH_URL_MAX 2048
#define FETCH_AT_ONCE 16               /* requests that one thread may have under way */

struct fetch;

struct fetch_request {
	struct str url;
	const char *content_type;              /* NULL: a GET; else a POST of `body` */
	struct str body;                       /* stays where it is until the answer was taken */
	size_t bytes_max;                      /* of the answer's body */
	int64_t patience_us;                   /* for the whole exchange */
};
struct fetch_answer {
	int status;                            /* whatever the other side said: 404 and 302 are answers, too */
	char content_type[64];                 /* "" when there was none, or a longer one */
	struct buf body;                       /* to free */
};
void fetch_answer_free(struct fetch_answer *);  /* for AUTO() */

/* E_IO: libcurl is not installed, or cannot start. */
enum err fetch_open(struct ctx *, struct fetch **out);
void fetch_close(struct fetch **);              /* takes NULL; what is under way is given up */

/* One request and its answer.  E_INVALID "fetch-url": not a web address.  E_BUSY "fetch-silent": no answer by then, or no connection.
 * E_TOOLARGE "fetch-large": more than bytes_max.  E_IO "fetch-failed": the certificate is wrong, the answer is not HTTP, and the like.
 * The text names the host and what happened. */
enum err fetch_ask(struct ctx *, struct fetch *, const struct fetch_request *, struct fetch_answer *out);

/* The same in two steps, for several at once: `slot` is below FETCH_AT_ONCE and free.  Whoever begins has to take, also an answer
 * that is no longer wanted, or to close.  Same errors; those of the network come with the taking. */
enum err fetch_begin(struct ctx *, struct fetch *, unsigned slot, const struct fetch_request *);
enum err fetch_take(struct ctx *, struct fetch *, unsigned slot, struct fetch_answer *out);
#endif

/* http/tls.h - the certificate and the key with which this process speaks TLS by itself, and their renewal while it runs.
 *
 * The files are PEM: the certificate with the chain behind it, the key alone and without a password (RFC 7468).  Both are read
 * into memory and checked there; only a pair that fits together is ever shown to a client.  GnuTLS is libmicrohttpd's. */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H
#include "base/ctx.h"

struct tls_files {
	const char *certificate, *key;         /* paths; both empty or NULL: no TLS of our own */
};
/* One of them is named. */
bool tls_wanted(const struct tls_files *);

struct tls;
/* E_INVALID: what is wrong with the pair, and what to do.  `handshake_us`: how long a handshake may last at most; a pair that was replaced
 * is freed after twice that. */
enum err tls_open(struct ctx *, const struct tls_files *, int64_t handshake_us, struct tls **out);
/* After the last connection has ended.  For AUTO(). */
void tls_close(struct tls **);
/* New handshakes take the pair that lies in the files now, if it is another than before, or `asked` for; those under way go on with theirs.
 * `taken` says whether there was one.  E_INVALID: it cannot be used, and the pair before stays; what was refused once is not looked
 * at again until a file changes, unless asked for. */
enum err tls_renew(struct ctx *, struct tls *, bool asked, bool *taken);

struct tls_stats {
	int64_t until_us;                      /* the end of the certificate's validity, wall time */
	uint64_t taken, refused;               /* renewals since start */
};
void tls_read_stats(const struct tls *, struct tls_stats *out);
/* For a command: whether the files can be used, and until when.  E_INVALID as tls_open(). */
enum err tls_check(struct ctx *, const struct tls_files *, int64_t *until_us);
#endif

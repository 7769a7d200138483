#include "http/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/x509.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/handshake.h"

#define FILE_BYTES_MAX ((size_t)256 << 10)
#define CHAIN_MAX 16
#define KEY_ID_BYTES 64

const char tls_priorities[] =
	"NONE:+VERS-TLS1.3:+VERS-TLS1.2:+AEAD:+COMP-NULL:+CTYPE-SRV-X509:+CTYPE-CLI-X509"
	":+ECDHE-ECDSA:+ECDHE-RSA:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM"
	":+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1"
	":+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-ECDSA-SECP384R1-SHA384:+SIGN-ECDSA-SHA256:+SIGN-ECDSA-SHA384:+SIGN-EDDSA-ED25519"
	":+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-RSA-PSS-RSAE-SHA384:+SIGN-RSA-PSS-RSAE-SHA512:+SIGN-RSA-SHA256:+SIGN-RSA-SHA384:+SIGN-RSA-SHA512"
	":%SERVER_PRECEDENCE";

/* Which bytes a path led to, without reading them: a renewal writes a new file, or points a link to another. */
struct stamp {
	dev_t device;
	ino_t number;
	off_t bytes;
	struct timespec changed;
};

struct pair {
	struct pair *next;                     /* replaced before this one */
	gnutls_pcert_st chain[CHAIN_MAX];
	unsigned count;
	gnutls_privkey_t key;
	int64_t until_us;
	int64_t replaced_us;                   /* boot time */
};

struct tls {
	pthread_mutex_t renewing;
	struct tls_files files;                /* under renewing, as are replaced, stamps and handshake_us */
	struct pair *replaced;
	struct stamp stamps[2];                /* of what was looked at last */
	int64_t handshake_us;
	_Atomic(struct pair *) current;        /* never NULL once it is open */
	atomic_uint_fast64_t taken, refused;
};

bool tls_wanted(const struct tls_files *files)
{
	return (files->certificate && files->certificate[0]) || (files->key && files->key[0]);
}

/* --- reading a pair --- */

static void forget(struct buf *secret)
{
	if (secret->p)
		explicit_bzero(secret->p, secret->cap);
	buf_free(secret);
}

static void close_file(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static enum err read_file(struct ctx *cx, const char *setting, const char *path, bool secret, struct buf *out)
{
	struct stat status;
	AUTO(close_file) int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) != 0)
		return fail(cx, E_INVALID, "%s: %.120s cannot be read: %s. Name a file that the server's user may read.", setting, path, strerror(errno));
	if (!S_ISREG(status.st_mode) || status.st_size > (off_t)FILE_BYTES_MAX)
		return fail(cx, E_INVALID, "%s: %.120s is no file of at most 256 KiB.", setting, path);
	if (secret && (status.st_mode & 07))
		return fail(cx, E_INVALID, "%s: everybody may read %.120s. Take that away: chmod o-rwx.", setting, path);
	for (;;) {
		char piece[4096];
		ssize_t n = read(fd, piece, sizeof piece);
		if (n < 0)
			return fail(cx, E_INVALID, "%s: %.120s cannot be read: %s.", setting, path, strerror(errno));
		if (n == 0)
			break;
		buf_bytes(out, piece, (size_t)n);
		explicit_bzero(piece, sizeof piece);
	}
	return out->failed ? fail(cx, E_INVALID, "%s: %.120s grew while it was read.", setting, path) : OK;
}

static gnutls_datum_t datum_of(const struct buf *bytes)
{
	return (gnutls_datum_t){ .data = (unsigned char *)bytes->p, .size = (unsigned)bytes->n };
}

static void pair_free(struct pair **pair_)
{
	struct pair *pair = *pair_;
	if (!pair)
		return;
	for (unsigned i = 0; i < pair->count; i++)
		gnutls_pcert_deinit(&pair->chain[i]);
	if (pair->key)
		gnutls_privkey_deinit(pair->key);
	free(pair);
	*pair_ = NULL;
}

struct certificates {
	gnutls_x509_crt_t *list;
	unsigned count;
};

static void certificates_free(struct certificates *certificates)
{
	for (unsigned i = 0; i < certificates->count; i++)
		gnutls_x509_crt_deinit(certificates->list[i]);
	gnutls_free(certificates->list);
}

/* The leaf is first, whatever the file's order was. */
static enum err take_chain(struct ctx *cx, const char *path, struct certificates *certificates, struct pair *pair)
{
	unsigned bits = 0, count = certificates->count;
	if (count > CHAIN_MAX)
		return fail(cx, E_INVALID, "tls.certificate: %.120s holds more than %d certificates.", path, CHAIN_MAX);
	int algorithm = gnutls_x509_crt_get_pk_algorithm(certificates->list[0], &bits);
	if (algorithm < 0 || gnutls_pk_bits_to_sec_param((gnutls_pk_algorithm_t)algorithm, bits) < GNUTLS_SEC_PARAM_MEDIUM)
		return fail(cx, E_INVALID, "tls.certificate: the key of %.100s is too short for browsers. Make one of EC P-256, or RSA 2048 or more.", path);
	time_t until = gnutls_x509_crt_get_expiration_time(certificates->list[0]);
	if (until == (time_t)-1)
		return fail(cx, E_INVALID, "tls.certificate: %.120s does not say until when it is valid.", path);
	int failed = gnutls_pcert_import_x509_list(pair->chain, certificates->list, &count, 0);
	if (failed < 0)
		return fail(cx, E_INVALID, "tls.certificate: %.100s: %s.", path, gnutls_strerror(failed));
	pair->count = count;
	pair->until_us = (int64_t)until * SECOND_US;
	return OK;
}

static enum err read_certificate(struct ctx *cx, const char *path, struct pair *pair)
{
	AUTO(buf_free) struct buf text = buf_new(FILE_BYTES_MAX);
	AUTO(certificates_free) struct certificates certificates = {};
	TRY(read_file(cx, "tls.certificate", path, false, &text));
	gnutls_datum_t bytes = datum_of(&text);
	int failed = text.n ? gnutls_x509_crt_list_import2(&certificates.list, &certificates.count, &bytes, GNUTLS_X509_FMT_PEM, GNUTLS_X509_CRT_LIST_SORT)
	                    : GNUTLS_E_NO_CERTIFICATE_FOUND;
	if (failed < 0 || certificates.count == 0)
		return fail(cx, E_INVALID, "tls.certificate: %.100s is no PEM certificate with its chain (%s). Name the file that is called fullchain.",
		            path, gnutls_strerror(failed));
	return take_chain(cx, path, &certificates, pair);
}

static enum err read_key(struct ctx *cx, const char *path, struct pair *pair)
{
	AUTO(forget) struct buf text = buf_new(FILE_BYTES_MAX);
	TRY(read_file(cx, "tls.key", path, true, &text));
	gnutls_datum_t bytes = datum_of(&text);
	int failed = gnutls_privkey_init(&pair->key);
	if (failed == 0)
		failed = text.n ? gnutls_privkey_import_x509_raw(pair->key, &bytes, GNUTLS_X509_FMT_PEM, NULL, 0) : GNUTLS_E_NO_CERTIFICATE_FOUND;
	if (failed == GNUTLS_E_DECRYPTION_FAILED)
		return fail(cx, E_INVALID, "tls.key: %.120s has a password, which nobody could type at a start. Take it off: openssl pkey -in OLD -out NEW.", path);
	if (failed < 0)
		return fail(cx, E_INVALID, "tls.key: %.120s is no PEM private key (%s).", path, gnutls_strerror(failed));
	return OK;
}

static bool fits(const struct pair *pair)
{
	unsigned char ids[2][KEY_ID_BYTES];
	size_t sizes[2] = { KEY_ID_BYTES, KEY_ID_BYTES };
	gnutls_pubkey_t of_key = NULL;
	bool same = gnutls_pubkey_init(&of_key) == 0 && gnutls_pubkey_import_privkey(of_key, pair->key, 0, 0) == 0
		&& gnutls_pubkey_get_key_id(of_key, 0, ids[0], &sizes[0]) == 0
		&& gnutls_pubkey_get_key_id(pair->chain[0].pubkey, 0, ids[1], &sizes[1]) == 0
		&& sizes[0] == sizes[1] && memcmp(ids[0], ids[1], sizes[0]) == 0;
	gnutls_pubkey_deinit(of_key);
	return same;
}

static enum err files_named(struct ctx *cx, const struct tls_files *files)
{
	if (!files->certificate || !files->certificate[0] || !files->key || !files->key[0])
		return fail(cx, E_INVALID, "tls.certificate and tls.key belong together: set both, or neither.");
	return OK;
}

static enum err pair_read(struct ctx *cx, const struct tls_files *files, struct pair **out)
{
	struct pair *pair AUTO(pair_free) = calloc(1, sizeof *pair);
	if (!pair)
		abort();
	TRY(read_certificate(cx, files->certificate, pair));
	TRY(read_key(cx, files->key, pair));
	if (!fits(pair))
		return fail(cx, E_INVALID, "tls.key: %.80s is not the key of the certificate in %.80s. Name the two files that were made together.",
		            files->key, files->certificate);
	*out = pair;
	pair = NULL;
	return OK;
}

/* --- renewal --- */

static struct stamp stamp_of(const char *path)
{
	struct stat status;
	if (stat(path, &status) != 0)
		return (struct stamp){};
	return (struct stamp){ .device = status.st_dev, .number = status.st_ino, .bytes = status.st_size, .changed = status.st_ctim };
}

static bool is_same(const struct stamp *a, const struct stamp *b)
{
	return a->device == b->device && a->number == b->number && a->bytes == b->bytes && a->changed.tv_sec == b->changed.tv_sec
		&& a->changed.tv_nsec == b->changed.tv_nsec;
}

/* Whether the files are others than at the last look. */
static bool look(struct tls *tls)
{
	struct stamp now[2] = { stamp_of(tls->files.certificate), stamp_of(tls->files.key) };
	bool same = is_same(&now[0], &tls->stamps[0]) && is_same(&now[1], &tls->stamps[1]);
	memcpy(tls->stamps, now, sizeof now);
	return !same;
}

/* Handshakes that began with an old pair are over, one way or the other. */
static void free_the_old(struct tls *tls, int64_t now_us)
{
	for (struct pair **at = &tls->replaced; *at;) {
		struct pair *old = *at;
		if (now_us < old->replaced_us + 2 * tls->handshake_us) {
			at = &old->next;
			continue;
		}
		*at = old->next;
		pair_free(&old);
	}
}

static void put(struct tls *tls, struct pair *pair)
{
	struct pair *old = atomic_exchange(&tls->current, pair);
	old->replaced_us = clock_boot_us(NULL);
	old->next = tls->replaced;
	tls->replaced = old;
	atomic_fetch_add(&tls->taken, 1);
}

/* Under the lock. */
static enum err renew(struct ctx *cx, struct tls *tls, struct pair **pair)
{
	TRY(pair_read(cx, &tls->files, pair));
	int64_t now_us = clock_wall_us(cx->clock);
	if ((*pair)->until_us > now_us || atomic_load(&tls->current)->until_us <= now_us)
		return OK;
	char until[RFC3339_BYTES];
	time_rfc3339((*pair)->until_us, until);
	return fail(cx, E_INVALID, "tls.certificate: %.120s was valid until %s only.", tls->files.certificate, until);
}

enum err tls_renew(struct ctx *cx, struct tls *tls, bool asked, bool *taken)
{
	struct pair *pair AUTO(pair_free) = NULL;
	enum err status = OK;
	pthread_mutex_lock(&tls->renewing);
	free_the_old(tls, clock_boot_us(NULL));
	bool another = look(tls) || asked;
	if (another)
		status = renew(cx, tls, &pair);
	if (status != OK) {
		atomic_fetch_add(&tls->refused, 1);
	} else if (another) {
		put(tls, pair);
		pair = NULL;
	}
	pthread_mutex_unlock(&tls->renewing);
	if (status == OK)
		*taken = another;
	return status;
}

int tls_choose(gnutls_session_t session, const gnutls_datum_t *, int, const gnutls_pk_algorithm_t *, int, gnutls_pcert_st **chain, unsigned *count,
               gnutls_privkey_t *key)
{
	struct tls *tls = gnutls_session_get_ptr(session);
	struct pair *pair = atomic_load(&tls->current);
	*chain = pair->chain;
	*count = pair->count;
	*key = pair->key;
	return 0;
}

/* --- coming and going --- */

enum err tls_open(struct ctx *cx, const struct tls_files *files, int64_t handshake_us, struct tls **out)
{
	struct tls *tls AUTO(tls_close) = calloc(1, sizeof *tls);
	struct pair *pair = NULL;
	if (!tls)
		abort();
	pthread_mutex_init(&tls->renewing, NULL);
	tls->files = *files;
	tls->handshake_us = handshake_us;
	TRY(files_named(cx, files));
	look(tls);                             /* before they are read: a change meanwhile is seen at the next look */
	TRY(pair_read(cx, files, &pair));
	atomic_store(&tls->current, pair);
	*out = tls;
	tls = NULL;
	return OK;
}

void tls_close(struct tls **tls)
{
	if (!tls || !*tls)
		return;
	struct pair *current = atomic_load(&(*tls)->current);
	pair_free(&current);
	(*tls)->handshake_us = 0;
	free_the_old(*tls, INT64_MAX);
	pthread_mutex_destroy(&(*tls)->renewing);
	free(*tls);
	*tls = NULL;
}

void tls_read_stats(const struct tls *tls, struct tls_stats *out)
{
	/* only what replaces it frees the pair, and long after */
	*out = (struct tls_stats){ .until_us = atomic_load(&tls->current)->until_us, .taken = atomic_load(&tls->taken), .refused = atomic_load(&tls->refused) };
}

enum err tls_check(struct ctx *cx, const struct tls_files *files, int64_t *until_us)
{
	struct pair *pair AUTO(pair_free) = NULL;
	TRY(files_named(cx, files));
	TRY(pair_read(cx, files, &pair));
	*until_us = pair->until_us;
	return OK;
}

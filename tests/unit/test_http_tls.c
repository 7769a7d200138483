/* Renewing the pair while handshakes run: each shows one pair or the other, whole. */
#include <gnutls/x509.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/handshake.h"
#include "http/tls.h"
#include "scratch.h"
#include "tap.h"

#define THREADS 3
#define HANDSHAKES 12
#define TEN_DAYS ((time_t)864000)

struct place {
	char folder[64], certificate[96], key[96];
	struct ctx cx;
	struct tls *tls;
	gnutls_certificate_credentials_t server, client;
	gnutls_priority_t priorities;
	atomic_bool failed;
};

/* Whole new files under the old names, as certbot does. */
static void put(const char *path, const gnutls_datum_t *content)
{
	char making[128];
	snprintf(making, sizeof making, "%s.new", path);
	FILE *file = fopen(making, "w");
	EXPECT(file && fwrite(content->data, 1, content->size, file) == content->size);
	EXPECT(fchmod(fileno(file), 0600) == 0 && fclose(file) == 0 && rename(making, path) == 0);
}

static void make_pair(struct place *place, unsigned char serial, time_t until)
{
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t certificate;
	gnutls_datum_t text;
	gnutls_x509_privkey_init(&key);
	gnutls_x509_crt_init(&certificate);
	EXPECT(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0) == 0);
	gnutls_x509_crt_set_version(certificate, 3);
	gnutls_x509_crt_set_serial(certificate, &serial, 1);
	gnutls_x509_crt_set_activation_time(certificate, until - TEN_DAYS);
	gnutls_x509_crt_set_expiration_time(certificate, until);
	EXPECT(gnutls_x509_crt_set_key(certificate, key) == 0);
	EXPECT(gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0) == 0);
	EXPECT(gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &text) == 0);
	put(place->certificate, &text);
	gnutls_free(text.data);
	EXPECT(gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &text) == 0);
	put(place->key, &text);
	gnutls_free(text.data);
	gnutls_x509_crt_deinit(certificate);
	gnutls_x509_privkey_deinit(key);
}

static void begin(struct place *place, int64_t handshake_us)
{
	*place = (struct place){ .cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) } };
	snprintf(place->folder, sizeof place->folder, "%s/amanat-tls-XXXXXX", scratch_root());
	EXPECT(mkdtemp(place->folder));
	snprintf(place->certificate, sizeof place->certificate, "%s/crt", place->folder);
	snprintf(place->key, sizeof place->key, "%s/key", place->folder);
	make_pair(place, 1, time(NULL) + TEN_DAYS);
	const struct tls_files files = { place->certificate, place->key };
	EXPECT(tls_open(&place->cx, &files, handshake_us, &place->tls) == OK);
	gnutls_certificate_allocate_credentials(&place->server);
	gnutls_certificate_allocate_credentials(&place->client);
	gnutls_certificate_set_retrieve_function2(place->server, tls_choose);
	EXPECT(gnutls_priority_init(&place->priorities, tls_priorities, NULL) == 0);
}

static void end(struct place *place)
{
	tls_close(&place->tls);
	gnutls_priority_deinit(place->priorities);
	gnutls_certificate_free_credentials(place->server);
	gnutls_certificate_free_credentials(place->client);
	unlink(place->certificate);
	unlink(place->key);
	rmdir(place->folder);
	ctx_end(&place->cx);
}

static gnutls_session_t session_on(const struct place *place, int fd, unsigned flags)
{
	gnutls_session_t session;
	gnutls_init(&session, flags);
	gnutls_priority_set(session, place->priorities);
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, flags == GNUTLS_SERVER ? place->server : place->client);
	gnutls_session_set_ptr(session, place->tls);
	gnutls_transport_set_int(session, fd);
	return session;
}

/* The serial number that the client was shown; 0: the handshake failed. */
static unsigned shake(struct place *place)
{
	int pair[2], server_state = GNUTLS_E_AGAIN, client_state = GNUTLS_E_AGAIN;
	unsigned char serial = 0;
	unsigned count = 0;
	size_t bytes = sizeof serial;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) != 0)
		return 0;
	gnutls_session_t server = session_on(place, pair[0], GNUTLS_SERVER), client = session_on(place, pair[1], GNUTLS_CLIENT);
	while (server_state == GNUTLS_E_AGAIN || client_state == GNUTLS_E_AGAIN) {
		if (client_state == GNUTLS_E_AGAIN)
			client_state = gnutls_handshake(client);
		if (server_state == GNUTLS_E_AGAIN)
			server_state = gnutls_handshake(server);
		if ((server_state != 0 && server_state != GNUTLS_E_AGAIN) || (client_state != 0 && client_state != GNUTLS_E_AGAIN))
			break;
	}
	const gnutls_datum_t *shown = gnutls_certificate_get_peers(client, &count);
	gnutls_x509_crt_t certificate;
	gnutls_x509_crt_init(&certificate);
	bool was_read = server_state == 0 && client_state == 0 && shown && gnutls_x509_crt_import(certificate, shown, GNUTLS_X509_FMT_DER) == 0
		&& gnutls_x509_crt_get_serial(certificate, &serial, &bytes) == 0;
	gnutls_x509_crt_deinit(certificate);
	gnutls_deinit(client);
	gnutls_deinit(server);
	close(pair[0]);
	close(pair[1]);
	return was_read ? serial : 0;
}

static void *shake_on(void *argument)
{
	struct place *place = argument;
	for (int i = 0; i < HANDSHAKES; i++)
		if (shake(place) == 0)
			atomic_store(&place->failed, true);
	return NULL;
}

TEST(handshakes_go_on_while_pairs_are_renewed)
{
	struct place place;
	pthread_t threads[THREADS];
	struct tls_stats stats;
	begin(&place, HOUR_US);
	for (int i = 0; i < THREADS; i++)
		EXPECT(pthread_create(&threads[i], NULL, shake_on, &place) == 0);
	for (unsigned char serial = 2; serial < 20; serial++) {
		bool taken = false;
		make_pair(&place, serial, time(NULL) + TEN_DAYS + serial);
		EXPECT(tls_renew(&place.cx, place.tls, false, &taken) == OK && taken);
		EXPECT(shake(&place) == serial);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	tls_read_stats(place.tls, &stats);
	EXPECT(!atomic_load(&place.failed) && stats.taken == 18 && stats.refused == 0);
	end(&place);
}

TEST(the_same_files_are_taken_once)
{
	struct place place;
	bool taken = true;
	begin(&place, 0);
	EXPECT(tls_renew(&place.cx, place.tls, false, &taken) == OK && !taken);
	EXPECT(tls_renew(&place.cx, place.tls, true, &taken) == OK && taken);
	/* the pair before is freed at the next look, since no handshake may take longer than nothing here */
	EXPECT(tls_renew(&place.cx, place.tls, false, &taken) == OK && !taken);
	EXPECT(shake(&place) == 1);
	end(&place);
}

TEST(what_was_refused_is_looked_at_again_when_it_changes)
{
	struct place place;
	bool taken = false;
	struct tls_stats stats;
	begin(&place, HOUR_US);
	put(place.certificate, &(gnutls_datum_t){ (unsigned char[]){ 'x' }, 1 });
	EXPECT(tls_renew(&place.cx, place.tls, false, &taken) == E_INVALID);
	EXPECT(tls_renew(&place.cx, place.tls, false, &taken) == OK && !taken);
	EXPECT(tls_renew(&place.cx, place.tls, true, &taken) == E_INVALID);
	EXPECT(shake(&place) == 1);
	make_pair(&place, 7, time(NULL) + TEN_DAYS);
	EXPECT(tls_renew(&place.cx, place.tls, false, &taken) == OK && taken && shake(&place) == 7);
	tls_read_stats(place.tls, &stats);
	EXPECT(stats.taken == 1 && stats.refused == 2);
	end(&place);
}

TEST(a_new_certificate_that_has_ended_is_refused_while_the_old_one_has_not)
{
	struct place place;
	bool taken = false;
	begin(&place, HOUR_US);
	make_pair(&place, 8, time(NULL) - 5);
	EXPECT(tls_renew(&place.cx, place.tls, false, &taken) == E_INVALID && strstr(place.cx.failure.text, "was valid until"));
	EXPECT(shake(&place) == 1);
	end(&place);
}

int main(void)
{
	RUN(handshakes_go_on_while_pairs_are_renewed);
	RUN(the_same_files_are_taken_once);
	RUN(what_was_refused_is_looked_at_again_when_it_changes);
	RUN(a_new_certificate_that_has_ended_is_refused_while_the_old_one_has_not);
	return tap_end();
}

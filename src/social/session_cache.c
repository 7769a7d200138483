#include "social/session_cache.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "social/session.h"

/* 1024 sets of 4: a set is named by bits of the token's MAC, which nobody outside can choose. */
#define SETS 1024
#define WAYS 4
#define LOCKS 16

struct sessions {
	pthread_mutex_t locks[LOCKS];          /* of the sets whose number modulo LOCKS it is */
	struct open_session *entries;          /* SETS * WAYS in locked memory; read_us 0: empty */
};

enum err sessions_open(struct ctx *cx, struct sessions **out)
{
	struct sessions *sessions = calloc(1, sizeof *sessions);
	struct open_session *entries = sodium_malloc(SETS * WAYS * sizeof *entries);
	if (!sessions || !entries) {
		free(sessions);
		sodium_free(entries);
		return fail(cx, E_IO, "no memory for the cache of sessions");
	}
	memset(entries, 0, SETS * WAYS * sizeof *entries);
	sessions->entries = entries;
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_init(&sessions->locks[i], NULL);
	*out = sessions;
	return OK;
}

void sessions_close(struct sessions **sessions)
{
	if (!*sessions)
		return;
	sodium_free((*sessions)->entries);
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_destroy(&(*sessions)->locks[i]);
	free(*sessions);
	*sessions = NULL;
}

void open_session_wipe(struct open_session *session)
{
	explicit_bzero(session, sizeof *session);
}

static size_t set_of(const unsigned char token_mac[MAC_BYTES])
{
	return ((size_t)token_mac[0] << 8 | token_mac[1]) % SETS;
}

static struct open_session *find(struct sessions *sessions, size_t set, const unsigned char token_mac[MAC_BYTES])
{
	struct open_session *entry = sessions->entries + set * WAYS;
	for (size_t way = 0; way < WAYS; way++, entry++)
		if (entry->read_us && secret_eq(entry->token_mac, token_mac, MAC_BYTES))
			return entry;
	return NULL;
}

bool session_cache_find(struct ctx *cx, const unsigned char token_mac[MAC_BYTES], int64_t number, struct open_session *out)
{
	if (!cx->sessions)
		return false;
	size_t set = set_of(token_mac);
	pthread_mutex_t *lock = &cx->sessions->locks[set % LOCKS];
	pthread_mutex_lock(lock);
	struct open_session *entry = find(cx->sessions, set, token_mac);
	bool good = entry && entry->number == number && entry->expires_us > cx->now_us &&
	            clock_boot_us(cx->clock) - entry->read_us < CACHE_SECONDS * SECOND_US;
	if (good)
		*out = *entry;
	else if (entry)
		open_session_wipe(entry);
	pthread_mutex_unlock(lock);
	return good;
}

void session_cache_keep(struct ctx *cx, const struct open_session *session)
{
	if (!cx->sessions)
		return;
	size_t set = set_of(session->token_mac);
	pthread_mutex_t *lock = &cx->sessions->locks[set % LOCKS];
	pthread_mutex_lock(lock);
	struct open_session *place = find(cx->sessions, set, session->token_mac);
	if (!place) {
		place = cx->sessions->entries + set * WAYS;
		for (struct open_session *entry = place; entry < cx->sessions->entries + (set + 1) * WAYS; entry++)
			if (entry->read_us < place->read_us)
				place = entry;
	}
	*place = *session;
	pthread_mutex_unlock(lock);
}

bool session_cache_claim_touch(struct ctx *cx, const unsigned char token_mac[MAC_BYTES])
{
	if (!cx->sessions)
		return true;
	size_t set = set_of(token_mac);
	pthread_mutex_t *lock = &cx->sessions->locks[set % LOCKS];
	pthread_mutex_lock(lock);
	struct open_session *entry = find(cx->sessions, set, token_mac);
	bool first = entry && !entry->touch_told;
	if (first)
		entry->touch_told = true;
	pthread_mutex_unlock(lock);
	return first;
}

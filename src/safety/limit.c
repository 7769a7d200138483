#include "safety/limit.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "keys/keys.h"
#include "social/text.h"

/* 8192 sets of 4 buckets: 1 MiB, of which only pages that are used take memory. */
#define SETS 8192
#define WAYS 4
#define LOCKS 64
#define KEY_WEEK_US (7 * DAY_US)

/* Full is the same as never seen: so the fullest of a set is the one to forget. */
struct bucket {
	uint64_t whom;                         /* rate class and account, block or name, as a keyed hash; 0: free */
	int64_t at_us;                         /* boot time of `tokens` */
	double tokens;
	double per_second, most;
};

struct limits {
	pthread_mutex_t locks[LOCKS];          /* of the sets whose number modulo LOCKS it is */
	pthread_rwlock_t key_lock;             /* of key and key_until_us */
	unsigned char key[KEY_BYTES];
	int64_t key_until_us;                  /* boot time */
	uint64_t seed;                         /* fixed */
	atomic_uint_fast64_t refused[RATE_CLASSES];
	struct bucket buckets[SETS][WAYS];
};

enum err limits_open(struct ctx *cx, struct limits **out)
{
	struct limits *limits = calloc(1, sizeof *limits);
	if (!limits)
		return fail(cx, E_IO, "no memory for the limits");
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_init(&limits->locks[i], NULL);
	pthread_rwlock_init(&limits->key_lock, NULL);
	random_bytes(limits->key, sizeof limits->key);
	random_bytes(&limits->seed, sizeof limits->seed);
	limits->key_until_us = clock_boot_us(cx->clock) + KEY_WEEK_US;
	*out = limits;
	return OK;
}

void limits_close(struct limits **limits)
{
	if (!*limits)
		return;
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_destroy(&(*limits)->locks[i]);
	pthread_rwlock_destroy(&(*limits)->key_lock);
	explicit_bzero((*limits)->key, KEY_BYTES);
	free(*limits);
	*limits = NULL;
}

/* --- whom --- */

static void change_key_when_due(struct limits *limits, int64_t now_us)
{
	pthread_rwlock_rdlock(&limits->key_lock);
	bool due = now_us >= limits->key_until_us;
	pthread_rwlock_unlock(&limits->key_lock);
	if (!due)
		return;
	pthread_rwlock_wrlock(&limits->key_lock);
	if (now_us >= limits->key_until_us) {
		random_bytes(limits->key, sizeof limits->key);
		limits->key_until_us = now_us + KEY_WEEK_US;
	}
	pthread_rwlock_unlock(&limits->key_lock);
}

/* Never 0, which marks a free bucket. */
static uint64_t whom_of(struct ctx *cx, enum rate rate, char kind, const void *bytes, size_t n)
{
	struct limits *limits = cx->limits;
	unsigned char text[64] = { (unsigned char)rate, (unsigned char)kind }, mac[MAC_BYTES];
	uint64_t whom;
	n = n < sizeof text - 2 ? n : sizeof text - 2;
	memcpy(text + 2, bytes, n);
	pthread_rwlock_rdlock(&limits->key_lock);
	keyed_mac(limits->key, (struct str){ (const char *)text, n + 2 }, mac);
	pthread_rwlock_unlock(&limits->key_lock);
	memcpy(&whom, mac, sizeof whom);
	return whom ? whom : 1;
}

/* Whoever comes from there without a name, or everybody who does. */
enum from_block { STRANGERS, ALL };

/* The /24 of an IPv4 address (mapped into IPv6 too), the /48 of an IPv6 one; what is no address is one block for all. */
static uint64_t whom_of_block(struct ctx *cx, enum rate rate, enum from_block who, struct str peer)
{
	static const char kinds[][3] = { [STRANGERS] = { '4', '6', '?' }, [ALL] = { 'f', 's', '!' } };
	const char *kind = kinds[who];
	static const unsigned char mapped[12] = { [10] = 0xFF, [11] = 0xFF };
	char text[INET6_ADDRSTRLEN] = "";
	unsigned char address[16] = { 0 };
	if (peer.n < sizeof text)
		memcpy(text, peer.p, peer.n);
	text[strcspn(text, "%")] = 0;
	if (inet_pton(AF_INET, text, address) == 1)
		return whom_of(cx, rate, kind[0], address, 3);
	if (inet_pton(AF_INET6, text, address) != 1)
		return whom_of(cx, rate, kind[2], "", 0);
	if (memcmp(address, mapped, sizeof mapped) == 0)
		return whom_of(cx, rate, kind[0], address + sizeof mapped, 3);
	return whom_of(cx, rate, kind[1], address, 6);
}

static uint64_t whom_of_peer(struct ctx *cx, enum rate rate, struct str peer)
{
	return whom_of_block(cx, rate, STRANGERS, peer);
}

/* Each request of somebody asks, and a number that this process made itself hides nothing: mixed (splitmix64's end), not MACed. */
static uint64_t whom_of_account(const struct ctx *cx, enum rate rate)
{
	uint64_t mixed = ((uint64_t)cx->actor.account ^ (uint64_t)rate << 58) + cx->limits->seed;
	mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
	mixed ^= mixed >> 31;
	return mixed ? mixed : 1;
}

static uint64_t whom_of_name(struct ctx *cx, struct str handle)
{
	struct str folded;
	if (!handle_fold(cx, handle, &folded))
		return whom_of(cx, RATE_SIGN_IN, 'n', "", 0);
	return whom_of(cx, RATE_SIGN_IN, 'n', folded.p, folded.n);
}

/* --- buckets --- */

struct figure {
	int64_t most, seconds;                 /* that many in that time; also the burst */
};

/* By rate class; most 0: free. */
static struct figure figure_of(const struct config *config, enum rate rate)
{
	switch (rate) {
	case RATE_READ:
		return (struct figure){ config->limits_read_per_minute, 60 };
	case RATE_WRITE:
		return (struct figure){ config->limits_write_per_minute, 60 };
	case RATE_SIGN_IN:
		return (struct figure){ config->limits_sign_in_per_hour, 3600 };
	case RATE_SIGN_UP:
		return (struct figure){ config->limits_sign_up_per_hour, 3600 };
	case RATE_UPLOAD:
		return (struct figure){ config->limits_upload_per_day, 86400 };
	case RATE_MEDIA:
		return (struct figure){ config->limits_media_per_minute, 60 };
	case RATE_WITNESS:
		return (struct figure){ config->limits_witness_per_minute, 60 };
	case RATE_UNSET:
	case RATE_NONE:
	case RATE_CLASSES:
		break;
	}
	return (struct figure){ 0, 1 };
}

static void refill(struct bucket *bucket, int64_t now_us)
{
	if (now_us <= bucket->at_us)
		return;
	bucket->tokens += (double)(now_us - bucket->at_us) / (double)SECOND_US * bucket->per_second;
	if (bucket->tokens > bucket->most)
		bucket->tokens = bucket->most;
	bucket->at_us = now_us;
}

static struct bucket *find(struct bucket set[WAYS], uint64_t whom, struct figure figure, int64_t now_us)
{
	struct bucket *fullest = set;
	for (struct bucket *bucket = set; bucket < set + WAYS; bucket++) {
		if (bucket->whom)
			refill(bucket, now_us);
		if (bucket->whom == whom)
			return bucket;
		double share = bucket->whom ? bucket->tokens / bucket->most : 2;
		double fullest_share = fullest->whom ? fullest->tokens / fullest->most : 2;
		if (share > fullest_share)
			fullest = bucket;
	}
	*fullest = (struct bucket){
		.whom = whom, .at_us = now_us, .tokens = (double)figure.most, .most = (double)figure.most,
		.per_second = (double)figure.most / (double)figure.seconds,
	};
	return fullest;
}

/* Takes `tokens` (0: only asks; below 0: gives back) from whom's bucket. 0: there was one; else the seconds until there is. */
static int64_t take_of(struct ctx *cx, struct figure figure, uint64_t whom, int tokens)
{
	struct limits *limits = cx->limits;
	int64_t now_us = clock_boot_us(cx->clock), wait = 0;
	size_t set = whom % SETS;
	pthread_mutex_t *lock = &limits->locks[set % LOCKS];
	pthread_mutex_lock(lock);
	struct bucket *bucket = find(limits->buckets[set], whom, figure, now_us);
	if (bucket->tokens < 1)
		wait = (int64_t)((1 - bucket->tokens) / bucket->per_second) + 1;
	else
		bucket->tokens -= tokens;
	pthread_mutex_unlock(lock);
	return wait;
}

static int64_t take(struct ctx *cx, enum rate rate, uint64_t whom, int tokens)
{
	return take_of(cx, figure_of(cx->config, rate), whom, tokens);
}

/* Of one's own, and of what one's whole block may: many accounts behind one line are one flood, though a larger one than a
 * person's.  Nothing is taken from the one when the other is empty. */
static int64_t take_both(struct ctx *cx, enum rate rate, struct str peer)
{
	struct figure one = figure_of(cx->config, rate), all = { one.most * cx->config->limits_block_times, one.seconds };
	uint64_t person = whom_of_account(cx, rate), block = whom_of_block(cx, rate, ALL, peer);
	int64_t wait = take_of(cx, all, block, 1);
	int64_t own = take_of(cx, one, person, wait == 0);
	if (wait == 0 && own > 0)
		take_of(cx, all, block, -1);
	return own > wait ? own : wait;
}

static enum err answer(struct ctx *cx, enum rate rate, int64_t wait, int64_t *retry_seconds)
{
	if (wait == 0)
		return OK;
	enum err outcome = fail(cx, E_LIMIT, "too often; try again in %lld seconds", (long long)wait);
	atomic_fetch_add(&cx->limits->refused[rate], 1);
	cx->failure.retry_seconds = wait;
	*retry_seconds = wait;
	return outcome;
}

enum err limit_take(struct ctx *cx, enum rate rate, struct str peer, int64_t *retry_seconds)
{
	if (!cx->limits || figure_of(cx->config, rate).most == 0)
		return OK;
	change_key_when_due(cx->limits, clock_boot_us(cx->clock));
	bool by_account = cx->actor.account && rate != RATE_SIGN_IN && rate != RATE_SIGN_UP;
	int64_t wait = by_account ? take_both(cx, rate, peer)
	                          : take(cx, rate, whom_of_peer(cx, rate, peer), rate == RATE_SIGN_IN ? 0 : 1);
	return answer(cx, rate, wait, retry_seconds);
}

enum err limit_sign_in(struct ctx *cx, struct str handle, struct str peer, int64_t *retry_seconds)
{
	if (!cx->limits)
		return OK;
	change_key_when_due(cx->limits, clock_boot_us(cx->clock));
	int64_t by_name = take(cx, RATE_SIGN_IN, whom_of_name(cx, handle), 0);
	int64_t by_peer = take(cx, RATE_SIGN_IN, whom_of_peer(cx, RATE_SIGN_IN, peer), 0);
	return answer(cx, RATE_SIGN_IN, by_name > by_peer ? by_name : by_peer, retry_seconds);
}

void limit_sign_in_failed(struct ctx *cx, struct str handle, struct str peer)
{
	if (!cx->limits)
		return;
	take(cx, RATE_SIGN_IN, whom_of_name(cx, handle), 1);
	take(cx, RATE_SIGN_IN, whom_of_peer(cx, RATE_SIGN_IN, peer), 1);
}

void limit_signed_in(struct ctx *cx, struct str handle)
{
	if (cx->limits)
		take(cx, RATE_SIGN_IN, whom_of_name(cx, handle), 1);
}

static uint64_t whom_of_actor(struct ctx *cx)
{
	return whom_of(cx, RATE_SIGN_IN, 'a', &cx->actor.account, sizeof cx->actor.account);
}

enum err limit_password(struct ctx *cx, int64_t *retry_seconds)
{
	if (!cx->limits)
		return OK;
	change_key_when_due(cx->limits, clock_boot_us(cx->clock));
	return answer(cx, RATE_SIGN_IN, take(cx, RATE_SIGN_IN, whom_of_actor(cx), 0), retry_seconds);
}

void limit_password_failed(struct ctx *cx)
{
	if (cx->limits)
		take(cx, RATE_SIGN_IN, whom_of_actor(cx), 1);
}

uint64_t limits_refused(struct limits *limits, enum rate rate)
{
	return limits ? atomic_load(&limits->refused[rate]) : 0;
}

#include "http/kept.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "http/range.h"
#include "http/wire.h"

#define SETS 64
#define WAYS 4
#define TARGET_MAX 512

struct entry {
	struct MHD_Response *response;         /* a reference of ours; NULL: free */
	uint64_t version;
	int64_t bytes;
	char *text;                            /* owned; holds these two */
	struct str target, etag;               /* the target as it was sent, query and all */
};

struct set {
	pthread_mutex_t lock;                  /* of all the rest */
	struct entry entries[WAYS];
	unsigned oldest;
};

struct kept {
	struct set sets[SETS];
};

struct kept *kept_new(void)
{
	struct kept *kept = calloc(1, sizeof *kept);
	if (!kept)
		abort();
	for (size_t i = 0; i < SETS; i++)
		pthread_mutex_init(&kept->sets[i].lock, NULL);
	return kept;
}

static void clear(struct entry *entry)
{
	if (entry->response)
		MHD_destroy_response(entry->response);
	free(entry->text);
	*entry = (struct entry){ .version = 0 };
}

void kept_free(struct kept **kept)
{
	if (!kept || !*kept)
		return;
	for (size_t i = 0; i < SETS; i++) {
		for (size_t way = 0; way < WAYS; way++)
			clear(&(*kept)->sets[i].entries[way]);
		pthread_mutex_destroy(&(*kept)->sets[i].lock);
	}
	free(*kept);
	*kept = NULL;
}

/* --- numbers for bytes --- */

static uint64_t mixed(uint64_t number, uint64_t word, uint64_t factor)
{
	number = (number ^ word) * factor;
	return number ^ number >> 29;
}

/* Each step is one to one, so a change within one word always shows. */
static void digest(struct str s, uint64_t out[2])
{
	uint64_t a = s.n, b = ~(uint64_t)s.n;
	while (s.n) {
		uint64_t word = 0;
		size_t n = s.n < sizeof word ? s.n : sizeof word;
		memcpy(&word, s.p, n);
		a = mixed(a, word, UINT64_C(0xbf58476d1ce4e5b9));
		b = mixed(b, word, UINT64_C(0x94d049bb133111eb));
		s = str_from(s, n);
	}
	out[0] = mixed(a, b, UINT64_C(0x9e3779b97f4a7c15));
	out[1] = b;
}

struct str kept_etag(struct ctx *cx, struct str body)
{
	uint64_t parts[2];
	digest(body, parts);
	return arena_printf(&cx->mem, "\"%016jx%016jx\"", (uintmax_t)parts[0], (uintmax_t)parts[1]);
}

static struct set *set_of(struct exchange *x)
{
	uint64_t parts[2];
	digest(x->target, parts);
	return &x->http->kept->sets[parts[0] % SETS];
}

/* --- finding and keeping --- */

bool kept_may(struct exchange *x)
{
	const struct http_hooks *hooks = &x->http->hooks;
	if (x->req.route->how != READ_KEPT || x->cx.actor.account != 0 || x->target.n > TARGET_MAX)
		return false;
	x->version = hooks->public_version(hooks->self);
	return true;
}

static struct entry *find(struct set *set, struct str target)
{
	for (struct entry *entry = set->entries; entry < set->entries + WAYS; entry++)
		if (entry->response && str_eq(entry->target, target))
			return entry;
	return NULL;
}

bool kept_answer(struct exchange *x, enum MHD_Result *queued)
{
	struct str wanted = req_header(&x->cx, &x->req, "If-None-Match");
	struct set *set = set_of(x);
	pthread_mutex_lock(&set->lock);
	struct entry *entry = find(set, x->target);
	bool found = entry && entry->version == x->version;
	bool unchanged = found && etag_listed(wanted, entry->etag);
	if (unchanged) {
		x->resp = (struct resp){ .status = 200, .etag = arena_copy(&x->cx.mem, entry->etag) };
	} else if (found) {
		*queued = MHD_queue_response(x->wire, MHD_HTTP_OK, entry->response);   /* takes a reference of its own */
		x->resp.status = MHD_HTTP_OK;
		x->answer_bytes = x->req.method == HEAD ? 0 : entry->bytes;
		atomic_store(&x->phase, PHASE_ANSWERED);
	}
	pthread_mutex_unlock(&set->lock);
	if (unchanged)
		*queued = answer_queue(x);
	return found;
}

void kept_put(struct exchange *x, struct MHD_Response *response, int64_t bytes)
{
	assert(x->cx.actor.account == 0 && x->req.route->how == READ_KEPT && x->resp.etag.n);
	struct str target = x->target, etag = x->resp.etag;
	char *text = malloc(target.n + etag.n);
	if (!text)
		abort();
	memcpy(text, target.p, target.n);
	memcpy(text + target.n, etag.p, etag.n);
	struct entry new = {
		.response = response, .version = x->version, .bytes = bytes, .text = text,
		.target = { .p = text, .n = target.n }, .etag = { .p = text + target.n, .n = etag.n },
	};
	struct set *set = set_of(x);
	pthread_mutex_lock(&set->lock);
	struct entry *place = find(set, target);
	if (!place)
		place = &set->entries[set->oldest++ % WAYS];
	clear(place);
	*place = new;
	pthread_mutex_unlock(&set->lock);
}

/* What is sealed in a notification: three numbers and, of a failure, its reason. */
#include <assert.h>
#include <string.h>

#include "base/config.h"
#include "social/inbox_row.h"

#define PLACE_MAX 96

static void put64(unsigned char *out, int64_t number)
{
	for (unsigned i = 0; i < 8; i++)
		out[i] = (unsigned char)((uint64_t)number >> (56 - 8 * i));
}

static int64_t get64(const unsigned char *in)
{
	uint64_t number = 0;
	for (unsigned i = 0; i < 8; i++)
		number = number << 8 | in[i];
	return (int64_t)number;
}

/* In `bytes`: a like is too frequent for a buffer of its own. */
static struct str place_of(const struct ctx *cx, const struct inbox *row, unsigned char bytes[PLACE_MAX])
{
	const struct str region = str_of(cx->config ? cx->config->region_name : "");
	const int64_t numbers[] = { row->account, row->id, row->kind, row->bundle };
	size_t n = 0;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++, n += 8)
		put64(bytes + n, numbers[i]);
	assert(n + region.n <= PLACE_MAX);
	memcpy(bytes + n, region.p, region.n);
	return (struct str){ .p = (const char *)bytes, .n = n + region.n };
}

size_t note_seal(struct ctx *cx, const struct mailbox_key *key, const struct inbox *row, const struct note *note,
	unsigned char out[NOTE_SEALED_MAX])
{
	unsigned char place[PLACE_MAX], plain[NOTE_BYTES_MAX];
	const int64_t numbers[] = { note->actor, note->video, note->comment };
	size_t n = 0;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++, n += 8)
		put64(plain + n, numbers[i]);
	assert(note->reason.n <= NOTE_REASON_MAX);
	if (note->reason.n)
		memcpy(plain + n, note->reason.p, note->reason.n);
	n += note->reason.n;
	seal_numbered(key->bytes, row->id, place_of(cx, row, place), plain, n, out);
	return n + NUMBERED_OVERHEAD;
}

enum err note_open(struct ctx *cx, const struct mailbox_key *key, const struct inbox *row, struct note *out)
{
	unsigned char place[PLACE_MAX], plain[NOTE_BYTES_MAX];
	const size_t least = 3 * 8 + NUMBERED_OVERHEAD;
	if (row->note.n < least || row->note.n > NOTE_SEALED_MAX ||
	    !unseal_numbered(key->bytes, row->id, place_of(cx, row, place), row->note, plain))
		return fail(cx, E_CORRUPT, "a notification does not open");
	*out = (struct note){
		.actor = get64(plain), .video = get64(plain + 8), .comment = get64(plain + 16),
		.reason = arena_copy(&cx->mem, (struct str){ .p = (const char *)plain + 24, .n = row->note.n - least }),
	};
	return OK;
}

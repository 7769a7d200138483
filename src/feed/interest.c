#include "feed/interest.h"

#include <math.h>
#include <string.h>

#define VERSION 1
#define RECORD_BYTES 18
#define HALF_LIFE_MIN (14.0 * 24 * 60)
#define SKIPPED_FOR_MIN (24 * 60)
#define SKIP_MS 2000

/* --- kinds --- */

#define LANGUAGE_BITS 5
#define LANGUAGE_END (INT64_C(1) << (3 * LANGUAGE_BITS))       /* ids have 22 bits below their time */

enum kind_type kind_type(int64_t kind)
{
	return kind < 0 ? KIND_HASHTAG : kind < LANGUAGE_END ? KIND_LANGUAGE : KIND_CREATOR;
}

int64_t kind_of_language(struct str code)
{
	int64_t kind = 0;
	if (code.n > 3)
		return 0;
	for (size_t i = 0; i < code.n; i++) {
		if (code.p[i] < 'a' || code.p[i] > 'z')
			return 0;
		kind = kind << LANGUAGE_BITS | (code.p[i] - 'a' + 1);
	}
	return kind;
}

void kind_language(int64_t kind, char code[4])
{
	char text[4] = "";
	size_t n = 0;
	for (int shift = 2 * LANGUAGE_BITS; shift >= 0; shift -= LANGUAGE_BITS) {
		const int letter = (int)(kind >> shift) & ((1 << LANGUAGE_BITS) - 1);
		if (letter >= 1 && letter <= 26)
			text[n++] = (char)('a' + letter - 1);
	}
	memcpy(code, text, sizeof text);
}

/* --- scores --- */

static uint32_t minutes(int64_t now_us)
{
	return (uint32_t)(now_us / MINUTE_US);
}

int interest_score(const struct interest *interest, int64_t now_us)
{
	const uint32_t now = minutes(now_us);
	if (now <= interest->at_min)
		return interest->score;
	return (int)lround(interest->score * exp2(-(double)(now - interest->at_min) / HALF_LIFE_MIN));
}

bool interest_is_skipped(const struct interest *interest, int64_t now_us)
{
	return interest->skips >= INTEREST_SKIPS && minutes(now_us) < interest->at_min + SKIPPED_FOR_MIN;
}

static struct interest *find(struct interests *interests, int64_t kind)
{
	for (unsigned i = 0; i < interests->count; i++)
		if (interests->items[i].kind == kind)
			return &interests->items[i];
	return NULL;
}

/* How much would be lost with it: what was skipped just now matters as much as what is liked. */
static int weight(const struct interest *interest, int64_t now_us)
{
	const int score = interest_score(interest, now_us);
	return (score < 0 ? -score : score) + (interest_is_skipped(interest, now_us) ? 2 * INTEREST_ONE : 0);
}

static struct interest *find_or_add(struct interests *interests, int64_t kind, int64_t now_us)
{
	struct interest *place = find(interests, kind);
	if (place)
		return place;
	if (interests->count < INTERESTS_MAX) {
		place = &interests->items[interests->count++];
	} else {
		place = &interests->items[0];
		for (unsigned i = 1; i < interests->count; i++)
			if (weight(&interests->items[i], now_us) < weight(place, now_us))
				place = &interests->items[i];
	}
	*place = (struct interest){ .kind = kind, .at_min = minutes(now_us) };
	return place;
}

bool interests_forget(struct interests *interests, int64_t kind)
{
	struct interest *const found = find(interests, kind);
	if (!found)
		return false;
	*found = interests->items[--interests->count];
	return true;
}

/* --- learning --- */

enum skips { SKIPS_STAY, SKIPS_ONE_MORE, SKIPS_FULL, SKIPS_NONE };
struct lesson {
	int creator, tags, language;           /* how far the scores move */
	enum skips skips, language_skips;
	uint8_t earned;
};

bool signal_is_skip(const struct feed_signal *told, int64_t duration_ms)
{
	return !told->completed && (told->watched_ms < SKIP_MS || told->watched_ms * 100 < duration_ms * 15);
}

/* What is said counts for what the clip is about; that somebody speaks a language is hardly what was meant. */
static struct lesson lesson_of_opinion(enum opinion opinion, bool undo)
{
	const int one = undo ? -INTEREST_ONE : INTEREST_ONE;
	const enum skips skips = undo ? SKIPS_NONE : SKIPS_FULL;
	switch (opinion) {
	case OPINION_MORE:
		return (struct lesson){ .creator = 3 * one, .tags = 3 * one, .language = one / 2, .skips = SKIPS_NONE,
			.earned = undo ? 0 : EARNED_ASKED };
	case OPINION_LESS:
		return (struct lesson){ .creator = -3 * one, .tags = -3 * one, .language = -one / 2, .skips = skips };
	case OPINION_HIDE:
		return (struct lesson){ .creator = -5 * one, .tags = -5 * one, .skips = skips };
	case OPINION_NONE:
		break;
	}
	return (struct lesson){ .creator = 0 };
}

/* A skip at once with a like is no skip: the like is what they came for. */
static struct lesson lesson_of_watching(const struct feed_signal *told, int64_t duration_ms)
{
	const int good = told->liked + told->saved + told->shared;
	struct lesson lesson = { .creator = 0 };
	if (good == 0 && signal_is_skip(told, duration_ms)) {
		if (!told->again && !told->left)
			lesson = (struct lesson){ .creator = -INTEREST_ONE, .tags = -INTEREST_ONE, .language = -INTEREST_ONE / 2,
				.skips = SKIPS_ONE_MORE, .language_skips = SKIPS_ONE_MORE };
		return lesson;
	}
	if (told->completed || told->watched_ms * 2 >= duration_ms || good) {
		lesson.creator = lesson.tags = told->completed ? INTEREST_ONE : INTEREST_ONE / 3;
		lesson.skips = lesson.language_skips = SKIPS_NONE;
		lesson.earned = told->completed ? EARNED_WATCHED : 0;
	}
	if (!told->again) {
		lesson.creator += good * INTEREST_ONE + (told->following ? INTEREST_ONE / 2 : 0);
		lesson.tags += good * INTEREST_ONE;
	}
	lesson.language = lesson.tags / 2;
	if (good)
		lesson.earned |= EARNED_ENJOYED;
	return lesson;
}

static void move(struct interests *interests, int64_t now_us, int64_t kind, int by, enum skips skips, uint8_t earned)
{
	if (kind == 0 || (by == 0 && skips == SKIPS_STAY))
		return;
	struct interest *const interest = find_or_add(interests, kind, now_us);
	const bool recent = minutes(now_us) < interest->at_min + SKIPPED_FOR_MIN;
	int score = interest_score(interest, now_us) + by;
	score = score > INTEREST_MOST ? INTEREST_MOST : score < -INTEREST_MOST ? -INTEREST_MOST : score;
	switch (skips) {
	case SKIPS_STAY: break;
	case SKIPS_ONE_MORE: interest->skips = recent && interest->skips < UINT8_MAX ? interest->skips + 1 : 1; break;
	case SKIPS_FULL: interest->skips = INTEREST_SKIPS; break;
	case SKIPS_NONE: interest->skips = 0; break;
	}
	interest->score = score;
	interest->at_min = minutes(now_us);
	interest->earned = score <= 0 ? 0 : (uint8_t)(interest->earned | earned);
}

void interests_learn(struct interests *interests, int64_t now_us, const struct clip_kinds *clip, const struct feed_signal *told)
{
	const struct lesson lesson = told->opinion != OPINION_NONE ? lesson_of_opinion(told->opinion, told->undo)
		: lesson_of_watching(told, clip->duration_ms);
	move(interests, now_us, clip->author, lesson.creator, lesson.skips, lesson.earned);
	move(interests, now_us, clip->language, lesson.language, lesson.language_skips, lesson.earned);
	for (unsigned i = 0; i < clip->tag_count; i++)
		move(interests, now_us, clip->tags[i], lesson.tags, lesson.skips, lesson.earned);
}

/* --- as bytes: a version, then of each kind its number, score, time, skips and how it was earned; big-endian --- */

void interests_pack(const struct interests *interests, struct buf *out)
{
	buf_char(out, VERSION);
	for (unsigned i = 0; i < interests->count; i++) {
		const struct interest *const interest = &interests->items[i];
		buf_be64(out, (uint64_t)interest->kind);
		buf_be32(out, (uint32_t)interest->score);
		buf_be32(out, interest->at_min);
		buf_char(out, (char)interest->skips);
		buf_char(out, (char)interest->earned);
	}
}

static uint64_t read_be(const unsigned char *bytes, unsigned n)
{
	uint64_t number = 0;
	for (unsigned i = 0; i < n; i++)
		number = number << 8 | bytes[i];
	return number;
}

bool interests_unpack(struct str packed, struct interests *out)
{
	const unsigned char *bytes = (const unsigned char *)packed.p;
	if (packed.n < 1 || bytes[0] != VERSION || (packed.n - 1) % RECORD_BYTES || (packed.n - 1) / RECORD_BYTES > INTERESTS_MAX)
		return false;
	out->count = (unsigned)((packed.n - 1) / RECORD_BYTES);
	bytes++;
	for (unsigned i = 0; i < out->count; i++, bytes += RECORD_BYTES)
		out->items[i] = (struct interest){
			.kind = (int64_t)read_be(bytes, 8), .score = (int32_t)read_be(bytes + 8, 4),
			.at_min = (uint32_t)read_be(bytes + 12, 4), .skips = bytes[16], .earned = bytes[17],
		};
	return true;
}

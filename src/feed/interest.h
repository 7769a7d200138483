/* feed/interest.h - what a person seems to like, as few numbers that can be told in plain words.  Pure: no storage, no clock.
 *
 * A kind is what a clip shares with others: its creator, each of its hashtags, its language.  A kind has a score from -10 to 10
 * that fades by half in two weeks, how many clips of it were skipped one after the other, and how a good score was earned.  At
 * most INTERESTS_MAX kinds are kept; the weakest makes room. */
#ifndef FEED_INTEREST_H
#define FEED_INTEREST_H
#include "base/ctx.h"

#define INTERESTS_MAX 96
#define INTEREST_ONE 1000                      /* scores are in thousandths */
#define INTEREST_MOST (10 * INTEREST_ONE)
#define INTEREST_SKIPS 2                       /* so many, within a day: at most one clip of the kind on a page */
#define CLIP_TAGS_MAX 8                        /* the first ones of a caption */

/* A kind is a number: an account's id, hashtag_id() (below zero), or its language's letters, below every id (an id has 22 bits
 * below its time). */
enum kind_type { KIND_CREATOR, KIND_HASHTAG, KIND_LANGUAGE };
enum kind_type kind_type(int64_t kind);
int64_t kind_of_language(struct str code);             /* 0: no language */
void kind_language(int64_t kind, char code[4]);
struct clip_kinds {
	int64_t author, language, duration_ms;
	unsigned tag_count;
	int64_t tags[CLIP_TAGS_MAX];
};

enum opinion { OPINION_NONE, OPINION_MORE, OPINION_LESS, OPINION_HIDE };
/* What was told of one showing of a clip. */
struct feed_signal {
	int64_t video;
	int64_t watched_ms;
	bool completed, shared;
	bool again;                            /* seen before: passing it by on the way back says nothing */
	bool left;                             /* they went elsewhere, not on to the next: however short, no skip */
	bool liked, saved, following;
	enum opinion opinion;                  /* said in so many words; the rest counts for nothing then */
	bool undo;                             /* of the opinion */
};
/* Whether somebody left it at once: within the first 2 s or 15 %. */
bool signal_is_skip(const struct feed_signal *, int64_t duration_ms);

/* How a good score was earned. */
#define EARNED_WATCHED 1                       /* to the end */
#define EARNED_ENJOYED 2                       /* liked, kept, shared, followed */
#define EARNED_ASKED 4                         /* "more like this" */
struct interest {
	int64_t kind;
	int32_t score;                         /* as it was at `at_min` */
	uint32_t at_min;                       /* minutes since 1970 */
	uint8_t skips, earned;
};
struct interests {
	unsigned count;
	struct interest items[INTERESTS_MAX];
};
void interests_learn(struct interests *, int64_t now_us, const struct clip_kinds *, const struct feed_signal *);
int interest_score(const struct interest *, int64_t now_us);
bool interest_is_skipped(const struct interest *, int64_t now_us);
/* False: it knew nothing of it. */
bool interests_forget(struct interests *, int64_t kind);

struct buf;
void interests_pack(const struct interests *, struct buf *out);
/* False for anything that interests_pack() does not write. */
bool interests_unpack(struct str, struct interests *out);
#endif

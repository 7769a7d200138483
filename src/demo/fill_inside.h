/* demo/fill_inside.h - what the files of a fill share. */
#ifndef DEMO_FILL_INSIDE_H
#define DEMO_FILL_INSIDE_H
#include "base/ctx.h"
#include "base/id.h"
#include "demo/fill.h"

/* --- fill_dice.c: choices that the seed decides --- */

/* What is chosen, so that no two choices are tied to each other. */
enum fill_choice { CHOOSE_ACCOUNT, CHOOSE_VIDEO, CHOOSE_AUTHOR, CHOOSE_COMMENT, CHOOSE_SAID, CHOOSE_LIKED, CHOOSE_FOLLOWED, CHOOSE_VIEWS };

struct fill_dice {
	uint64_t state;
};
struct fill_dice fill_dice(int64_t seed, enum fill_choice, int64_t index);
int64_t fill_below(struct fill_dice *, int64_t n);            /* 0 .. n - 1, each as likely */
int64_t fill_first_ones(struct fill_dice *, int64_t n);       /* the first ones most: the r-th as 1/sqrt(r) */
int64_t fill_common_ones(struct fill_dice *, int64_t n);      /* more so, as words are */
/* How `all` things fall to `count` people: the r-th gets as 1/sqrt(r), nobody more than `most`.  `out` holds `count`. */
void fill_shares(int64_t all, int64_t count, int64_t most, int32_t *out);
/* Different ones of 0 .. n - 1 in rising order, the popular most; wanted <= n / 2.  `popular` maps a rank to a thing. */
typedef int64_t fill_popular(const void *self, int64_t rank);
void fill_pick(struct fill_dice *, int64_t n, int64_t wanted, fill_popular *, const void *self, int32_t *out);

/* --- fill_words.c: what they write --- */

#define FILL_LANGUAGES 14
const char *fill_language(unsigned language);                 /* ISO 639 */
unsigned fill_some_language(struct fill_dice *);              /* as unevenly as people speak them */
/* Appends so many words with blanks between. */
void fill_words(struct fill_dice *, unsigned language, int64_t count, struct buf *out);
void fill_caption(struct fill_dice *, unsigned language, struct buf *out);
void fill_handle(struct fill_dice *, int64_t index, struct buf *out);

/* --- fill_people.c: who follows whom, likes and has seen what --- */

struct fill_person {
	int64_t number;                        /* that the person's rows carry */
	int32_t index;                         /* of the account */
};
struct demo_made_clip;
struct fill {
	struct ctx *cx;
	const struct fill_options *options;
	struct ids ids;                        /* gives the ids that the moments say */
	struct fill_person *persons;           /* by number */
	int32_t *likes_of, *follows_of;        /* by account: how many they give */
	int32_t *liked, *said, *watched;       /* by video */
	int32_t *followers, *earned;           /* by account: earned are its videos' likes */
	int32_t *answered;                     /* by comment */
	int32_t *thread;                       /* by video: the newest comment that may be answered, counted from 1 */
	int32_t *room;                         /* for what one person chooses */
	int64_t comments, follows;             /* that there are to be */
	struct str hash;                       /* of the password */
	struct demo_made_clip *clips;
};
int64_t fill_author(const struct fill *, int64_t video);     /* index of the account */
int64_t fill_account_id(const struct fill *, int64_t index);
int64_t fill_video_id(const struct fill *, int64_t index);
int64_t fill_comment_id(const struct fill *, int64_t index);
int64_t fill_popular_video(const void *fill, int64_t rank);
#define FILL_VIDEOS_US INT64_C(1751328000000000)              /* 2025-07-01: the first video, after the last account */
#define FILL_END_US INT64_C(1767225600000000)                 /* 2026-01-01: after the last video and comment */

typedef enum err fill_work(struct ctx *, struct fill *, int64_t from, int64_t count);
/* Runs `work` in writes of so many until `of` are done; `done` are already. */
enum err fill_each(struct fill *, const char *step, int64_t done, int64_t of, int64_t at_once, fill_work *);
/* A number that the stores tell: E_NOTFOUND is 0. */
struct stmt;
enum err fill_number(const struct fill *, const struct stmt *, int64_t *out);

enum err fill_open_persons(struct fill *);
enum err fill_follows(struct fill *), fill_likes(struct fill *), fill_views(struct fill *), fill_totals(struct fill *);
#endif

/* social/suggest.h - what the word that somebody is writing may become: hashtags behind #, people behind @.  READ.
 *
 * Few, best first, from the same indexes as social/find.h: a name counts in any script that it can be read in.  What was removed,
 * suspended or is blocked by the one who asks is not there.  Nothing begun: nothing suggested. */
#ifndef SOCIAL_SUGGEST_H
#define SOCIAL_SUGGEST_H
#include "social/hashtag.h"
#include "social/profile.h"

#define SUGGEST_MAX 8

struct suggestions {
	union {
		struct profile_short *people;
		struct hashtag_view *hashtags;
	};
	size_t count;
};
/* E_INVALID "query-invalid" (store/search.h). */
enum err suggest_hashtags(struct ctx *, struct str begun, struct suggestions *out);
/* Handles that begin so come first. */
enum err suggest_people(struct ctx *, struct str begun, struct suggestions *out);
#endif

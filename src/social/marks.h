/* social/marks.h - a page of what a person has put on a list (likes, saves, follows, blocks): ids, last added first. */
#ifndef SOCIAL_MARKS_H
#define SOCIAL_MARKS_H
#include "social/video.h"
#include "store/db.h"

struct marks {
	int64_t subjects[PAGE_IDS_MAX];
	size_t count;
	int64_t next;                          /* cursor: the last row's id; 0: that was the last page */
};
/* `statement` gives row id and subject for a person, before an id, at most so many.  The actor's; none when nobody is
 * signed in. */
enum err marks_read(struct ctx *, const struct stmt *statement, int64_t before, size_t max, struct marks *out);
#endif

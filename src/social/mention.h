/* social/mention.h - @names in what people write.
 *
 * A mention is @ with a handle behind it (2 to 30 of a-z 0-9 _ . in letters of either size, neither first nor last a dot), no
 * letter, mark, digit, _ . or @ before it, and none of a-z 0-9 _ @ behind it: "a@b.example" is an address, and the dot that ends a
 * sentence is none of the name.  web/src/caption.tsx makes links by the same rule. */
#ifndef SOCIAL_MENTION_H
#define SOCIAL_MENTION_H
#include "base/str.h"

#define MENTIONS_MAX 10                        /* of a text; the first ones count */

struct mentions {
	struct str handles[MENTIONS_MAX];      /* without @, as they stand in the text, each once; they borrow from it */
	size_t count;
};
/* The text is well-formed UTF-8. */
void mentions_parse(struct str text, struct mentions *out);
/* The next one at or behind *at, which moves behind it; false: there is none.  `at_sign` is where its @ stands. */
bool mention_next(struct str text, size_t *at, size_t *at_sign, struct str *handle);
#endif

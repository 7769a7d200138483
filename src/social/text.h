/* social/text.h - what people write: which text is taken, and how it is made clean. */
#ifndef SOCIAL_TEXT_H
#define SOCIAL_TEXT_H
#include "base/ctx.h"

#define NAME_POINTS_MAX 50
#define BIO_POINTS_MAX 160
#define CAPTION_POINTS_MAX 2200
#define COMMENT_POINTS_MAX 500
#define REPORT_POINTS_MAX 2000

struct text_rule {
	const char *what;                      /* for the refusal: "a name" */
	const char *slug;                      /* of the refusal: "name-invalid" */
	size_t points_max;                     /* code points, after cleaning */
	bool lines;                            /* line ends are allowed */
	bool needed;                           /* something visible must be there */
};
extern const struct text_rule TEXT_NAME, TEXT_BIO, TEXT_CAPTION, TEXT_COMMENT, TEXT_REPORT;

/* The text without blanks at its ends, line ends as LF; `out` in cx->mem.  E_INVALID with the rule's slug: not well-formed
 * UTF-8, too long, empty or invisible though needed, a control character or non-character (U+2028 and U+2029 too), or an
 * embedding or override of direction (U+202A to U+202E), which would reorder what stands around the text.  Isolates
 * (U+2066 to U+2069) and marks are taken: Arabic and Hebrew need them. */
enum err text_clean(struct ctx *, const struct text_rule *, struct str in, struct str *out);

/* 2 to 30 of a-z 0-9 _ . not first or last a dot; capital letters are folded.  `out` in cx->mem.
 * E_INVALID "handle-invalid"; reserved names (reserved.def) are E_CONFLICT "handle-taken". */
enum err handle_clean(struct ctx *, struct str in, struct str *out);
/* The same without the reserved names and without a failure: for looking up.  False: nobody can have such a handle. */
bool handle_fold(struct ctx *, struct str in, struct str *out);

/* At least 10 code points, at most 256 bytes, not the handle.  E_INVALID "password-weak". */
#define PASSWORD_POINTS_MIN 10
#define PASSWORD_BYTES_MAX 256
enum err password_check(struct ctx *, struct str password, struct str handle);

/* Two or three lower-case letters (ISO 639); the empty string too where `none` is allowed.  E_INVALID "language-invalid". */
enum err language_check(struct ctx *, struct str code, bool none);
/* Two capital letters (ISO 3166) or empty.  E_INVALID "country-invalid". */
enum err country_check(struct ctx *, struct str code);
#endif

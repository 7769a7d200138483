/* api/body.h - request bodies: JSON, held against a list of the fields that a route takes.
 *
 *   struct new_comment { struct str text; };
 *   static const struct body_field fields[] = {
 *           { .name = "text", .kind = BODY_TEXT, .offset = offsetof(struct new_comment, text), .needed = true },
 *           {},
 *   };
 *   struct new_comment in;
 *   TRY(body_read(cx, req, fields, &in, sizeof in));
 *
 * The only place, with schemas.c, that knows jansson.  What is well formed here may still be refused by the rooms above: a text's length
 * and content are their business; here the body's size (the route's) is the limit. */
#ifndef API_BODY_H
#define API_BODY_H
#include "http/http.h"

/* Read into the member at the field's offset. */
enum body_kind_of_field {
	BODY_TEXT,              /* struct str; absent: p is NULL; in cx->mem */
	BODY_ID,                /* int64_t, written as a string; absent: 0 */
	BODY_WHOLE,             /* int64_t from `least` to `most`; absent: unchanged, that is 0 */
	BODY_FLAG,              /* bool; absent: false */
	BODY_TEXTS,             /* struct body_list of struct str, at most `most`; absent: items is NULL */
	BODY_OBJECTS,           /* struct body_list of what `fields` describe, at most `most` */
};
struct body_list {
	void *items;                           /* in cx->mem */
	size_t count;
};
struct body_field {
	const char *name;
	enum body_kind_of_field kind;
	size_t offset;
	bool needed;
	bool nullable;                         /* BODY_TEXT: null is read as the empty text */
	int64_t least, most;
	const struct body_field *fields;       /* BODY_OBJECTS */
	size_t item_bytes;                     /* BODY_OBJECTS */
};

/* Zeroes `out` (of `bytes`) first.  E_INVALID with a slug: not-json (type or syntax; the text says where), too-deep,
 * unknown-field, missing-field, wrong-type; the text names the field and what is expected. */
enum err body_read(struct ctx *, const struct req *, const struct body_field *, void *out, size_t bytes);
/* The same without a request: for tests and fuzzing. */
enum err body_parse(struct ctx *, struct str text, const struct body_field *, void *out, size_t bytes);
#endif

/* base/str.h - strings to look at, and buffers to build them in. */
#ifndef BASE_STR_H
#define BASE_STR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A view of bytes that somebody else owns; not terminated. */
struct str {
	const char *p;
	size_t n;
};
#define STR(literal) ((struct str){ .p = "" literal, .n = sizeof(literal) - 1 })
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).n, (s).p

struct str str_of(const char *terminated);     /* NULL becomes the empty string */
bool str_eq(struct str, struct str);
bool str_eq_ci(struct str, struct str);        /* ASCII letters only */
bool str_starts(struct str, struct str prefix);
bool str_ends(struct str, struct str suffix);
struct str str_trim(struct str);               /* without ASCII blanks at both ends */
struct str str_from(struct str, size_t from);  /* the rest; empty when `from` is past the end */
/* Cuts off and returns what stands before `separator`; the whole rest when there is none. */
struct str str_cut(struct str *rest, char separator);
/* Decimal, nothing before or behind, no sign for u64; false when not so or out of range. */
bool str_u64(struct str, uint64_t *out);
bool str_i64(struct str, int64_t *out);
/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms) without NUL. */
bool str_utf8(struct str);
/* Code points; the string must be well formed. */
size_t str_code_points(struct str);

/* A growing buffer, born with a maximum.  A write past it (or a failed one) sets `failed`, which
 * sticks: build first, look once at the end.  Zero a buf only through buf_new(). */
struct buf {
	char *p;
	size_t n, cap, max;
	bool failed;
};
struct buf buf_new(size_t max);
void buf_free(struct buf *);                   /* takes NULL and freed ones */
void buf_bytes(struct buf *, const void *, size_t);
char *buf_room(struct buf *, size_t);         /* so many bytes more, for the caller to write; NULL when failed */
void buf_str(struct buf *, struct str);
void buf_text(struct buf *, const char *terminated);
void buf_char(struct buf *, char);
void buf_printf(struct buf *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_u64(struct buf *, uint64_t);          /* decimal */
void buf_i64(struct buf *, int64_t);
void buf_hex(struct buf *, const void *, size_t);
void buf_base64url(struct buf *, const void *, size_t);    /* RFC 4648 section 5, no padding */
void buf_base64(struct buf *, const void *, size_t);       /* section 4, padded */
void buf_html(struct buf *, struct str);       /* & < > " ' escaped: safe in text and in quoted attributes */
void buf_percent(struct buf *, struct str);    /* RFC 3986: all but unreserved characters as %XX */
void buf_be64(struct buf *, uint64_t);         /* eight bytes, big-endian */
void buf_be32(struct buf *, uint32_t);
struct str buf_view(const struct buf *);       /* valid until the next write */
const char *buf_terminated(struct buf *);      /* adds a NUL behind the end; "" when failed */

/* Bytes written; false when the text is not strictly hex/base64url or does not fit. */
bool hex_decode(struct str, void *out, size_t out_bytes);  /* exactly out_bytes */
bool base64url_decode(struct str, void *out, size_t out_max, size_t *out_bytes);
bool base64_decode(struct str, void *out, size_t out_max, size_t *out_bytes);   /* section 4, padded */
#endif

/* media/tus.h - the headers of tus 1.0.0 (https://tus.io/protocols/resumable-upload), as values.
 *
 * Pure parsers: what does not fit the specification is E_INVALID with a text that says what to send.  Every slug in this
 * room that stands for a status of its own (api/problem.c's table): tus-version 412, tus-content-type 415, upload-locked 423,
 * checksum-mismatch 460. */
#ifndef MEDIA_TUS_H
#define MEDIA_TUS_H
#include "base/ctx.h"
#include "keys/keys.h"
#include "media/trim.h"

#define TUS_VERSION "1.0.0"
#define TUS_EXTENSIONS "creation,creation-with-upload,checksum,termination,expiration"
#define TUS_CHECKSUMS "sha1,sha256"

#define TUS_METADATA_BYTES_MAX 12288
#define TUS_METADATA_KEYS_MAX 32
#define TUS_FILENAME_BYTES_MAX 1024

struct tus_metadata {
	struct str raw;                        /* as it was sent */
	struct str filename, filetype, caption, language;      /* in cx->mem, well-formed UTF-8; "" when absent */
	bool publish;
	struct trim trim;                      /* trim_start_ms, trim_end_ms, cover_ms: digits; not checked against each other */
};
/* "key base64,key base64,key": section Upload-Metadata. */
enum err tus_metadata_parse(struct ctx *, struct str header, struct tus_metadata *out);

enum tus_algorithm { TUS_NO_CHECKSUM, TUS_SHA1, TUS_SHA256 };
struct tus_checksum {
	enum tus_algorithm algorithm;
	unsigned char digest[SHA256_BYTES];    /* the first 20 for SHA-1 */
};
/* "sha1 base64"; an empty header is none. */
enum err tus_checksum_parse(struct ctx *, struct str header, struct tus_checksum *out);
/* E_INVALID "checksum-mismatch" when these bytes have another digest.  True of anything when there is none. */
enum err tus_checksum_check(struct ctx *, const struct tus_checksum *, struct str bytes);

/* A non-negative decimal that fits 63 bits; `name` is the header's, for the text. */
enum err tus_number(struct ctx *, const char *name, struct str header, int64_t *out);
#endif

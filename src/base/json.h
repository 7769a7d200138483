/* base/json.h - JSON out, over a growing buffer.  Commas and quotes are the emitter's business.
 *
 *   json_object(b); json_key(b, "id"); json_id(b, 7); json_object_end(b);  */
#ifndef BASE_JSON_H
#define BASE_JSON_H
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define JSON_DEPTH_MAX 32

struct json {
	struct buf *out;
	uint32_t not_first;                    /* a bit a level: a comma is due */
	unsigned depth;
	bool after_key;
};
struct json json_new(struct buf *out);
void json_object(struct json *);
void json_object_end(struct json *);
void json_array(struct json *);
void json_array_end(struct json *);
void json_key(struct json *, const char *plain);        /* no escaping: our own names */
void json_key_str(struct json *, struct str);           /* any name */
void json_string(struct json *, struct str);            /* well-formed UTF-8; also escapes < > & and U+2028/9: safe inside HTML */
void json_text(struct json *, const char *terminated);
void json_i64(struct json *, int64_t);
void json_id(struct json *, int64_t);                   /* as a string: it has more bits than a JavaScript number holds */
void json_bool(struct json *, bool);
void json_null(struct json *);
void json_time(struct json *, int64_t wall_us);         /* RFC 3339 */
void json_raw(struct json *, struct str);               /* a value that is JSON already */
#endif

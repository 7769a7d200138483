/* api/route.h - what the route files share: parameters in, small answers out. */
#ifndef API_ROUTE_H
#define API_ROUTE_H
#include "api/body.h"
#include "base/json.h"
#include "http/http.h"
#include "social/video.h"

#define SMALL_BODY ((size_t)4 << 10)
#define JSON_BODY ((size_t)64 << 10)
#define ANSWER_BYTES_MAX ((size_t)1 << 20)

/* The id at {...} number `index`; what is no id names nothing: E_NOTFOUND. */
enum err param_id(struct ctx *, const struct req *, unsigned index, int64_t *out);
/* The account behind the handle at {...} number `index`; E_NOTFOUND. */
enum err param_account(struct ctx *, const struct req *, unsigned index, int64_t *out);
/* ?cursor= of lists that page by id; 0 when absent.  E_INVALID "cursor-invalid". */
enum err query_cursor(struct ctx *, const struct req *, int64_t *before);

/* An answer of one JSON value, built between the two. */
struct answer {
	struct buf body;
	struct json json;
};
void answer_begin(struct answer *);
void answer_end(struct answer *, struct resp *);
/* {"items":[ ... ],"next":"id"|null}; the items are written between the two. */
void list_begin(struct answer *);
void list_end(struct answer *, int64_t next, struct resp *);
/* A whole Video. */
void video_json(struct json *, const struct video_view *);
/* A list of videos as such a page. */
void video_page_answer(const struct video_page *, struct resp *);

/* The wanted languages as social/ takes them; E_INVALID "language-invalid" for too many. */
struct languages;
enum err languages_from(struct ctx *, const struct body_list *, struct languages *out);
#endif

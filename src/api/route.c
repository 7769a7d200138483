#include "api/route.h"

#include "social/account.h"
#include "social/video_json.h"

enum err param_id(struct ctx *cx, const struct req *req, unsigned index, int64_t *out)
{
	if (!id_parse(req->params[index], out))
		return fail(cx, E_NOTFOUND, "There is nothing with this id.");
	return OK;
}

enum err param_account(struct ctx *cx, const struct req *req, unsigned index, int64_t *out)
{
	return profile_find(cx, req->params[index], out);
}

enum err query_cursor(struct ctx *cx, const struct req *req, int64_t *before)
{
	struct str cursor;
	int64_t id = 0;
	if (req_query(cx, req, "cursor", &cursor) && cursor.n > 0 && !id_parse(cursor, &id))
		return fail_as(cx, E_INVALID, "cursor-invalid", "The cursor is not one that this list gave; start without one.");
	*before = id;
	return OK;
}

void answer_begin(struct answer *answer)
{
	answer->body = buf_new(ANSWER_BYTES_MAX);
	answer->json = json_new(&answer->body);        /* looks at the buffer: an answer is not copied once begun */
}

void answer_end(struct answer *answer, struct resp *resp)
{
	resp_json(resp, &answer->body);
}

void list_begin(struct answer *answer)
{
	answer_begin(answer);
	json_object(&answer->json);
	json_key(&answer->json, "items");
	json_array(&answer->json);
}

void list_end(struct answer *answer, int64_t next, struct resp *resp)
{
	json_array_end(&answer->json);
	json_key(&answer->json, "next");
	if (next != 0)
		json_id(&answer->json, next);
	else
		json_null(&answer->json);
	json_object_end(&answer->json);
	answer_end(answer, resp);
}

void video_json(struct json *json, const struct video_view *view)
{
	json_object(json);
	video_json_public(json, view);
	video_json_personal(json, view->liked, view->saved, view->following);
	json_object_end(json);
}

void video_page_answer(const struct video_page *page, struct resp *resp)
{
	struct answer answer;
	list_begin(&answer);
	for (size_t i = 0; i < page->count; i++)
		video_json(&answer.json, &page->items[i]);
	list_end(&answer, page->next, resp);
}

enum err languages_from(struct ctx *cx, const struct body_list *list, struct languages *out)
{
	const struct str *codes = list->items;
	if (list->count > LANGUAGES_MAX)
		return fail_as(cx, E_INVALID, "language-invalid", "At most %d languages.", LANGUAGES_MAX);
	out->count = list->count;
	for (size_t i = 0; i < list->count; i++)
		out->codes[i] = codes[i];
	return OK;
}

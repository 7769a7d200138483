#include "api/view.h"

#include "social/video_json.h"

void me_json(struct json *json, const struct me *me)
{
	json_object(json);
	json_key(json, "id");
	json_id(json, me->id);
	json_key(json, "handle");
	json_string(json, me->handle);
	json_key(json, "name");
	json_string(json, me->name);
	json_key(json, "bio");
	json_string(json, me->bio);
	json_key(json, "avatar");
	media_url_json(json, me->avatar, "jpg");
	json_key(json, "languages");
	json_array(json);
	for (size_t i = 0; i < me->languages.count; i++)
		json_string(json, me->languages.codes[i]);
	json_array_end(json);
	json_key(json, "country");
	if (me->country.n > 0)
		json_string(json, me->country);
	else
		json_null(json);
	json_key(json, "role");
	json_text(json, role_name(me->role));
	json_key(json, "created");
	json_time(json, me->created_us);
	json_object_end(json);
}

void profile_json(struct json *json, const struct profile_view *view)
{
	const struct profile *profile = &view->profile;
	json_object(json);
	json_key(json, "id");
	json_id(json, profile->id);
	json_key(json, "handle");
	json_string(json, profile->handle);
	json_key(json, "name");
	json_string(json, profile->name);
	json_key(json, "bio");
	json_string(json, profile->bio);
	json_key(json, "avatar");
	media_url_json(json, profile->avatar, "jpg");
	json_key(json, "counts");
	json_object(json);
	json_key(json, "followers");
	json_i64(json, view->followers);
	json_key(json, "following");
	json_i64(json, view->following);
	json_key(json, "videos");
	json_i64(json, view->videos);
	json_key(json, "likes");
	json_i64(json, view->likes);
	json_object_end(json);
	json_key(json, "following");
	json_bool(json, view->is_following);
	json_key(json, "blocked");
	json_bool(json, view->is_blocked);
	json_key(json, "self");
	json_bool(json, view->is_self);
	json_object_end(json);
}

void comment_json(struct json *json, const struct comment_view *view)
{
	json_object(json);
	json_key(json, "id");
	json_id(json, view->comment.id);
	json_key(json, "video");
	json_id(json, view->comment.video);
	json_key(json, "author");
	profile_short_json(json, &view->author);
	json_key(json, "text");
	json_string(json, view->comment.text);
	json_key(json, "created");
	json_time(json, view->comment.created_us);
	json_key(json, "thread");
	if (view->comment.thread)
		json_id(json, view->comment.thread);
	else
		json_null(json);
	json_key(json, "answers");
	if (view->answers.n)
		json_string(json, view->answers);
	else
		json_null(json);
	json_key(json, "replies");
	json_i64(json, view->replies);
	json_key(json, "own");
	json_bool(json, view->own);
	json_object_end(json);
}

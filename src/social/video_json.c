#include "social/video_json.h"

#define URL_BYTES_MAX 96

void media_url_json(struct json *json, struct str hash, const char *extension)
{
	if (hash.n == 0) {
		json_null(json);
		return;
	}
	AUTO(buf_free) struct buf url = buf_new(URL_BYTES_MAX);
	buf_text(&url, "/media/");
	buf_str(&url, hash);
	buf_char(&url, '.');
	buf_text(&url, extension);
	json_string(json, buf_view(&url));
}

void profile_short_json(struct json *json, const struct profile_short *profile)
{
	json_object(json);
	json_key(json, "id");
	json_id(json, profile->id);
	json_key(json, "handle");
	json_string(json, profile->handle);
	json_key(json, "name");
	json_string(json, profile->name);
	json_key(json, "avatar");
	media_url_json(json, profile->avatar, "jpg");
	json_object_end(json);
}

void hashtag_json(struct json *json, const struct hashtag_view *hashtag)
{
	json_object(json);
	json_key(json, "name");
	json_string(json, hashtag->name);
	json_key(json, "videos");
	json_i64(json, hashtag->videos);
	json_object_end(json);
}

static void counts_json(struct json *json, const struct video_view *view)
{
	json_object(json);
	json_key(json, "likes");
	json_i64(json, view->likes);
	json_key(json, "comments");
	json_i64(json, view->comments);
	json_key(json, "views");
	json_i64(json, view->views);
	json_object_end(json);
}

void video_json_public(struct json *json, const struct video_view *view)
{
	const struct video *video = &view->video;
	json_key(json, "id");
	json_id(json, video->id);
	json_key(json, "author");
	profile_short_json(json, &view->author);
	json_key(json, "caption");
	json_string(json, video->caption);
	json_key(json, "language");
	if (video->language.n > 0)
		json_string(json, video->language);
	else
		json_null(json);
	json_key(json, "created");
	json_time(json, video->created_us);
	json_key(json, "duration_ms");
	json_i64(json, video->duration_ms);
	json_key(json, "width");
	json_i64(json, video->width);
	json_key(json, "height");
	json_i64(json, video->height);
	json_key(json, "src");
	media_url_json(json, video->src, "mp4");
	json_key(json, "poster");
	media_url_json(json, video->poster, "jpg");
	json_key(json, "color");
	json_string(json, video->color);
	json_key(json, "has_audio");
	json_bool(json, video->has_audio != 0);
	json_key(json, "tracks");
	json_array(json);
	for (struct str rest = video->tracks; rest.n;)
		json_string(json, str_cut(&rest, ' '));
	json_array_end(json);
	json_key(json, "counts");
	counts_json(json, view);
}

void video_json_members(struct buf *out, const struct video_view *view)
{
	struct json json = json_new(out);
	json.depth = 1;                        /* inside an object that somebody else opens */
	video_json_public(&json, view);
}

void video_json_personal(struct json *json, bool liked, bool saved, bool following)
{
	json_key(json, "liked");
	json_bool(json, liked);
	json_key(json, "saved");
	json_bool(json, saved);
	json_key(json, "following");
	json_bool(json, following);
}

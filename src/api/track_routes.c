/* Captions of a video: what a player's <track> asks for, and the author's ways to put them there. */
#include "api/route.h"
#include "api/routes.h"
#include "social/track.h"
#include "social/vtt.h"

#define CAPTIONS "/api/v1/videos/{id}/captions/{language}"

static enum err get_captions(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t video;
	struct str vtt;
	TRY(param_id(cx, req, 0, &video));
	TRY(track_get(cx, video, req->params[1], &vtt));
	resp_text(resp, "text/vtt; charset=utf-8", vtt);
	return OK;
}

static enum err put_captions(struct ctx *cx, const struct req *req, struct resp *)
{
	int64_t video;
	TRY(param_id(cx, req, 0, &video));
	return track_put(cx, video, req->params[1], req->body);
}

static enum err delete_captions(struct ctx *cx, const struct req *req, struct resp *)
{
	int64_t video;
	TRY(param_id(cx, req, 0, &video));
	return track_remove(cx, video, req->params[1]);
}

const struct route track_routes[] = {
	{ GET, CAPTIONS, get_captions, ANYONE, RATE_READ, READ, 0, "A video's captions in a language, as WebVTT.", NULL, NULL, NULL },
	{ PUT, CAPTIONS, put_captions, ACCOUNT, RATE_WRITE, WRITE, VTT_BYTES_MAX,
	  "Set my video's captions in a language: a WebVTT file of at most 256 KiB, which is read strictly and kept without its styles.",
	  "Captions", NULL, NULL },
	{ DELETE, CAPTIONS, delete_captions, ACCOUNT, RATE_WRITE, WRITE, 0, "Take captions away from my video; moderators from any.", NULL, NULL, NULL },
	{},
};

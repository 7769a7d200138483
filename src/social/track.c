#include "social/track.h"

#include "social/account.h"
#include "social/takedown.h"
#include "social/text.h"
#include "social/track.sql.h"
#include "social/video.h"
#include "social/vtt.h"
#include "store/outbox.h"

static enum err check_author(struct ctx *cx, int64_t video, bool moderators, bool *by_office)
{
	int64_t author;
	TRY(video_author(cx, video, &author));
	if (author != cx->actor.account && !(moderators && cx->actor.role >= ROLE_MODERATOR))
		return fail(cx, E_DENIED, "only its author may change a video's captions");
	*by_office = author != cx->actor.account;
	return OK;
}

/* Too many for one more in a language that is not there yet. */
static bool is_full(struct str tracks, struct str language)
{
	unsigned count = 0;
	while (tracks.n) {
		if (str_eq(str_cut(&tracks, ' '), language))
			return false;
		count++;
	}
	return count >= TRACKS_MAX;
}

enum err track_put(struct ctx *cx, int64_t video, struct str language, struct str vtt)
{
	struct str clean;
	struct video_view view;
	bool by_office = false;
	TRY(check_author(cx, video, false, &by_office));
	TRY(language_check(cx, language, false));
	TRY(video_get(cx, video, &view));
	if (is_full(view.video.tracks, language))
		return fail_as(cx, E_CONFLICT, "captions-full", "a video has captions in %d languages at most", TRACKS_MAX);
	TRY(vtt_clean(cx, vtt, &clean));
	return outbox_post(cx, "video", video, 'P', SQL_track_put, I64(video), TEXT(language), TEXT(clean));
}

enum err track_remove(struct ctx *cx, int64_t video, struct str language)
{
	bool by_office = false;
	struct str stands;
	TRY(check_author(cx, video, true, &by_office));
	const enum err outcome = by_office ? track_get(cx, video, language, &stands) : OK;
	if (outcome != OK && outcome != E_NOTFOUND)
		return outcome;
	TRY(outbox_post(cx, "video", video, 'P', SQL_track_remove, I64(video), TEXT(language)));
	return by_office && outcome == OK ? takedown_enter(cx, STR("captions")) : OK;
}

enum err track_get(struct ctx *cx, int64_t video, struct str language, struct str *vtt)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_track_get, &rows, I64(video), TEXT(language)));
	const bool found = rows_next(rows);
	TRY(rows_status(rows));
	if (!found)
		return fail(cx, E_NOTFOUND, "there are no captions in this language");
	*vtt = rows_text(rows, 0);
	return OK;
}

/* api/view.h - accounts, profiles and comments as JSON; videos are in social/video_json.h. */
#ifndef API_VIEW_H
#define API_VIEW_H
#include "base/json.h"
#include "social/account.h"
#include "social/comment.h"
#include "social/profile.h"

void me_json(struct json *, const struct me *);
void profile_json(struct json *, const struct profile_view *);
void comment_json(struct json *, const struct comment_view *);
#endif

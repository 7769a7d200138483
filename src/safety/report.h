/* safety/report.h - what people report to the moderation desk.  Owns table report. */
#ifndef SAFETY_REPORT_H
#define SAFETY_REPORT_H
#include "base/ctx.h"
#include "store/field.h"

struct report {
#define EXPAND_STRUCT "safety/report.def"
#include "store/expand.h"
};
struct report_new {
	struct str kind;                       /* video, comment, account */
	int64_t subject;
	struct str reason;                     /* spam, abuse, sexual, violence, illegal, other */
	struct str text;                       /* may be empty */
};
/* WRITE; somebody must be signed in.  E_INVALID report-invalid; E_NOTFOUND: no such thing. */
enum err report_add(struct ctx *, const struct report_new *, int64_t *id);

#define REPORT_PAGE 20
struct report_page {
	struct report *items;                  /* in cx->mem */
	size_t count;
	int64_t next;                          /* cursor: the last id; 0: that was the last page */
};
/* READ; open ones, newest first.  E_DENIED unless the actor is a moderator. */
enum err report_list(struct ctx *, int64_t before, struct report_page *out);
/* READ; one, open or closed.  E_DENIED as above, E_NOTFOUND. */
enum err report_get(struct ctx *, int64_t id, struct report *out);
/* WRITE; marks it closed by the actor.  E_NOTFOUND, E_CONFLICT report-closed. */
enum err report_mark_closed(struct ctx *, const struct report *, struct str action);
#endif

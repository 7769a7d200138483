/* api/upload_routes.h - the tus protocol over media/upload.h. */
#ifndef API_UPLOAD_ROUTES_H
#define API_UPLOAD_ROUTES_H
#include "http/http.h"

#define UPLOADS_PATH "/api/v1/uploads"

extern const struct route upload_routes[];
/* What every answer below /api/v1/uploads carries, refusals too: Tus-Resumable, and Tus-Version with 412. */
void upload_headers(struct ctx *, const struct req *, struct resp *);
#endif

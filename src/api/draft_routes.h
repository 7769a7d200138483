/* api/draft_routes.h - a person's own drafts. */
#ifndef API_DRAFT_ROUTES_H
#define API_DRAFT_ROUTES_H
#include "http/http.h"

extern const struct route draft_routes[];
#endif

/* api/pages.h - pages for browsers. */
#ifndef API_PAGES_H
#define API_PAGES_H
#include "http/http.h"

/* A browser that navigates: its failure is answered with a page. */
bool pages_wants_page(struct ctx *, const struct req *);
/* The failure as a page; uses no database. */
void pages_problem(struct ctx *, const struct req *, enum err, struct resp *);
#endif

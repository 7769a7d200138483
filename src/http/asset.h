/* http/asset.h - files that are part of the program: made at build by tools/assetgen.c, served from its memory. */
#ifndef HTTP_ASSET_H
#define HTTP_ASSET_H
#include "http/http.h"

/* A variant that would not be smaller is empty. */
struct asset {
	const char *name;                      /* "app.js": what templates ask for */
	const char *path;                      /* "/assets/app.0123456789abcdef.js", or "/app.js" for a fixed one */
	const char *content_type;
	const char *etag;                      /* quoted, without the coding's suffix: "\"0123456789abcdef\"" */
	bool hashed;                           /* the path changes with the content: cached for ever */
	struct str identity, gzip, brotli;
};

/* A table ends with a row without a name; rows stand in the order of their paths. */
const struct asset *asset_at(const struct asset *table, struct str path);      /* NULL: none */
/* The path under which a name is served; "" when there is none. */
const char *asset_path(const struct asset *table, const char *name);
/* Answers with the variant that the client takes. */
void asset_answer(struct ctx *, const struct req *, const struct asset *, struct resp *);
#endif

/* api/schemas.h - the component schemas of the API description, schemas.json, as part of the program. */
#ifndef API_SCHEMAS_H
#define API_SCHEMAS_H
#include "base/ctx.h"

extern const char api_schemas[];               /* the text; generated */

struct schemas;
/* E_IO when it cannot be read: a test sees to it that it can. */
enum err schemas_open(struct ctx *, struct schemas **out);
void schemas_close(struct schemas **);
/* The nth content type that a body of this schema may have: its x-content-types, or only application/json.  NULL: no more. */
const char *schemas_content_type(const struct schemas *, const char *schema, size_t nth);
/* The nth parameter of the query that a route giving this schema takes, beside cursor: its x-query.  NULL: no more. */
const char *schemas_query(const struct schemas *, const char *schema, size_t nth, const char **about);
#endif

/* api/openapi.h - the description of the interface, made from the route tables and schemas.json: OpenAPI 3.1.
 *
 * https://spec.openapis.org/oas/v3.1.0 */
#ifndef API_OPENAPI_H
#define API_OPENAPI_H
#include "base/ctx.h"

/* E_IO when schemas.json, which is part of the program, cannot be read: a test sees to it. */
enum err openapi_write(struct ctx *, struct buf *out);
#endif

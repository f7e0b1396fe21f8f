/*
 * openapi.h — /openapi.json (OpenAPI 3.1.0), generated from the route, field and listing tables.
 *
 * Nothing about an endpoint is written down twice, so the document cannot drift; the contract test holds
 * every reply of the API suite against it.
 */
#ifndef CARREL_HTTP_OPENAPI_H
#define CARREL_HTTP_OPENAPI_H

#include "base/text.h"
#include "http/router.h"

void openapi_write(const struct router *router, const char *version, struct text_buf *out);

/* GET /openapi.json: the document of the very router that answers. */
extern const struct route openapi_routes[];

#endif

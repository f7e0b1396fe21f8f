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

/*
 * The same of a router, made when it is first asked for and kept (a megabyte) as long as the router: for
 * router_init() and router_release(). NULL may be freed.
 */
struct openapi_document *openapi_document_new(void);
void openapi_document_free(struct openapi_document *document);

/* GET /openapi.json: the document of the very router that answers. The same for whoever asks. */
extern const struct route openapi_routes[];

#endif

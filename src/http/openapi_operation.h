/*
 * openapi_operation.h — one row of a route table as an OpenAPI operation.
 */
#ifndef CARREL_HTTP_OPENAPI_OPERATION_H
#define CARREL_HTTP_OPENAPI_OPERATION_H

#include "base/json_write.h"
#include "http/route.h"

/* "get": and the operation's object. */
void operation_write(struct json_writer *w, const struct route *route);

/* The part of the API it belongs to: the first part of its path. */
const char *operation_tag(struct arena *arena, const struct route *route);

/* Names of components.examples: "Borrow.row" and "Borrow.page". */
const char *example_name_of_row(struct arena *arena, const char *schema);
const char *example_name_of_page(struct arena *arena, const char *schema);

#endif

/*
 * openapi_schema.h — JSON Schemas (2020-12, as OpenAPI 3.1 uses them) of field tables, listings and replies.
 */
#ifndef CARREL_HTTP_OPENAPI_SCHEMA_H
#define CARREL_HTTP_OPENAPI_SCHEMA_H

#include "base/json_write.h"
#include "http/route.h"

/* A request body: what must be there follows from `use`. */
void schema_write_body(struct json_writer *w, const struct field *fields, enum field_use use);

/* One field, as a query parameter has it: never null. */
void schema_write_field(struct json_writer *w, const struct field *field);

/* A row of a listing, and a reply described by hand: every member is always there. NULL: any object. */
void schema_write_row(struct json_writer *w, const struct listing *listing);
void schema_write_reply(struct json_writer *w, const struct reply_field *fields);

/* The value of a list's filter; {"$ref": "#/components/schemas/NAME"}. */
void schema_write_filter(struct json_writer *w, const struct list_filter *filter);
void schema_write_ref(struct json_writer *w, const char *name);

#endif

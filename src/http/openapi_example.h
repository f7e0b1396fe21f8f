/*
 * openapi_example.h — examples for /openapi.json, made from the tables that its schemas come from
 * (openapi_schema.h), with values of openapi_sample.h. The contract test holds each against its schema.
 */
#ifndef CARREL_HTTP_OPENAPI_EXAMPLE_H
#define CARREL_HTTP_OPENAPI_EXAMPLE_H

#include "base/json_write.h"
#include "http/route.h"

/* A body: what is required, and what a sample is known of. `schema`: of the reply, whose names mean the same; NULL: none. */
void example_write_body(struct json_writer *w, const char *schema, const struct field *fields);

/* A row of a listing, a page with one of them, and a reply described by hand. */
void example_write_row(struct json_writer *w, const struct listing *listing);
void example_write_page(struct json_writer *w, const struct listing *listing);
void example_write_reply(struct json_writer *w, const struct reply *reply);

/* The member "examples" of a query parameter's schema, and "example" of a parameter in the path, where there is one. */
void example_of_field(struct json_writer *w, const struct field *field);
void example_of_filter(struct json_writer *w, const struct list_filter *filter);
void example_of_name(struct json_writer *w, const char *name);

/* The list as CSV: its first line. */
const char *example_csv(struct arena *arena, const struct listing *listing);

#endif

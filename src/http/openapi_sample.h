/*
 * openapi_sample.h — what a value looks like, by its name: "title" is “Middlemarch”, "due_date" is a day next month.
 *
 * Names mean one thing throughout the house, so one table serves bodies, rows, replies and parameters. Where a name
 * means something else in one schema, "Schema.name" says so; "group.name" where it does within a nested object.
 */
#ifndef CARREL_HTTP_OPENAPI_SAMPLE_H
#define CARREL_HTTP_OPENAPI_SAMPLE_H

#include <stdbool.h>

/*
 * The value as text (of numbers and booleans, too), or NULL: none is known, or it is best left out. `schema` may be
 * NULL; `path` is the name with the groups it stands in: "book.title".
 */
const char *sample_of(const char *schema, const char *path);

/* Is it one that is best left out: null in a reply, absent from a body? */
bool sample_is_absent(const char *schema, const char *path);

#endif

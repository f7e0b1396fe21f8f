/*
 * listing.h — a list declared once: its columns, sorts, filters and search.
 *
 * From one declaration db/list builds the keyset SQL, http reads and checks the query parameters, and
 * /openapi.json documents both the parameters and the shape of a row. A listing is defined at the top of
 * its repository and named in the slice's header, so that the route table can point at it.
 *
 * The SQL fragments may use the parameters :now (ms), :today (day number) and, in the search, :q.
 * Sort expressions are never NULL and each has an index ending in the id (`CREATE INDEX … (expression, id)`).
 */
#ifndef CARREL_BASE_LISTING_H
#define CARREL_BASE_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/row_sink.h"

enum filter_type {
    FILTER_TEXT = 1, /* compared as it is */
    FILTER_FOLDED,   /* folded before it is compared (base/text.h) */
    FILTER_INTEGER,
    FILTER_BOOL, /* true: `where`; false or absent: `otherwise` */
    FILTER_UUID,
    FILTER_FROM_DAY, /* YYYY-MM-DD or an instant → the first ms of that day */
    FILTER_TO_DAY,   /* YYYY-MM-DD or an instant → the last ms of that day */
    FILTER_CHOICE,   /* `choices[i]` selects `wheres[i]` */
};

struct list_filter {
    const char *name;
    enum filter_type type;
    const char *where;     /* uses :NAME, the filter's own name */
    const char *otherwise; /* FILTER_BOOL only; NULL: no condition */
    const char *const *choices;
    const char *const *wheres;
    const char *meaning;
};

struct list_sort {
    const char *name;
    const char *sql; /* the indexed expression */
    bool text;       /* text or integer */
    bool descending; /* the order when none is asked for */
};

struct listing {
    const char *name; /* of one row, for the API's schema: "Book" */
    const struct column *columns;
    const char *from;                  /* "book b LEFT JOIN …" */
    const char *count_from;            /* as much of it as filters and search ask of; NULL: all */
    const char *id;                    /* "b.id" */
    const char *uuid;                  /* "b.uuid" */
    const char *search;                /* uses :q (a full-text query); NULL: no q */
    const struct list_sort *sorts;     /* the first is the default; ends with {0} */
    const struct list_filter *filters; /* ends with {0}; NULL: none */
    const char *total;                 /* name of the library counter that holds the number of rows when
                                           nothing is filtered; NULL: they are counted */
};

/* What a client asked for: filled by http from the query string, checked by db/list. */
struct list_parameter {
    const char *name;
    const char *value;
};

struct list_query {
    int64_t limit; /* 1 … LIST_LIMIT_MAX (an export asks for more) */
    int64_t offset;
    const char *cursor;                      /* NULL: from the start */
    const char *sort;                        /* NULL: the default */
    const char *order;                       /* "asc", "desc"; NULL: the sort's own */
    const char *search;                      /* NULL: none */
    bool without_total;                      /* an export does not need it */
    const struct list_parameter *parameters; /* the others, as they came; unknown ones are ignored */
    size_t parameter_count;
};

struct arena;

/* The query with the filter `name` decided, whatever the client sent for it. `value` is not copied. */
struct list_query list_query_with(struct arena *arena, const struct list_query *query, const char *name,
                                  const char *value);

#endif

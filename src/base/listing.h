/*
 * listing.h — a list declared once: its columns, sorts, filters and search.
 *
 * From one declaration db/list builds the keyset SQL, http reads and checks the query parameters, and
 * /openapi.json documents both the parameters and the shape of a row. A listing is defined at the top of
 * its repository and named in the slice's header, so that the route table can point at it.
 *
 * The SQL fragments may use the parameters :now (ms), :today (day number) and, in the search, :q.
 * Sort expressions are never NULL and each has an index (`CREATE INDEX … (expression)`), which SQLite ends with
 * the id of the row.
 */
#ifndef CARREL_BASE_LISTING_H
#define CARREL_BASE_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/row_sink.h"

struct ctx;
struct list_query;
struct row_set;

enum filter_type {
    FILTER_TEXT = 1, /* compared as it is; with `choices`: a value among them has its own of `wheres` */
    FILTER_FOLDED,   /* folded before it is compared (base/text.h) */
    FILTER_INTEGER,
    FILTER_BOOL, /* true: `where`; false or absent: `otherwise` */
    FILTER_UUID,
    FILTER_FROM_DAY, /* YYYY-MM-DD or an instant → the first ms of that day */
    FILTER_TO_DAY,   /* YYYY-MM-DD or an instant → the last ms of that day */
                     /* (of both a `total` may use more: struct list_served) */
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

/*
 * A combination of filters that is served from an index: a page costs the same anywhere, the total is known
 * without counting rows of no end. What no entry names is answered within LIST_TIME_CAP_MS or refused with
 * advice (LIST_TOO_SLOW). A test looks at the plan of each entry (tests/unit/test_lists.c) and holds the table
 * in docs/lists.md equal to them.
 *
 * `filters`: names, parted by spaces; "status=returned" for one choice (or one of the `choices` of a text,
 * which "action" alone then leaves out); "from?" for one that may be there or not; "q" for the search. An
 * entry with sorts says how a page is found, the first entry of the filters alone where their total is from.
 */
struct list_served {
    const char *filters;
    const char *sorts; /* names, parted by spaces; NULL: all; "": none, the entry tells the total only */
    const char *total; /* an SQL expression; NULL: the matches are counted, in the index that `range` bounds.
                          For filters from and to it has, besides :from and :to (ms): :from_day and :to_day,
                          the first and the last whole day; :from_edge, when that begins; :to_edge, when
                          that ends */
    const char *known; /* where the total comes from, for people */
    const char *index; /* the one to use where the planner would take another */
    const char *also;  /* what follows from the filter, said so that the planner sees a range */
    const char *few;   /* why so few match that they may be sorted for a page */
    const char *skips; /* rows read and not shown: which, and why they are few */
};

/* For a `total`: a number of the library that is kept (src/counters). */
#define COUNTER(name) "(SELECT value FROM library_counter WHERE name = '" name "')"
/* A filter as the client has set it, read and found good. */
struct list_given {
    const char *name;
    bool given;       /* FILTER_BOOL: and true */
    const char *text; /* FILTER_TEXT, FILTER_FOLDED */
    int64_t number;   /* FILTER_INTEGER, FILTER_FROM_DAY, FILTER_TO_DAY */
};

/*
 * Finds the rows of a query with a search or a filter outside SQL: the set says all that q and the filters ask;
 * the filters with an `otherwise` are asked of SQL as well, for the sake of its partial indexes. NULL in
 * *out_set: it cannot now, and SQL shall. `given` ends with a NULL name, in the order of the listing's filters.
 */
typedef enum error_kind list_finder(struct ctx *ctx, const struct list_query *query,
                                    const struct list_given *given, const struct row_set **out_set);

struct listing {
    const char *name; /* of one row, for the API's schema: "Book" */
    const struct column *columns;
    const char *from;                  /* "book b LEFT JOIN …" */
    const char *count_from;            /* as much of it as filters and search ask of; NULL: all */
    const char *id;                    /* "b.id" */
    const char *uuid;                  /* "b.uuid" */
    const char *search;                /* uses :q (a full-text query); NULL: no q */
    const char *search_walked;         /* the same for more than LIST_SORTED_MAX matches, so that no index is
                                          used for it and the order is walked; NULL: `search` */
    const struct list_sort *sorts;     /* the first is the default; ends with {0} */
    const struct list_filter *filters; /* ends with {0}; NULL: none */
    list_finder *find;                 /* asked where there is a search or a filter that no entry of `served`
                                          has; NULL: SQL alone */
    const char *total;                 /* name of the library counter that holds the number of rows when
                                           nothing is filtered; NULL: they are counted */
    const struct list_served *served;  /* ends with {0}; NULL: without filters, by every sort */
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
    bool without_total;                      /* an export: needs none, and has all the time it takes */
    int64_t time_cap_ms;                     /* 0: LIST_TIME_CAP_MS; below 0: none left (for tests) */
    const struct list_parameter *parameters; /* the others, as they came; unknown ones are ignored */
    size_t parameter_count;
};

struct arena;

/* The query with the filter `name` decided, whatever the client sent for it. `value` is not copied. */
struct list_query list_query_with(struct arena *arena, const struct list_query *query, const char *name,
                                  const char *value);

#endif

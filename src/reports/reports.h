/*
 * reports.h — what a library asks its books once a week, a month or a year, each as one table of rows.
 *
 * A report has a name, takes some of the parameters of report_fields, and has one or more *views*: circulation by
 * month is one, by hour another. Its rows are made once (struct report_result) and then written as often as somebody
 * likes: as JSON, as CSV, into an e-mail. Days are civil days of the library's own zone.
 */
#ifndef CARREL_REPORTS_REPORTS_H
#define CARREL_REPORTS_REPORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/field.h"
#include "base/limits.h"
#include "base/listing.h"
#include "base/row_sink.h"
#include "base/uuid.h"

#define REPORT_COLUMNS_MAX 20
#define REPORT_MS 10000 /* a report that reads loan by loan may take so long; past it: 503 with advice */
#define REPORT_GROUPS_MAX 10000 /* shelves, languages, classes: more have no place in a table */
#define REPORT_LIMIT_MAX 1000
#define REPORT_YEARS 3    /* without a loan, when nobody says how many */
#define REPORTS_AT_ONCE 2 /* made at the same time: the desk needs the other connections */

/* What a client asks for. Texts are NULL and numbers NO_NUMBER when they are not given. */
struct report_query {
    const char *period;      /* of report_periods; NULL: from … to, or the report's own */
    int64_t from, to;        /* days, both included */
    const char *by;          /* a view's name */
    const char *sort;        /* of the report's sorts */
    int64_t limit;           /* rows of a ranking */
    const char *member_type; /* its code */
    const char *group;       /* class, family, club */
    const char *item_type;   /* its code */
    const char *category;    /* its name */
    int64_t days;            /* late, at least */
    int64_t steps;           /* urged, at least */
    int64_t years;           /* since the last loan */
    bool never;              /* titles that were never lent, and no others */
    int64_t year;            /* of the calendar */
    int64_t time_cap_ms;     /* 0: REPORT_MS; below 0: none left (for tests) */
};

extern const struct field report_fields[]; /* over struct report_query */
extern const char *const report_periods[]; /* ends with NULL */

/* How a picture of the rows is drawn. */
struct report_chart {
    const char *kind;  /* "bars", "line"; NULL: none says anything */
    const char *x, *y; /* columns */
};

struct report_view {
    const char *name;             /* what `by` says; of a report with one view: NULL */
    const struct column *columns; /* `sql` is not looked at */
    const char *summed;           /* names, parted by spaces: columns whose sum says something */
    struct report_chart chart;
};

/* One cell; which member counts follows from the column. Absent: NO_NUMBER, NaN, NULL. */
union report_cell {
    int64_t number; /* integer, bool, day, instant, money */
    double real;
    const char *text;
    const uint8_t *uuid;
};

struct report_result;

struct report {
    const char *name;    /* stable: saved reports name it */
    const char *title;   /* for people */
    const char *summary; /* one line */
    const char *takes;   /* names of report_fields, parted by spaces; "period from to by sort" as others */
    const char *period;  /* when nobody says one; NULL: it has no range of days */
    const char *const *sorts;        /* the first is the default; NULL: there is one order */
    int64_t limit;                   /* when nobody says one */
    const struct report_view *views; /* the first is the default; ends with columns NULL */
    /* Puts rows, or the ids of rows, into the result, and sums that are not of columns. */
    enum error_kind (*make)(struct ctx *ctx, struct report_result *result);
    /* Of a report that keeps ids: the cells of the row with this id; *out_found: it is still there. */
    enum error_kind (*fetch)(struct ctx *ctx, const struct report_result *result, int64_t id,
                             union report_cell *out_cells, bool *out_found);
};

/* A report that was made. In the arena; ids are malloc's and go with it. */
struct report_result {
    const struct report *report;
    const struct report_view *view;
    struct report_query query; /* with defaults put in */
    int32_t first, last;       /* the days; 0 and -1: it has none */
    int64_t made_at;
    int64_t deadline_ms; /* monotonic: REPORT_MS from its beginning */
    size_t column_count;
    size_t row_count;
    union report_cell *cells; /* row after row; NULL: `ids` are kept instead */
    size_t cell_rows;         /* room */
    int64_t *ids;
    size_t id_room;
    union report_cell totals[REPORT_COLUMNS_MAX]; /* of the columns that are summed */
};

/* ---- saved reports ------------------------------------------------------------------------------------ */

#define REPORT_PARAMETERS_MAX 500  /* characters, as in an address */
#define REPORT_RECIPIENTS_MAX 1000 /* characters of all their addresses */

struct saved_report_facts {
    const char *name;
    const char *report;
    const char *parameters; /* "period=last_month&limit=50" */
    const char *schedule;   /* of report_schedules */
    const char *recipients; /* e-mail addresses, parted by commas; "": nobody */
};

struct saved_report {
    int64_t id;
    struct uuid uuid;
    struct saved_report_facts facts;
    int64_t next_on;    /* day; NO_NUMBER: never by itself */
    int64_t claimed_on; /* day; NO_NUMBER: never yet */
    int64_t last_at;    /* when it last went out; NO_NUMBER: never */
    const char *problem;
    int64_t version;
};

extern const char *const report_schedules[]; /* none, daily, weekly, monthly, yearly */
extern const struct field saved_report_fields[];
extern const struct listing saved_reports_listing;

/* ---- visits ------------------------------------------------------------------------------------------- */

/* The body of PUT /visits/{day}. */
struct visit_facts {
    int64_t visits;
};

struct visit_range {
    int64_t from, to; /* days; NO_NUMBER: not given */
};

extern const struct field visit_fields[];
extern const struct field visit_range_fields[]; /* over struct visit_range */

#endif

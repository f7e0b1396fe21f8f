/*
 * row_sink.h — where rows go on their way out: to JSON, to CSV, to a test.
 *
 * The database side (db/list) pushes rows; the HTTP side (http/response) receives them. Neither knows the
 * other. A column named "book.title" is the member `title` of the nested object `book`; columns of one
 * nested object stand together.
 */
#ifndef CARREL_BASE_ROW_SINK_H
#define CARREL_BASE_ROW_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum column_type {
    COLUMN_END = 0,
    COLUMN_TEXT,
    COLUMN_INTEGER,
    COLUMN_REAL,
    COLUMN_BOOL,
    COLUMN_UUID,    /* 16-byte blob */
    COLUMN_INSTANT, /* ms → RFC 3339 */
    COLUMN_DAY,     /* day number → YYYY-MM-DD */
    COLUMN_MONEY,   /* minor units → exact decimal number */
    COLUMN_TEXTS,   /* a JSON array of texts, as SQLite's json_group_array() makes it */
};

/* One column of a listing; `sql` says where it comes from. A table of them ends with {0}. */
struct column {
    const char *name;
    enum column_type type;
    bool nullable;
    const char *sql;
    const char *meaning; /* one line for the API's documentation */
    bool only_json;      /* leads to something else, and has nothing to say in a spreadsheet */
};

struct column_value {
    bool is_null;
    int64_t number;
    double real;
    const char *text; /* valid until the next row */
    const uint8_t *blob;
};

/* What a page of a list knows about itself (API.md "Lists"). */
struct page_meta {
    int64_t total;
    int64_t limit;
    int64_t offset;
    bool has_more;
    const char *next_cursor;     /* NULL: none */
    const char *previous_cursor; /* NULL: none */
    const char *last_cursor;     /* of the last `limit` rows; NULL: this page is the whole list */
};

struct row_sink {
    void (*row)(struct row_sink *sink, const struct column *columns, const struct column_value *values);
    void (*page)(struct row_sink *sink,
                 const struct page_meta *meta); /* once, after the rows of a page; may be NULL */
};

#endif

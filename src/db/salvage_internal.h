/*
 * salvage_internal.h — what the files of salvage share: the tables of the new library, and the work under way.
 */
#ifndef CARREL_DB_SALVAGE_INTERNAL_H
#define CARREL_DB_SALVAGE_INTERNAL_H

#include <stdio.h>

#include "db/engine_internal.h"
#include "db/salvage.h"
#include "db/salvage_cells.h"

struct salvage_column {
    const char *name;
    enum salvage_type type; /* what STRICT allows in it */
    bool required;          /* NOT NULL, and without a default */
    bool not_null;
    bool is_rowid; /* stands in the record as NULL: its value is the row's number */
};

struct salvage_table {
    struct salvage_counts counts;
    struct salvage_column columns[SALVAGE_COLUMNS_MAX]; /* in the order of the record */
    int column_count;
    int label;            /* the column by which people know a row; -1: none */
    bool without_rowid;   /* its rows stand in an index b-tree */
    bool has_defaults;    /* a new library has rows in it already */
    bool is_rooted;       /* the file says where it begins */
    sqlite3_stmt *insert; /* for `insert_columns` of them */
    int insert_columns;
    bool insert_replaces;
};

#define OWNER_NONE 0
#define OWNER_OTHER 255 /* the schema, an index, or what is made anew in any case */

struct salvage {
    struct ctx *ctx; /* ctx->db: the new library */
    FILE *report;
    struct salvage_pages pages;
    struct salvage_table tables[SALVAGE_TABLES_MAX];
    int table_count;
    uint8_t *owner;    /* by page: OWNER_…, or the table's place from 1 */
    struct arena rows; /* one record at a time */
    int64_t in_batch;
    bool is_trial;
    struct salvage_summary *summary;
};

/* ---- salvage_rows.c: tables and rows of the new library ---- */

enum error_kind salvage_describe_tables(struct salvage *work) MUST_CHECK;
void salvage_release_tables(struct salvage *work);

/* Could the record be a row of the table? By number and kind of its values alone. */
bool salvage_fits(const struct salvage_table *table, const struct salvage_record *record);

/* All records of a page into the table. *out_kept may be NULL. `replaces`: rows of a new library give way. */
enum error_kind salvage_take_page(struct salvage *work, struct salvage_table *table,
                                  const struct cells *cells, bool replaces, int *out_kept) MUST_CHECK;

/* ---- salvage_map.c: which page belongs to what ---- */

enum error_kind salvage_take_trees(struct salvage *work) MUST_CHECK;
enum error_kind salvage_take_strays(struct salvage *work) MUST_CHECK;

/* ---- salvage_links.c: rows that point at what is lost ---- */

enum error_kind salvage_mend_links(struct salvage *work) MUST_CHECK;

/* ---- salvage_standins.c: records that take the place of lost ones ---- */

/* For what `column` of `child` points at in vain. */
enum error_kind salvage_stand_in(struct salvage *work, const char *child, const char *column,
                                 const char *parent, const char *where_broken) MUST_CHECK;

#endif

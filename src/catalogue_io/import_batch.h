/*
 * import_batch.h — one file that was brought: from its first reading to its undoing.
 *
 *     reading ─► ready ─► writing ─► done ─► undoing ─► undone
 *        │         ▲ │      │  ▲      ▲
 *        ▼         │ ▼      ▼  │      │
 *      failed ─────┘ (given up) stopped ─► undoing
 *
 * `reading` is a dry run; `writing` brings the rows in, in slices, and remembers with each how far it is, so that it goes
 * on after a stop of whatever kind. What it makes and changes is kept with it (import_trail.h), so that it can be undone.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_BATCH_H
#define CARREL_CATALOGUE_IO_IMPORT_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/field.h"
#include "base/listing.h"
#include "base/uuid.h"
#include "catalogue_io/import_report.h"

/* Stable names: they are stored and shown. */
extern const char *const import_kind_names[];      /* "titles", "copies", "members", "loans" */
extern const char *const import_duplicate_names[]; /* "skip", "add_copies", "merge": of enum import_choice */
extern const char *const import_delimiters[];      /* "comma", "semicolon", "tab", "bar" */
extern const char *const import_statuses[];

/* "semicolon" of ';'; NULL: no cells are parted by it. */
const char *import_delimiter_name(char delimiter);

#define IMPORT_READING "reading"
#define IMPORT_READY "ready"
#define IMPORT_WRITING "writing"
#define IMPORT_STOPPED "stopped"
#define IMPORT_FAILED "failed"
#define IMPORT_DONE "done"
#define IMPORT_UNDOING "undoing"
#define IMPORT_UNDONE "undone"

/* How it goes: of a dry run what would be, then what was done. Kept with each slice. */
struct import_tally {
    int64_t rows_done; /* records of the file that are through */
    int64_t imported, repaired, merged, refused, copies;
    int64_t reasons[IMPORT_REASON_COUNT]; /* how many rows each concerns */
    int64_t kept, kept_repaired;          /* rows that are kept because they are worth a look */
};

/* How a file is to be taken. NULL: as it tells of itself. */
struct import_taking {
    const char *encoding;   /* one of csv_encodings */
    const char *delimiter;  /* one of import_delimiters */
    const char *columns;    /* as import_columns_tell() takes it … */
    const char *by_headers; /* … or, where that is NULL, as import_columns_by_header() does: of a profile */
};

struct import_batch {
    int64_t id;
    struct uuid uuid;
    const char *kind;
    const char *name; /* of the file */
    const char *status;
    const char *error; /* NULL: none */
    const char *format;
    struct import_taking taking;
    const char *profile; /* its name; NULL: none */
    const char *duplicates;
    int64_t bytes, rows_read;
    struct import_tally tally;
    const char *headers, *fields; /* parted by tabs; NULL: not CSV, or not read */
    int64_t created_at;
    const char *created_by;
    int64_t started_at, finished_at; /* NO_NUMBER: not yet */
};

/* What POST /imports is told, and PUT /imports/{id}. */
struct import_wishes {
    const char *kind, *name, *encoding, *delimiter, *columns, *duplicates;
    struct uuid profile;
};

extern const struct field import_begin_parameters[]; /* over struct import_wishes, as query parameters */
extern const struct field import_change_fields[];    /* as a body */

/* A decision about rows whose record is there already. */
struct import_decision {
    const char *choice;  /* of import_duplicate_names */
    const char *outcome; /* "duplicate" */
};

extern const struct field import_row_fields[];
extern const struct field import_rows_fields[];

struct import_undo_wishes {
    bool edits_too;
};

extern const struct field import_undo_fields[];

extern const struct listing imports_listing;
extern const struct listing import_rows_listing; /* of the batch named ".batch" */

#endif

/*
 * salvage.h — whatever can be read of a damaged library, as a new one.
 *
 * The damaged file is read as pages (db/salvage_pages.h) and never written. A page belongs to the table from whose root
 * it is reached; a page that nothing leads to any more goes to the table whose rules its rows keep. Each row is put into
 * a new library of the same version, with all of its rules: what breaks one is left out, counted, and written to a
 * report with its number and barcode, card or title. A title, copy or member that is lost while a loan, a hold, a charge
 * or a payment points at it gets a stand-in, “Lost record 17”; other pointers at what is lost are emptied, or lead to
 * the rule or type that is always there, or their row is left out. Afterwards the library is brought forward to this
 * program's version.
 *
 * What cannot be told: SQLite's pages carry no checksum. A letter or an amount that was changed without breaking a rule
 * looks like any other. A backup is better than a salvaged library, always.
 */
#ifndef CARREL_DB_SALVAGE_H
#define CARREL_DB_SALVAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/ctx.h"

struct salvage_counts {
    const char *table;
    int64_t read;      /* rows found */
    int64_t kept;      /* of these, still there at the end */
    int64_t left_out;  /* they broke a rule, or pointed at what is lost */
    int64_t mended;    /* letters that are none were replaced */
    int64_t holes;     /* pages of it that could not be read */
    int64_t torn;      /* rows of which a part could not be read */
    int64_t announced; /* how many the library itself had counted; -1: it does not say */
    struct salvage_counts *next;
};

struct salvage_summary {
    struct salvage_counts *tables; /* with rows, or with holes; in the arena */
    int64_t pages;
    int64_t wal_frames; /* taken from the WAL beside the file */
    int64_t kept, left_out, torn;
    int64_t emptied;   /* pointers at what is lost */
    int64_t stand_ins; /* titles, copies and members that others point at */
    bool header_was_damaged;
    bool ended_short;
};

/*
 * Makes a library of what can be read of `library` at `staged` (new, removed by the caller when this fails), closed and
 * synced. `report` gets a line for each row that is not as it was. NOT_FOUND, NOT_A_LIBRARY (also when nothing in it
 * can be read), LIBRARY_TOO_NEW, DISK_FULL.
 */
enum error_kind salvage_library(struct ctx *ctx, const char *library, const char *staged, FILE *report,
                                struct salvage_summary *out_summary) MUST_CHECK;

#endif

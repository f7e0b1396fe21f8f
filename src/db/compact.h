/*
 * compact.h — the same library in a file without empty pages, its rows and indexes in order again.
 *
 * A file never shrinks by itself: what was deleted leaves pages that later rows use. After a large import was undone,
 * or many loans were forgotten, writing it anew is worth it. SQLite's VACUUM INTO
 * (https://www.sqlite.org/lang_vacuum.html) writes the copy; the library itself is only read.
 */
#ifndef CARREL_DB_COMPACT_H
#define CARREL_DB_COMPACT_H

#include <stdint.h>

#include "base/ctx.h"

struct compact_report {
    int64_t bytes_before;
    int64_t bytes_after;
};

/*
 * Copies what `library` holds, its WAL included, to `staged`, which must not be there, and looks the copy through:
 * integrity_check, foreign keys, and as many rows in every table. DISK_FULL before anything is written when there is
 * no room; LIBRARY_DAMAGED when the copy is not what it should be. What a failure leaves at `staged` is the caller's to
 * remove. Nobody else may have the library open.
 */
enum error_kind compact_stage(struct ctx *ctx, const char *library, const char *staged,
                              struct compact_report *out_report) MUST_CHECK;

#endif

/*
 * journal_folder.h — the segments that lie in a folder: FOLDER/journal/SERIES-NUMBER.journal, where SERIES is the 32
 * hexadecimal digits of the series and NUMBER that of the segment's first entry, in 12 digits.
 */
#ifndef CARREL_DB_JOURNAL_FOLDER_H
#define CARREL_DB_JOURNAL_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/uuid.h"

struct segment_name {
    const char *path;
    struct uuid series;
    uint64_t first; /* number of its first entry */
    struct segment_name *next;
};

/* "FOLDER/journal" */
const char *journal_folder_path(struct ctx *ctx, const char *folder);

/* Where a segment of this series that begins with this number has its place in FOLDER/journal. */
const char *journal_folder_segment(struct ctx *ctx, const char *folder, const struct uuid *series,
                                   uint64_t first);

/* All that are there, by series and number; NULL when there are none, or no such folder. */
struct segment_name *journal_folder_list(struct ctx *ctx, const char *folder);

/* Those of one series, in order. */
struct segment_name *journal_folder_list_of(struct ctx *ctx, const char *folder, const struct uuid *series);

/*
 * Number of the last whole entry of a series there; 0: none. Segments of another version of the schema, or damaged
 * ones, end it: nobody goes on from them.
 */
uint64_t journal_folder_last(struct ctx *ctx, const char *folder, const struct uuid *series, int64_t version);

/* When a series began. */
int64_t journal_series_began(const struct uuid *series);

/*
 * Removes the segments in FOLDER/journal that only hold changes from before `needed_from`: all are in every backup
 * made since. *out_removed: how many. One that cannot be removed stays, and is tried again.
 */
void journal_folder_prune(struct ctx *ctx, const char *folder, int64_t needed_from, int64_t *out_removed);

#endif

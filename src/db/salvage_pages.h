/*
 * salvage_pages.h — a damaged library as pages of bytes, read without SQLite: it would refuse the file, and no byte of
 * it may be changed.
 *
 * The newest committed version of each page is read: from the WAL beside the file where that has one. Format:
 * https://www.sqlite.org/fileformat2.html, 1.3 (header) and 4 (WAL).
 */
#ifndef CARREL_DB_SALVAGE_PAGES_H
#define CARREL_DB_SALVAGE_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/limits.h"

#define PAGE_HEADER_BYTES 100 /* of the file, at the beginning of page 1 */

struct salvage_pages {
    int file; /* -1: not open */
    int wal;  /* -1: there is none, or it does not fit */
    uint32_t count;
    uint32_t wal_frames; /* committed ones that are used */
    uint32_t *frame_of;  /* by page, 1 … count: its frame in the WAL, from 1; 0: in the file */
    int64_t version;     /* the schema's, as the header has it; 0: the header cannot be read */
    bool header_is_damaged;
    bool ends_short; /* within a page */
};

/*
 * NOT_FOUND; NOT_A_LIBRARY when an undamaged header says that it is something else; LIBRARY_TOO_NEW. Whatever happened,
 * salvage_pages_close() afterwards.
 */
enum error_kind salvage_pages_open(struct ctx *ctx, const char *library, int newest_version,
                                   struct salvage_pages *out_pages) MUST_CHECK;
void salvage_pages_close(struct salvage_pages *pages);

/* The page's DB_PAGE_BYTES bytes; false: it cannot be read, or nothing but zeros is on it. */
bool salvage_pages_read(const struct salvage_pages *pages, uint32_t number, uint8_t *out_bytes);

#endif

/*
 * page_copy.c — a piece is read and written at a time, a step of some pieces written back.
 */
#include "db/page_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "base/limits.h"
#include "db/files.h"
#include "db/read_ahead.h"
#include "db/snapshots.h"

#define SOURCE_BUSY_MS 1000

/* Of the first page (https://www.sqlite.org/fileformat2.html, 1.3.2): how it is written and read; 1: without a WAL. */
#define AT_WRITE_VERSION 18
#define AT_READ_VERSION 19
#define WITHOUT_WAL 1

/* Reading anything inside BEGIN takes the snapshot. A page is looked at once: few are kept. */
static const char source_pragmas[] = "PRAGMA cache_size = 16; BEGIN; SELECT count(*) FROM sqlite_schema;";

struct copying {
    sqlite3 *source;
    sqlite3_stmt *pages;
    struct snapshot snapshot; /* of the source */
    const atomic_bool *stopping;
    int descriptor;
    size_t page_bytes;
    off_t bytes;            /* of the whole library */
    uint8_t *piece;         /* BACKUP_PIECE_PAGES */
    off_t done, begun, end; /* how far the file is on the disk, on its way there, and written */
};

static int failed_write(void)
{
    return errno == ENOSPC || errno == EDQUOT ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

/* ---- the library ------------------------------------------------------------------------------------------- */

static int open_source(struct copying *copying, const char *library)
{
    int result = sqlite3_open_v2(library, &copying->source, SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READONLY,
                                 read_ahead_vfs());

    if (result == SQLITE_OK)
        result = sqlite3_db_config(copying->source, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_busy_timeout(copying->source, SOURCE_BUSY_MS);
    if (result == SQLITE_OK)
        snapshot_enlist(&copying->snapshot, copying->source, SNAPSHOT_WHOLE);
    if (result == SQLITE_OK)
        result = sqlite3_exec(copying->source, source_pragmas, NULL, NULL, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_prepare_v2(copying->source, "SELECT data FROM sqlite_dbpage ORDER BY pgno", -1,
                                    &copying->pages, NULL);
    return result;
}

static void close_source(struct copying *copying)
{
    sqlite3_finalize(copying->pages);
    snapshot_delist(&copying->snapshot);
    sqlite3_close(copying->source);
}

/* How much is to be copied, and room for a piece of it. */
static int measure(struct copying *copying)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(copying->source,
                                    "SELECT page_size, page_count FROM pragma_page_size, pragma_page_count",
                                    -1, &statement, NULL);

    if (result == SQLITE_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        copying->page_bytes = (size_t)sqlite3_column_int64(statement, 0);
        copying->bytes = (off_t)copying->page_bytes * sqlite3_column_int64(statement, 1);
        copying->piece = malloc(copying->page_bytes * BACKUP_PIECE_PAGES);
        result = copying->piece ? SQLITE_OK : SQLITE_NOMEM;
    }
    sqlite3_finalize(statement);
    return result == SQLITE_DONE ? SQLITE_INTERNAL : result; /* each pragma has a row */
}

/* ---- pieces ------------------------------------------------------------------------------------------------ */

/* One page behind what is in the piece already. */
static int take_page(struct copying *copying, size_t at)
{
    const void *bytes = sqlite3_column_blob(copying->pages, 0);
    size_t length = (size_t)sqlite3_column_bytes(copying->pages, 0);

    if (!bytes)
        return SQLITE_NOMEM;
    if (length != copying->page_bytes)
        return SQLITE_CORRUPT;
    memcpy(copying->piece + at, bytes, length);
    if (copying->end + (off_t)at == 0)
        copying->piece[AT_WRITE_VERSION] = copying->piece[AT_READ_VERSION] = WITHOUT_WAL;
    return SQLITE_OK;
}

/* SQLITE_DONE: that was the last. */
static int copy_piece(struct copying *copying)
{
    size_t length = 0;
    int result = SQLITE_OK;

    for (int i = 0; i < BACKUP_PIECE_PAGES && result == SQLITE_OK; i++) {
        result = sqlite3_step(copying->pages);
        if (result == SQLITE_ROW && (result = take_page(copying, length)) == SQLITE_OK)
            length += copying->page_bytes;
    }
    if (result != SQLITE_OK && result != SQLITE_DONE)
        return result;
    if (length > 0 && file_write_all_at(copying->descriptor, copying->piece, length, copying->end) != 0)
        return failed_write();
    copying->end += (off_t)length;
    return result;
}

/* ---- steps ------------------------------------------------------------------------------------------------- */

/*
 * Room for all of it: a full disk is told of before anything was copied, and the writer's fsync need not wait for
 * blocks of ours to be found first. Not every file system can.
 */
static int reserve(const struct copying *copying)
{
    if (copying->bytes == 0 || fallocate(copying->descriptor, FALLOC_FL_KEEP_SIZE, 0, copying->bytes) == 0)
        return SQLITE_OK;
    return errno == ENOSPC || errno == EDQUOT ? SQLITE_FULL : SQLITE_OK;
}

/*
 * Begins to write back what was copied last, and waits for what was begun before that: the disk always has
 * something to do, and never much, so that the writer's own fsync finds it almost free. An fdatasync would also
 * make the file system commit, which everybody's fsync waits for.
 *
 * The system tells of a page it could not write once: whoever ignores that here is told at the end that all is
 * well.
 */
static int write_back(struct copying *copying)
{
    off_t before = copying->begun - copying->done;
    bool is_begun = sync_file_range(copying->descriptor, copying->begun, copying->end - copying->begun,
                                    SYNC_FILE_RANGE_WRITE) == 0;
    bool is_done = is_begun && (before == 0 || sync_file_range(copying->descriptor, copying->done, before,
                                                               SYNC_FILE_RANGE_WAIT_BEFORE) == 0);

    copying->done = copying->begun;
    copying->begun = copying->end;
    /* Where it cannot be done bit by bit, it is all done at once. */
    return is_done || errno == ENOSYS || errno == ESPIPE || errno == EINVAL ? SQLITE_OK : failed_write();
}

/* As much at a time as this disk takes in BACKUP_STEP_MS. */
static int next_step(int pieces, int64_t took_us)
{
    if (took_us > BACKUP_STEP_MS * 1000LL && pieces > 1)
        return pieces / 2;
    return took_us < BACKUP_STEP_MS * 500LL && pieces < BACKUP_STEP_PIECES_MAX ? pieces * 2 : pieces;
}

static int copy_in_steps(struct copying *copying)
{
    int pieces = 1;
    int result = measure(copying);

    if (result == SQLITE_OK)
        result = reserve(copying);
    while (result == SQLITE_OK) {
        for (int i = 0; i < pieces && result == SQLITE_OK; i++)
            result = copy_piece(copying);
        if (result != SQLITE_OK)
            break;
        int64_t copied_us = clock_monotonic_us();
        result = write_back(copying);
        if (result == SQLITE_OK && (snapshot_is_cut(&copying->snapshot) || atomic_load(copying->stopping)))
            result = SQLITE_INTERRUPT;
        pieces = next_step(pieces, clock_monotonic_us() - copied_us);
        clock_sleep_ms(BACKUP_PAUSE_MS);
    }
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

int page_copy(const char *library, int descriptor, const atomic_bool *stopping)
{
    struct copying copying = {.stopping = stopping, .descriptor = descriptor};
    int result = open_source(&copying, library);

    if (result == SQLITE_OK)
        result = copy_in_steps(&copying);
    close_source(&copying);
    free(copying.piece);
    return result == SQLITE_OK && fdatasync(descriptor) != 0 ? failed_write() : result;
}

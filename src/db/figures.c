/*
 * figures.c — the counters, and what SQLite tells of a connection's cache.
 */
#include "db/figures.h"

#include <stdatomic.h>

#include "db/engine_internal.h"

struct db_figures db_figures;

void db_figure_add(_Atomic(int64_t) *figure, int64_t number)
{
    atomic_fetch_add_explicit(figure, number, memory_order_relaxed);
}

int64_t db_figure_read(const _Atomic(int64_t) *figure)
{
    return atomic_load_explicit(figure, memory_order_relaxed);
}

/* What was counted since it was last asked. */
static void add_counted(struct db *db, int what, _Atomic(int64_t) *figure)
{
    int now = 0;
    int highest = 0;

    if (sqlite3_db_status(db->handle, what, &now, &highest, 1) == SQLITE_OK && now > 0)
        db_figure_add(figure, now);
}

static void tell_bytes(struct db *db, int64_t bytes)
{
    db_figure_add(db->mode == DB_WRITE ? &db_figures.writer_cache_bytes : &db_figures.reader_cache_bytes,
                  bytes - db->cache_bytes_told);
    db->cache_bytes_told = bytes;
}

void db_figures_note_cache(struct db *db)
{
    int bytes = 0;
    int highest = 0;

    add_counted(db, SQLITE_DBSTATUS_CACHE_HIT, &db_figures.cache_hits);
    add_counted(db, SQLITE_DBSTATUS_CACHE_MISS, &db_figures.cache_misses);
    add_counted(db, SQLITE_DBSTATUS_CACHE_SPILL, &db_figures.cache_spills);
    if (sqlite3_db_status(db->handle, SQLITE_DBSTATUS_CACHE_USED, &bytes, &highest, 0) == SQLITE_OK)
        tell_bytes(db, bytes);
}

void db_figures_drop_cache(struct db *db)
{
    if (db->cache_bytes_told != 0)
        tell_bytes(db, 0);
}

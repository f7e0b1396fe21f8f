/*
 * figures.h — what the writer and the readers count as they work, for /metrics. Of the whole program, since its start.
 *
 * Each is one addition without a lock, made by the thread that knows; anybody may read at any time.
 */
#ifndef CARREL_DB_FIGURES_H
#define CARREL_DB_FIGURES_H

#include <stdint.h>

#include "base/histogram.h"

struct db;

struct db_figures {
    struct histogram queue_wait; /* µs a desk job waited before the writer took it */
    struct histogram batch_jobs; /* desk jobs in one transaction */
    struct histogram commit;     /* µs of one COMMIT, with its sync */
    struct histogram checkpoint; /* µs of one checkpoint */
    struct histogram read_wait;  /* µs a request waited for a read connection and its snapshot */
    _Atomic(int64_t) bulk_slices;
    _Atomic(int64_t) busy_retries;    /* BEGIN met a lock of another process */
    _Atomic(int64_t) retried_batches; /* rolled back, and done again one by one */
    _Atomic(int64_t) refused;         /* jobs that were not taken: the queue was full, or it took too long */
    _Atomic(int64_t) wal_pages;
    _Atomic(int64_t) reads_cut; /* snapshots that were in the WAL's way */
    _Atomic(int64_t) slow_statements;
    /* Of the pages that readers and the writer keep in memory. */
    _Atomic(int64_t) cache_hits, cache_misses, cache_spills;
    _Atomic(int64_t) reader_cache_bytes, writer_cache_bytes;
    _Atomic(int64_t) read_connections; /* open */
};

extern struct db_figures db_figures;

void db_figure_add(_Atomic(int64_t) *figure, int64_t number);
int64_t db_figure_read(const _Atomic(int64_t) *figure);

/* The connection's cache, by the thread that uses it, when a request or a batch has ended; and when it is closed. */
void db_figures_note_cache(struct db *db);
void db_figures_drop_cache(struct db *db);

#endif

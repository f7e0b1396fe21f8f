/*
 * pool.c — a handful of read connections shared by all workers. Taking one opens a snapshot, giving it
 * back ends it; the connections themselves are opened when they are first needed and stay.
 */
#include "db/pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/trace.h"
#include "db/engine_internal.h"
#include "db/figures.h"

struct pool {
    pthread_mutex_t mutex;
    pthread_cond_t given_back;
    char *path;
    struct db *idle[DB_READ_CONNECTIONS_MAX];
    int idle_count;
    int open_count; /* idle or taken */
    int max;
};

enum error_kind pool_open(struct ctx *ctx, const char *path, struct pool **out_pool)
{
    struct pool *pool = calloc(1, sizeof *pool);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    (void)ctx;
    if (!pool || !(pool->path = strdup(path)))
        abort();
    pool->max = (int)(cores < 1 ? 1 : cores) * DB_READ_CONNECTIONS_PER_CORE;
    if (pool->max > DB_READ_CONNECTIONS_MAX)
        pool->max = DB_READ_CONNECTIONS_MAX;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->given_back, NULL);
    *out_pool = pool;
    return OK;
}

void pool_close(struct pool *pool)
{
    if (!pool)
        return;
    db_figure_add(&db_figures.read_connections, -pool->idle_count);
    for (int i = 0; i < pool->idle_count; i++)
        db_close(pool->idle[i]);
    pthread_cond_destroy(&pool->given_back);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->path);
    free(pool);
}

/* A connection nobody uses, or leave to open one (NULL in *out_db). False: none came free in time. */
static bool reserve(struct pool *pool, struct db **out_db)
{
    struct timespec until = clock_monotonic_after(DB_POOL_WAIT_MS);
    bool reserved = false;

    pthread_mutex_lock(&pool->mutex);
    while (pool->idle_count == 0 && pool->open_count == pool->max)
        if (pthread_cond_clockwait(&pool->given_back, &pool->mutex, CLOCK_MONOTONIC, &until) == ETIMEDOUT)
            break;
    if (pool->idle_count > 0) {
        *out_db = pool->idle[--pool->idle_count];
        reserved = true;
    } else if (pool->open_count < pool->max) {
        pool->open_count++;
        *out_db = NULL;
        reserved = true;
    }
    pthread_mutex_unlock(&pool->mutex);
    return reserved;
}

static void hand_back(struct pool *pool, struct db *db)
{
    pthread_mutex_lock(&pool->mutex);
    if (db)
        pool->idle[pool->idle_count++] = db;
    else
        pool->open_count--;
    pthread_cond_signal(&pool->given_back);
    pthread_mutex_unlock(&pool->mutex);
}

enum error_kind pool_take(struct pool *pool, struct ctx *ctx)
{
    struct db *db = NULL;
    int64_t began_us = clock_monotonic_us();

    if (!reserve(pool, &db))
        return fail(ctx, BUSY, "The library is busy. Try again.");
    if (!db) {
        enum error_kind kind = db_open(ctx, pool->path, DB_READ, &db);
        if (kind != OK) {
            hand_back(pool, NULL);
            return kind;
        }
        db_figure_add(&db_figures.read_connections, 1);
    }
    ctx->db = db;
    db->taken_us = trace_is_wanted(trace_now()) ? clock_monotonic_us() : 0;
    db->deadline_ms = clock_monotonic_ms() + DB_READ_TIMEOUT_MS;
    enum error_kind kind = snapshot_begin(ctx, SNAPSHOT_REQUEST);
    histogram_count(&db_figures.read_wait, &histogram_us, clock_monotonic_us() - began_us);
    if (kind != OK) {
        ctx->db = NULL;
        db_reset_statements(db);
        hand_back(pool, db);
    }
    return kind;
}

void pool_give(struct pool *pool, struct ctx *ctx)
{
    struct db *db = ctx->db;

    db_reset_statements(db);
    db->deadline_ms = 0;
    if (db->taken_us != 0)
        trace_tell_part(trace_now(), "read", db->taken_us, false);
    struct error kept = ctx->error;
    if (snapshot_end(ctx) != OK) {
        /* A connection that cannot even end a read is not used again. */
        db_close(db);
        db_figure_add(&db_figures.read_connections, -1);
        db = NULL;
    } else {
        db_reset_statements(db);
        db_figures_note_cache(db);
    }
    ctx->error = kept;
    ctx->db = NULL;
    hand_back(pool, db);
}

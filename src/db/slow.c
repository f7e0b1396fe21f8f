/*
 * slow.c — who was told of in the last hour, and how a plan is read.
 */
#include "db/slow.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "db/engine_internal.h"
#include "db/figures.h"

#define TOLD_AGAIN_MS (60 * 60 * INT64_C(1000))
#define PLAN_BYTES 900 /* a value in the log has 1024 */
#define EXPLAIN "EXPLAIN QUERY PLAN "

static _Atomic(int64_t) limit_us = SLOW_STATEMENT_MS * INT64_C(1000);

static struct {
    pthread_mutex_t lock;
    struct {
        const void *key; /* of the statement, with its shape: the same on every connection */
        uint64_t shape;
        int64_t until_ms; /* monotonic */
    } of[SLOW_STATEMENTS_KEPT];
    size_t count;
} told = {.lock = PTHREAD_MUTEX_INITIALIZER};

void slow_set_limit(int64_t us)
{
    atomic_store(&limit_us, us < 0 ? SLOW_STATEMENT_MS * INT64_C(1000) : us);
    pthread_mutex_lock(&told.lock);
    told.count = 0;
    pthread_mutex_unlock(&told.lock);
}

/* Not told of in the last hour; now it is. */
static bool is_news(const struct stmt *s)
{
    int64_t now = clock_monotonic_ms();
    size_t at = 0;

    pthread_mutex_lock(&told.lock);
    while (at < told.count && (told.of[at].key != s->key || told.of[at].shape != s->shape))
        at++;
    /* All places are taken: one whose hour is over is given away. */
    for (size_t i = 0; at == SLOW_STATEMENTS_KEPT && i < told.count; i++)
        if (told.of[i].until_ms <= now)
            at = i;
    bool is_known = at < told.count && told.of[at].key == s->key && told.of[at].shape == s->shape;
    bool news = at < SLOW_STATEMENTS_KEPT && !(is_known && told.of[at].until_ms > now);
    if (news) {
        told.of[at].key = s->key;
        told.of[at].shape = s->shape;
        told.of[at].until_ms = now + TOLD_AGAIN_MS;
        if (at == told.count)
            told.count++;
    }
    pthread_mutex_unlock(&told.lock);
    return news;
}

/* "SCAN book; USE TEMP B-TREE FOR ORDER BY". The plan names tables and indexes, and never a value. */
static void read_plan(const struct stmt *s, char plan[PLAN_BYTES])
{
    sqlite3_stmt *handle = NULL;
    char *sql = sqlite3_mprintf(EXPLAIN "%s", sqlite3_sql(s->handle));
    size_t length = 0;

    plan[0] = '\0';
    if (sql && sqlite3_prepare_v2(s->db->handle, sql, -1, &handle, NULL) == SQLITE_OK) {
        while (sqlite3_step(handle) == SQLITE_ROW && length < PLAN_BYTES) {
            const unsigned char *line = sqlite3_column_text(handle, 3);
            int written = snprintf(plan + length, PLAN_BYTES - length, "%s%s", length > 0 ? "; " : "",
                                   line ? (const char *)line : "");
            length += written > 0 ? (size_t)written : 0;
        }
    }
    sqlite3_finalize(handle);
    sqlite3_free(sql);
}

void slow_note(struct stmt *s)
{
    int64_t spent_us = s->spent_us;

    s->spent_us = 0;
    if (spent_us < atomic_load_explicit(&limit_us, memory_order_relaxed))
        return;
    db_figure_add(&db_figures.slow_statements, 1);
    if (!is_news(s))
        return;
    char plan[PLAN_BYTES];
    read_plan(s, plan);
    LOG(WARN, "slow statement", LOG_TEXT("statement", s->name), LOG_INT("ms", spent_us / 1000),
        LOG_INT("steps", sqlite3_stmt_status(s->handle, SQLITE_STMTSTATUS_VM_STEP, 0)),
        LOG_INT("scanned", sqlite3_stmt_status(s->handle, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0)),
        LOG_INT("sorts", sqlite3_stmt_status(s->handle, SQLITE_STMTSTATUS_SORT, 0)), LOG_TEXT("plan", plan));
}

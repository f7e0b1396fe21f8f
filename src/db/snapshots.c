/*
 * snapshots.c — the list of read transactions. The writer walks it only when the WAL is far too long; readers
 * enter and leave it once a request.
 */
#include "db/snapshots.h"

#include <pthread.h>

#include "base/clock.h"
#include "db/engine_internal.h"

SQL(BEGIN_SNAPSHOT, "BEGIN");
SQL(END_SNAPSHOT, "COMMIT");

static pthread_mutex_t list_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct snapshot *first;

void snapshot_enlist(struct snapshot *snapshot, struct sqlite3 *handle, enum snapshot_kind kind)
{
    snapshot->kind = kind;
    snapshot->since_ms = clock_monotonic_ms();
    snapshot->handle = handle;
    atomic_store(&snapshot->cut, false);
    pthread_mutex_lock(&list_mutex);
    snapshot->before = NULL;
    snapshot->next = first;
    if (first)
        first->before = snapshot;
    first = snapshot;
    snapshot->listed = true;
    pthread_mutex_unlock(&list_mutex);
}

void snapshot_delist(struct snapshot *snapshot)
{
    if (!snapshot->listed)
        return;
    pthread_mutex_lock(&list_mutex);
    if (snapshot->before)
        snapshot->before->next = snapshot->next;
    else
        first = snapshot->next;
    if (snapshot->next)
        snapshot->next->before = snapshot->before;
    snapshot->listed = false;
    pthread_mutex_unlock(&list_mutex);
    atomic_store(&snapshot->cut, false);
}

enum error_kind snapshot_begin(struct ctx *ctx, enum snapshot_kind kind)
{
    snapshot_enlist(&ctx->db->snapshot, ctx->db->handle, kind);
    enum error_kind result = db_run(db_statement(ctx, &BEGIN_SNAPSHOT));
    if (result != OK)
        snapshot_delist(&ctx->db->snapshot);
    return result;
}

enum error_kind snapshot_end(struct ctx *ctx)
{
    /* First: what ends a transaction must not itself be cut. */
    snapshot_delist(&ctx->db->snapshot);
    return db_in_transaction(ctx->db) ? db_run(db_statement(ctx, &END_SNAPSHOT)) : OK;
}

int snapshots_cut(enum snapshot_kind kind, int64_t began_ms)
{
    int count = 0;

    pthread_mutex_lock(&list_mutex);
    for (struct snapshot *one = first; one; one = one->next) {
        if (one->kind != kind || one->since_ms >= began_ms || snapshot_is_cut(one))
            continue;
        atomic_store(&one->cut, true);
        /* The mark stops the next step, this the one that runs: its connection is open as long as it is listed. */
        sqlite3_interrupt(one->handle);
        count++;
    }
    pthread_mutex_unlock(&list_mutex);
    return count;
}

bool snapshots_have(enum snapshot_kind kind)
{
    bool have = false;

    pthread_mutex_lock(&list_mutex);
    for (const struct snapshot *one = first; one && !have; one = one->next)
        have = one->kind == kind && !snapshot_is_cut(one);
    pthread_mutex_unlock(&list_mutex);
    return have;
}

/*
 * write_back.c — the mark is a read connection, and the thread syncs through that connection's own file: a file
 * descriptor opened and closed beside SQLite would drop its locks.
 */
#include "db/write_back.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/log.h"
#include "db/engine_internal.h"

#define TAKE_MARK "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1"

struct write_back {
    struct arena arena;
    struct ctx ctx; /* of the mark's connection */
    sqlite3_file *file;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t asked;
    bool is_asked, is_syncing, stopping;
};

static void *sync_when_asked(void *argument)
{
    struct write_back *write_back = argument;

    pthread_mutex_lock(&write_back->mutex);
    for (;;) {
        while (!write_back->is_asked && !write_back->stopping)
            pthread_cond_wait(&write_back->asked, &write_back->mutex);
        if (write_back->stopping)
            break;
        write_back->is_asked = false;
        write_back->is_syncing = true;
        pthread_mutex_unlock(&write_back->mutex);
        /* An error is told to each who has the file open: the checkpoint's own sync will hear of it. */
        if (write_back->file->pMethods->xSync(write_back->file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY) !=
            SQLITE_OK)
            LOG(ERROR, "the library's file could not be synced");
        pthread_mutex_lock(&write_back->mutex);
        write_back->is_syncing = false;
    }
    pthread_mutex_unlock(&write_back->mutex);
    return NULL;
}

static enum error_kind open_mark(struct ctx *ctx, const struct db *writer, struct write_back *write_back)
{
    arena_init(&write_back->arena, ARENA_REQUEST_MAX);
    write_back->ctx = (struct ctx){.arena = &write_back->arena};
    struct db *kept = ctx->db;
    enum error_kind kind =
        db_open(ctx, sqlite3_db_filename(writer->handle, "main"), DB_READ, &write_back->ctx.db);
    ctx->db = kept;
    TRY(kind);
    if (sqlite3_file_control(write_back->ctx.db->handle, "main", SQLITE_FCNTL_FILE_POINTER,
                             &write_back->file) != SQLITE_OK ||
        !write_back->file || !write_back->file->pMethods)
        return fail(ctx, INTERNAL, "The library's file cannot be reached.");
    return OK;
}

static void release(struct write_back *write_back)
{
    db_close(write_back->ctx.db);
    arena_release(&write_back->arena);
    pthread_cond_destroy(&write_back->asked);
    pthread_mutex_destroy(&write_back->mutex);
    free(write_back);
}

enum error_kind write_back_start(struct ctx *ctx, const struct db *writer, struct write_back **out)
{
    struct write_back *write_back = calloc(1, sizeof *write_back);

    if (!write_back)
        abort();
    pthread_mutex_init(&write_back->mutex, NULL);
    pthread_cond_init(&write_back->asked, NULL);
    enum error_kind kind = open_mark(ctx, writer, write_back);
    if (kind == OK && pthread_create(&write_back->thread, NULL, sync_when_asked, write_back) != 0)
        kind = fail(ctx, INTERNAL, "The thread that syncs could not be started.");
    if (kind != OK) {
        release(write_back);
        return kind;
    }
    *out = write_back;
    return OK;
}

void write_back_stop(struct write_back *write_back)
{
    if (!write_back)
        return;
    pthread_mutex_lock(&write_back->mutex);
    write_back->stopping = true;
    pthread_cond_signal(&write_back->asked);
    pthread_mutex_unlock(&write_back->mutex);
    pthread_join(write_back->thread, NULL);
    release(write_back);
}

/* Without a mark a checkpoint copies more at once and syncs: slower, and just as safe. */
static void run(struct write_back *write_back, const char *sql)
{
    if (db_exec(&write_back->ctx, sql) != OK)
        LOG(WARN, "the mark could not be moved");
    error_clear(&write_back->ctx);
    arena_reset(&write_back->arena);
}

void write_back_move_mark(struct write_back *write_back)
{
    write_back_lift_mark(write_back);
    run(write_back, TAKE_MARK);
}

void write_back_lift_mark(struct write_back *write_back)
{
    if (write_back_has_mark(write_back))
        run(write_back, "COMMIT");
}

bool write_back_has_mark(const struct write_back *write_back)
{
    return db_in_transaction(write_back->ctx.db);
}

void write_back_sync(struct write_back *write_back)
{
    pthread_mutex_lock(&write_back->mutex);
    write_back->is_asked = true;
    pthread_cond_signal(&write_back->asked);
    pthread_mutex_unlock(&write_back->mutex);
}

bool write_back_is_syncing(struct write_back *write_back)
{
    pthread_mutex_lock(&write_back->mutex);
    bool is_syncing = write_back->is_asked || write_back->is_syncing;
    pthread_mutex_unlock(&write_back->mutex);
    return is_syncing;
}

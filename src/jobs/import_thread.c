/*
 * import_thread.c — what is to be done stands in the table of batches; the thread looks there and does it.
 */
#include "jobs/import_thread.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/task.h"
#include "catalogue_io/import_batch_service.h"
#include "catalogue_io/import_file.h"
#include "catalogue_io/import_undo_service.h"
#include "catalogue_io/import_work_service.h"
#include "db/pool.h"
#include "db/writer.h"

#define LOOK_MS (60 * 1000) /* nobody has woken it: it looks all the same */
#define AGAIN_MS 1000       /* the library was busy */
#define PROGRESS_MS 500     /* how often a reading tells how far it is */

struct import_thread {
    struct pool *pool;
    struct writer *writer;
    int currency_exponent;
    pthread_t thread;
    atomic_bool stopping;
};

/* One batch in hand. */
struct doing {
    struct import_thread *thread;
    struct arena arena;
    struct ctx ctx;
    struct import_batch batch;
    struct import_work *work;
    int64_t told_ms;
    bool goes_on;
    int64_t removed;
};

static bool is_stopping(const struct import_thread *thread)
{
    return atomic_load(&thread->stopping);
}

/* ---- on the writer -------------------------------------------------------------------------------------- */

static enum write_result result_of(enum error_kind kind)
{
    return kind == OK ? WRITE_DONE : WRITE_FAILED;
}

static enum write_result forget_slice(struct ctx *ctx, void *argument)
{
    struct doing *doing = argument;

    return result_of(imports_forget_rows(ctx, doing->batch.id, IMPORT_AT_ONCE_ROWS, &doing->removed));
}

static enum write_result keep_slice(struct ctx *ctx, void *argument)
{
    struct doing *doing = argument;

    return result_of(import_work_keep(ctx, doing->work, &doing->goes_on));
}

static enum write_result ready_slice(struct ctx *ctx, void *argument)
{
    return result_of(import_work_ready(ctx, ((struct doing *)argument)->work));
}

static enum write_result write_slice(struct ctx *ctx, void *argument)
{
    struct doing *doing = argument;

    ctx->now = clock_library_now(0);
    return result_of(import_work_write(ctx, doing->work, WRITER_BULK_SLICE_MS, &doing->goes_on));
}

static enum write_result undo_slice(struct ctx *ctx, void *argument)
{
    struct doing *doing = argument;

    ctx->now = clock_library_now(0);
    return result_of(import_undo_step(ctx, doing->batch.id, WRITER_BULK_SLICE_MS, &doing->goes_on));
}

struct failure {
    struct uuid batch; /* after a restore its number may be another's */
    struct error why;
};

static enum write_result fail_slice(struct ctx *ctx, void *argument)
{
    const struct failure *failure = argument;

    return result_of(imports_failed(ctx, &failure->batch, &failure->why));
}

/* Memory of the slice before is given back; what was in ctx->arena before stays. */
static enum error_kind run(struct doing *doing, write_function *slice)
{
    struct arena_mark mark = arena_mark(&doing->arena);
    /* Of titles and copies, whoever undoes asks himself what names them; members and loans have indexes for it. */
    bool is_settled = slice == undo_slice && (strcmp(doing->batch.kind, import_kind_names[0]) == 0 ||
                                              strcmp(doing->batch.kind, import_kind_names[1]) == 0);
    enum error_kind kind = (is_settled ? writer_run_bulk_settled
                                       : writer_run_bulk)(doing->thread->writer, &doing->ctx, slice, doing);

    if (kind == OK)
        arena_reset_to(&doing->arena, mark);
    return kind;
}

/* On one of the pool's connections, which is given back before anything is written; so is the step's memory. */
static enum error_kind read_with(struct doing *doing,
                                 enum error_kind (*step)(struct ctx *, struct import_work *, bool *),
                                 bool *out_more)
{
    struct arena_mark mark = arena_mark(&doing->arena);

    TRY(pool_take(doing->thread->pool, &doing->ctx));
    enum error_kind kind = step(&doing->ctx, doing->work, out_more);
    pool_give(doing->thread->pool, &doing->ctx);
    if (kind == OK)
        arena_reset_to(&doing->arena, mark);
    return kind;
}

/* ---- reading ---------------------------------------------------------------------------------------------- */

static enum error_kind forget_rows(struct doing *doing)
{
    do
        TRY(run(doing, forget_slice));
    while (doing->removed == IMPORT_AT_ONCE_ROWS && !is_stopping(doing->thread));
    return OK;
}

/* A row that is kept is written before the next ones are read; the figures now and then. */
static enum error_kind keep(struct doing *doing)
{
    if (!import_work_kept(doing->work, 0) && clock_monotonic_ms() < doing->told_ms + PROGRESS_MS)
        return OK;
    doing->told_ms = clock_monotonic_ms();
    return run(doing, keep_slice);
}

static enum error_kind read_batch(struct doing *doing)
{
    bool more = true;

    doing->goes_on = true;
    TRY(forget_rows(doing));
    while (more && doing->goes_on && !is_stopping(doing->thread)) {
        TRY(read_with(doing, import_work_look, &more));
        TRY(keep(doing));
    }
    /* Whatever was read without an end is read anew at the next start. */
    return more ? OK : run(doing, ready_slice);
}

/* ---- writing ---------------------------------------------------------------------------------------------- */

/* Its rows are in the library, and those that are not are kept: nobody needs the file any more. */
static enum error_kind drop_file(struct doing *doing)
{
    struct import_batch batch = {.status = ""};

    TRY(pool_take(doing->thread->pool, &doing->ctx));
    enum error_kind kind = imports_find_by_id(&doing->ctx, doing->batch.id, &batch);
    pool_give(doing->thread->pool, &doing->ctx);
    if (kind == OK && strcmp(batch.status, IMPORT_DONE) == 0)
        import_file_remove(&batch.uuid);
    return kind;
}

static enum error_kind write_batch(struct doing *doing)
{
    bool more;

    doing->goes_on = true;
    while (doing->goes_on && !is_stopping(doing->thread)) {
        TRY(read_with(doing, import_work_prepare, &more));
        TRY(run(doing, write_slice));
    }
    return doing->goes_on ? OK : drop_file(doing);
}

/* ---- either ----------------------------------------------------------------------------------------------- */

static bool is_in(const struct doing *doing, const char *status)
{
    return strcmp(doing->batch.status, status) == 0;
}

static enum error_kind open_work(struct doing *doing, int descriptor)
{
    const struct import_source source = {.descriptor = descriptor};

    TRY(pool_take(doing->thread->pool, &doing->ctx));
    enum error_kind kind = import_work_begin(&doing->ctx, &doing->batch, &source, &doing->work);
    pool_give(doing->thread->pool, &doing->ctx);
    return kind;
}

static enum error_kind with_file(struct doing *doing, enum error_kind (*work)(struct doing *))
{
    int descriptor;

    TRY(import_file_open(&doing->ctx, &doing->batch.uuid, &descriptor));
    enum error_kind kind = open_work(doing, descriptor);
    if (kind == OK)
        kind = work(doing);
    import_work_end(doing->work);
    doing->work = NULL;
    close(descriptor);
    return kind;
}

static enum error_kind undo_batch(struct doing *doing)
{
    doing->goes_on = true;
    while (doing->goes_on && !is_stopping(doing->thread))
        TRY(run(doing, undo_slice));
    return OK;
}

static enum error_kind do_batch(struct doing *doing)
{
    if (is_in(doing, IMPORT_UNDOING))
        return undo_batch(doing);
    if (!is_in(doing, IMPORT_READING))
        return with_file(doing, write_batch);
    doing->batch.tally = (struct import_tally){0}; /* of a reading that was broken off */
    return with_file(doing, read_batch);
}

/* BUSY passes; anything else is told to the batch's owner. */
static void tell_failure(struct doing *doing, enum error_kind kind)
{
    struct failure failure = {doing->batch.uuid, doing->ctx.error};

    error_clear(&doing->ctx);
    if (kind == ERROR_BUSY || !doing->batch.status || is_in(doing, IMPORT_UNDOING) ||
        is_stopping(doing->thread)) {
        LOG(WARN, "an import waits", LOG_TEXT("why", failure.why.detail));
        import_wait(AGAIN_MS);
        return;
    }
    if (kind == ERROR_INTERNAL)
        LOG(WARN, "an import has failed", LOG_TEXT("why", failure.why.detail));
    else
        LOG(INFO, "a file cannot be imported as it is", LOG_TEXT("why", failure.why.detail));
    if (writer_run_bulk(doing->thread->writer, &doing->ctx, fail_slice, &failure) == OK)
        return;
    LOG(ERROR, "that an import has failed could not be written", LOG_TEXT("why", doing->ctx.error.detail));
    import_wait(AGAIN_MS);
}

static enum error_kind find_next(struct doing *doing, bool *out_found)
{
    TRY(pool_take(doing->thread->pool, &doing->ctx));
    enum error_kind kind = imports_next(&doing->ctx, &doing->batch, out_found);
    pool_give(doing->thread->pool, &doing->ctx);
    return kind;
}

/* False: there was nothing to do. */
static bool do_next(struct import_thread *thread)
{
    struct doing doing = {.thread = thread};
    bool found = false;

    arena_init(&doing.arena, ARENA_REQUEST_MAX);
    doing.ctx = (struct ctx){.arena = &doing.arena,
                             .now = clock_library_now(0),
                             .currency_exponent = thread->currency_exponent,
                             .actor = {.access = LIBRARIAN, .name = "import", .address = "local"}};
    struct task task;
    enum error_kind kind = find_next(&doing, &found);
    found = found && kind == OK;
    if (found) {
        task_begin(&task, &doing.ctx);
        doing.ctx.actor.name = doing.batch.created_by;
        kind = do_batch(&doing);
    }
    if (kind != OK)
        tell_failure(&doing, kind);
    else if (found && !is_in(&doing, IMPORT_READING) && !is_stopping(thread))
        LOG(INFO, "import", LOG_TEXT("name", doing.batch.name), LOG_TEXT("was", doing.batch.status));
    if (found)
        task_end(&task, "import", kind != OK);
    arena_release(&doing.arena);
    return found;
}

static bool has_batch(void *argument, const struct uuid *uuid)
{
    struct ctx *ctx = argument;
    struct import_batch batch;

    enum error_kind kind = imports_find(ctx, uuid, &batch);
    error_clear(ctx);
    return kind != ERROR_NOT_FOUND; /* in doubt it stays */
}

enum error_kind import_files_tidy(struct ctx *ctx, struct pool *pool)
{
    TRY(pool_take(pool, ctx));
    import_files_sweep(has_batch, ctx);
    pool_give(pool, ctx);
    return OK;
}

static void *work_through(void *argument)
{
    struct import_thread *thread = argument;

    while (!is_stopping(thread)) {
        if (!do_next(thread) && !is_stopping(thread))
            import_wait(LOOK_MS);
    }
    return NULL;
}

enum error_kind import_thread_start(struct ctx *ctx, struct pool *pool, struct writer *writer,
                                    struct import_thread **out_thread)
{
    struct import_thread *thread = calloc(1, sizeof *thread);

    if (!thread)
        abort();
    thread->pool = pool;
    thread->writer = writer;
    thread->currency_exponent = ctx->currency_exponent;
    if (pthread_create(&thread->thread, NULL, work_through, thread) != 0) {
        free(thread);
        return fail(ctx, INTERNAL, "The thread for imports could not be started.");
    }
    *out_thread = thread;
    return OK;
}

void import_thread_ask_to_stop(struct import_thread *thread)
{
    if (!thread)
        return;
    atomic_store(&thread->stopping, true);
    import_wake();
}

void import_thread_stop(struct import_thread *thread)
{
    if (!thread)
        return;
    import_thread_ask_to_stop(thread);
    pthread_join(thread->thread, NULL);
    free(thread);
}

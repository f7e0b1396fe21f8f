/*
 * webhook_thread.c — what is to be sent stands in the table of deliveries; the threads look there. Nothing is remembered
 * here: a process that ends between a post and its mark leaves a delivery that waits, and the next one posts it again.
 */
#include "jobs/webhook_thread.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/task.h"
#include "db/pool.h"
#include "db/writer.h"
#include "webhooks/deliveries_service.h"
#include "webhooks/webhook_post.h"

#define LOOK_MS 1000 /* from an event to its post, at most, while the receiver answers */

struct sender {
    struct webhook_thread *owner;
    pthread_t thread;
    int64_t webhook_id; /* 0: free */
    bool has_ended;     /* to be joined */
};

struct webhook_thread {
    struct pool *pool;
    struct writer *writer;
    int currency_exponent;
    pthread_t thread;
    pthread_mutex_t lock; /* guards `stopping` and who has ended */
    pthread_cond_t wake;
    bool stopping;
    struct sender senders[WEBHOOKS_MAX];
};

/* What one look, or one post, works with. */
struct work {
    struct webhook_thread *thread;
    struct arena arena;
    struct ctx ctx;
    bool more;
    struct webhook webhook;
    struct delivery delivery;
    struct delivery_outcome outcome;
};

static bool is_stopping(struct webhook_thread *thread)
{
    pthread_mutex_lock(&thread->lock);
    bool stopping = thread->stopping;
    pthread_mutex_unlock(&thread->lock);
    return stopping;
}

static void begin_work(struct work *work, struct webhook_thread *thread)
{
    *work = (struct work){.thread = thread};
    arena_init(&work->arena, ARENA_REQUEST_MAX);
    work->ctx = (struct ctx){.arena = &work->arena,
                             .now = clock_library_now(0),
                             .currency_exponent = thread->currency_exponent,
                             .actor = {.access = LOCAL_ADMIN, .name = "webhooks", .address = "local"}};
}

static void end_work(struct work *work, enum error_kind kind)
{
    if (kind != OK && !is_stopping(work->thread))
        LOG(WARN, "webhooks wait", LOG_TEXT("why", work->ctx.error.detail));
    arena_release(&work->arena);
}

/* ---- one webhook ---------------------------------------------------------------------------------------- */

static enum write_result note_slice(struct ctx *ctx, void *argument)
{
    const struct work *work = argument;

    return deliveries_note(ctx, &work->delivery, &work->outcome) == OK ? WRITE_DONE : WRITE_FAILED;
}

static enum error_kind find_next(struct work *work, int64_t webhook_id, bool *out_found)
{
    TRY(pool_take(work->thread->pool, &work->ctx));
    enum error_kind kind =
        deliveries_next(&work->ctx, webhook_id, &work->webhook, &work->delivery, out_found);
    pool_give(work->thread->pool, &work->ctx);
    return kind;
}

/* *out_found: something was due, and it was tried. */
static enum error_kind post_next(struct work *work, int64_t webhook_id, bool *out_found)
{
    struct task task;

    TRY(find_next(work, webhook_id, out_found));
    if (!*out_found)
        return OK;
    task_begin(&task, &work->ctx);
    webhook_post(&work->arena, &work->webhook, &work->delivery, work->ctx.now, &work->outcome);
    work->ctx.now = clock_library_now(0);
    LOG(DEBUG, "webhook", LOG_TEXT("name", work->webhook.facts.name), LOG_TEXT("type", work->delivery.type),
        LOG_TEXT("outcome", work->outcome.is_sent ? "sent" : work->outcome.problem));
    enum error_kind kind = writer_run_bulk(work->thread->writer, &work->ctx, note_slice, work);
    task_end(&task, "webhook", kind != OK || !work->outcome.is_sent);
    return kind;
}

static void *send_all(void *argument)
{
    struct sender *sender = argument;
    struct webhook_thread *thread = sender->owner;
    enum error_kind kind = OK;
    bool found = true;

    while (kind == OK && found && !is_stopping(thread)) {
        struct work work;
        begin_work(&work, thread);
        kind = post_next(&work, sender->webhook_id, &found);
        end_work(&work, kind);
    }
    pthread_mutex_lock(&thread->lock);
    sender->has_ended = true;
    pthread_mutex_unlock(&thread->lock);
    return NULL;
}

/* ---- all of them ----------------------------------------------------------------------------------------- */

static void join_ended(struct webhook_thread *thread, bool all)
{
    for (size_t i = 0; i < WEBHOOKS_MAX; i++) {
        struct sender *sender = &thread->senders[i];
        pthread_mutex_lock(&thread->lock);
        bool ended = sender->webhook_id != 0 && (all || sender->has_ended);
        pthread_mutex_unlock(&thread->lock);
        if (!ended)
            continue;
        pthread_join(sender->thread, NULL);
        *sender = (struct sender){0};
    }
}

/* Unless somebody sends there already. */
static void start_sender(struct webhook_thread *thread, int64_t webhook_id)
{
    struct sender *free_one = NULL;

    for (size_t i = 0; i < WEBHOOKS_MAX; i++) {
        if (thread->senders[i].webhook_id == webhook_id)
            return;
        if (thread->senders[i].webhook_id == 0)
            free_one = &thread->senders[i];
    }
    if (!free_one)
        return;
    *free_one = (struct sender){.owner = thread, .webhook_id = webhook_id};
    if (pthread_create(&free_one->thread, NULL, send_all, free_one) != 0)
        *free_one = (struct sender){0}; /* the next look tries again */
}

static enum write_result meet_slice(struct ctx *ctx, void *argument)
{
    struct work *work = argument;

    return webhooks_meet_events(ctx, &work->more) == OK ? WRITE_DONE : WRITE_FAILED;
}

static enum error_kind look_for(struct work *work, bool *out_events, int64_t *out_ids, size_t *out_count)
{
    TRY(pool_take(work->thread->pool, &work->ctx));
    enum error_kind kind = webhooks_have_events(&work->ctx, out_events);
    if (kind == OK && !*out_events)
        kind = webhooks_due(&work->ctx, out_ids, out_count);
    pool_give(work->thread->pool, &work->ctx);
    return kind;
}

/* *out_again: there were events, and what they made is not looked at yet. */
static enum error_kind look(struct work *work, bool *out_again)
{
    int64_t ids[WEBHOOKS_MAX];
    size_t count = 0;

    *out_again = false;
    TRY(look_for(work, out_again, ids, &count));
    if (*out_again)
        return writer_run_bulk(work->thread->writer, &work->ctx, meet_slice, work);
    for (size_t i = 0; i < count; i++)
        start_sender(work->thread, ids[i]);
    return OK;
}

static void wait_a_moment(struct webhook_thread *thread)
{
    struct timespec until = clock_monotonic_after(LOOK_MS);

    pthread_mutex_lock(&thread->lock);
    if (!thread->stopping)
        (void)pthread_cond_clockwait(&thread->wake, &thread->lock, CLOCK_MONOTONIC, &until);
    pthread_mutex_unlock(&thread->lock);
}

static void *look_and_look(void *argument)
{
    struct webhook_thread *thread = argument;

    while (!is_stopping(thread)) {
        struct work work;
        bool again;
        join_ended(thread, false);
        begin_work(&work, thread);
        enum error_kind kind = look(&work, &again);
        end_work(&work, kind);
        if (kind != OK || !again)
            wait_a_moment(thread);
    }
    join_ended(thread, true);
    return NULL;
}

static void free_thread(struct webhook_thread *thread)
{
    pthread_cond_destroy(&thread->wake);
    pthread_mutex_destroy(&thread->lock);
    free(thread);
}

enum error_kind webhook_thread_start(struct ctx *ctx, struct pool *pool, struct writer *writer,
                                     struct webhook_thread **out_thread)
{
    struct webhook_thread *thread = calloc(1, sizeof *thread);

    if (!thread)
        abort();
    thread->pool = pool;
    thread->writer = writer;
    thread->currency_exponent = ctx->currency_exponent;
    pthread_mutex_init(&thread->lock, NULL);
    pthread_cond_init(&thread->wake, NULL);
    if (pthread_create(&thread->thread, NULL, look_and_look, thread) != 0) {
        free_thread(thread);
        return fail(ctx, INTERNAL, "The thread for webhooks could not be started.");
    }
    *out_thread = thread;
    return OK;
}

void webhook_thread_ask_to_stop(struct webhook_thread *thread)
{
    if (!thread)
        return;
    pthread_mutex_lock(&thread->lock);
    thread->stopping = true;
    pthread_cond_signal(&thread->wake);
    pthread_mutex_unlock(&thread->lock);
}

void webhook_thread_stop(struct webhook_thread *thread)
{
    if (!thread)
        return;
    webhook_thread_ask_to_stop(thread);
    pthread_join(thread->thread, NULL);
    free_thread(thread);
}

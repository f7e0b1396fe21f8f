/*
 * notice_thread.c — look, make, claim, send, mark: each step can be the last one without anything going out twice.
 */
#include "jobs/notice_thread.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/task.h"
#include "db/pool.h"
#include "db/writer.h"
#include "events/events_service.h"
#include "notifications/gateway_service.h"
#include "notifications/mail_service.h"
#include "notifications/making_service.h"
#include "notifications/notices_service.h"
#include "notifications/sending_service.h"

#define CONSUMER "notices"
#define AGAIN_MS 1000                /* the library was busy */
#define REST_MAX_MS (10 * 60 * 1000) /* a channel that fails is tried again after this at the latest */

/* A channel that has failed rests, so that one dead mail server does not use up the tries of all that waits. */
struct rest {
    int64_t until; /* monotonic ms */
    int64_t failures;
};

struct notice_thread {
    struct pool *pool;
    struct writer *writer;
    int currency_exponent;
    pthread_t thread;
    atomic_bool stopping;
    int32_t walked_day; /* on which what is due was gone through; 0: not yet */
    struct rest rests[NOTICE_CHANNELS];
};

/* One look. */
struct looking {
    struct notice_thread *thread;
    struct arena arena;
    struct ctx ctx;
    struct notice_walk walk, walked;
    int64_t recovered_until;
    bool more;
    bool open[NOTICE_CHANNELS]; /* neither off nor resting */
    struct notice_outgoing message;
    bool found;
    enum notice_result result;
    bool of_recipient; /* NOTICE_AGAIN: the channel is well */
    const char *problem;
    struct mail_account mail;
    struct gateway_account gateway;
};

static bool is_stopping(const struct notice_thread *thread)
{
    return atomic_load(&thread->stopping);
}

/* ---- on the writer ------------------------------------------------------------------------------------------- */

static enum write_result result_of(enum error_kind kind)
{
    return kind == OK ? WRITE_DONE : WRITE_FAILED;
}

static enum write_result recover_slice(struct ctx *ctx, void *argument)
{
    const struct looking *looking = argument;
    int64_t rows;

    ctx->now = clock_library_now(0);
    return result_of(sending_recover(ctx, looking->recovered_until, &rows));
}

static enum error_kind take_events(struct ctx *ctx, struct looking *looking)
{
    struct notice_house house;

    TRY(notice_house_read(ctx, &house));
    return events_consume(ctx, CONSUMER, notices_take_event, &house, &looking->more);
}

static enum write_result events_slice(struct ctx *ctx, void *argument)
{
    ctx->now = clock_library_now(0);
    return result_of(take_events(ctx, argument));
}

static enum error_kind walk_on(struct ctx *ctx, struct looking *looking)
{
    struct notice_house house;

    looking->walked = looking->walk;
    TRY(notice_house_read(ctx, &house));
    return notices_walk(ctx, &house, &looking->walked, &looking->more);
}

static enum write_result walk_slice(struct ctx *ctx, void *argument)
{
    ctx->now = clock_library_now(0);
    return result_of(walk_on(ctx, argument));
}

static enum error_kind claim(struct ctx *ctx, struct looking *looking)
{
    struct notice_house house;

    TRY(notice_house_read(ctx, &house));
    return sending_claim(ctx, &house, looking->open, &looking->message, &looking->found, &looking->more);
}

static enum write_result claim_slice(struct ctx *ctx, void *argument)
{
    ctx->now = clock_library_now(0);
    return result_of(claim(ctx, argument));
}

static enum write_result mark_slice(struct ctx *ctx, void *argument)
{
    const struct looking *looking = argument;

    ctx->now = clock_library_now(0);
    return result_of(sending_mark(ctx, &looking->message, looking->result, looking->problem));
}

static enum error_kind run(struct looking *looking, write_function *slice)
{
    return writer_run_bulk(looking->thread->writer, &looking->ctx, slice, looking);
}

/* ---- making -------------------------------------------------------------------------------------------------- */

static enum error_kind make_of_events(struct looking *looking)
{
    struct arena_mark mark = arena_mark(&looking->arena);

    do {
        TRY(run(looking, events_slice));
        arena_reset_to(&looking->arena, mark);
    } while (looking->more && !is_stopping(looking->thread));
    return OK;
}

static enum error_kind has_events(struct looking *looking, bool *out_has)
{
    TRY(pool_take(looking->thread->pool, &looking->ctx));
    enum error_kind kind = events_has_more(&looking->ctx, CONSUMER, out_has);
    pool_give(looking->thread->pool, &looking->ctx);
    return kind;
}

static enum error_kind make_of_what_happened(struct looking *looking)
{
    bool has;

    TRY(has_events(looking, &has));
    return has ? make_of_events(looking) : OK;
}

static enum error_kind make_of_what_is_due(struct looking *looking)
{
    struct arena_mark mark = arena_mark(&looking->arena);
    int32_t today = clock_day_of(clock_library_now(0));

    looking->walk = (struct notice_walk){0};
    do {
        TRY(run(looking, walk_slice));
        arena_reset_to(&looking->arena, mark);
        looking->walk = looking->walked;
    } while (looking->more && !is_stopping(looking->thread));
    if (!looking->more)
        looking->thread->walked_day = today;
    return OK;
}

/* ---- sending ------------------------------------------------------------------------------------------------- */

static void note_outcome(struct looking *looking, enum error_kind kind, const struct mail_outcome *outcome)
{
    const struct error *why = &looking->ctx.error;

    looking->problem = kind == OK ? NULL : why->detail;
    looking->of_recipient = outcome->of_recipient;
    looking->result = kind == OK                    ? NOTICE_WENT
                      : why->code == ERR_NO_ADDRESS ? NOTICE_FOR_GOOD
                      : outcome->may_have_gone      ? NOTICE_PERHAPS
                      : outcome->for_good           ? NOTICE_FOR_GOOD
                                                    : NOTICE_AGAIN;
    error_clear(&looking->ctx);
}

static void send_message(struct looking *looking)
{
    const struct notice_outgoing *message = &looking->message;
    const char *const to[] = {message->address, NULL};
    struct mail_outcome outcome = {0};
    enum error_kind kind;

    if (message->channel == NOTICE_EMAIL) {
        const struct mail mail = {
            .to = to, .subject = message->subject, .text = message->text, .id = message->uuid};
        kind = mail_send(&looking->ctx, &looking->mail, &mail, &outcome);
    } else {
        kind = gateway_send(&looking->ctx, &looking->gateway, message->address, message->card, message->text,
                            &outcome);
    }
    note_outcome(looking, kind, &outcome);
}

/* What is said of one recipient, or of one message, does not stop the others. */
static void let_rest(struct looking *looking)
{
    struct rest *rest = &looking->thread->rests[looking->message.channel];
    bool has_failed =
        looking->result == NOTICE_PERHAPS || (looking->result == NOTICE_AGAIN && !looking->of_recipient);

    if (!has_failed) {
        *rest = (struct rest){0};
        return;
    }
    int64_t wait = sending_wait_ms(++rest->failures);
    rest->until = clock_monotonic_ms() + (wait < REST_MAX_MS ? wait : REST_MAX_MS);
}

/* It has gone, or not: that must be written down, or nobody will know. */
static void mark(struct looking *looking)
{
    while (run(looking, mark_slice) != OK && !is_stopping(looking->thread)) {
        LOG(WARN, "that a notification was sent could not be written",
            LOG_TEXT("why", looking->ctx.error.detail));
        error_clear(&looking->ctx);
        notices_wait(AGAIN_MS);
    }
    if (looking->result == NOTICE_AGAIN || looking->result == NOTICE_PERHAPS)
        LOG(WARN, "a notification was not sent",
            LOG_TEXT("channel", notice_channel_names[looking->message.channel]),
            LOG_TEXT("why", looking->problem));
    let_rest(looking);
}

/* What is set now: a channel that is off, or resting, is passed over. */
static enum error_kind open_channels(struct looking *looking, bool *out_due)
{
    struct ctx *ctx = &looking->ctx;
    int64_t now = clock_monotonic_ms();

    looking->open[NOTICE_EMAIL] =
        now >= looking->thread->rests[NOTICE_EMAIL].until && mail_account_read(ctx, &looking->mail) == OK;
    error_clear(ctx);
    looking->open[NOTICE_SMS] =
        now >= looking->thread->rests[NOTICE_SMS].until && gateway_account_read(ctx, &looking->gateway) == OK;
    error_clear(ctx);
    return sending_is_due(ctx, looking->open, out_due);
}

static enum error_kind look_what_is_due(struct looking *looking, bool *out_due)
{
    TRY(pool_take(looking->thread->pool, &looking->ctx));
    looking->ctx.now = clock_library_now(0);
    enum error_kind kind = open_channels(looking, out_due);
    pool_give(looking->thread->pool, &looking->ctx);
    return kind;
}

static enum error_kind send_what_is_due(struct looking *looking)
{
    struct arena_mark start = arena_mark(&looking->arena);
    bool due = true;

    while (!is_stopping(looking->thread)) {
        /* Thousands may be due: what has happened meanwhile, and a code that somebody waits for, do not wait for them. */
        TRY(make_of_what_happened(looking));
        TRY(look_what_is_due(looking, &due));
        if (!due)
            break;
        TRY(run(looking, claim_slice));
        if (looking->found) {
            struct task task;
            task_begin(&task, &looking->ctx);
            send_message(looking);
            mark(looking);
            task_end(&task, "notification", looking->result != NOTICE_WENT);
        }
        arena_reset_to(&looking->arena, start);
    }
    return OK;
}

/* ---- looking ------------------------------------------------------------------------------------------------- */

static enum error_kind look(struct looking *looking)
{
    TRY(make_of_what_happened(looking));
    if (clock_day_of(clock_library_now(0)) != looking->thread->walked_day) {
        looking->recovered_until = clock_library_now(0) - NOTICE_CLAIM_MS;
        TRY(run(looking, recover_slice));
        TRY(make_of_what_is_due(looking));
    }
    return send_what_is_due(looking);
}

static enum error_kind recover(struct looking *looking)
{
    looking->recovered_until = INT64_MAX; /* nobody else sends */
    return run(looking, recover_slice);
}

/* False: it did not go well. */
static bool with_ctx(struct notice_thread *thread, enum error_kind (*work)(struct looking *))
{
    struct looking looking = {.thread = thread};

    arena_init(&looking.arena, ARENA_REQUEST_MAX);
    looking.ctx = (struct ctx){.arena = &looking.arena,
                               .now = clock_library_now(0),
                               .currency_exponent = thread->currency_exponent,
                               .actor = {.access = LIBRARIAN, .name = "notifications", .address = "local"}};
    bool well = work(&looking) == OK;
    if (!well && !is_stopping(thread))
        LOG(WARN, "notifications wait", LOG_TEXT("why", looking.ctx.error.detail));
    arena_release(&looking.arena);
    return well;
}

static void *work_through(void *argument)
{
    struct notice_thread *thread = argument;

    while (!is_stopping(thread) && !with_ctx(thread, recover))
        notices_wait(AGAIN_MS);
    while (!is_stopping(thread)) {
        with_ctx(thread, look);
        if (!is_stopping(thread))
            notices_wait(NOTICE_LOOK_MS);
    }
    return NULL;
}

enum error_kind notice_thread_start(struct ctx *ctx, struct pool *pool, struct writer *writer,
                                    struct notice_thread **out_thread)
{
    struct notice_thread *thread = calloc(1, sizeof *thread);

    if (!thread)
        abort();
    thread->pool = pool;
    thread->writer = writer;
    thread->currency_exponent = ctx->currency_exponent;
    if (pthread_create(&thread->thread, NULL, work_through, thread) != 0) {
        free(thread);
        return fail(ctx, INTERNAL, "The thread for notifications could not be started.");
    }
    *out_thread = thread;
    return OK;
}

void notice_thread_ask_to_stop(struct notice_thread *thread)
{
    if (!thread)
        return;
    atomic_store(&thread->stopping, true);
    notices_wake();
}

void notice_thread_stop(struct notice_thread *thread)
{
    if (!thread)
        return;
    notice_thread_ask_to_stop(thread);
    pthread_join(thread->thread, NULL);
    free(thread);
}

/*
 * lookup_ask.c — threads that take the next target from a list until there is none. Each has memory of its own; what is
 * to be kept is copied, under a lock, into that of whoever asks.
 */
#include "lookup/lookup_ask.h"

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "base/trace.h"
#include "lookup/lookup_address.h"
#include "lookup/lookup_read.h"
#include "net/client.h"
#include "net/z3950.h"

/* ---- one target ---------------------------------------------------------------------------------------- */

static void add_term(struct z3950_question *to, enum z3950_use use, const char *text)
{
    if (!text)
        return;
    to->terms[to->count].use = use;
    to->terms[to->count++].text = text;
}

static enum net_outcome ask_z3950(struct ctx *ctx, const struct target_facts *target,
                                  const struct lookup_question *question, int64_t deadline,
                                  struct lookup_reading *reading)
{
    struct z3950_question asked = {.records_max = LOOKUP_RECORDS_MAX};
    struct z3950_address address;
    struct z3950_answer answer;

    if (!z3950_address_parse(ctx->arena, target->address, &address))
        return NET_BAD_ADDRESS;
    add_term(&asked, Z3950_ISBN, question->isbn);
    add_term(&asked, Z3950_TITLE, question->title);
    add_term(&asked, Z3950_AUTHOR, question->author);
    add_term(&asked, Z3950_ANY, question->any);
    enum net_outcome outcome = z3950_ask(ctx->arena, &address, &asked, deadline, &answer);
    reading->detail = answer.diagnostic;
    if (outcome != NET_OK)
        return outcome;
    lookup_read_z3950(ctx, answer.records, reading);
    reading->found = answer.found;
    return NET_OK;
}

static enum net_outcome fetch(struct ctx *ctx, const char *url, const char *accept, int64_t deadline,
                              struct net_reply *out_reply, struct lookup_reading *reading)
{
    const struct net_request request = {.url = url, .accept = accept, .deadline = deadline};

    NET_TRY(net_exchange(ctx->arena, &request, out_reply));
    if (out_reply->status >= 200 && out_reply->status < 300)
        return NET_OK;
    reading->detail = arena_printf(ctx->arena, "HTTP %d", out_reply->status);
    return NET_REFUSED;
}

static enum net_outcome ask_sru(struct ctx *ctx, const struct target_facts *target,
                                const struct lookup_question *question, int64_t deadline,
                                struct lookup_reading *reading)
{
    const char *url = lookup_sru_url(ctx->arena, target->address, question, LOOKUP_RECORDS_MAX);
    struct net_reply reply;

    NET_TRY(fetch(ctx, url, "application/xml, text/xml", deadline, &reply, reading));
    return lookup_read_sru(ctx, reply.body, reply.length, reading);
}

static enum net_outcome ask_json(struct ctx *ctx, const struct target_facts *target,
                                 const struct lookup_question *question, int64_t deadline,
                                 struct lookup_reading *reading)
{
    const char *url = lookup_json_url(ctx->arena, target->address, question->isbn);
    struct net_reply reply;

    NET_TRY(fetch(ctx, url, "application/json", deadline, &reply, reading));
    return lookup_read_json(ctx, reply.body, reply.length, question->isbn, reading);
}

static enum net_outcome ask_one(struct ctx *ctx, const struct target_facts *target,
                                const struct lookup_question *question, int64_t deadline,
                                struct lookup_reading *reading)
{
    int64_t latest = clock_monotonic_ms() + NET_EXCHANGE_MS;

    if (deadline > latest)
        deadline = latest;
    switch (lookup_kind(target->kind)) {
    case TARGET_Z3950: return ask_z3950(ctx, target, question, deadline, reading);
    case TARGET_SRU: return ask_sru(ctx, target, question, deadline, reading);
    case TARGET_JSON: break;
    }
    return ask_json(ctx, target, question, deadline, reading);
}

/* ---- all of them --------------------------------------------------------------------------------------- */

/* What the threads of one question share. */
struct round {
    struct ctx *ctx;           /* of whoever asks; its arena only under the lock */
    const struct trace *trace; /* … and what all that is done for it is a part of */
    const char *correlation_id;
    const struct lookup_target *targets;
    size_t count;
    const struct lookup_question *question;
    int64_t deadline;
    struct lookup_result *results;
    struct lookup_record **records; /* the first of each target */
    size_t bytes;                   /* copied so far */
    size_t next;
    pthread_mutex_t lock;
};

static const char *copy(struct round *round, const char *text)
{
    if (text)
        round->bytes += strlen(text) + 1;
    return arena_strdup(round->ctx->arena, text);
}

static struct lookup_record *copy_record(struct round *round, const struct lookup_record *from)
{
    struct lookup_record *to = arena_alloc(round->ctx->arena, sizeof *to);
    const struct text_list *names = &from->facts.categories;
    struct book_facts *facts = &to->facts;

    *to = *from;
    to->next = NULL;
    facts->title = copy(round, facts->title);
    facts->subtitle = copy(round, facts->subtitle);
    facts->author = copy(round, facts->author);
    facts->isbn = copy(round, facts->isbn);
    facts->publisher = copy(round, facts->publisher);
    facts->edition = copy(round, facts->edition);
    facts->language = copy(round, facts->language);
    facts->description = copy(round, facts->description);
    facts->item_type = copy(round, facts->item_type);
    facts->categories.items =
        arena_alloc_array(round->ctx->arena, names->count, sizeof *facts->categories.items);
    for (size_t i = 0; i < names->count; i++)
        facts->categories.items[i] = copy(round, names->items[i]);
    to->marc = copy(round, from->marc);
    return to;
}

/* A request has so much memory and no more: of very large answers the rest is left out. */
static void keep(struct round *round, size_t index, const struct lookup_reading *reading)
{
    struct lookup_record **end = &round->records[index];

    for (const struct lookup_record *one = reading->records; one && round->bytes < LOOKUP_ANSWER_BYTES;
         one = one->next) {
        *end = copy_record(round, one);
        (*end)->target = &round->targets[index];
        end = &(*end)->next;
    }
    round->results[index].detail = copy(round, reading->detail);
}

static void ask_next(struct round *round, size_t index, struct ctx *ctx)
{
    struct lookup_result *result = &round->results[index];
    const struct target_facts *target = &round->targets[index].facts;
    struct lookup_reading reading;
    int64_t begun = clock_monotonic_ms();

    lookup_reading_init(&reading);
    result->target = &round->targets[index];
    result->skipped = lookup_kind(target->kind) == TARGET_JSON && !round->question->isbn;
    if (!result->skipped) {
        result->outcome = ask_one(ctx, target, round->question, round->deadline, &reading);
        if (result->outcome == NET_OK && arena_exhausted(ctx->arena))
            result->outcome = NET_TOO_LARGE;
    }
    result->found = reading.found;
    result->ms = clock_monotonic_ms() - begun;
    pthread_mutex_lock(&round->lock);
    keep(round, index, &reading);
    pthread_mutex_unlock(&round->lock);
}

static void *work(void *argument)
{
    struct round *round = argument;
    struct arena arena;

    trace_set(round->trace);
    log_set_correlation_id(round->correlation_id);
    arena_init(&arena, ARENA_LOOKUP_MAX);
    for (;;) {
        struct ctx ctx = {.arena = &arena, .now = round->ctx->now};
        pthread_mutex_lock(&round->lock);
        size_t index = round->next++;
        pthread_mutex_unlock(&round->lock);
        if (index >= round->count)
            break;
        ask_next(round, index, &ctx);
        arena_reset(&arena);
    }
    arena_release(&arena);
    return NULL;
}

/* This thread works as well, so that one is there when no other can be had. */
static void run(struct round *round)
{
    pthread_t threads[LOOKUP_AT_ONCE - 1];
    size_t started = 0;

    while (started < LOOKUP_AT_ONCE - 1 && started + 1 < round->count) {
        if (pthread_create(&threads[started], NULL, work, round) != 0)
            break;
        started++;
    }
    work(round);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

/* ---- turns --------------------------------------------------------------------------------------------- */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t free;
    int working;
} turns = {.lock = PTHREAD_MUTEX_INITIALIZER, .free = PTHREAD_COND_INITIALIZER};

static bool wait_for_turn(void)
{
    struct timespec until = clock_monotonic_after(LOOKUP_TURN_MS);
    bool got;

    pthread_mutex_lock(&turns.lock);
    while (turns.working >= LOOKUPS_AT_ONCE &&
           pthread_cond_clockwait(&turns.free, &turns.lock, CLOCK_MONOTONIC, &until) == 0)
        ;
    got = turns.working < LOOKUPS_AT_ONCE;
    if (got)
        turns.working++;
    pthread_mutex_unlock(&turns.lock);
    return got;
}

static void end_turn(void)
{
    pthread_mutex_lock(&turns.lock);
    turns.working--;
    pthread_cond_signal(&turns.free);
    pthread_mutex_unlock(&turns.lock);
}

enum error_kind lookup_ask(struct ctx *ctx, const struct lookup_target *targets, size_t count,
                           const struct lookup_question *question, struct lookup_answer *out_answer)
{
    struct round round = {.ctx = ctx,
                          .trace = trace_now(),
                          .correlation_id = log_correlation_id(),
                          .targets = targets,
                          .count = count,
                          .question = question,
                          .deadline = clock_monotonic_ms() + LOOKUP_WAIT_MS,
                          .results = arena_alloc_array(ctx->arena, count + 1, sizeof *round.results),
                          .records = arena_alloc_array(ctx->arena, count + 1, sizeof *round.records),
                          .lock = PTHREAD_MUTEX_INITIALIZER};
    struct lookup_record **end = &out_answer->records;

    if (count > 0) {
        if (!wait_for_turn())
            return fail(ctx, BUSY, "Others are looking up titles just now. Try again in a moment.");
        run(&round);
        end_turn();
    }
    *end = NULL;
    for (size_t i = 0; i < count; i++) {
        *end = round.records[i];
        while (*end)
            end = &(*end)->next;
    }
    out_answer->results = round.results;
    return OK;
}

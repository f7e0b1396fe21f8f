/*
 * bulk_beside.c — words take as long as half the loans, and nothing else has to wait for them. The names of all and the
 * words of members take what two threads that draw and pack loans leave of two cores: three busy ones would have each
 * other's memory out of the caches. The words of titles begin when the loans are drawn.
 */
#include "seeder/bulk_beside.h"

#include <pthread.h>
#include <sys/resource.h>

#include "base/barcode.h"
#include "books/books_service.h"
#include "db/engine.h"
#include "db/pack.h"
#include "members/finding_service.h"

#define MEMORY_MAX (1024 * 1024 * 1024)
#define TELL_EVERY 1024 /* rows */
#define NO_HURRY 10     /* nice(1) */

struct bulk_beside {
    struct bulk *bulk;
    struct arena names;  /* titles and names, as long as the bulk lives */
    struct ctx ctx;      /* its own */
    struct arena arena;  /* of ctx */
    struct beside *file; /* NULL: nothing is written */
    enum error_kind kind;
    pthread_t early, late;      /* the second one waits for the first */
    bool is_early, is_late;     /* … was started, and not joined yet */
    bool named, begun, stopped; /* under the lock */
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

static void announce(struct bulk_beside *beside, bool *what)
{
    pthread_mutex_lock(&beside->lock);
    *what = true;
    pthread_cond_broadcast(&beside->changed);
    pthread_mutex_unlock(&beside->lock);
}

/* False: all was given up. */
static bool await(struct bulk_beside *beside, const bool *what)
{
    pthread_mutex_lock(&beside->lock);
    while (!*what && !beside->stopped)
        pthread_cond_wait(&beside->changed, &beside->lock);
    bool goes_on = !beside->stopped;
    pthread_mutex_unlock(&beside->lock);
    return goes_on;
}

static bool is_stopped(struct bulk_beside *beside)
{
    pthread_mutex_lock(&beside->lock);
    bool stopped = beside->stopped;
    pthread_mutex_unlock(&beside->lock);
    return stopped;
}

/* ---- what is done ------------------------------------------------------------------------------------------ */

static void settle_names(struct bulk_beside *beside)
{
    struct bulk *bulk = beside->bulk;
    const struct plan_request *request = &bulk->plan->request;

    bulk->invention = invent_prepare(&beside->names, bulk->request->lexicon, bulk->plan, request->random_seed,
                                     request->now);
    announce(beside, &beside->named);
}

/* Whoever shows the progress is called by the other thread alone. */
static bool goes_on(struct bulk_beside *beside, uint32_t row)
{
    if (row % TELL_EVERY || row == 0)
        return true;
    atomic_fetch_add(beside->bulk->request->progress->done, TELL_EVERY);
    return !is_stopped(beside);
}

static enum error_kind write_titles(struct bulk_beside *beside)
{
    struct bulk *bulk = beside->bulk;
    struct ctx *ctx = &beside->ctx;

    for (uint32_t i = 0; i < bulk->plan->book_count && goes_on(beside, i); i++) {
        struct arena_mark mark = arena_mark(ctx->arena);
        struct book_facts facts = invent_book(ctx->arena, bulk->invention, i);
        bulk_keep_categories(bulk, i, &facts.categories);
        TRY(books_add_search_row(ctx, (int64_t)i + 1, &facts));
        arena_reset_to(ctx->arena, mark);
    }
    return OK;
}

static enum error_kind write_members(struct bulk_beside *beside)
{
    struct bulk *bulk = beside->bulk;
    struct ctx *ctx = &beside->ctx;
    char card[BARCODE_MAX + 1];

    for (uint32_t i = 0; i < bulk->plan->member_count && goes_on(beside, i); i++) {
        struct arena_mark mark = arena_mark(ctx->arena);
        struct member_facts facts = invent_member(ctx->arena, bulk->invention, i);
        if (barcode_make(card, bulk->card_prefix, (int64_t)i + 1))
            facts.card = card;
        TRY(members_add_search_row(ctx, (int64_t)i + 1, &facts));
        arena_reset_to(ctx->arena, mark);
    }
    return OK;
}

static void join(pthread_t thread, bool *is_started)
{
    if (*is_started)
        pthread_join(thread, NULL);
    *is_started = false;
}

static enum error_kind begin_writing(struct bulk_beside *beside)
{
    TRY(db_exec(&beside->ctx, "BEGIN"));
    TRY(bulk_give_room_to_search(&beside->ctx));
    return write_members(beside);
}

static enum error_kind end_writing(struct bulk_beside *beside)
{
    struct ctx *ctx = &beside->ctx;

    TRY(write_titles(beside));
    TRY(bulk_load_categories(ctx, beside->bulk));
    TRY(bulk_pack_tallies(ctx, beside->bulk));
    db_reset_statements(ctx->db);
    TRY(db_exec(ctx, "COMMIT"));
    return beside_take_over(ctx, beside->file, beside->bulk->packer);
}

/*
 * What needs no loans. The priority is this thread's alone, and nobody but root may raise it again (setpriority(2)): so
 * what comes after it has a thread of its own. Where it is refused, three threads share two cores.
 */
static void *work_early(void *argument)
{
    struct bulk_beside *beside = argument;

    setpriority(PRIO_PROCESS, 0, NO_HURRY);
    settle_names(beside);
    if (beside->file)
        beside->kind = begin_writing(beside);
    announce(beside, &beside->begun);
    return NULL;
}

static void *work_late(void *argument)
{
    struct bulk_beside *beside = argument;

    if (await(beside, &beside->begun) && beside->kind == OK)
        beside->kind = end_writing(beside);
    pack_help(beside->bulk->packer);
    return NULL;
}

/* ---- beginning and ending ---------------------------------------------------------------------------------- */

/* Once the threads have ended, what they worked for may be gone. */
static void give_up(struct bulk_beside *beside)
{
    if (!beside->is_early && !beside->is_late)
        return;
    announce(beside, &beside->stopped);
    if (beside->bulk->packer)
        pack_stop(beside->bulk->packer);
    join(beside->late, &beside->is_late);
    join(beside->early, &beside->is_early);
}

static void release(void *resource)
{
    struct bulk_beside *beside = resource;

    give_up(beside);
    pthread_cond_destroy(&beside->changed);
    pthread_mutex_destroy(&beside->lock);
    arena_release(&beside->arena);
    arena_release(&beside->names);
}

void bulk_beside_begin(struct ctx *ctx, struct bulk *bulk, struct beside *file)
{
    struct bulk_beside *beside = arena_alloc(ctx->arena, sizeof *beside);

    *beside = (struct bulk_beside){.bulk = bulk, .ctx = *ctx, .file = file};
    beside->ctx.db = file ? beside_db(file) : NULL;
    beside->ctx.arena = &beside->arena;
    arena_init(&beside->arena, MEMORY_MAX);
    arena_init(&beside->names, MEMORY_MAX);
    pthread_mutex_init(&beside->lock, NULL);
    pthread_cond_init(&beside->changed, NULL);
    arena_defer(ctx->arena, release, beside);
    bulk->beside = beside;
    beside->is_early = pthread_create(&beside->early, NULL, work_early, beside) == 0;
}

void bulk_beside_await_names(struct bulk *bulk)
{
    struct bulk_beside *beside = bulk->beside;

    if (!beside->is_early && !beside->named)
        settle_names(beside);
    await(beside, &beside->named);
}

void bulk_beside_lent(struct bulk *bulk)
{
    struct bulk_beside *beside = bulk->beside;

    if (!beside->is_early || !beside->file)
        return;
    beside->is_late = pthread_create(&beside->late, NULL, work_late, beside) == 0;
}

/* What no thread could be had for is done by the one that waits. */
enum error_kind bulk_beside_end(struct ctx *ctx, struct bulk *bulk)
{
    struct bulk_beside *beside = bulk->beside;

    if (beside->file && !beside->is_late) {
        if (!beside->is_early)
            beside->kind = begin_writing(beside);
        join(beside->early, &beside->is_early);
        if (beside->kind == OK)
            beside->kind = end_writing(beside);
    }
    join(beside->late, &beside->is_late);
    join(beside->early, &beside->is_early);
    return beside->kind == OK ? OK : error_set(ctx, beside->ctx.error.code, "%s", beside->ctx.error.detail);
}

void bulk_beside_give_up(struct bulk *bulk)
{
    if (bulk->beside)
        give_up(bulk->beside);
}

/*
 * loan_belt.c — a ring of batches: some are filled ahead while one is emptied. With two of them each side waits for the other
 * in turn, since no two batches take equally long.
 */
#include "seeder/loan_belt.h"

#include <pthread.h>

#define BATCH 4096
#define BATCHES 8
#define MEMORY_MAX (1024 * 1024 * 1024)

struct batch {
    struct belt_loan loans[BATCH];
    size_t count;
    bool is_full; /* the taker's; fewer than BATCH: the last */
};

struct loan_belt {
    struct batch batches[BATCHES];
    struct batch *taken; /* NULL: not yet, or no more */
    size_t at;           /* of the batch taken: the next loan */
    struct lending *lending;
    struct belt_work work;
    struct arena arena; /* its, until the belt stops */
    bool stopped;
    bool is_threaded; /* else whoever takes has to fill */
    pthread_t filler;
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

static struct batch *after(struct loan_belt *belt, const struct batch *batch)
{
    return batch == &belt->batches[BATCHES - 1] ? &belt->batches[0]
                                                : &belt->batches[batch - belt->batches + 1];
}

/* Until it is to be filled; false when nobody wants it any more. */
static bool wait_until_empty(struct loan_belt *belt, const struct batch *batch)
{
    pthread_mutex_lock(&belt->lock);
    while (batch->is_full && !belt->stopped)
        pthread_cond_wait(&belt->changed, &belt->lock);
    bool goes_on = !belt->stopped;
    pthread_mutex_unlock(&belt->lock);
    return goes_on;
}

static void hand_over(struct loan_belt *belt, struct batch *batch, bool is_full)
{
    pthread_mutex_lock(&belt->lock);
    batch->is_full = is_full;
    pthread_cond_broadcast(&belt->changed);
    pthread_mutex_unlock(&belt->lock);
}

static void fill(struct loan_belt *belt, struct batch *batch)
{
    size_t count = 0;

    while (count < BATCH && lending_next(belt->lending, &batch->loans[count].loan))
        count++;
    belt->work.on(belt->work.argument, batch->loans, count);
    batch->count = count;
}

static void *fill_all(void *argument)
{
    struct loan_belt *belt = argument;
    struct batch *batch = &belt->batches[0];

    while (wait_until_empty(belt, batch)) {
        fill(belt, batch);
        bool is_last = batch->count < BATCH;
        hand_over(belt, batch, true);
        if (is_last)
            break;
        batch = after(belt, batch);
    }
    return NULL;
}

struct loan_belt *loan_belt_start(struct arena *arena, const struct plan *plan, struct ledger *ledger,
                                  struct belt_work work)
{
    struct loan_belt *belt = arena_alloc(arena, sizeof *belt);

    belt->work = work;
    arena_init(&belt->arena, MEMORY_MAX);
    belt->lending = lending_start(&belt->arena, plan, ledger);
    pthread_mutex_init(&belt->lock, NULL);
    pthread_cond_init(&belt->changed, NULL);
    belt->is_threaded = pthread_create(&belt->filler, NULL, fill_all, belt) == 0;
    return belt;
}

static struct batch *wait_until_full(struct loan_belt *belt, struct batch *batch)
{
    if (!belt->is_threaded) {
        fill(belt, batch);
        return batch;
    }
    pthread_mutex_lock(&belt->lock);
    while (!batch->is_full)
        pthread_cond_wait(&belt->changed, &belt->lock);
    pthread_mutex_unlock(&belt->lock);
    return batch;
}

const struct belt_loan *loan_belt_next(struct loan_belt *belt)
{
    struct batch *taken = belt->taken;

    if (!taken) {
        taken = belt->taken = wait_until_full(belt, &belt->batches[0]);
    } else if (belt->at == BATCH) {
        struct batch *other = after(belt, taken);
        hand_over(belt, taken, false);
        taken = belt->taken = wait_until_full(belt, other);
        belt->at = 0;
    }
    return belt->at < taken->count ? &taken->loans[belt->at++] : NULL;
}

void loan_belt_stop(struct loan_belt *belt)
{
    if (belt->is_threaded) {
        pthread_mutex_lock(&belt->lock);
        belt->stopped = true;
        pthread_cond_broadcast(&belt->changed);
        pthread_mutex_unlock(&belt->lock);
        pthread_join(belt->filler, NULL);
    }
    pthread_cond_destroy(&belt->changed);
    pthread_mutex_destroy(&belt->lock);
    arena_release(&belt->arena);
}

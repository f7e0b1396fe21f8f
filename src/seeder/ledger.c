/*
 * ledger.c — rows in blocks, so that they need not be moved when there are more, and give their memory back.
 */
#include "seeder/ledger.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_ROWS 8192

const struct ledger_method ledger_methods[LEDGER_METHODS] = {
    {"cash", 45},
    {"card", 38},
    {"mobile_money", 14},
    {"other", 3},
};

const char *ledger_reference(struct arena *arena, const struct made_payment *payment, size_t receipt)
{
    bool is_mobile = strcmp(ledger_methods[payment->method].name, "mobile_money") == 0;

    return is_mobile ? arena_printf(arena, "MM%08zu", receipt * 7919 % 100000000) : NULL;
}

const char *ledger_reason(const struct made_waiver *waiver)
{
    static const char *const reasons[] = {"was ill", "first time", "book drop was full",
                                          "death in the family"};

    return reasons[waiver->charge % (sizeof reasons / sizeof reasons[0])];
}

static void *memory(void *before, size_t bytes)
{
    void *after = realloc(before, bytes);

    if (!after)
        abort(); /* as the arena does */
    return after;
}

static void add_block(struct series *series)
{
    if (series->block_count == series->block_room) {
        series->block_room = series->block_room ? series->block_room * 2 : 16;
        series->blocks = memory(series->blocks, series->block_room * sizeof *series->blocks);
    }
    series->blocks[series->block_count] = memory(NULL, BLOCK_ROWS * series->size);
    memset(series->blocks[series->block_count++], 0, BLOCK_ROWS * series->size);
}

void *series_add(struct series *series)
{
    if (series->count == series->block_count * BLOCK_ROWS)
        add_block(series);
    return series_at(series, series->count++);
}

void *series_at(const struct series *series, size_t number)
{
    assert(number < series->block_count * BLOCK_ROWS);
    return series->blocks[number / BLOCK_ROWS] + number % BLOCK_ROWS * series->size;
}

void series_release(struct series *series)
{
    for (size_t i = 0; i < series->block_count; i++)
        free(series->blocks[i]);
    free(series->blocks);
    *series = (struct series){.size = series->size};
}

static void release(void *resource)
{
    struct ledger *ledger = resource;

    series_release(&ledger->acts);
    series_release(&ledger->renewals);
    series_release(&ledger->charges);
    series_release(&ledger->payments);
    series_release(&ledger->waivers);
    series_release(&ledger->allocations);
    series_release(&ledger->holds);
}

struct ledger *ledger_new(struct arena *arena, bool keeps_acts)
{
    struct ledger *ledger = arena_alloc(arena, sizeof *ledger);

    *ledger = (struct ledger){.keeps_acts = keeps_acts,
                              .acts.size = sizeof(struct act),
                              .renewals.size = sizeof(struct made_renewal),
                              .charges.size = sizeof(struct made_charge),
                              .payments.size = sizeof(struct made_payment),
                              .waivers.size = sizeof(struct made_waiver),
                              .allocations.size = sizeof(struct made_allocation),
                              .holds.size = sizeof(struct made_hold)};
    arena_defer(arena, release, ledger);
    return ledger;
}

void ledger_tell(struct ledger *ledger, int64_t at, enum act_kind kind, uint32_t index)
{
    if (ledger->keeps_acts)
        *(struct act *)series_add(&ledger->acts) = (struct act){at, index, kind};
}

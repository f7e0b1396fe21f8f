/*
 * seeder.c — carries the plan out through the services, a slice at a time.
 *
 * A slice may be rolled back after it returned (a full disk, another process with the lock). Nothing tells
 * the seeder; it looks at the library's own counters, which say how many acts are in it, and goes on from
 * there. What it remembers of its own (ids of what it made) is written again when an act is made again.
 */
#include "seeder/seeder.h"

#include <inttypes.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/clock.h"
#include "counters/counters_service.h"
#include "db/engine.h"
#include "events/events_service.h"
#include "policies/calendar_service.h"
#include "policies/policies_service.h"
#include "seeder/bulk.h"
#include "seeder/invent.h"
#include "seeder/lexicon.h"
#include "seeder/plan.h"
#include "seeder/seeder_internal.h"
#include "settings/settings_service.h"

#define SEEDER_SLICE_ACTS 400
#define SEEDER_MEMORY_MAX (1024 * 1024 * 1024) /* plan and words; a demo library takes 2 MB */
#define SEEDER_LARGE_BORROWS 20000             /* from here on, not through the services */

SQL(MEMBER_TYPE, "SELECT id FROM member_type WHERE code = :code");

static void release_seeder(void *resource)
{
    struct seeder *seeder = resource;

    arena_release(&seeder->arena);
}

static const char *names_of(struct arena *arena, const struct lexicon *lexicon)
{
    struct text_buf names;

    text_buf_init(&names, arena);
    for (size_t i = 0; i < lexicon->scenario_count; i++)
        text_buf_printf(&names, "%s%s", i ? ", " : "", lexicon->scenarios[i].name);
    return text_buf_string(&names);
}

const char *seeder_scenario_names(struct arena *arena)
{
    struct arena own;

    arena_init(&own, SEEDER_MEMORY_MAX);
    const char *names = names_of(arena, lexicon_read(&own));
    arena_release(&own);
    return names;
}

enum error_kind seeder_new(struct ctx *ctx, const char *scenario, uint64_t random_seed,
                           struct seeder **out_seeder)
{
    struct seeder *seeder = arena_alloc(ctx->arena, sizeof *seeder);

    arena_init(&seeder->arena, SEEDER_MEMORY_MAX);
    arena_defer(ctx->arena, release_seeder, seeder);
    seeder->lexicon = lexicon_read(&seeder->arena);
    seeder->scenario = lexicon_scenario(seeder->lexicon, scenario);
    if (!seeder->scenario)
        return fail(ctx, VALIDATION_ERROR, "There is no scenario “%s”. Known: %s.", scenario,
                    names_of(ctx->arena, seeder->lexicon));
    seeder->random_seed = random_seed;
    seeder->now = ctx->now;
    atomic_store(&seeder->phase, "planning");
    *out_seeder = seeder;
    return OK;
}

/* ---- where to go on ------------------------------------------------------------------------------------ */

/* How many acts this library has seen: each title, member, loan, return, hold, payment and waiver is one. */
static enum error_kind count_acts(struct ctx *ctx, int64_t *out_counted)
{
    static const struct {
        enum library_counter counter;
        int64_t weight;
    } terms[] = {{COUNTER_BOOKS, 1},   {COUNTER_BOOKS_ARCHIVED, 1},
                 {COUNTER_MEMBERS, 1}, {COUNTER_MEMBERS_ARCHIVED, 1},
                 {COUNTER_BORROWS, 2}, {COUNTER_BORROWS_OPEN, -1},
                 {COUNTER_HOLDS, 1},   {COUNTER_PAYMENTS, 1},
                 {COUNTER_WAIVERS, 1}};
    int64_t counted = 0, value;

    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
        TRY(counters_get(ctx, terms[i].counter, &value));
        counted += terms[i].weight * value;
    }
    *out_counted = counted;
    return OK;
}

static enum error_kind find_place(struct ctx *ctx, struct seeder *seeder, int64_t counted)
{
    if (counted == seeder->reached.counted)
        seeder->kept = seeder->reached;
    else if (counted == seeder->kept.counted)
        seeder->reached = seeder->kept;
    else
        return fail(ctx, LIBRARY_NOT_EMPTY,
                    "Somebody else is changing this library. Seeding was stopped halfway.");
    return OK;
}

static struct plan_request request_for(const struct seeder *seeder)
{
    const struct scenario *scenario = seeder->scenario;

    return (struct plan_request){.books = scenario->books,
                                 .members = scenario->members,
                                 .borrows = scenario->borrows,
                                 .months = scenario->months,
                                 .stock_percent = scenario->stock_percent,
                                 .now = seeder->now,
                                 .random_seed = seeder->random_seed};
}

/* Rules for kinds of things are not asked for: an empty library has none. */
static enum error_kind find_rules(struct ctx *ctx, struct plan_request *request)
{
    for (size_t i = 0; i < PLAN_KINDS; i++) {
        struct stmt *s = db_statement(ctx, &MEMBER_TYPE);
        bool found;
        bind_text(s, ":code", plan_kinds[i].name);
        TRY(db_row(s, &found));
        TRY(policies_rule_for(ctx, found ? column_int(s, 0) : 0, 0, &request->rules[i]));
    }
    return OK;
}

/* Its week and its closures, as somebody entered them on the day it was founded. */
static enum error_kind enter_calendar(struct ctx *ctx, const struct plan_request *request)
{
    const struct calendar_facts *facts = request->calendar;
    struct closure closure;

    ctx->now = clock_day_start(plan_founded(request));
    TRY(calendar_set_hours(ctx, &facts->hours));
    for (size_t i = 0; i < facts->closure_count; i++)
        TRY(calendar_close(ctx, &facts->closures[i].facts, &closure));
    return OK;
}

/* What the library is like: its rules, and when it is open. */
static enum error_kind ask_library(struct ctx *ctx, struct seeder *seeder, struct plan_request *request)
{
    const char *cost;

    TRY(find_rules(ctx, request));
    request->calendar = opening_facts(&seeder->arena, plan_founded(request), clock_day_of(seeder->now));
    TRY(settings_text(ctx, SETTING_FINES_ON_CLOSED_DAYS, &cost));
    request->closed_days_cost = strcmp(cost, "on") == 0;
    return OK;
}

static enum error_kind refuse_unless_empty(struct ctx *ctx, int64_t counted)
{
    if (counted > 0)
        return fail(ctx, LIBRARY_NOT_EMPTY,
                    "Only an empty library can be seeded, and this one has been used.");
    return OK;
}

static void number_copies(struct seeder *seeder, const struct plan *plan)
{
    uint32_t copies = 0;

    seeder->first_copy = arena_alloc_array(&seeder->arena, plan->book_count, sizeof *seeder->first_copy);
    for (size_t i = 0; i < plan->book_count; i++) {
        seeder->first_copy[i] = copies;
        copies += plan->books[i].copies;
    }
}

static enum error_kind prepare(struct ctx *ctx, struct seeder *seeder, int64_t counted)
{
    struct plan_request request = request_for(seeder);

    TRY(refuse_unless_empty(ctx, counted));
    TRY(ask_library(ctx, seeder, &request));
    const struct plan *plan = plan_make(&seeder->arena, &request);
    seeder->invention =
        invent_prepare(&seeder->arena, seeder->lexicon, plan, seeder->random_seed, seeder->now);
    seeder->books = arena_alloc_array(&seeder->arena, plan->book_count, sizeof *seeder->books);
    seeder->members = arena_alloc_array(&seeder->arena, plan->member_count, sizeof *seeder->members);
    seeder->loans = arena_alloc_array(&seeder->arena, plan->loan_count, sizeof *seeder->loans);
    seeder->holds = arena_alloc_array(&seeder->arena, plan->ledger->holds.count, sizeof *seeder->holds);
    number_copies(seeder, plan);
    atomic_store(&seeder->total, (int64_t)plan->act_count);
    seeder->plan = plan;
    return OK;
}

static enum error_kind perform(struct ctx *ctx, struct seeder *seeder, const struct act *act)
{
    int64_t counted;

    ctx->now = act->at;
    TRY(seeder_perform(ctx, seeder, act, &counted));
    seeder->reached.acts++;
    seeder->reached.counted += counted;
    return OK;
}

/* ---- slices -------------------------------------------------------------------------------------------- */

static enum error_kind finish(struct ctx *ctx, const struct seeder *seeder)
{
    struct event_fact fact = {.type = EVENT_LIBRARY_SEEDED, .detail = seeder->scenario->name};

    ctx->now = seeder->now;
    TRY(audit_act(ctx, "library.seeded", "library", NO_NUMBER));
    return events_record(ctx, &fact);
}

static void show_progress(struct seeder *seeder)
{
    const struct plan *plan = seeder->plan;
    size_t acts = seeder->reached.acts;

    atomic_store(&seeder->done, (int64_t)acts);
    if (acts == plan->act_count)
        atomic_store(&seeder->phase, "done");
    else
        atomic_store(&seeder->phase,
                     plan->acts[acts].at < plan->lending_from ? "cataloguing and registering" : "lending");
}

static enum error_kind run_slice(struct ctx *ctx, struct seeder *seeder)
{
    int64_t counted;

    TRY(count_acts(ctx, &counted));
    if (!seeder->plan)
        TRY(prepare(ctx, seeder, counted));
    TRY(find_place(ctx, seeder, counted));
    const struct plan *plan = seeder->plan;
    if (seeder->reached.acts == 0)
        TRY(enter_calendar(ctx, &plan->request));
    for (int i = 0; i < SEEDER_SLICE_ACTS && seeder->reached.acts < plan->act_count; i++) {
        struct arena_mark mark = arena_mark(ctx->arena);
        TRY(perform(ctx, seeder, &plan->acts[seeder->reached.acts]));
        db_reset_statements(
            ctx->db); /* as at the end of a request: nothing bound points into the arena now */
        arena_reset_to(ctx->arena, mark);
    }
    show_progress(seeder);
    return seeder->reached.acts == plan->act_count ? finish(ctx, seeder) : OK;
}

enum write_result seeder_step(struct ctx *ctx, void *argument)
{
    struct seeder *seeder = argument;
    enum error_kind kind = run_slice(ctx, seeder);

    ctx->now = seeder->now;
    if (kind != OK)
        return WRITE_FAILED;
    return seeder->reached.acts == seeder->plan->act_count ? WRITE_DONE : WRITE_MORE;
}

void seeder_progress(const struct seeder *seeder, struct seeder_progress *out_progress)
{
    *out_progress = (struct seeder_progress){.done = atomic_load(&seeder->done),
                                             .total = atomic_load(&seeder->total),
                                             .phase = atomic_load(&seeder->phase)};
}

/* ---- all at once --------------------------------------------------------------------------------------- */

bool seeder_is_large(const struct seeder *seeder)
{
    return seeder->scenario->borrows >= SEEDER_LARGE_BORROWS;
}

enum error_kind seeder_fill(struct ctx *ctx, struct seeder *seeder, enum bulk_road road,
                            void (*tell)(void *argument), void *argument)
{
    struct bulk_progress progress = {&seeder->done, &seeder->total, &seeder->phase, tell, argument};
    struct plan_request request = request_for(seeder);
    int64_t counted;

    TRY(count_acts(ctx, &counted));
    TRY(refuse_unless_empty(ctx, counted));
    TRY(ask_library(ctx, seeder, &request));
    TRY(db_exec(ctx, "BEGIN"));
    TRY(enter_calendar(ctx, &request));
    db_reset_statements(ctx->db);
    TRY(db_exec(ctx, "COMMIT"));
    ctx->now = seeder->now;
    struct plan *plan = plan_stock(&seeder->arena, &request);
    seeder->plan = plan;
    struct bulk_request bulk = {&seeder->arena, plan, seeder->lexicon, &progress, road};
    seeder->filled = arena_alloc(&seeder->arena, sizeof *seeder->filled);
    TRY(bulk_fill(ctx, &bulk, seeder->filled));
    TRY(finish(ctx, seeder));
    db_reset_statements(ctx->db);
    TRY(db_exec(ctx, "COMMIT"));
    atomic_store(&seeder->phase, "done");
    tell(argument);
    return OK;
}

/* ---- what was made ------------------------------------------------------------------------------------- */

static void summarise_acts(const struct seeder *seeder, struct seeder_summary *summary)
{
    const struct plan *plan = seeder->plan;

    summary_start(summary, plan);
    for (size_t i = 0; i < plan->loan_count; i++)
        if (seeder->loans[i].copy_id == 0)
            summary->refused++;
        else
            summary_add(summary, plan, &plan->loans[i]);
    if (summary->refused == 0)
        summary_add_ledger(summary, plan->ledger);
}

void seeder_summary(const struct seeder *seeder, struct seeder_summary *out_summary)
{
    struct seeder_summary summary = {0};

    if (seeder->filled)
        summary = *seeder->filled;
    else if (seeder->plan)
        summarise_acts(seeder, &summary);
    summary.scenario = seeder->scenario->name;
    summary.random_seed = seeder->random_seed;
    *out_summary = summary;
}

const char *seeder_report(struct arena *arena, const struct seeder *seeder)
{
    struct seeder_summary summary;

    seeder_summary(seeder, &summary);
    return summary_report(arena, &summary);
}

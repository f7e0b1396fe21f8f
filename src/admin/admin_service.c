/*
 * admin_service.c — each slice checks its own promises; here they are asked one after another, while SQLite
 * checks the file in a second thread. What the CHECKs say is looked at by whoever is done first.
 */
#include "admin/admin_service.h"

#include <pthread.h>

#include "admin/admin_repository.h"
#include "audit/audit_service.h"
#include "backups/backups_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "books/books_service.h"
#include "borrows/borrows_check_service.h"
#include "copies/settling_service.h"
#include "counters/counters_check_service.h"
#include "fines/fines_check_service.h"
#include "fines/settling_service.h"
#include "holds/holds_check_service.h"
#include "members/search_rows_service.h"
#include "policies/calendar_service.h"
#include "reading_lists/reading_lists_service.h"
#include "settings/settings_service.h"
#include "stocktake/stocktake_service.h"

enum error_kind admin_ping(struct ctx *ctx)
{
    return admin_repo_ping(ctx);
}

enum error_kind admin_readiness(struct ctx *ctx, struct readiness *out_readiness)
{
    struct readiness readiness;

    TRY(admin_repo_ping(ctx));
    TRY(backups_last_good(ctx, &readiness.last_backup_at));
    readiness.backup_is_old = backups_are_old(readiness.last_backup_at, ctx->now);
    *out_readiness = readiness;
    return OK;
}

/* ---- --check -------------------------------------------------------------------------------------------- */

/* One side of the check: what it works with and what it found. */
struct side {
    struct ctx ctx;
    struct arena arena;    /* of ctx; what the checks leave behind is theirs, findings are kept elsewhere */
    struct arena findings; /* until they are handed over */
    struct finding *first;
    struct finding **last;
    int64_t count;
    int64_t listed_max;
    enum check_depth depth;
    const char *library;
    struct constraints_work *constraints; /* shared with the other side */
    enum error_kind (*ask)(struct side *side);
    enum error_kind kind; /* how asking went */
};

static void collect(void *argument, const char *text)
{
    struct side *side = argument;

    if (side->count++ >= side->listed_max)
        return;
    struct finding *finding = arena_alloc(&side->findings, sizeof *finding);
    finding->text = arena_strdup(&side->findings, text);
    *side->last = finding;
    side->last = &finding->next;
}

static enum error_kind ask_file(struct side *side)
{
    TRY(admin_repo_check_file(&side->ctx, side->depth, collect, side));
    return admin_repo_check_constraints(&side->ctx, side->constraints, collect, side);
}

/* What has to do with loans: they are read once. */
static enum error_kind ask_about_loans(struct side *side)
{
    struct ctx *ctx = &side->ctx;
    struct loan_index loans;
    bool keys_hold;

    enum error_kind kind = borrows_check(ctx, collect, side, &loans, &keys_hold);
    if (kind == OK)
        kind = admin_repo_check_keys(ctx, &loans.ids, keys_hold, collect, side);
    if (kind == OK)
        kind = fines_check(ctx, &loans, collect, side);
    loan_index_release(&loans);
    return kind;
}

static enum error_kind ask_slices(struct side *side)
{
    struct ctx *ctx = &side->ctx;

    TRY(ask_about_loans(side));
    TRY(holds_check(ctx, collect, side));
    TRY(audit_check(ctx, collect, side));
    TRY(books_check_search(ctx, collect, side));
    TRY(members_check_search(ctx, collect, side));
    TRY(calendar_check(ctx, collect, side));
    TRY(stocktake_check(ctx, collect, side));
    TRY(reading_lists_check(ctx, collect, side));
    if (arena_exhausted(ctx->arena))
        return fail(ctx, OUT_OF_MEMORY, "The check needs more memory than it may have.");
    return admin_repo_check_constraints(ctx, side->constraints, collect, side);
}

static void begin_side(struct ctx *ctx, struct side *side, int64_t listed_max,
                       enum error_kind (*ask)(struct side *side))
{
    *side = (struct side){.ctx = *ctx, .listed_max = listed_max, .ask = ask};
    arena_init(&side->arena, ARENA_CHECK_MAX);
    arena_init(&side->findings, ARENA_CHECK_MAX);
    side->ctx.arena = &side->arena;
    side->last = &side->first;
}

static void *run_side(void *argument)
{
    struct side *side = argument;

    side->kind = admin_repo_open_own(&side->ctx, side->library);
    if (side->kind != OK)
        return NULL;
    side->kind = side->ask(side);
    admin_repo_close_own(&side->ctx);
    return NULL;
}

/* Where a second thread is not to be had, one after the other. */
static void run_sides(struct side *file, struct side *slices)
{
    pthread_t thread;
    bool is_beside = pthread_create(&thread, NULL, run_side, file) == 0;

    if (!is_beside)
        run_side(file);
    run_side(slices);
    if (is_beside)
        pthread_join(thread, NULL);
}

static void list_findings(struct ctx *ctx, const struct finding *first, struct check_report *report)
{
    struct finding **last = &report->findings;

    for (const struct finding *finding = first; finding; finding = finding->next) {
        *last = arena_alloc(ctx->arena, sizeof **last);
        **last = (struct finding){.text = arena_strdup(ctx->arena, finding->text)};
        last = &(*last)->next;
    }
}

/* A damaged file is told of, whatever could not be looked at because of it. */
static enum error_kind join_sides(struct ctx *ctx, struct side *file, struct side *slices,
                                  struct check_report *report)
{
    struct side *failed = file->kind != OK ? file : slices->kind != OK ? slices : NULL;

    if (failed && file->count > 0) {
        collect(file, arena_printf(&failed->arena, "Not everything could be looked at. %s",
                                   failed->ctx.error.detail));
        failed = NULL;
    }
    if (failed)
        return error_set(ctx, failed->ctx.error.code, "%s", failed->ctx.error.detail);
    *file->last = slices->first;
    list_findings(ctx, file->first, report);
    report->finding_count = file->count + slices->count;
    return OK;
}

static void end_side(struct side *side)
{
    arena_release(&side->arena);
    arena_release(&side->findings);
}

enum error_kind admin_check(struct ctx *ctx, enum check_depth depth, struct check_report *out_report)
{
    return admin_check_library(ctx, settings_process_text(SETTING_DB), depth, out_report);
}

enum error_kind admin_check_library(struct ctx *ctx, const char *library, enum check_depth depth,
                                    struct check_report *out_report)
{
    struct check_report report = {0};
    struct constraints_work constraints;
    struct side file;
    struct side slices;
    int64_t started = clock_monotonic_ms();

    begin_side(ctx, &file, FILE_FINDINGS_MAX + 1, ask_file);
    begin_side(ctx, &slices, CHECK_FINDINGS_MAX - FILE_FINDINGS_MAX - 1, ask_slices);
    file.depth = depth;
    file.library = slices.library = library;
    file.constraints = slices.constraints = &constraints;
    constraints_begin(&constraints);
    run_sides(&file, &slices);
    constraints_end(&constraints);
    enum error_kind kind = join_sides(ctx, &file, &slices, &report);
    end_side(&file);
    end_side(&slices);
    report.ms = clock_monotonic_ms() - started;
    if (kind == OK)
        *out_report = report;
    return kind;
}

enum error_kind admin_rebuild(struct ctx *ctx)
{
    TRY(fines_rebuild(ctx)); /* before the counters, which count what is open */
    TRY(counters_rebuild(ctx));
    TRY(books_rebuild_search(ctx));
    TRY(members_rebuild_search(ctx));
    TRY(calendar_rebuild(ctx));
    TRY(reading_lists_rebuild(ctx));
    return audit_act(ctx, "library.rebuilt", "library", NO_NUMBER);
}

/* ---- --check --full and --repair ------------------------------------------------------------------------- */

static enum error_kind ask_words(struct ctx *ctx, struct side *side)
{
    TRY(books_check_words(ctx, collect, side));
    return members_check_words(ctx, collect, side);
}

enum error_kind admin_check_words(struct ctx *ctx, struct check_report *out_report)
{
    struct check_report report = {0};
    struct side side;
    int64_t started = clock_monotonic_ms();

    begin_side(ctx, &side, CHECK_FINDINGS_MAX, NULL);
    enum error_kind kind = ask_words(ctx, &side);
    list_findings(ctx, side.first, &report);
    report.finding_count = side.count;
    end_side(&side);
    report.ms = clock_monotonic_ms() - started;
    if (kind == OK)
        *out_report = report;
    return kind;
}

enum error_kind admin_repair(struct ctx *ctx)
{
    TRY(admin_repo_remake_indexes(ctx));
    TRY(books_remake_words(ctx));
    TRY(members_remake_words(ctx));
    return admin_rebuild(ctx);
}

enum error_kind admin_settle(struct ctx *ctx)
{
    TRY(audit_settle(ctx));
    TRY(copies_settle(ctx));
    TRY(fines_settle(ctx));
    TRY(counters_rebuild(ctx));
    TRY(fines_use_credits(ctx));
    TRY(admin_rebuild(ctx));
    return audit_act(ctx, "library.salvaged", "library", NO_NUMBER);
}

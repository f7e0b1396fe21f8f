/*
 * admin_service.c — each slice checks its own promises; here they are asked one after another.
 */
#include "admin/admin_service.h"

#include "admin/admin_repository.h"
#include "audit/audit_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "books/books_service.h"
#include "borrows/borrows_service.h"
#include "counters/counters_service.h"
#include "members/members_service.h"
#include "settings/settings_service.h"

enum error_kind admin_ping(struct ctx *ctx)
{
    return admin_repo_ping(ctx);
}

enum error_kind admin_backup(struct ctx *ctx, const char *target, struct made_backup *out_backup)
{
    return admin_repo_backup(ctx, settings_process_text(SETTING_DB), target, out_backup);
}

/* ---- --check -------------------------------------------------------------------------------------------- */

struct collector {
    struct ctx *ctx;
    struct check_report *report;
    struct finding **last;
};

static void collect(void *argument, const char *text)
{
    struct collector *collector = argument;

    if (collector->report->finding_count++ >= CHECK_FINDINGS_MAX)
        return;
    struct finding *finding = arena_alloc(collector->ctx->arena, sizeof *finding);
    finding->text = arena_strdup(collector->ctx->arena, text);
    *collector->last = finding;
    collector->last = &finding->next;
}

/* What the checks leave behind is theirs: they go back to a mark of their arena after each finding. */
static enum error_kind ask_slices(struct ctx *ctx, struct collector *collector)
{
    TRY(admin_repo_check_file(ctx, collect, collector));
    TRY(counters_check(ctx, collect, collector));
    TRY(borrows_check(ctx, collect, collector));
    TRY(books_check_search(ctx, collect, collector));
    TRY(members_check_search(ctx, collect, collector));
    if (arena_exhausted(ctx->arena))
        return fail(ctx, OUT_OF_MEMORY, "The check needs more memory than it may have.");
    return OK;
}

static enum error_kind check_all(struct ctx *ctx, struct collector *collector)
{
    struct ctx scratch = *ctx;
    struct arena arena;

    arena_init(&arena, ARENA_CHECK_MAX);
    scratch.arena = &arena;
    enum error_kind kind = ask_slices(&scratch, collector);
    if (kind != OK)
        kind = error_set(ctx, scratch.error.code, "%s", scratch.error.detail);
    arena_release(&arena);
    return kind;
}

enum error_kind admin_check(struct ctx *ctx, struct check_report *out_report)
{
    struct check_report report = {0};
    struct collector collector = {.ctx = ctx, .report = &report, .last = &report.findings};
    int64_t started = clock_monotonic_ms();

    TRY(admin_repo_open_own(ctx, settings_process_text(SETTING_DB)));
    enum error_kind kind = check_all(ctx, &collector);
    admin_repo_close_own(ctx);
    report.ms = clock_monotonic_ms() - started;
    if (kind == OK)
        *out_report = report;
    return kind;
}

enum error_kind admin_rebuild(struct ctx *ctx)
{
    TRY(counters_rebuild(ctx));
    TRY(books_rebuild_search(ctx));
    TRY(members_rebuild_search(ctx));
    return audit_act(ctx, "library.rebuilt", "library", NO_NUMBER);
}

/*
 * admin_repository.c — what is asked of the file rather than of its tables.
 */
#include "admin/admin_repository.h"

#include <string.h>

#include "db/engine.h"
#include "db/foreign_keys.h"
#include "db/snapshots.h"

SQL(PING, "SELECT 1 FROM setting LIMIT 1");
SQL(WITHOUT_CONSTRAINTS, "PRAGMA ignore_check_constraints = ON"); /* db/constraints.h */
SQL(QUICK_CHECK, "PRAGMA quick_check(20)");                       /* FILE_FINDINGS_MAX */
SQL(WHOLE_CHECK, "PRAGMA integrity_check(20)");
SQL(REMAKE_INDEXES, "REINDEX");

/* Table after table, so that one whose keys are known to hold can be left out. */
SQL(FOREIGN_KEY_CHECK,
    "SELECT k.\"table\", k.\"rowid\", k.\"parent\" FROM sqlite_schema s, pragma_foreign_key_check(s.name) k"
    " WHERE s.type = 'table' AND s.name IS NOT :except");

enum error_kind admin_repo_ping(struct ctx *ctx)
{
    return db_run(db_statement(ctx, &PING));
}

enum error_kind admin_repo_open_own(struct ctx *ctx, const char *library)
{
    TRY(db_open(ctx, library, DB_CHECK, &ctx->db));
    enum error_kind kind = snapshot_begin(ctx, SNAPSHOT_WHOLE);
    if (kind != OK)
        admin_repo_close_own(ctx);
    return kind;
}

void admin_repo_close_own(struct ctx *ctx)
{
    db_close(ctx->db);
    ctx->db = NULL;
}

struct constraints_report {
    struct ctx *ctx;
    void (*report)(void *argument, const char *finding);
    void *argument;
};

static void report_constraint(void *argument, const char *table)
{
    const struct constraints_report *to = argument;

    to->report(to->argument,
               arena_printf(to->ctx->arena, "The file is damaged: CHECK constraint failed in %s.", table));
}

enum error_kind admin_repo_check_file(struct ctx *ctx, enum check_depth depth,
                                      void (*report)(void *argument, const char *finding), void *argument)
{
    TRY(db_run(db_statement(ctx, &WITHOUT_CONSTRAINTS)));
    struct stmt *s = db_statement(ctx, depth == CHECK_FULL ? &WHOLE_CHECK : &QUICK_CHECK);
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        const char *text = column_text(s, 0);
        if (text && strcmp(text, "ok") != 0)
            report(argument, arena_printf(ctx->arena, "The file is damaged: %s.", text));
    }
}

enum error_kind admin_repo_check_constraints(struct ctx *ctx, struct constraints_work *work,
                                             void (*report)(void *argument, const char *finding),
                                             void *argument)
{
    struct constraints_report to = {ctx, report, argument};

    return constraints_check(ctx, work, FILE_FINDINGS_MAX, report_constraint, &to);
}

enum error_kind admin_repo_check_keys(struct ctx *ctx, const struct id_index *loans, bool loans_hold,
                                      void (*report)(void *argument, const char *finding), void *argument)
{
    const struct foreign_keys_known known = {"borrow", loans, loans_hold};
    bool found;
    bool hold;

    /* Quickly, and only when that finds something once more by looking each up, which says where. */
    TRY(foreign_keys_hold(ctx, &known, &hold));
    if (hold)
        return OK;
    struct stmt *s = db_statement(ctx, &FOREIGN_KEY_CHECK);
    bind_text(s, ":except", loans_hold ? "borrow" : NULL);
    for (;;) {
        struct arena_mark mark = arena_mark(ctx->arena);
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        report(argument,
               arena_printf(ctx->arena, "Row %lld of table %s points at a row of %s that is not there.",
                            (long long)column_int(s, 1), column_text(s, 0), column_text(s, 2)));
        arena_reset_to(ctx->arena, mark);
    }
}

enum error_kind admin_repo_remake_indexes(struct ctx *ctx)
{
    enum error_kind kind = db_run(db_statement(ctx, &REMAKE_INDEXES));

    if (kind != ERROR_INTERNAL)
        return kind;
    error_clear(ctx);
    return fail(
        ctx, LIBRARY_DAMAGED,
        "The indexes could not be made anew: two records have what only one may have, or pages of the "
        "file are damaged. Nothing was changed. Restore a backup, or save what can be read: carrel "
        "--salvage FILE.");
}

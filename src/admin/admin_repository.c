/*
 * admin_repository.c — what is asked of the file rather than of its tables.
 */
#include "admin/admin_repository.h"

#include <string.h>

#include "db/backup.h"
#include "db/engine.h"

SQL(PING, "SELECT 1 FROM setting LIMIT 1");
SQL(QUICK_CHECK, "PRAGMA quick_check(20)");
SQL(FOREIGN_KEY_CHECK, "PRAGMA foreign_key_check");

enum error_kind admin_repo_ping(struct ctx *ctx)
{
    return db_run(db_statement(ctx, &PING));
}

enum error_kind admin_repo_backup(struct ctx *ctx, const char *library, const char *target,
                                  struct made_backup *out_backup)
{
    struct backup_report report;

    TRY(backup_make(ctx, library, target, &report));
    *out_backup = (struct made_backup){.path = report.path,
                                       .bytes = report.bytes,
                                       .books = report.books,
                                       .members = report.members,
                                       .borrows = report.borrows,
                                       .copy_ms = report.copy_ms,
                                       .verify_ms = report.verify_ms};
    return OK;
}

enum error_kind admin_repo_open_own(struct ctx *ctx, const char *library)
{
    TRY(db_open(ctx, library, DB_READ, &ctx->db));
    enum error_kind kind = db_exec(ctx, "BEGIN");
    if (kind != OK)
        admin_repo_close_own(ctx);
    return kind;
}

void admin_repo_close_own(struct ctx *ctx)
{
    db_close(ctx->db);
    ctx->db = NULL;
}

enum error_kind admin_repo_check_file(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                                      void *argument)
{
    struct stmt *s = db_statement(ctx, &QUICK_CHECK);
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        const char *text = column_text(s, 0);
        if (text && strcmp(text, "ok") != 0)
            report(argument, arena_printf(ctx->arena, "The file is damaged: %s.", text));
    }
    s = db_statement(ctx, &FOREIGN_KEY_CHECK);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        report(argument,
               arena_printf(ctx->arena, "Row %lld of table %s points at a row of %s that is not there.",
                            (long long)column_int(s, 1), column_text(s, 0), column_text(s, 2)));
    }
}

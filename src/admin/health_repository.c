/*
 * health_repository.c — pragmas, file sizes and the disk's own word.
 */
#include "admin/health_repository.h"

#include <sys/stat.h>

#include "base/limits.h"
#include "db/engine.h"
#include "db/files.h"
#include "db/writer.h"

SQL(FIGURES,
    "SELECT (SELECT page_count FROM pragma_page_count), (SELECT freelist_count FROM pragma_freelist_count),"
    " (SELECT user_version FROM pragma_user_version), sqlite_version(),"
    " coalesce((SELECT max(started_at) FROM backup_run WHERE verified = 'full' AND error IS NULL), 0)");

static int64_t size_of(const char *path)
{
    struct stat information;

    return stat(path, &information) == 0 ? information.st_size : 0;
}

enum error_kind health_repo_database(struct ctx *ctx, const char *library,
                                     struct database_figures *out_figures)
{
    struct stmt *s = db_statement(ctx, &FIGURES);
    bool found;

    TRY(db_row(s, &found));
    *out_figures = (struct database_figures){
        .bytes = column_int(s, 0) * DB_PAGE_BYTES,
        .free_bytes = column_int(s, 1) * DB_PAGE_BYTES,
        .wal_bytes = size_of(arena_printf(ctx->arena, "%s-wal", library)),
        .version = column_int(s, 2),
        .sqlite = column_text(s, 3),
        .last_full_at = column_int(s, 4),
        .damage_met = db_damage_met(),
    };
    return OK;
}

int64_t health_repo_room(struct ctx *ctx, const char *file)
{
    int64_t bytes;

    if (file_room(ctx, file, &bytes) == OK)
        return bytes;
    error_clear(ctx);
    return -1;
}

void health_repo_writer(struct writer_state *out_state)
{
    struct writer_load load;

    writer_load(&load);
    *out_state = (struct writer_state){
        .waiting = load.waiting, .last_ms = load.last_us / 1000, .keeps_wal = load.keeps_wal};
}

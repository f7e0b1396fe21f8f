/*
 * health_repository.c — pragmas, file sizes and the disk's own word.
 */
#include "admin/health_repository.h"

#include <sys/stat.h>

#include "admin/health.h"
#include "base/clock.h"
#include "base/limits.h"
#include "db/commit_times.h"
#include "db/engine.h"
#include "db/files.h"
#include "db/writer.h"

SQL(FIGURES,
    "SELECT (SELECT page_count FROM pragma_page_count), (SELECT freelist_count FROM pragma_freelist_count),"
    " (SELECT user_version FROM pragma_user_version), sqlite_version(),"
    " coalesce((SELECT max(started_at) FROM backup_run WHERE verified = 'full' AND error IS NULL), 0)");

#define IS_ON "(channel = 'email' AND :email OR channel = 'sms' AND :sms)"
SQL(COUNT_LATE,
    "SELECT count(*) FROM notification WHERE state = 'waiting' AND send_at <= :before AND " IS_ON);
SQL(COUNT_TRIED, "SELECT count(*) FROM notification WHERE state = 'waiting' AND send_at > :before"
                 " AND tries > 0 AND created_at <= :before AND " IS_ON);
SQL(COUNT_FAILED, "SELECT count(*) FROM notification WHERE state = 'failed' AND created_at >= :since"
                  " AND tries >= :tries AND " IS_ON);
SQL(ANY_SENT, "SELECT EXISTS (SELECT 1 FROM notification WHERE state = 'sent' AND created_at >= :since"
              " AND channel <> 'app')");
SQL(COUNT_DEAD, "SELECT count(*) FROM webhook_delivery WHERE state = 'dead' AND created_at >= :since"
                " AND event_uuid IS NOT NULL");
SQL(COUNT_AWAY,
    "SELECT count(*) FROM webhook w WHERE enabled = 1 AND failures > 0 AND (failures >= :tries OR EXISTS"
    " (SELECT 1 FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'waiting'"
    " AND d.created_at <= :before))");

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

void health_repo_card(struct card_figures *out_figures)
{
    struct commit_times times;

    commit_times_look(clock_monotonic_ms() - HEALTH_COMMITS_MS, HEALTH_SLOW_COMMIT_MS, &times);
    *out_figures = (struct card_figures){times.count, times.slow, times.p99_ms};
}

static enum error_kind count_one(struct stmt *s, int64_t *out_count)
{
    bool found;

    TRY(db_row(s, &found));
    *out_count = column_int(s, 0);
    return OK;
}

static enum error_kind count_messages(struct stmt *s, const struct message_ways *ways, int64_t *out_count)
{
    bind_bool(s, ":email", ways->email);
    bind_bool(s, ":sms", ways->sms);
    return count_one(s, out_count);
}

enum error_kind health_repo_messages(struct ctx *ctx, const struct message_ways *ways, int64_t since,
                                     int64_t late_before, struct message_figures *out_figures)
{
    struct message_figures figures;
    struct stmt *s = db_statement(ctx, &COUNT_LATE);
    int64_t tried;

    bind_int(s, ":before", late_before);
    TRY(count_messages(s, ways, &figures.late));
    s = db_statement(ctx, &COUNT_TRIED);
    bind_int(s, ":before", late_before);
    TRY(count_messages(s, ways, &tried));
    figures.late += tried;
    s = db_statement(ctx, &COUNT_FAILED);
    bind_int(s, ":since", since);
    bind_int(s, ":tries", NOTICE_TRIES);
    TRY(count_messages(s, ways, &figures.failed));
    s = db_statement(ctx, &ANY_SENT);
    bind_int(s, ":since", since);
    TRY(count_one(s, &figures.sent));
    *out_figures = figures;
    return OK;
}

enum error_kind health_repo_webhooks(struct ctx *ctx, int64_t since, int64_t late_before,
                                     struct webhook_figures *out_figures)
{
    struct webhook_figures figures;
    struct stmt *s = db_statement(ctx, &COUNT_DEAD);

    bind_int(s, ":since", since);
    TRY(count_one(s, &figures.dead));
    s = db_statement(ctx, &COUNT_AWAY);
    bind_int(s, ":tries", WEBHOOK_TRIES);
    bind_int(s, ":before", late_before);
    TRY(count_one(s, &figures.away));
    *out_figures = figures;
    return OK;
}

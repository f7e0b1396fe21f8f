/*
 * templates_repository.c — the library's own words as SQL.
 */
#include "notifications/templates_repository.h"

#include "db/engine.h"

#define NAMED "kind = :kind AND channel = :channel AND language = :language"
SQL(FIND_TEMPLATE,
    "SELECT kind, channel, language, subject, body, version FROM notification_template WHERE " NAMED);
SQL(COUNT_TEMPLATES, "SELECT count(*) FROM notification_template");
SQL(PUT_TEMPLATE, "INSERT INTO notification_template (kind, channel, language, subject, body, updated_at)"
                  " VALUES (:kind, :channel, :language, :subject, :body, :now)"
                  " ON CONFLICT (kind, channel, language) DO UPDATE SET subject = :subject, body = :body,"
                  " updated_at = :now, version = version + 1");
SQL(REMOVE_TEMPLATE, "DELETE FROM notification_template WHERE " NAMED);

static struct stmt *named(struct ctx *ctx, const struct sql *sql, const char *kind, const char *channel,
                          const char *language)
{
    struct stmt *s = db_statement(ctx, sql);

    bind_text(s, ":kind", kind);
    bind_text(s, ":channel", channel);
    bind_text(s, ":language", language);
    return s;
}

enum error_kind templates_repo_find(struct ctx *ctx, const char *kind, const char *channel,
                                    const char *language, struct notice_template *out_template,
                                    bool *out_found)
{
    struct stmt *s = named(ctx, &FIND_TEMPLATE, kind, channel, language);

    TRY(db_row(s, out_found));
    if (*out_found)
        *out_template = (struct notice_template){.kind = column_text(s, 0),
                                                 .channel = column_text(s, 1),
                                                 .language = column_text(s, 2),
                                                 .subject = column_text(s, 3),
                                                 .body = column_text(s, 4),
                                                 .is_own = true,
                                                 .version = column_int(s, 5)};
    return OK;
}

enum error_kind templates_repo_count(struct ctx *ctx, int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, &COUNT_TEMPLATES);
    bool found;

    TRY(db_row(s, &found));
    *out_count = column_int(s, 0);
    return OK;
}

enum error_kind templates_repo_put(struct ctx *ctx, const struct notice_template *words)
{
    struct stmt *s = named(ctx, &PUT_TEMPLATE, words->kind, words->channel, words->language);

    bind_text(s, ":subject", words->subject);
    bind_text(s, ":body", words->body);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind templates_repo_remove(struct ctx *ctx, const char *kind, const char *channel,
                                      const char *language)
{
    return db_run(named(ctx, &REMOVE_TEMPLATE, kind, channel, language));
}

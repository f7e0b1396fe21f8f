/*
 * known_repository.c — the watched tables.
 */
#include "auth/known_repository.h"

#include "auth/known.h"
#include "db/watch.h"

/* `setting` has no rowids: known_repo_follow_setting() notes its one row that counts. */
static struct followed {
    const char *name;
    enum known_table table;
} followed[] = {{"account", KNOWN_ACCOUNT},
                {"member", KNOWN_MEMBER},
                {"session", KNOWN_SESSION},
                {"api_key", KNOWN_API_KEY},
                {"setting", KNOWN_SETTING}};

static void doubt(int64_t id, void *argument)
{
    const struct followed *one = argument;

    known_doubt(one->table, id);
}

static void settle(struct ctx *ctx, const int64_t *ids, size_t count, void *argument)
{
    const struct followed *one = argument;

    (void)ctx;
    known_settle(one->table, ids, count);
}

void known_repo_follow(struct db *writer_db)
{
    for (size_t i = 0; i < sizeof followed / sizeof followed[0]; i++)
        db_watch_closely(writer_db, followed[i].name, doubt, settle, &followed[i]);
    known_begin();
}

enum error_kind known_repo_follow_setting(struct ctx *ctx)
{
    watch_note(ctx, "setting", KNOWN_IDLE_SETTING);
    return OK;
}

/*
 * audit_service.c — writing is the repository’s; here, that the log of one record stays its own.
 */
#include "audit/audit_service.h"

#include "audit/audit_repository.h"

enum error_kind audit_act(struct ctx *ctx, const char *action, const char *entity, int64_t entity_id)
{
    return audit_repo_insert(ctx, action, entity, entity_id, NULL);
}

enum error_kind audit_actor_id(struct ctx *ctx, int64_t member_id, int64_t *out_id)
{
    bool found;

    if (ctx->actor.member_id != 0 && ctx->actor.member_id == member_id) {
        *out_id = AUDIT_A_READER_ID;
        return OK;
    }
    TRY(audit_repo_find_actor(ctx, ctx->actor.name, out_id, &found));
    return found ? OK : audit_repo_insert_actor(ctx, ctx->actor.name, out_id);
}

enum error_kind audit_edit(struct ctx *ctx, const char *action, const char *entity, int64_t entity_id,
                           const struct field_change *changes)
{
    return audit_repo_insert(ctx, action, entity, entity_id, changes);
}

enum error_kind audit_removal(struct ctx *ctx, const char *action, const char *entity, int64_t entity_id,
                              const struct field_change *changes)
{
    TRY(audit_repo_insert(ctx, action, entity, entity_id, changes));
    return audit_repo_forget_record(ctx, entity, entity_id);
}

enum error_kind audit_forget_record(struct ctx *ctx, const char *entity, int64_t entity_id)
{
    return audit_repo_forget_record(ctx, entity, entity_id);
}

enum error_kind audit_forget_requests(struct ctx *ctx, const char *entity, int64_t entity_id)
{
    return audit_repo_forget_requests(ctx, entity, entity_id);
}

enum error_kind audit_forget_actor(struct ctx *ctx, const char *entity, int64_t entity_id, const char *actor)
{
    return audit_repo_forget_actor(ctx, entity, entity_id, actor);
}

enum error_kind audit_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return audit_repo_list(ctx, query, sink);
}

/*
 * The client's own `entity` is dropped, not overlaid: whoever may read one record's log could otherwise
 * read that of another kind of record with the same internal id.
 */
enum error_kind audit_list_entity(struct ctx *ctx, const char *entity, int64_t entity_id,
                                  const struct list_query *query, struct row_sink *sink)
{
    const char *id = arena_printf(ctx->arena, "%lld", (long long)entity_id);
    struct list_query narrowed = list_query_with(ctx->arena, query, "entity", entity);

    narrowed = list_query_with(ctx->arena, &narrowed, ".entity_id", id);
    return audit_repo_list(ctx, &narrowed, sink);
}

enum error_kind audit_check(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                            void *argument)
{
    int64_t gaps;
    int64_t backward;

    TRY(audit_repo_check(ctx, &gaps, &backward));
    if (gaps != 0)
        report(argument, arena_printf(ctx->arena, "The audit log lacks %lld of its rows.", (long long)gaps));
    if (backward != 0)
        report(argument, arena_printf(ctx->arena, "The audit log has %lld row%s earlier than the row before.",
                                      (long long)backward, backward == 1 ? "" : "s"));
    return OK;
}

enum error_kind audit_settle(struct ctx *ctx)
{
    return audit_repo_settle(ctx);
}

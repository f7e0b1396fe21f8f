/*
 * preferences_service.c — the library's choice, until the reader has made one.
 */
#include "notifications/preferences_service.h"

#include <string.h>

#include "audit/audit_service.h"
#include "base/field_grammar.h"
#include "notifications/preferences_repository.h"

static enum error_kind find(struct ctx *ctx, const struct uuid *member, int64_t *out_id)
{
    const char *name;
    bool found;

    TRY(preferences_repo_member(ctx, member, out_id, &name, &found));
    return found ? OK : fail(ctx, MEMBER_NOT_FOUND, "Member not found.");
}

static enum error_kind show_one(struct ctx *ctx, const struct notice_house *house, int64_t member_id,
                                enum notice_kind_id kind, enum notice_channel channel,
                                struct notice_preference *out_preference)
{
    int64_t wanted;

    TRY(preferences_repo_wanted(ctx, member_id, notice_kinds[kind].name, notice_channel_names[channel],
                                &wanted));
    *out_preference =
        (struct notice_preference){.kind = notice_kinds[kind].name,
                                   .channel = notice_channel_names[channel],
                                   .wanted = wanted == NO_NUMBER ? house->chosen[channel] : wanted != 0,
                                   .is_own = wanted != NO_NUMBER};
    return OK;
}

enum error_kind preferences_show(struct ctx *ctx, const struct uuid *member,
                                 struct notice_preferences *out_preferences)
{
    struct notice_preference *all =
        arena_alloc_array(ctx->arena, (size_t)NOTICE_KINDS * NOTICE_CHANNELS, sizeof *all);
    struct notice_house house;
    int64_t id;
    size_t count = 0;

    TRY(find(ctx, member, &id));
    TRY(notice_house_read(ctx, &house));
    TRY(preferences_repo_language(ctx, id, &out_preferences->language));
    for (enum notice_kind_id kind = 0; kind < NOTICE_KINDS; kind++)
        for (enum notice_channel channel = 0; channel < NOTICE_CHANNELS; channel++)
            if (notice_kind_is_chosen(kind) && notice_kind_has(kind, channel))
                TRY(show_one(ctx, &house, id, kind, channel, &all[count++]));
    out_preferences->preferences = (struct object_list){.items = all, .count = count};
    return OK;
}

enum error_kind preferences_begin(struct ctx *ctx, const struct uuid *member,
                                  struct notice_preferences *out_preferences)
{
    struct notice_preferences preferences = {0};
    int64_t id;

    TRY(find(ctx, member, &id));
    TRY(preferences_repo_language(ctx, id, &preferences.language));
    *out_preferences = preferences;
    return OK;
}

static enum error_kind check(struct ctx *ctx, const struct notice_preferences *preferences)
{
    const struct notice_preference *given = preferences->preferences.items;

    if (preferences->language && *preferences->language && !field_is_language(preferences->language))
        error_field(ctx, "body", "language", "invalid", "must be a language code like en or pt-BR");
    for (size_t i = 0; i < preferences->preferences.count; i++) {
        enum notice_kind_id kind = notice_kind_named(given[i].kind);
        if (!notice_kind_is_chosen(kind) || !notice_kind_has(kind, notice_channel_named(given[i].channel)))
            error_field(ctx, "body", "preferences", "invalid", "one of them cannot be chosen");
    }
    return error_check_fields(ctx);
}

enum error_kind preferences_put(struct ctx *ctx, const struct uuid *member,
                                const struct notice_preferences *preferences)
{
    const struct notice_preference *given = preferences->preferences.items;
    const char *language = preferences->language && *preferences->language ? preferences->language : NULL;
    int64_t id;

    TRY(find(ctx, member, &id));
    TRY(check(ctx, preferences));
    TRY(preferences_repo_set_language(ctx, id, language));
    for (size_t i = 0; i < preferences->preferences.count; i++)
        TRY(preferences_repo_set(ctx, id, &given[i]));
    return audit_act(ctx, "member.preferences_changed", "member", id);
}

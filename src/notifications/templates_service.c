/*
 * templates_service.c — a template is looked at when it is saved, so that none fails when it is needed.
 */
#include "notifications/templates_service.h"

#include <string.h>

#include "audit/audit_service.h"
#include "base/field_grammar.h"
#include "base/text.h"
#include "notifications/making_repository.h"
#include "notifications/notice_words.h"
#include "notifications/preferences_repository.h"
#include "notifications/template.h"
#include "notifications/templates_repository.h"
#include "settings/settings_service.h"

#define EXAMPLE_CODE_MS (60 * 60 * 1000) /* so long the code of a preview is good */

enum error_kind templates_list(struct ctx *ctx, const char *language,
                               const struct notice_template **out_templates, size_t *out_count)
{
    struct notice_template *templates =
        arena_alloc_array(ctx->arena, (size_t)NOTICE_KINDS * NOTICE_CHANNELS, sizeof *templates);
    struct notice_house house;
    size_t count = 0;

    TRY(notice_house_read(ctx, &house));
    for (enum notice_kind_id kind = 0; kind < NOTICE_KINDS; kind++)
        for (enum notice_channel channel = 0; channel < NOTICE_CHANNELS; channel++)
            if (notice_kind_has(kind, channel))
                TRY(wording_for(ctx, &house, kind, channel, language, &templates[count++]));
    *out_templates = templates;
    *out_count = count;
    return OK;
}

static enum error_kind check_kind(struct ctx *ctx, const char *kind, const char *channel)
{
    enum notice_kind_id id = notice_kind_named(kind);
    enum notice_channel way = notice_channel_named(channel);

    return id < NOTICE_KINDS && way < NOTICE_CHANNELS && notice_kind_has(id, way)
               ? OK
               : fail(ctx, TEMPLATE_NOT_FOUND, "Nothing of that kind is told that way.");
}

static void gather_of(struct ctx *ctx, const char *field, const char *text,
                      const struct template_words *allowed)
{
    const char *word;

    switch (template_look(ctx->arena, text, allowed, &word)) {
    case TEMPLATE_GOOD: break;
    case TEMPLATE_NO_WORD:
        error_field(ctx, "body", field, "placeholder", "“%s” is no placeholder here", word);
        break;
    case TEMPLATE_NO_LIST:
        error_field(ctx, "body", field, "placeholder", "“%s” is no list here", word);
        break;
    case TEMPLATE_LIST_WITHIN:
        error_field(ctx, "body", field, "placeholder", "the list “%s” begins within itself", word);
        break;
    case TEMPLATE_LIST_ENDS:
        error_field(ctx, "body", field, "placeholder", "the list “%s” ends before it begins", word);
        break;
    case TEMPLATE_LIST_ENDLESS:
        error_field(ctx, "body", field, "placeholder", "the list “%s” has no end", word);
        break;
    case TEMPLATE_OPEN:
        error_field(ctx, "body", field, "placeholder", "braces are open that nobody closes: “%s”", word);
        break;
    }
}

static void gather(struct ctx *ctx, const struct notice_template *words)
{
    const struct template_words allowed = notice_words_allowed(notice_kind_named(words->kind));
    bool has_subject = strcmp(words->channel, "sms") != 0;

    if (!field_is_language(words->language))
        error_field(ctx, "body", "language", "invalid", "must be a language code like en or pt-BR");
    if (!has_subject && words->subject)
        error_field(ctx, "body", "subject", "unknown", "a text message has no subject");
    if (has_subject && !words->subject)
        error_field(ctx, "body", "subject", "missing", "is required");
    if (words->subject)
        gather_of(ctx, "subject", words->subject, &allowed);
    gather_of(ctx, "body", words->body, &allowed);
    if (notice_kind_named(words->kind) == NOTICE_PASSWORD_CODE && !template_uses(words->body, "code"))
        error_field(ctx, "body", "body", "missing", "must have {{code}} in it: nobody could use it else");
}

void templates_faults(struct ctx *ctx, const struct notice_template *words,
                      struct template_fault_said **out_problems)
{
    struct template_fault_said **last = out_problems;

    *out_problems = NULL;
    gather(ctx, words);
    for (const struct field_error *wrong = ctx->error.fields; wrong; wrong = wrong->next) {
        *last = arena_alloc(ctx->arena, sizeof **last);
        (*last)->text = wrong->message;
        last = &(*last)->next;
    }
    error_clear(ctx);
}

static enum error_kind tell(struct ctx *ctx, const char *action, const char *kind, const char *channel,
                            const char *language)
{
    const struct field_change change = {
        .name = "template", .after = arena_printf(ctx->arena, "%s, %s, %s", kind, channel, language)};

    return audit_edit(ctx, action, "library", NO_NUMBER, &change);
}

enum error_kind templates_put(struct ctx *ctx, const struct notice_template *words)
{
    struct notice_template before;
    int64_t count;
    bool found;

    TRY(check_kind(ctx, words->kind, words->channel));
    gather(ctx, words);
    TRY(error_check_fields(ctx));
    TRY(templates_repo_find(ctx, words->kind, words->channel, words->language, &before, &found));
    TRY(templates_repo_count(ctx, &count));
    if (!found && count >= TEMPLATES_MAX)
        return fail(ctx, CONFLICT, "There are too many templates. Take one back first.");
    TRY(templates_repo_put(ctx, words));
    return tell(ctx, "template.written", words->kind, words->channel, words->language);
}

enum error_kind templates_remove(struct ctx *ctx, const char *kind, const char *channel, const char *language)
{
    struct notice_template words;
    bool found;

    TRY(templates_repo_find(ctx, kind, channel, language, &words, &found));
    if (!found)
        return fail(ctx, TEMPLATE_NOT_FOUND, "The library has no words of its own there.");
    TRY(templates_repo_remove(ctx, kind, channel, language));
    return tell(ctx, "template.removed", kind, channel, language);
}

enum error_kind templates_preview(struct ctx *ctx, const struct notice_template *words,
                                  const struct uuid *member, struct notice_wording *out_wording)
{
    enum notice_kind_id kind = notice_kind_named(words->kind);
    enum notice_channel channel = notice_channel_named(words->channel);
    struct notice example = wording_example(ctx, kind, channel);
    struct notice_house house;
    bool found;

    TRY(check_kind(ctx, words->kind, words->channel));
    TRY(notice_house_read(ctx, &house));
    if (uuid_is_given(member)) {
        TRY(preferences_repo_member(ctx, member, &example.member_id, &example.name, &found));
        if (!found)
            return fail(ctx, MEMBER_NOT_FOUND, "Member not found.");
    }
    if (kind != NOTICE_DIGEST) {
        wording_fill(ctx, &house, words, &example, "ABCD-EFGH", ctx->now + EXAMPLE_CODE_MS, out_wording);
        return OK;
    }
    struct notice_wording line;
    struct notice one = wording_example(ctx, NOTICE_DUE_SOON, NOTICE_APP);
    one.language = words->language;
    TRY(wording_of(ctx, &house, &one, NULL, 0, &line));
    const struct notice_wording lines[] = {line, line};
    wording_fill_digest(ctx, &house, words, &example, lines, 2, out_wording);
    return OK;
}

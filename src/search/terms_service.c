/*
 * terms_service.c — which of the words that are typed may be kept and shown.
 */
#include "search/terms_service.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "search/terms.h"
#include "settings/settings_service.h"

#define DIGITS_MAX 4 /* a year; more may be a card, a telephone, an ISBN */
#define SHORTEST 2   /* characters */
#define TERMS_A_SLICE 100

bool terms_are_fit(const char *folded)
{
    size_t digits = 0;
    size_t others = 0;

    for (const char *at = folded; *at; at++) {
        if (*at == '@')
            return false;
        digits += *at >= '0' && *at <= '9';
        others += (*at >= 'a' && *at <= 'z') || (unsigned char)*at >= 0x80;
    }
    return others > 0 && digits <= DIGITS_MAX && text_length(folded) >= SHORTEST &&
           strlen(folded) < TERM_BYTES;
}

/* Runs of white space as one space. */
static const char *tidy(struct ctx *ctx, const char *typed)
{
    struct text_buf text;

    text_buf_init(&text, ctx->arena);
    for (const char *at = typed + strspn(typed, " \t\n"); *at; at += strspn(at, " \t\n")) {
        size_t length = strcspn(at, " \t\n");
        if (text.length > 0)
            text_buf_append_char(&text, ' ');
        text_buf_append_bytes(&text, at, length);
        at += length;
    }
    return text_buf_string(&text);
}

enum error_kind terms_said(struct ctx *ctx, const char *typed)
{
    const char *term = tidy(ctx, typed);
    const char *key = text_fold(ctx->arena, term);
    bool wanted;

    if (!terms_are_fit(key) || strlen(term) >= TERM_BYTES)
        return OK;
    TRY(settings_is_on(ctx, SETTING_POPULAR_SEARCHES, &wanted));
    if (wanted)
        terms_note(key, term);
    return OK;
}

enum error_kind terms_popular(struct ctx *ctx, size_t max, struct popular_query *out_queries,
                              size_t *out_count)
{
    bool wanted;

    *out_count = 0;
    TRY(settings_is_on(ctx, SETTING_POPULAR_SEARCHES, &wanted));
    return wanted ? terms_repo_list(ctx, SEARCH_TERM_SHOWN_MIN, max, out_queries, out_count) : OK;
}

enum error_kind terms_write(struct ctx *ctx, int64_t *out_rows)
{
    struct noted_term *terms = arena_alloc_array(ctx->arena, TERMS_A_SLICE, sizeof *terms);
    int32_t today = clock_day_of(ctx->now);
    bool wanted;

    *out_rows = 0;
    TRY(settings_is_on(ctx, SETTING_POPULAR_SEARCHES, &wanted));
    if (!wanted)
        terms_forget();
    size_t count = terms_take(terms, TERMS_A_SLICE);
    for (size_t i = 0; i < count; i++)
        TRY(terms_repo_add(ctx, terms[i].key, terms[i].term, today));
    *out_rows = (int64_t)count;
    return OK;
}

enum error_kind terms_prune(struct ctx *ctx, int64_t max, int64_t *out_removed)
{
    bool wanted;

    TRY(settings_is_on(ctx, SETTING_POPULAR_SEARCHES, &wanted));
    if (!wanted)
        return terms_repo_remove_past(ctx, 0, max, out_removed);
    TRY(terms_repo_remove_before(ctx, clock_day_of(ctx->now) - SEARCH_TERM_KEEP_DAYS, max, out_removed));
    return *out_removed > 0 ? OK : terms_repo_remove_past(ctx, SEARCH_TERM_KEPT_MAX, max, out_removed);
}

/*
 * error.c — the first failure of a ctx, in the memory of its arena.
 *
 * Reasons and wrong fields are gathered before the failure they belong to; once it stands, what comes later
 * belongs to a failure nobody will see and is dropped with it.
 */
#include "base/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/text.h"

#define FIELDS_NAMED_MAX 10 /* in the sentence; the list has them all */

static const struct {
    const char *name;
    enum error_kind kind;
} codes[] = {[ERR_NONE] = {"NONE", OK},
#define X(code, kind) [ERR_##code] = {#code, ERROR_##kind},
             ERROR_CODES(X)
#undef X
};

const char *error_code_name(enum error_code code)
{
    assert((size_t)code < sizeof codes / sizeof codes[0]);
    return codes[code].name;
}

enum error_kind error_code_kind(enum error_code code)
{
    assert((size_t)code < sizeof codes / sizeof codes[0]);
    return codes[code].kind;
}

static __attribute__((format(printf, 2, 0))) char *format_text(struct arena *arena, const char *format,
                                                               va_list args)
{
    va_list again;
    va_copy(again, args);
    assert(format);
    int length = vsnprintf(NULL, 0, format, args);
    assert(length >= 0);
    char *text = arena_alloc(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

static bool stands(const struct ctx *ctx)
{
    return ctx->error.code != ERR_NONE;
}

enum error_kind error_set(struct ctx *ctx, enum error_code code, const char *format, ...)
{
    assert(code != ERR_NONE);
    if (!stands(ctx)) {
        va_list args;
        va_start(args, format);
        ctx->error.detail = format_text(ctx->arena, format, args);
        va_end(args);
        ctx->error.code = code;
    }
    return error_code_kind(ctx->error.code);
}

static void add_reason(struct ctx *ctx, struct error_reason reason)
{
    if (stands(ctx)) {
        return;
    }
    struct error_reason **end = &ctx->error.reasons;
    while (*end) {
        end = &(*end)->next;
    }
    *end = arena_memdup(ctx->arena, &reason, sizeof reason);
}

void error_reason_text(struct ctx *ctx, const char *key, const char *text)
{
    add_reason(ctx, (struct error_reason){.key = key, .text = arena_strdup(ctx->arena, text ? text : "")});
}

void error_reason_int(struct ctx *ctx, const char *key, int64_t number)
{
    add_reason(ctx, (struct error_reason){.key = key, .number = number});
}

void error_field(struct ctx *ctx, const char *where, const char *field, const char *type, const char *format,
                 ...)
{
    if (stands(ctx)) {
        return;
    }
    struct field_error **end = &ctx->error.fields;
    while (*end) {
        end = &(*end)->next;
    }
    struct field_error *wrong = arena_alloc(ctx->arena, sizeof *wrong);
    va_list args;
    va_start(args, format);
    *wrong = (struct field_error){
        .where = where,
        .field = arena_strdup(ctx->arena, field),
        .message = format_text(ctx->arena, format, args),
        .type = type,
    };
    va_end(args);
    *end = wrong;
}

/* Was the field named by an earlier error? One field can be wrong in two ways. */
static bool is_repeated(const struct field_error *fields, const struct field_error *wrong)
{
    for (; fields != wrong; fields = fields->next) {
        if (strcmp(fields->field, wrong->field) == 0) {
            return true;
        }
    }
    return false;
}

static const char *name_fields(struct arena *arena, const struct field_error *fields)
{
    struct text_buf names;
    text_buf_init(&names, arena);
    int named = 0;
    for (const struct field_error *wrong = fields; wrong; wrong = wrong->next) {
        if (is_repeated(fields, wrong)) {
            continue;
        }
        if (named == FIELDS_NAMED_MAX) {
            text_buf_append(&names, " …");
            break;
        }
        text_buf_printf(&names, "%s%s", named > 0 ? ", " : "", wrong->field);
        named++;
    }
    return text_buf_string(&names);
}

enum error_kind error_check_fields(struct ctx *ctx)
{
    if (stands(ctx)) {
        return error_code_kind(ctx->error.code);
    }
    if (!ctx->error.fields) {
        return OK;
    }
    return fail(ctx, VALIDATION_ERROR, "Some fields are not valid: %s.",
                name_fields(ctx->arena, ctx->error.fields));
}

void error_clear(struct ctx *ctx)
{
    ctx->error = (struct error){0};
}

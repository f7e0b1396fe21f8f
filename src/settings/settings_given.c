/*
 * settings_given.c — what the process was given: flags and environment. Written once, before threads start,
 * and only read afterwards; hence no lock.
 */
#include <assert.h>
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "settings/settings_service.h"
#include "settings/settings_table.h"

#define PROBLEM_ARENA_MAX (256 * 1024)
#define FINEST_CURRENCY_EXPONENT 3 /* the library's own is not known yet */

static struct {
    char *value; /* from malloc; NULL: not given */
    enum setting_source source;
} given[SETTING_COUNT];

static char library[PATH_MAX]; /* the file itself; empty: not found yet */

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

/* ---- names ----------------------------------------------------------------------------------------- */

static bool is_same_name(const char *name, const char *given_name)
{
    for (; *name && *given_name; name++, given_name++)
        if (*name != (*given_name == '-' ? '_' : *given_name))
            return false;
    return *name == *given_name;
}

bool settings_find(const char *name, enum setting *out_id)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (is_same_name(setting_field((enum setting)i)->name, name)) {
            *out_id = (enum setting)i;
            return true;
        }
    }
    return false;
}

void setting_variable(enum setting id, char out[SETTING_VARIABLE_SIZE])
{
    snprintf(out, SETTING_VARIABLE_SIZE, "CARREL_%s", setting_field(id)->name);
    for (char *c = out; *c; c++)
        *c = (char)toupper((unsigned char)*c);
}

/* How the person who gave it would call it. */
static const char *name_by_source(struct arena *arena, enum setting id, enum setting_source source)
{
    char variable[SETTING_VARIABLE_SIZE];

    if (source == SOURCE_FLAG) {
        char *flag = arena_printf(arena, "--%s", setting_field(id)->name);
        for (char *c = flag; *c; c++)
            *c = *c == '_' ? '-' : *c;
        return flag;
    }
    setting_variable(id, variable);
    return arena_printf(arena, "%s%s", variable, source == SOURCE_ENV_FILE ? " in .env" : "");
}

const char *settings_given_by(struct ctx *ctx, enum setting id)
{
    return name_by_source(ctx->arena, id, given[id].source);
}

/* ---- taking in ------------------------------------------------------------------------------------- */

static char *check_given(struct ctx *ctx, enum setting id, const char *value, enum setting_source source,
                         char **out_problem)
{
    char *clean = text_clean(ctx->arena, value, strlen(value));
    const char *problem = clean ? setting_problem(ctx, id, clean) : "is not valid UTF-8";

    if (!problem)
        return clean;
    const char *name = name_by_source(ctx->arena, id, source);
    const char *shown = clean ? setting_shown(id, clean) : "?";
    *out_problem = must(strdup(arena_printf(ctx->arena, "%s “%s” %s", name, shown, problem)));
    return NULL;
}

bool settings_override(enum setting id, const char *value, enum setting_source source, char **out_problem)
{
    struct arena arena;
    struct ctx ctx = {.arena = &arena, .currency_exponent = FINEST_CURRENCY_EXPONENT};

    assert(id < SETTING_COUNT && source >= SOURCE_ENV_FILE);
    arena_init(&arena, PROBLEM_ARENA_MAX);
    const char *clean = check_given(&ctx, id, value, source, out_problem);
    if (clean && source >= given[id].source) {
        free(given[id].value);
        given[id].value = must(strdup(clean));
        given[id].source = source;
    }
    arena_release(&arena);
    return clean != NULL;
}

/* ---- asking ---------------------------------------------------------------------------------------- */

bool settings_given(enum setting id)
{
    return given[id].source != SOURCE_NONE;
}

enum setting_source setting_given_source(enum setting id)
{
    return given[id].source;
}

void settings_found_library(const char *path)
{
    if (strlen(path) < sizeof library && strcmp(path, library) != 0)
        memcpy(library, path, strlen(path) + 1);
}

const char *settings_process_text(enum setting id)
{
    if (id == SETTING_DB && *library)
        return library;
    return settings_given(id) ? given[id].value : setting_default(id);
}

int64_t settings_process_int(enum setting id)
{
    const char *text = settings_process_text(id);
    int64_t value = NO_NUMBER;

    assert(setting_field(id)->type == FIELD_INTEGER);
    if (text && !text_to_int64(text, &value))
        assert(false && "defaults and given values have been checked");
    return value;
}

bool settings_auth_is_off(void)
{
    return strcmp(settings_process_text(SETTING_AUTH), "off") == 0;
}

void settings_forget(void)
{
    *library = '\0';
    for (int i = 0; i < SETTING_COUNT; i++) {
        free(given[i].value);
        given[i].value = NULL;
        given[i].source = SOURCE_NONE;
    }
}

enum error_kind settings_check_given(struct ctx *ctx)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const char *problem = given[i].value ? setting_problem(ctx, (enum setting)i, given[i].value) : NULL;
        if (problem)
            return fail(ctx, VALIDATION_ERROR, "%s “%s” %s", settings_given_by(ctx, (enum setting)i),
                        setting_shown((enum setting)i, given[i].value), problem);
    }
    return OK;
}

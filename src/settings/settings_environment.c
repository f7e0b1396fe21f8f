/*
 * settings_environment.c — settings from the environment: variables, the files that variables name
 * (container secrets), and `.env` beside the library.
 */
#include <errno.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settings/env_file.h"
#include "settings/settings_service.h"
#include "settings/settings_table.h"

static char *format(const char *pattern, ...) __attribute__((format(printf, 1, 2)));

static char *format(const char *pattern, ...)
{
    char *text = NULL;
    va_list args;

    va_start(args, pattern);
    if (vasprintf(&text, pattern, args) < 0)
        abort();
    va_end(args);
    return text;
}

/* The value is the file's first line: editors leave a line end behind. */
static bool take_secret(enum setting id, const char *variable, const char *path, enum setting_source source,
                        char **out_problem)
{
    char *value = env_file_read(path);

    if (!value) {
        *out_problem = format("%s_FILE “%s” cannot be read: %s", variable, path, strerror(errno));
        return false;
    }
    value[strcspn(value, "\r\n")] = '\0';
    bool taken = settings_override(id, value, source, out_problem);
    free(value);
    return taken;
}

/* ---- variables ------------------------------------------------------------------------------------- */

/* An empty variable is how people unset one in a service's file: it says nothing. */
static const char *variable_value(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

static bool load_variable(enum setting id, char **out_problem)
{
    char name[SETTING_VARIABLE_SIZE];
    char file_name[SETTING_VARIABLE_SIZE + sizeof "_FILE"];

    setting_variable(id, name);
    snprintf(file_name, sizeof file_name, "%s_FILE", name);
    const char *value = variable_value(name);
    const char *path = variable_value(file_name);
    if (value && path) {
        *out_problem = format("%s and %s are both set: remove one of them", name, file_name);
        return false;
    }
    if (path)
        return take_secret(id, name, path, SOURCE_ENVIRONMENT, out_problem);
    return !value || settings_override(id, value, SOURCE_ENVIRONMENT, out_problem);
}

/* ---- .env ------------------------------------------------------------------------------------------ */

static bool take_line(const struct env_line *line, char **out_problem)
{
    char name[SETTING_VARIABLE_SIZE];

    for (int i = 0; i < SETTING_COUNT; i++) {
        enum setting id = (enum setting)i;
        setting_variable(id, name);
        size_t length = strlen(name);
        if (strncmp(line->key, name, length) != 0 || *line->value == '\0')
            continue;
        /* The library that this file stands beside has been chosen already. */
        if (id == SETTING_DB)
            continue;
        if (line->key[length] == '\0')
            return settings_override(id, line->value, SOURCE_ENV_FILE, out_problem);
        if (strcmp(line->key + length, "_FILE") == 0)
            return take_secret(id, name, line->value, SOURCE_ENV_FILE, out_problem);
    }
    return true;
}

static bool take_lines(const char *path, char *text, char **out_problem)
{
    struct env_line line;
    int number = 0;

    while (env_file_next(&text, &number, &line))
        if (!take_line(&line, out_problem))
            return false;
    if (line.number != 0) {
        *out_problem = format("%s, line %d: this is not KEY=VALUE", path, line.number);
        return false;
    }
    return true;
}

static bool load_env_file(const char *library_path, char **out_problem)
{
    char *copy = format("%s", library_path); /* dirname() writes into it */
    char *path = format("%s/.env", dirname(copy));
    char *text = env_file_read(path);
    bool good = true;

    if (text) {
        good = take_lines(path, text, out_problem);
    } else if (errno != ENOENT && errno != ENOTDIR) {
        *out_problem = format("%s cannot be read: %s", path, strerror(errno));
        good = false;
    }
    free(text);
    free(path);
    free(copy);
    return good;
}

bool settings_load_environment(const char *library_path, char **out_problem)
{
    for (int i = 0; i < SETTING_COUNT; i++)
        if (!load_variable((enum setting)i, out_problem))
            return false;
    return !library_path || load_env_file(library_path, out_problem);
}

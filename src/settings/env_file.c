/*
 * env_file.c — a hand-sized parser: a shell would run what it reads.
 */
#include "settings/env_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *skip_blanks(char *at)
{
    while (*at == ' ' || *at == '\t')
        at++;
    return at;
}

static void trim_end(char *start, char *end)
{
    while (end > start && isspace((unsigned char)end[-1]))
        end--;
    *end = '\0';
}

/* Past the closing quote only white space or a comment may stand. */
static bool ends_well(char *after)
{
    after = skip_blanks(after);
    return *after == '\0' || *after == '#';
}

static bool cut_single_quoted(char *value)
{
    char *end = strchr(value, '\'');

    if (!end || !ends_well(end + 1))
        return false;
    *end = '\0';
    return true;
}

static char unescape(char c)
{
    return c == 'n' ? '\n' : c == 't' ? '\t' : c;
}

static bool cut_double_quoted(char *value)
{
    char *to = value;

    for (char *from = value; *from; from++) {
        if (*from == '"') {
            if (!ends_well(from + 1))
                return false;
            *to = '\0';
            return true;
        }
        if (*from == '\\' && from[1])
            from++, *to++ = unescape(*from);
        else
            *to++ = *from;
    }
    return false;
}

static void cut_unquoted(char *value)
{
    char *end = value;

    while (*end && !(*end == '#' && (end == value || end[-1] == ' ' || end[-1] == '\t')))
        end++;
    trim_end(value, end);
}

static bool is_key(const char *key)
{
    if (!isalpha((unsigned char)*key) && *key != '_')
        return false;
    for (; *key; key++)
        if (!isalnum((unsigned char)*key) && *key != '_')
            return false;
    return true;
}

static bool parse_line(char *text, struct env_line *line)
{
    if (strncmp(text, "export", 6) == 0 && (text[6] == ' ' || text[6] == '\t'))
        text = skip_blanks(text + 6);
    char *equals = strchr(text, '=');
    if (!equals)
        return false;
    trim_end(text, equals);
    char *value = skip_blanks(equals + 1);
    bool good = true;
    if (*value == '\'')
        good = cut_single_quoted(++value);
    else if (*value == '"')
        good = cut_double_quoted(++value);
    else
        cut_unquoted(value);
    if (!good || !is_key(text))
        return false;
    line->key = text;
    line->value = value;
    return true;
}

bool env_file_next(char **text, int *number, struct env_line *line)
{
    while (**text) {
        char *start = *text;
        char *end = start + strcspn(start, "\n");
        *text = *end ? end + 1 : end;
        *line = (struct env_line){.number = ++*number};
        trim_end(start, end);
        if (*number == 1 && strncmp(start, "\xef\xbb\xbf", 3) == 0)
            start += 3; /* Windows editors write a byte order mark */
        start = skip_blanks(start);
        if (*start != '\0' && *start != '#')
            return parse_line(start, line);
    }
    *line = (struct env_line){.number = 0};
    return false;
}

char *env_file_read(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    char *bytes;
    size_t length = 0;
    ssize_t got = 1;

    if (descriptor < 0)
        return NULL;
    bytes = malloc(ENV_FILE_BYTES_MAX + 1);
    if (!bytes)
        abort();
    while (got > 0 && length <= ENV_FILE_BYTES_MAX) {
        got = read(descriptor, bytes + length, ENV_FILE_BYTES_MAX + 1 - length);
        length += got > 0 ? (size_t)got : 0;
    }
    int problem = got < 0 ? errno : length > ENV_FILE_BYTES_MAX ? EFBIG : 0;
    close(descriptor);
    if (problem) {
        free(bytes);
        errno = problem;
        return NULL;
    }
    bytes[length] = '\0';
    return bytes;
}

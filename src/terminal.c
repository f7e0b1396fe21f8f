/*
 * terminal.c — a line without its echo.
 */
#include "terminal.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"

#define LINE_SIZE (PASSWORD_MAX * 4 + 2)

static_assert(PASSPHRASE_MAX <= PASSWORD_MAX, "a line has room for either");

static bool read_line(char line[LINE_SIZE])
{
    if (!fgets(line, LINE_SIZE, stdin))
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

static bool ask(const char *prompt, char line[LINE_SIZE])
{
    struct termios before, quiet;

    fprintf(stderr, "%s: ", prompt);
    fflush(stderr);
    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return false;
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) != 0)
        return false;
    bool good = read_line(line);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fputc('\n', stderr);
    return good;
}

enum error_kind terminal_read_secret(struct ctx *ctx, const char *what, const char *prompt, const char *again,
                                     const char **out_secret)
{
    char first[LINE_SIZE], second[LINE_SIZE];
    bool typed = isatty(STDIN_FILENO);

    if (typed ? !ask(prompt, first) : !read_line(first))
        return fail(ctx, BAD_REQUEST, "No %s was given: type it, or send it as one line on standard input.",
                    what);
    if (typed && again && (!ask(again, second) || strcmp(first, second) != 0))
        return fail(ctx, BAD_REQUEST, "The two are not the same. Nothing was changed.");
    if (!text_is_utf8(first, strlen(first)))
        return fail(ctx, BAD_REQUEST, "The %s is not valid UTF-8.", what);
    *out_secret = arena_strdup(ctx->arena, first);
    explicit_bzero(first, sizeof first);
    explicit_bzero(second, sizeof second);
    return OK;
}

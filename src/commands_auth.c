/*
 * commands_auth.c — accounts from the terminal: the first administrator, and a way in for those who have lost theirs.
 * Whoever may open the socket beside the library owns the machine, so no password is asked for but the new one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "app.h"
#include "base/json_write.h"
#include "base/limits.h"
#include "base/text.h"
#include "commands.h"

#define LINE_SIZE (PASSWORD_MAX * 4 + 2)

/* ---- reading a password ------------------------------------------------------------------------------- */

static bool read_line(char line[LINE_SIZE])
{
    if (!fgets(line, LINE_SIZE, stdin))
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

/* At a terminal: nothing is shown of what is typed. */
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

static enum error_kind read_password(struct ctx *ctx, const char **out_password)
{
    char first[LINE_SIZE], second[LINE_SIZE];
    bool typed = isatty(STDIN_FILENO);

    if (typed ? !ask("New password", first) : !read_line(first))
        return fail(ctx, BAD_REQUEST,
                    "No password was given: type it, or send it as one line on standard input.");
    if (typed && (!ask("The same again", second) || strcmp(first, second) != 0))
        return fail(ctx, BAD_REQUEST, "The two are not the same. Nothing was changed.");
    *out_password = arena_strdup(ctx->arena, first);
    explicit_bzero(first, sizeof first);
    explicit_bzero(second, sizeof second);
    return OK;
}

/* ---- the commands --------------------------------------------------------------------------------------- */

static enum error_kind write_body(struct ctx *ctx, const char *name, const char *role, const char **out_json)
{
    const char *password;
    const char *clean = text_clean(ctx->arena, name, strlen(name));
    struct text_buf body;
    struct json_writer json;

    if (!clean)
        return fail(ctx, BAD_REQUEST, "The name is not valid UTF-8.");
    TRY(read_password(ctx, &password));
    if (!text_is_utf8(password, strlen(password)))
        return fail(ctx, BAD_REQUEST, "The password is not valid UTF-8.");
    text_buf_init(&body, ctx->arena);
    json_writer_init(&json, &body);
    json_object_begin(&json);
    json_member_text(&json, "name", clean);
    if (role)
        json_member_text(&json, "role", role);
    json_member_text(&json, "password", password);
    json_object_end(&json);
    *out_json = text_buf_string(&body);
    return OK;
}

static int print_created(struct ctx *ctx, const struct json_value *reply)
{
    (void)ctx;
    (void)reply;
    printf("The administrator can sign in now.\n");
    return 0;
}

static int print_set(struct ctx *ctx, const struct json_value *reply)
{
    (void)ctx;
    (void)reply;
    printf("The password is set. Whoever was signed in with the old one has been signed out.\n");
    return 0;
}

static int send_account(const char *name, const char *target, const char *role, bool may_make,
                        int (*print)(struct ctx *ctx, const struct json_value *reply))
{
    struct app scratch;
    struct question question = {.method = "POST", .target = target, .content_type = "application/json"};
    int status;

    app_init(&scratch);
    if (write_body(&scratch.ctx, name, role, &question.body) != OK) {
        status = complain(&scratch.ctx);
    } else {
        question.body_length = strlen(question.body);
        status = ask_and_print(&question, may_make, print);
    }
    app_close(&scratch);
    return status;
}

int command_create_admin(const struct command_line *line)
{
    return send_account(line->argument, "/api/v1/admin/accounts", "admin", true, print_created);
}

int command_reset_password(const struct command_line *line)
{
    return send_account(line->argument, "/api/v1/admin/accounts/password", NULL, false, print_set);
}

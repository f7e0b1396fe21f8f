/*
 * commands_auth.c — accounts from the terminal: the first administrator, and a way in for those who have lost theirs.
 * Whoever may open the socket beside the library owns the machine, so no password is asked for but the new one.
 */
#include <stdio.h>
#include <string.h>

#include "app.h"
#include "base/json_write.h"
#include "base/text.h"
#include "commands.h"
#include "terminal.h"

/* ---- the commands --------------------------------------------------------------------------------------- */

static enum error_kind write_body(struct ctx *ctx, const char *name, const char *role, const char **out_json)
{
    const char *password;
    const char *clean = text_clean(ctx->arena, name, strlen(name));
    struct text_buf body;
    struct json_writer json;

    if (!clean)
        return fail(ctx, BAD_REQUEST, "The name is not valid UTF-8.");
    TRY(terminal_read_secret(ctx, "password", "New password", "The same again", &password));
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

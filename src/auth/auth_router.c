/*
 * auth_router.c — signing in and out, who am I, setup, and one's own password.
 */
#include "auth/auth_router.h"

#include <inttypes.h>
#include <string.h>

#include "auth/api_keys_service.h"
#include "auth/auth_service.h"
#include "auth/known.h"
#include "auth/login_service.h"
#include "auth/password.h"
#include "auth/sessions_service.h"
#include "auth/setup_service.h"
#include "auth/token.h"
#include "base/clock.h"
#include "base/limits.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

#define WANT_TOKEN "token"

/* ---- who is it? ------------------------------------------------------------------------------------ */

static void become(struct ctx *ctx, const struct caller *caller, struct identity *out_identity)
{
    ctx->actor.access = caller->access;
    ctx->actor.name = caller->name;
    ctx->actor.account_id = caller->account_id;
    ctx->actor.member_id = caller->member_id;
    out_identity->member_uuid = caller->member_uuid;
}

bool auth_recall(struct ctx *ctx, struct credential *credential, struct identity *out_identity)
{
    struct caller caller;

    credential->hash = token_hash(credential->token);
    credential->as_of = known_as_of();
    if (!known_find(ctx, (int)credential->kind, &credential->hash, &caller))
        return false;
    sessions_note_use(ctx, &caller.grounds);
    become(ctx, &caller, out_identity);
    return true;
}

enum error_kind auth_identify(struct ctx *ctx, const struct credential *credential,
                              struct identity *out_identity)
{
    struct caller caller = {0};

    switch (credential->kind) {
    case CREDENTIAL_SESSION: TRY(sessions_identify(ctx, credential->token, &caller)); break;
    case CREDENTIAL_JWT: TRY(sessions_identify_jwt(ctx, credential->token, &caller)); break;
    case CREDENTIAL_API_KEY: TRY(api_keys_identify(ctx, credential->token, &caller)); break;
    case CREDENTIAL_NONE: return fail(ctx, UNAUTHENTICATED, "Sign in first.");
    }
    known_put(ctx, (int)credential->kind, &credential->hash, credential->as_of, &caller);
    become(ctx, &caller, out_identity);
    return OK;
}

/* ---- bodies and replies ----------------------------------------------------------------------------- */

struct login_body {
    const char *name;
    const char *password;
    const char *want;
};

struct refresh_body {
    const char *refresh_token;
};

struct password_body {
    const char *current_password;
    const char *new_password;
};

struct reset_body {
    const char *name;
    const char *code;
    const char *new_password;
};

/* clang-format off */
static const char *const wants[] = {"session", WANT_TOKEN, NULL};

static const struct field login_fields[] = {
    {"name", FIELD_TEXT, REQUIRED, 1, ACCOUNT_NAME_MAX, AT(struct login_body, name), "The account's name"},
    {"password", FIELD_TEXT, REQUIRED, 1, PASSWORD_MAX, AT(struct login_body, password), "Its password"},
    {"want", FIELD_CHOICE, OPTIONAL, 0, 0, AT(struct login_body, want),
     "session (a cookie for a browser; default) or token (for programs)", wants, 0},
    {0},
};

static const struct field refresh_fields[] = {
    {"refresh_token", FIELD_TEXT, REQUIRED, 1, ACCESS_TOKEN_TEXT_MAX, AT(struct refresh_body, refresh_token),
     "Good for one use: the answer has the next one"},
    {0},
};

static const struct field logout_fields[] = {
    {"refresh_token", FIELD_TEXT, OPTIONAL, 1, ACCESS_TOKEN_TEXT_MAX, AT(struct refresh_body, refresh_token),
     "Of a program: it and all that came before it end"},
    {0},
};

static const struct field password_fields[] = {
    {"current_password", FIELD_TEXT, REQUIRED, 1, PASSWORD_MAX, AT(struct password_body, current_password),
     "The present password"},
    {"new_password", FIELD_TEXT, REQUIRED, PASSWORD_MIN, PASSWORD_MAX, AT(struct password_body, new_password),
     "Ten characters or more"},
    {0},
};

static const struct field reset_fields[] = {
    {"name", FIELD_TEXT, REQUIRED, 1, ACCOUNT_NAME_MAX, AT(struct reset_body, name), "The account's name"},
    {"code", FIELD_TEXT, REQUIRED, 1, CODE_TYPED_MAX, AT(struct reset_body, code), "As the administrator read it out"},
    {"new_password", FIELD_TEXT, REQUIRED, PASSWORD_MIN, PASSWORD_MAX, AT(struct reset_body, new_password),
     "Ten characters or more"},
    {0},
};

static const struct reply_field account_shape[] = {
    {"id", COLUMN_UUID, .meaning = "Id"},
    {"name", COLUMN_TEXT, .meaning = "What is typed to sign in"},
    {"role", COLUMN_TEXT, .meaning = "member, librarian or admin"},
    {"member_id", COLUMN_UUID, .nullable = true, .meaning = "The reader whose login this is"},
    {0},
};

/* A session has the first two, a token pair all but csrf_token. */
static const struct reply_field login_shape[] = {
    {"account", .fields = account_shape, .meaning = "Who has signed in"},
    {"csrf_token", COLUMN_TEXT, .nullable = true, .meaning = "To be sent as X-CSRF-Token; null with tokens"},
    {"access_token", COLUMN_TEXT, .nullable = true, .meaning = "For Authorization: Bearer; null with a session"},
    {"token_type", COLUMN_TEXT, .nullable = true, .meaning = "Bearer"},
    {"expires_in", COLUMN_INTEGER, .nullable = true, .meaning = "Seconds that the access token is good for"},
    {"refresh_token", COLUMN_TEXT, .nullable = true, .meaning = "For POST /auth/refresh, once, within 30 days"},
    {0},
};

static const struct reply_field me_shape[] = {
    {"account", .fields = account_shape, .nullable = true, .meaning = "Who has signed in; null: nobody"},
    {"access", COLUMN_TEXT, .meaning = "What this request may do: anyone, member, librarian or admin"},
    {"csrf_token", COLUMN_TEXT, .nullable = true, .meaning = "For X-CSRF-Token; null without a session"},
    {"setup_required", COLUMN_BOOL, .meaning = "The library has no administrator yet"},
    {"auth", COLUMN_TEXT, .meaning = "on, or off: nobody signs in here"},
    {"library_name", COLUMN_TEXT, .meaning = "The library's name"},
    {"currency", COLUMN_TEXT, .meaning = "ISO 4217 code of all amounts"},
    {"language", COLUMN_TEXT, .meaning = "The library's language: en, de, pt-BR"},
    {"card_prefix", COLUMN_TEXT, .meaning = "What generated card numbers begin with"},
    {"barcode_prefix", COLUMN_TEXT, .meaning = "What generated barcodes of copies begin with"},
    {"public_catalogue", COLUMN_BOOL, .meaning = "Anybody may look titles up"},
    {"self_registration", COLUMN_BOOL, .meaning = "Readers may register themselves (POST /members/register)"},
    {0},
};
/* clang-format on */

static const struct reply login_reply = {"Login", login_shape};
static const struct reply me_reply = {"Me", me_shape};

static void write_account(struct json_writer *w, const struct account *account)
{
    json_key(w, "account");
    json_object_begin(w);
    json_member_uuid(w, "id", &account->uuid);
    json_member_text(w, "name", account->name);
    json_member_text(w, "role", role_name(account->role));
    json_key(w, "member_id");
    if (account->member_id != 0)
        json_uuid(w, &account->member_uuid);
    else
        json_null(w);
    json_object_end(w);
}

static void write_pair(struct json_writer *w, const struct token_pair *pair)
{
    json_member_text(w, "access_token", pair ? pair->access_token : NULL);
    json_member_text(w, "token_type", pair ? "Bearer" : NULL);
    json_key(w, "expires_in");
    if (pair)
        json_int(w, pair->expires_in_s);
    else
        json_null(w);
    json_member_text(w, "refresh_token", pair ? pair->refresh_token : NULL);
}

static void write_login(struct response *res, const struct account *account, const char *csrf_token,
                        const struct token_pair *pair)
{
    struct json_writer *w = response_json(res);

    json_object_begin(w);
    write_account(w, account);
    json_member_text(w, "csrf_token", csrf_token);
    write_pair(w, pair);
    json_object_end(w);
}

static void tell_wait(struct request *req, struct response *res, int64_t wait_s)
{
    if (wait_s > 0)
        response_header(res, "Retry-After", arena_printf(req->ctx->arena, "%" PRId64, wait_s));
}

/* The reply to somebody who has just been let in with a browser. */
static enum error_kind open_session(struct request *req, struct response *res, const struct account *account)
{
    const char *token;

    TRY(sessions_start(req->ctx, account, request_header(req, "User-Agent"), &token));
    session_set_cookie(req, res, token, SESSION_MAX_MS / MS_PER_SECOND);
    write_login(res, account, session_csrf_token(req->ctx->arena, token), NULL);
    return OK;
}

/* ---- signing in and out ------------------------------------------------------------------------------ */

/* What a login, a change or a reset knows of itself, from `.prepare` on. */
static struct login *state_of(struct request *req)
{
    return req->state;
}

static struct login *begin_state(struct request *req)
{
    struct login *login = arena_alloc(req->ctx->arena, sizeof *login);

    req->state = login;
    return login;
}

static enum error_kind prepare_login(struct request *req, struct response *res)
{
    struct login *login = begin_state(req);
    struct login_body body = {0};

    TRY(auth_check_on(req->ctx));
    request_body(req, &body);
    login->name = body.name;
    login->password = body.password;
    enum error_kind kind = login_begin(req->ctx, login);
    tell_wait(req, res, login->retry_after_s);
    return kind;
}

static enum error_kind compute_login(struct request *req, struct response *res)
{
    (void)res;
    return login_compute(req->ctx, state_of(req));
}

static enum error_kind log_in(struct request *req, struct response *res)
{
    struct login *login = state_of(req);
    struct login_body body = {.want = wants[0]};
    struct token_pair pair;

    request_body(req, &body);
    enum error_kind kind = login_finish(req->ctx, login);
    tell_wait(req, res, login->retry_after_s);
    res->refuse_and_commit = login->keep;
    TRY(kind);
    if (!body.want || strcmp(body.want, WANT_TOKEN) != 0)
        return open_session(req, res, &login->account);
    TRY(sessions_give_tokens(req->ctx, &login->account, &pair));
    write_login(res, &login->account, NULL, &pair);
    return OK;
}

static enum error_kind refresh(struct request *req, struct response *res)
{
    struct refresh_body body = {0};
    struct account account;
    struct token_pair pair;

    TRY(auth_check_on(req->ctx));
    request_body(req, &body);
    TRY(sessions_refresh(req->ctx, body.refresh_token, &account, &pair, &res->refuse_and_commit));
    write_login(res, &account, NULL, &pair);
    return OK;
}

static enum error_kind log_out(struct request *req, struct response *res)
{
    struct refresh_body body = {0};

    TRY(auth_check_on(req->ctx));
    request_body(req, &body);
    if (body.refresh_token)
        TRY(sessions_end_family(req->ctx, body.refresh_token));
    if (req->credential.kind == CREDENTIAL_SESSION)
        TRY(sessions_end(req->ctx, req->credential.token));
    session_clear_cookie(req, res);
    return OK;
}

static void write_library(struct json_writer *w, const struct library_facts *library)
{
    json_member_text(w, "library_name", library->name);
    json_member_text(w, "currency", library->currency);
    json_member_text(w, "language", library->language);
    json_member_text(w, "card_prefix", library->card_prefix);
    json_member_text(w, "barcode_prefix", library->barcode_prefix);
    json_member_bool(w, "public_catalogue", library->public_catalogue);
    json_member_bool(w, "self_registration", library->self_registration);
}

static enum error_kind show_me(struct request *req, struct response *res)
{
    static const char *const levels[] = {
        [ACCESS_UNSET] = "anyone", [ANYONE] = "anyone", [MEMBER] = "member",
        [LIBRARIAN] = "librarian", [ADMIN] = "admin",   [LOCAL_ADMIN] = "admin"};
    struct json_writer *w = response_json(res);
    bool has_session = req->credential.kind == CREDENTIAL_SESSION;
    struct library_facts library;
    struct account account;
    bool found;

    TRY(auth_find_actor(req->ctx, &account, &found));
    TRY(auth_library(req->ctx, &library));
    json_object_begin(w);
    if (found)
        write_account(w, &account);
    else
        json_member_text(w, "account", NULL);
    json_member_text(w, "access", levels[req->ctx->actor.access]);
    json_member_text(w, "csrf_token",
                     has_session ? session_csrf_token(req->ctx->arena, req->credential.token) : NULL);
    json_member_bool(w, "setup_required", auth_is_on() && setup_is_needed());
    json_member_text(w, "auth", auth_is_on() ? "on" : "off");
    write_library(w, &library);
    json_object_end(w);
    return OK;
}

/* ---- setup ------------------------------------------------------------------------------------------- */

static enum error_kind prepare_setup(struct request *req, struct response *res)
{
    struct setup_facts facts = {0};
    int64_t wait_s = 0;

    TRY(auth_check_on(req->ctx));
    request_body(req, &facts);
    enum error_kind kind = setup_begin(req->ctx, &facts, &wait_s);
    tell_wait(req, res, wait_s);
    return kind;
}

static enum error_kind compute_setup(struct request *req, struct response *res)
{
    struct setup_facts facts = {0};
    const char *hash;

    (void)res;
    request_body(req, &facts);
    TRY(password_hash(req->ctx, facts.password, &hash));
    req->state = arena_strdup(req->ctx->arena, hash);
    return OK;
}

static enum error_kind set_up(struct request *req, struct response *res)
{
    struct setup_facts facts = {0};
    struct account account;

    request_body(req, &facts);
    TRY(setup_finish(req->ctx, &facts, req->state, &account));
    return open_session(req, res, &account);
}

static enum error_kind look_at_setup(struct request *req, struct response *res)
{
    (void)res;
    return setup_look(req->ctx);
}

/* ---- one's own password -------------------------------------------------------------------------------- */

static enum error_kind prepare_change(struct request *req, struct response *res)
{
    struct login *change = begin_state(req);
    struct password_body body = {0};

    TRY(auth_check_on(req->ctx));
    request_body(req, &body);
    change->password = body.current_password;
    change->new_password = body.new_password;
    enum error_kind kind = change_begin(req->ctx, change);
    tell_wait(req, res, change->retry_after_s);
    return kind;
}

static enum error_kind compute_change(struct request *req, struct response *res)
{
    (void)res;
    return change_compute(req->ctx, state_of(req));
}

static enum error_kind change_password(struct request *req, struct response *res)
{
    struct login *change = state_of(req);
    bool has_session = req->credential.kind == CREDENTIAL_SESSION;
    const struct digest session = has_session ? token_hash(req->credential.token) : (struct digest){{0}};

    enum error_kind kind = change_finish(req->ctx, change, has_session ? &session : NULL);
    tell_wait(req, res, change->retry_after_s);
    res->refuse_and_commit = change->keep;
    return kind;
}

static enum error_kind prepare_reset(struct request *req, struct response *res)
{
    struct login *reset = begin_state(req);
    struct reset_body body = {0};

    TRY(auth_check_on(req->ctx));
    request_body(req, &body);
    reset->name = body.name;
    reset->code = body.code;
    reset->new_password = body.new_password;
    enum error_kind kind = reset_begin(req->ctx, reset);
    tell_wait(req, res, reset->retry_after_s);
    return kind;
}

static enum error_kind compute_reset(struct request *req, struct response *res)
{
    (void)res;
    return reset_compute(req->ctx, state_of(req));
}

static enum error_kind reset_password(struct request *req, struct response *res)
{
    struct login *reset = state_of(req);
    enum error_kind kind = reset_finish(req->ctx, reset);

    res->refuse_and_commit = reset->keep;
    return kind;
}

/* clang-format off */
const struct route auth_routes[] = {
    {POST, "/auth/login", ANYONE, WRITES, LIMIT_WRITE, log_in, "Sign in with name and password",
     .body = login_fields, .reply = &login_reply, .prepare = prepare_login, .compute = compute_login, .secret = true,
     .errors = ERRORS(ERR_WRONG_CREDENTIALS, ERR_ACCOUNT_CLOSED, ERR_AUTH_IS_OFF, ERR_TOO_MANY_ATTEMPTS)},
    {POST, "/auth/refresh", ANYONE, WRITES, LIMIT_WRITE, refresh, "The next pair of tokens for a refresh token",
     .body = refresh_fields, .reply = &login_reply, .secret = true,
     .errors = ERRORS(ERR_INVALID_TOKEN, ERR_TOKEN_EXPIRED, ERR_AUTH_IS_OFF)},
    {POST, "/auth/logout", ANYONE, WRITES, LIMIT_WRITE, log_out, "Sign out", .body = logout_fields, .secret = true,
     .errors = ERRORS(ERR_AUTH_IS_OFF)},
    {GET, "/auth/me", ANYONE, READS, LIMIT_READ, show_me, "Who has signed in, and what a page needs to begin",
     .reply = &me_reply, .during_setup = true},
    {POST, "/auth/setup", ANYONE, WRITES, LIMIT_WRITE, set_up, "Make the first administrator, with the code from the console",
     .body = setup_fields, .reply = &login_reply, .during_setup = true, .prepare = prepare_setup,
     .compute = compute_setup, .committed = look_at_setup, .secret = true,
     .errors = ERRORS(ERR_WRONG_SETUP_CODE, ERR_AUTH_IS_OFF, ERR_SETUP_DONE, ERR_DUPLICATE_ACCOUNT,
                      ERR_TOO_MANY_ATTEMPTS)},
    {PUT, "/auth/password", MEMBER, WRITES, LIMIT_WRITE, change_password, "Change one's own password",
     .body = password_fields, .prepare = prepare_change, .compute = compute_change,
     .errors = ERRORS(ERR_FORBIDDEN, ERR_WRONG_PASSWORD, ERR_AUTH_IS_OFF, ERR_TOO_MANY_ATTEMPTS)},
    {POST, "/auth/reset", ANYONE, WRITES, LIMIT_WRITE, reset_password, "Set a new password with a reset code",
     .body = reset_fields, .prepare = prepare_reset, .compute = compute_reset, .secret = true,
     .errors = ERRORS(ERR_INVALID_CODE, ERR_AUTH_IS_OFF, ERR_TOO_MANY_ATTEMPTS)},
    {0},
};
/* clang-format on */

/*
 * accounts_router.c — accounts and API keys, for administrators.
 */
#include "auth/accounts_service.h"
#include "auth/api_keys_service.h"
#include "auth/password.h"
#include "auth/setup_service.h"
#include "base/limits.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

struct promotion {
    const char *role;
};

struct password_order {
    const char *name;
    const char *password;
};

/* clang-format off */
static const struct field promotion_fields[] = {
    {"role", FIELD_CHOICE, REQUIRED, 0, 0, AT(struct promotion, role), "member, librarian or admin", role_names, 0},
    {0},
};

static const struct field order_fields[] = {
    {"name", FIELD_TEXT, REQUIRED, 1, ACCOUNT_NAME_MAX, AT(struct password_order, name), "The account's name"},
    {"password", FIELD_TEXT, REQUIRED, PASSWORD_MIN, PASSWORD_MAX, AT(struct password_order, password),
     "Ten characters or more"},
    {0},
};

static const struct reply_field code_shape[] = {
    {"code", COLUMN_TEXT, .meaning = "To be read out or handed over; shown this once"},
    {"expires_at", COLUMN_INSTANT, .meaning = "Until when it is good, for one use"},
    {0},
};

static const struct reply_field new_key_shape[] = {
    {"api_key", .row = &api_keys_listing, .meaning = "The record"},
    {"key", COLUMN_TEXT, .meaning = "For Authorization: Bearer; shown this once"},
    {0},
};
/* clang-format on */

static const struct reply code_reply = {"ResetCode", code_shape};
static const struct reply new_key_reply = {"NewApiKey", new_key_shape};

/* ---- accounts --------------------------------------------------------------------------------------- */

static enum error_kind find_named(struct request *req, struct account *out_account)
{
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    return accounts_find(req->ctx, &uuid, out_account);
}

static enum error_kind reply_account(struct request *req, struct response *res, const struct uuid *uuid)
{
    struct account account;

    TRY(accounts_find(req->ctx, uuid, &account));
    response_version(res, account.version);
    return accounts_show(req->ctx, account.id, response_row(res));
}

static enum error_kind list_accounts(struct request *req, struct response *res)
{
    return accounts_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind show_account(struct request *req, struct response *res)
{
    struct account account;

    TRY(find_named(req, &account));
    return reply_account(req, res, &account.uuid);
}

static enum error_kind check_account(struct request *req, struct response *res)
{
    struct account_facts facts = {0};

    (void)res;
    request_body(req, &facts);
    return accounts_check_new(req->ctx, "name", facts.name, "password", facts.password);
}

static enum error_kind compute_hash(struct request *req, struct response *res)
{
    struct account_facts facts = {0};
    const char *hash;

    (void)res;
    request_body(req, &facts);
    if (!facts.password)
        return OK;
    TRY(password_hash(req->ctx, facts.password, &hash));
    req->state = arena_strdup(req->ctx->arena, hash);
    return OK;
}

static enum error_kind create_account(struct request *req, struct response *res)
{
    struct account_facts facts = {0};
    struct account account;

    request_body(req, &facts);
    TRY(accounts_create(req->ctx, &facts, req->state, &account));
    return reply_account(req, res, &account.uuid);
}

static enum error_kind look_at_setup(struct request *req, struct response *res)
{
    (void)res;
    return setup_look(req->ctx);
}

static enum error_kind edit_account(struct request *req, struct response *res)
{
    struct account account;

    TRY(find_named(req, &account));
    struct account_facts facts = accounts_facts(&account);
    request_body(req, &facts);
    TRY(accounts_check_new(req->ctx, "name", facts.name, NULL, NULL));
    TRY(accounts_update(req->ctx, &account, &facts, request_expected_version(req)));
    return reply_account(req, res, &account.uuid);
}

static enum error_kind promote(struct request *req, struct response *res)
{
    struct promotion wanted = {0};
    struct account account;

    request_body(req, &wanted);
    TRY(find_named(req, &account));
    struct account_facts facts = accounts_facts(&account);
    facts.role = wanted.role;
    TRY(accounts_update(req->ctx, &account, &facts, request_expected_version(req)));
    return reply_account(req, res, &account.uuid);
}

static enum error_kind close_account(struct request *req, struct response *res)
{
    struct account account;

    (void)res;
    TRY(find_named(req, &account));
    struct account_facts facts = accounts_facts(&account);
    facts.disabled = true;
    return accounts_update(req->ctx, &account, &facts, request_expected_version(req));
}

static enum error_kind make_reset_code(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);
    struct account account;
    const char *code;
    int64_t expires_at;

    TRY(find_named(req, &account));
    TRY(accounts_make_reset_code(req->ctx, &account, &code, &expires_at));
    json_object_begin(w);
    json_member_text(w, "code", code);
    json_member_instant(w, "expires_at", expires_at);
    json_object_end(w);
    return OK;
}

/* ---- a password set from the command line ------------------------------------------------------------- */

static enum error_kind prepare_order(struct request *req, struct response *res)
{
    struct password_order order = {0};
    struct account account;

    (void)res;
    request_body(req, &order);
    TRY(accounts_find_by_name(req->ctx, order.name, &account));
    return accounts_check_new(req->ctx, NULL, NULL, "password", order.password);
}

static enum error_kind compute_order(struct request *req, struct response *res)
{
    struct password_order order = {0};
    const char *hash;

    (void)res;
    request_body(req, &order);
    TRY(password_hash(req->ctx, order.password, &hash));
    req->state = arena_strdup(req->ctx->arena, hash);
    return OK;
}

static enum error_kind set_password(struct request *req, struct response *res)
{
    struct password_order order = {0};
    struct account account;

    (void)res;
    request_body(req, &order);
    TRY(accounts_find_by_name(req->ctx, order.name, &account));
    return accounts_set_password(req->ctx, &account, req->state, NULL, "account.password_reset");
}

/* ---- API keys ------------------------------------------------------------------------------------------ */

static enum error_kind list_keys(struct request *req, struct response *res)
{
    return api_keys_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind create_key(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);
    struct api_key_facts facts = {0};
    const char *key;
    int64_t id;

    request_body(req, &facts);
    TRY(api_keys_create(req->ctx, &facts, &id, &key));
    json_object_begin(w);
    json_key(w, "api_key");
    TRY(api_keys_show(req->ctx, id, response_row(res)));
    json_member_text(w, "key", key);
    json_object_end(w);
    return OK;
}

static enum error_kind revoke_key(struct request *req, struct response *res)
{
    struct uuid uuid;

    (void)res;
    TRY(request_uuid(req, "id", &uuid));
    return api_keys_revoke(req->ctx, &uuid);
}

/* clang-format off */
const struct route accounts_routes[] = {
    {GET, "/admin/accounts", ADMIN, READS, LIMIT_SEARCH, list_accounts, "Who may sign in", .list = &accounts_listing},
    {POST, "/admin/accounts", ADMIN, WRITES, LIMIT_WRITE, create_account, "Make an account",
     .body = account_fields, .check = check_account, .one = &accounts_listing, .status = 201,
     .prepare = check_account, .compute = compute_hash, .committed = look_at_setup, .secret = true,
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND, ERR_DUPLICATE_ACCOUNT)},
    {GET, "/admin/accounts/{id}", ADMIN, READS, LIMIT_READ, show_account, "Show an account", .one = &accounts_listing,
     .errors = ERRORS(ERR_ACCOUNT_NOT_FOUND)},
    {PATCH, "/admin/accounts/{id}", ADMIN, WRITES, LIMIT_WRITE, edit_account, "Change the given members of an account",
     .body = account_edit_fields, .body_use = FIELDS_EDIT, .one = &accounts_listing,
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND, ERR_ACCOUNT_NOT_FOUND, ERR_DUPLICATE_ACCOUNT, ERR_LAST_ADMIN,
                      ERR_PRECONDITION_FAILED)},
    {DELETE, "/admin/accounts/{id}", ADMIN, WRITES, LIMIT_WRITE, close_account,
     "Close an account: nobody signs in with it any more",
     .errors = ERRORS(ERR_ACCOUNT_NOT_FOUND, ERR_LAST_ADMIN, ERR_PRECONDITION_FAILED)},
    {POST, "/admin/accounts/{id}/reset-code", ADMIN, WRITES, LIMIT_WRITE, make_reset_code,
     "A code for somebody who has lost the password", .reply = &code_reply, .status = 201, .secret = true,
     .errors = ERRORS(ERR_ACCOUNT_NOT_FOUND)},
    {POST, "/admin/users/{id}/promote", ADMIN, WRITES, LIMIT_WRITE, promote, "Give an account another role",
     .body = promotion_fields, .one = &accounts_listing,
     .errors = ERRORS(ERR_ACCOUNT_NOT_FOUND, ERR_LAST_ADMIN, ERR_PRECONDITION_FAILED)},
    {POST, "/admin/accounts/password", LOCAL_ADMIN, WRITES, LIMIT_WRITE, set_password,
     "Set the password of an account by its name", .body = order_fields, .prepare = prepare_order,
     .compute = compute_order, .committed = look_at_setup, .secret = true,
     .errors = ERRORS(ERR_ACCOUNT_NOT_FOUND)},
    {GET, "/admin/api-keys", ADMIN, READS, LIMIT_SEARCH, list_keys, "Keys of programs, revoked ones included",
     .list = &api_keys_listing},
    {POST, "/admin/api-keys", ADMIN, WRITES, LIMIT_WRITE, create_key, "Make a key for a program",
     .body = api_key_fields, .reply = &new_key_reply, .status = 201, .secret = true},
    {DELETE, "/admin/api-keys/{id}", ADMIN, WRITES, LIMIT_WRITE, revoke_key, "Revoke a key",
     .errors = ERRORS(ERR_API_KEY_NOT_FOUND)},
    {0},
};
/* clang-format on */

/*
 * self_router.c — readers at the open door: registering, and a lost password.
 */
#include "base/limits.h"
#include "http/request.h"
#include "http/response.h"
#include "members/members_service.h"
#include "members/self_service.h"

struct lost_password {
    const char *name;
};

static const struct field lost_fields[] = {
    {"name", FIELD_TEXT, REQUIRED, 1, ACCOUNT_NAME_MAX, AT(struct lost_password, name), "The account's name"},
    {0},
};

static const struct reply_field lost_shape[] = {
    {"message", COLUMN_TEXT, .meaning = "The same whether there is such an account or not"},
    {0},
};

static const struct reply lost_reply = {"LostPassword", lost_shape};

static enum error_kind check_registration(struct request *req, struct response *res)
{
    struct self_facts facts = {0};

    (void)res;
    request_body(req, &facts);
    return self_check(req->ctx, &facts);
}

static enum error_kind prepare_registration(struct request *req, struct response *res)
{
    struct self_facts facts = {0};

    (void)res;
    request_body(req, &facts);
    return self_begin(req->ctx, &facts);
}

static enum error_kind compute_registration(struct request *req, struct response *res)
{
    struct self_facts facts = {0};
    const char *hash;

    (void)res;
    request_body(req, &facts);
    TRY(self_hash(req->ctx, &facts, &hash));
    req->state = arena_strdup(req->ctx->arena, hash);
    return OK;
}

static enum error_kind register_self(struct request *req, struct response *res)
{
    struct self_facts facts = {0};
    struct member member;

    request_body(req, &facts);
    TRY(self_register(req->ctx, &facts, req->state, &member));
    return members_show(req->ctx, member.id, response_row(res));
}

static enum error_kind note_lost_password(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);
    struct lost_password lost = {0};
    bool by_mail;

    request_body(req, &lost);
    TRY(self_lost_password(req->ctx, lost.name, &by_mail));
    json_object_begin(w);
    json_member_text(
        w, "message",
        by_mail ? "If there is such an account and the library has its e-mail address, a code is on its"
                  " way. If none comes, ask at the library."
                : "If there is such an account, the library has been told. Ask there for a code.");
    json_object_end(w);
    return OK;
}

/* clang-format off */
const struct route self_routes[] = {
    {POST, "/members/register", ANYONE, WRITES, LIMIT_WRITE, register_self,
     "Register oneself as a reader, with a login; where the library allows it", .body = self_fields,
     .check = check_registration, .one = &members_listing, .status = 201, .prepare = prepare_registration,
     .compute = compute_registration, .secret = true,
     .errors = ERRORS(ERR_REGISTRATION_CLOSED, ERR_CONFLICT, ERR_DUPLICATE_EMAIL, ERR_DUPLICATE_CARD,
                      ERR_AUTH_IS_OFF, ERR_DUPLICATE_ACCOUNT)},
    {POST, "/members/password-reset", ANYONE, WRITES, LIMIT_WRITE, note_lost_password,
     "Say that one's password is lost; the administrator has a code", .body = lost_fields, .reply = &lost_reply,
     .status = 202,
     .errors = ERRORS(ERR_AUTH_IS_OFF)},
    {0},
};
/* clang-format on */

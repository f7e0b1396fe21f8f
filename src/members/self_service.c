/*
 * self_service.c — a member and the login for it, made in one act by somebody nobody knows yet.
 */
#include "members/self_service.h"

#include <string.h>

#include "auth/accounts_service.h"
#include "auth/auth_service.h"
#include "auth/login_service.h"
#include "auth/password.h"
#include "base/limits.h"
#include "members/members_service.h"
#include "settings/settings_service.h"

#define FACTS(member) AT(struct self_facts, member)

/* clang-format off */
const struct field self_fields[] = {
    {"name", FIELD_TEXT, REQUIRED, MEMBER_NAME_MIN, MEMBER_NAME_MAX, FACTS(name), "Full name"},
    {"email", FIELD_EMAIL, OPTIONAL, 0, 0, FACTS(email), "E-mail address; no other member may have it"},
    {"phone", FIELD_PHONE, OPTIONAL, 0, 0, FACTS(phone), "Phone number"},
    {"account_name", FIELD_TEXT, REQUIRED, ACCOUNT_NAME_MIN, ACCOUNT_NAME_MAX, FACTS(account_name),
     "What is typed to sign in"},
    {"password", FIELD_TEXT, REQUIRED, PASSWORD_MIN, PASSWORD_MAX, FACTS(password), "Ten characters or more"},
    {0},
};
/* clang-format on */

enum error_kind self_check(struct ctx *ctx, const struct self_facts *facts)
{
    return accounts_check_new(ctx, "account_name", facts->account_name, "password", facts->password);
}

static enum error_kind check_open(struct ctx *ctx)
{
    const char *setting;

    TRY(auth_check_on(ctx));
    TRY(settings_text(ctx, SETTING_SELF_REGISTRATION, &setting));
    if (strcmp(setting, "on") == 0)
        return OK;
    return fail(ctx, REGISTRATION_CLOSED, "This library registers its readers at the desk.");
}

enum error_kind self_begin(struct ctx *ctx, const struct self_facts *facts)
{
    TRY(check_open(ctx));
    return self_check(ctx, facts);
}

enum error_kind self_hash(struct ctx *ctx, const struct self_facts *facts, const char **out_hash)
{
    return password_hash(ctx, facts->password, out_hash);
}

static enum error_kind create_member(struct ctx *ctx, const struct self_facts *facts,
                                     struct member *out_member)
{
    struct member_facts member = MEMBER_FACTS_NONE;

    member.name = facts->name;
    member.email = facts->email;
    member.phone = facts->phone;
    enum error_kind kind = members_create(ctx, &member, out_member);
    if (kind == OK || ctx->error.code != ERR_DUPLICATE_EMAIL)
        return kind;
    error_clear(ctx);
    return fail(ctx, DUPLICATE_EMAIL, "Somebody is registered with this e-mail address. Ask at the desk.");
}

enum error_kind self_register(struct ctx *ctx, const struct self_facts *facts, const char *hash,
                              struct member *out_member)
{
    struct account_facts login = {.name = facts->account_name, .role = role_name(MEMBER)};
    struct account account;

    ctx->actor.name = facts->account_name;
    TRY(create_member(ctx, facts, out_member));
    login.member = out_member->uuid;
    return accounts_create(ctx, &login, hash, &account);
}

enum error_kind self_find(struct ctx *ctx, struct member *out_member)
{
    TRY(auth_check_on(ctx));
    if (ctx->actor.member_id == 0)
        return fail(ctx, NO_MEMBER_RECORD, "No reader's record belongs to your login.");
    return members_find_by_id(ctx, ctx->actor.member_id, out_member);
}

enum error_kind self_lost_password(struct ctx *ctx, const char *account_name, bool *out_by_mail)
{
    const char *transport;

    TRY(auth_check_on(ctx));
    TRY(settings_text(ctx, SETTING_MAIL_TRANSPORT, &transport));
    TRY(reset_ask(ctx, account_name));
    *out_by_mail = strcmp(transport, "off") != 0;
    return OK;
}

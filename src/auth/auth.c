/*
 * auth.c — names of roles, and the field tables of accounts and keys.
 */
#include "auth/auth.h"

#include <assert.h>
#include <string.h>

#include "base/limits.h"

#define FACTS(member) AT(struct account_facts, member)

const char *const role_names[] = {"member", "librarian", "admin", NULL};

/* clang-format off */
#define ACCOUNT_OWNED \
    {"id", FIELD_UUID, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"password_set", FIELD_BOOL, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"reset_asked_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"locked_until", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"last_login_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"disabled_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"created_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"updated_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"member_name", FIELD_TEXT, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"version", FIELD_INTEGER, SERVER_OWNED, 0, 0, 0, "Ignored; say the version you have read in If-Match"}

const struct field account_fields[] = {
    {"name", FIELD_TEXT, REQUIRED, ACCOUNT_NAME_MIN, ACCOUNT_NAME_MAX, FACTS(name),
     "What is typed to sign in; case and accents do not matter there"},
    {"role", FIELD_CHOICE, REQUIRED, 0, 0, FACTS(role), "member, librarian or admin", role_names, 0},
    {"member_id", FIELD_UUID, OPTIONAL, 0, 0, FACTS(member), "The reader whose login this is"},
    {"password", FIELD_TEXT, OPTIONAL | NOT_STORED, PASSWORD_MIN, PASSWORD_MAX, FACTS(password),
     "Left out: the person sets one with a reset code"},
    ACCOUNT_OWNED,
    {0},
};

const struct field account_edit_fields[] = {
    {"name", FIELD_TEXT, REQUIRED, ACCOUNT_NAME_MIN, ACCOUNT_NAME_MAX, FACTS(name), "What is typed to sign in"},
    {"role", FIELD_CHOICE, REQUIRED, 0, 0, FACTS(role), "member, librarian or admin", role_names, 0},
    {"member_id", FIELD_UUID, OPTIONAL, 0, 0, FACTS(member), "The reader whose login this is; null: nobody's"},
    {"disabled", FIELD_BOOL, OPTIONAL, 0, 0, FACTS(disabled), "true: nobody can sign in with it"},
    ACCOUNT_OWNED,
    {0},
};

const struct field api_key_fields[] = {
    {"name", FIELD_TEXT, REQUIRED, 1, ACCOUNT_NAME_MAX, AT(struct api_key_facts, name), "What it is for"},
    {"role", FIELD_CHOICE, REQUIRED, 0, 0, AT(struct api_key_facts, role), "What it may do: member, librarian or admin",
     role_names, 0},
    {0},
};
/* clang-format on */

const char *role_name(enum access role)
{
    assert(role >= MEMBER && role <= ADMIN);
    return role_names[role - MEMBER];
}

enum access role_from(const char *name)
{
    for (int i = 0; name && role_names[i]; i++)
        if (strcmp(role_names[i], name) == 0)
            return (enum access)(MEMBER + i);
    return ACCESS_UNSET;
}

bool account_is_open(const struct account *account)
{
    return account->disabled_at == NO_NUMBER && !(account->role == MEMBER && account->member_archived);
}

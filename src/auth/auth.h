/*
 * auth.h — people and programs that come through the door: accounts, what they sign in with, who they are then.
 *
 * Roles are access levels (base/ctx.h) with a name: "member", "librarian", "admin". An account whose login belongs to
 * a reader names that member; only then does it see loans of its own.
 *
 * Secrets. A password is kept as a scrypt hash (auth/password.h); tokens, keys and codes (auth/token.h) as SHA-256.
 * None of them is ever in a log line, an audit row, an error or a list.
 */
#ifndef CARREL_AUTH_AUTH_H
#define CARREL_AUTH_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/field.h"
#include "base/listing.h"
#include "base/uuid.h"

/* An account as the services see it. Times are instants; NO_NUMBER: never, not. */
struct account {
    int64_t id;
    struct uuid uuid;
    const char *name;
    enum access role;
    int64_t member_id;       /* 0: none */
    struct uuid member_uuid; /* all zero: none */
    bool member_archived;
    const char *password_hash; /* NULL: none has been set */
    int64_t password_set_at;
    int64_t failed_logins; /* since the last that went well */
    int64_t last_failed_at;
    int64_t locked_until;
    int64_t disabled_at;
    int64_t version;
};

/* What people say about an account (account_fields, account_edit_fields). */
struct account_facts {
    const char *name;
    const char *role;
    struct uuid member; /* all zero: none */
    bool disabled;
    const char *password; /* of a new account; NULL: to be set by a code */
};

/* What a caller rests on: while none of these rows changes, it is the same until then. */
struct grounds {
    int64_t account_id, member_id, session_id, api_key_id; /* 0: none */
    int64_t until;                                         /* from this instant on it counts no more */
    int64_t seen_at; /* of the session or key, as written last; NO_NUMBER: never */
};

/* Who a session, token or key stands for, at this moment. */
struct caller {
    enum access access;
    const char *name;   /* for the audit log */
    int64_t account_id; /* 0: an API key */
    int64_t member_id;  /* 0: none */
    struct uuid member_uuid;
    struct grounds grounds;
};

/* What a browser, and what an API client, is given after signing in. */
struct token_pair {
    const char *access_token; /* a JWT */
    int64_t expires_in_s;
    const char *refresh_token;
};

struct api_key_facts {
    const char *name;
    const char *role;
};

extern const struct field account_fields[];      /* over struct account_facts */
extern const struct field account_edit_fields[]; /* the same, without a password */
extern const struct field api_key_fields[];      /* over struct api_key_facts */
extern const struct listing accounts_listing;
extern const struct listing api_keys_listing;

extern const char *const role_names[]; /* ends with NULL */
const char *role_name(enum access role);
enum access role_from(const char *name); /* ACCESS_UNSET: there is no such role */

/* May it sign in, and do what its role says? Not when it is closed, nor as a reader whose record is archived. */
bool account_is_open(const struct account *account);

#endif

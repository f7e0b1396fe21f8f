/*
 * accounts_service.h — who has an account, what it may do, and that somebody always can administer.
 *
 * Everything that changes an account is audited, without anything secret. `expected_version` is the version the caller
 * has read, NO_NUMBER when any will do; another one → PRECONDITION_FAILED. Passwords come here hashed already
 * (auth/password.h): these functions run on the writer.
 */
#ifndef CARREL_AUTH_ACCOUNTS_SERVICE_H
#define CARREL_AUTH_ACCOUNTS_SERVICE_H

#include "auth/auth.h"
#include "base/digest.h"
#include "base/row_sink.h"

/* ACCOUNT_NOT_FOUND. Closed accounts are found too. */
enum error_kind accounts_find(struct ctx *ctx, const struct uuid *uuid,
                              struct account *out_account) MUST_CHECK;
enum error_kind accounts_find_by_name(struct ctx *ctx, const char *name,
                                      struct account *out_account) MUST_CHECK;

enum error_kind accounts_list(struct ctx *ctx, const struct list_query *query,
                              struct row_sink *sink) MUST_CHECK;
enum error_kind accounts_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/* Is there somebody who can sign in and administer? */
enum error_kind accounts_have_admin(struct ctx *ctx, bool *out_have) MUST_CHECK;

/* Adds what is wrong with a new account's name or password to ctx->error; fails when there is anything. */
enum error_kind accounts_check_new(struct ctx *ctx, const char *name_field, const char *name,
                                   const char *password_field, const char *password) MUST_CHECK;

/*
 * DUPLICATE_ACCOUNT: the name is taken, or the member has a login already. MEMBER_NOT_FOUND. `hash` NULL: nobody can
 * sign in with it before a reset code has been used.
 */
enum error_kind accounts_create(struct ctx *ctx, const struct account_facts *facts, const char *hash,
                                struct account *out_account) MUST_CHECK;

/* The facts of an account, for an edit to be laid over. */
struct account_facts accounts_facts(const struct account *account);

/* As above; LAST_ADMIN when nobody could administer afterwards. A closed account's sessions end. */
enum error_kind accounts_update(struct ctx *ctx, const struct account *before,
                                const struct account_facts *facts, int64_t expected_version) MUST_CHECK;

/*
 * A new password: all sessions and refresh tokens of the account end, but the session `keep` (NULL: all). `action` is
 * what the audit log says.
 */
enum error_kind accounts_set_password(struct ctx *ctx, const struct account *account, const char *hash,
                                      const struct digest *keep, const char *action) MUST_CHECK;

/* A code to set a password with, shown once and good until *out_expires_at; an earlier one is void. */
enum error_kind accounts_make_reset_code(struct ctx *ctx, const struct account *account,
                                         const char **out_code, int64_t *out_expires_at) MUST_CHECK;

#endif

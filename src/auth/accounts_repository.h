/*
 * accounts_repository.h — the only writer of `account` and `one_time_code`.
 */
#ifndef CARREL_AUTH_ACCOUNTS_REPOSITORY_H
#define CARREL_AUTH_ACCOUNTS_REPOSITORY_H

#include "auth/auth.h"
#include "base/digest.h"
#include "base/row_sink.h"

/* *out_found says whether there is one; if not, *out_account is untouched. A name is folded here. */
enum error_kind accounts_repo_find(struct ctx *ctx, const struct uuid *uuid, struct account *out_account,
                                   bool *out_found) MUST_CHECK;
enum error_kind accounts_repo_find_by_id(struct ctx *ctx, int64_t id, struct account *out_account,
                                         bool *out_found) MUST_CHECK;
enum error_kind accounts_repo_find_by_name(struct ctx *ctx, const char *name, struct account *out_account,
                                           bool *out_found) MUST_CHECK;
enum error_kind accounts_repo_find_by_member(struct ctx *ctx, int64_t member_id, struct account *out_account,
                                             bool *out_found) MUST_CHECK;

/* The member's internal id, if there is a live one. */
enum error_kind accounts_repo_find_member(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id,
                                          bool *out_found) MUST_CHECK;

enum error_kind accounts_repo_list(struct ctx *ctx, const struct list_query *query,
                                   struct row_sink *sink) MUST_CHECK;
enum error_kind accounts_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/* Administrators who can sign in, `except` (an id; 0: nobody) not counted. */
enum error_kind accounts_repo_count_admins(struct ctx *ctx, int64_t except, int64_t *out_count) MUST_CHECK;

/* Sets account->id and uuid. */
enum error_kind accounts_repo_insert(struct ctx *ctx, struct account *account) MUST_CHECK;
/* Name, role, member, disabled_at. */
enum error_kind accounts_repo_update(struct ctx *ctx, const struct account *account) MUST_CHECK;
/* Takes the lock off as well. */
enum error_kind accounts_repo_set_password(struct ctx *ctx, int64_t id, const char *hash) MUST_CHECK;
/* The same password, hashed with today's parameters. */
enum error_kind accounts_repo_rehash(struct ctx *ctx, int64_t id, const char *hash) MUST_CHECK;
enum error_kind accounts_repo_note_failure(struct ctx *ctx, int64_t id, int64_t failures,
                                           int64_t locked_until) MUST_CHECK;
enum error_kind accounts_repo_note_login(struct ctx *ctx, int64_t id) MUST_CHECK;
enum error_kind accounts_repo_note_reset_asked(struct ctx *ctx, int64_t id) MUST_CHECK;

/* ---- codes ------------------------------------------------------------------------------------------ */

struct one_time_code {
    int64_t id;
    struct digest hash;
    int64_t expires_at;
    int64_t tries;
};

/* The account's last one that has not been used. */
enum error_kind codes_repo_find(struct ctx *ctx, int64_t account_id, struct one_time_code *out_code,
                                bool *out_found) MUST_CHECK;
/* Takes the place of all earlier ones. */
enum error_kind codes_repo_replace(struct ctx *ctx, int64_t account_id, const struct digest *hash,
                                   int64_t expires_at) MUST_CHECK;
enum error_kind codes_repo_note_try(struct ctx *ctx, int64_t id) MUST_CHECK;
enum error_kind codes_repo_note_used(struct ctx *ctx, int64_t id) MUST_CHECK;
/* Those whose time is over. */
enum error_kind codes_repo_delete_expired(struct ctx *ctx, int64_t *out_removed) MUST_CHECK;

#endif

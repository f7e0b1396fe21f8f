/*
 * self_service.h — what readers do for themselves: register with a login of their own, say that a password is lost,
 * look at their own record. Nothing of it is there with --auth off: AUTH_IS_OFF.
 */
#ifndef CARREL_MEMBERS_SELF_SERVICE_H
#define CARREL_MEMBERS_SELF_SERVICE_H

#include "base/ctx.h"
#include "base/field.h"
#include "members/members.h"

/* The body of POST /members/register (self_fields). */
struct self_facts {
    const char *name;
    const char *email; /* NULL: none */
    const char *phone; /* NULL: none */
    const char *account_name;
    const char *password;
};

extern const struct field self_fields[];

/* Adds what is wrong with a registration to ctx->error; fails when there is anything. */
enum error_kind self_check(struct ctx *ctx, const struct self_facts *facts) MUST_CHECK;

/* On a worker: REGISTRATION_CLOSED unless the setting self_registration is on; VALIDATION_ERROR. */
enum error_kind self_begin(struct ctx *ctx, const struct self_facts *facts) MUST_CHECK;

/* On a worker, without a connection (auth/password.h). */
enum error_kind self_hash(struct ctx *ctx, const struct self_facts *facts, const char **out_hash) MUST_CHECK;

/*
 * On the writer: member and account, or neither. DUPLICATE_ACCOUNT; DUPLICATE_EMAIL, which does not say here whose the
 * address is: everybody may ask.
 */
enum error_kind self_register(struct ctx *ctx, const struct self_facts *facts, const char *hash,
                              struct member *out_member) MUST_CHECK;

/* The member whose login acts, or NO_MEMBER_RECORD. */
enum error_kind self_find(struct ctx *ctx, struct member *out_member) MUST_CHECK;

/*
 * An administrator sees it in the list of accounts; where e-mails are sent (*out_by_mail), the reader gets a code by one.
 * Nothing tells whether there is an account of that name.
 */
enum error_kind self_lost_password(struct ctx *ctx, const char *account_name, bool *out_by_mail) MUST_CHECK;

#endif

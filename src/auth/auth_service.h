/*
 * auth_service.h — what the routes of the door need to know besides the services they call.
 */
#ifndef CARREL_AUTH_AUTH_SERVICE_H
#define CARREL_AUTH_AUTH_SERVICE_H

#include "auth/auth.h"

/* AUTH_IS_OFF, with --auth off: nobody signs in, so there is nothing to sign in to. */
enum error_kind auth_check_on(struct ctx *ctx) MUST_CHECK;
bool auth_is_on(void);

/* The account of the one who acts: *out_found false for programs with a key, and for those who have none. */
enum error_kind auth_find_actor(struct ctx *ctx, struct account *out_account, bool *out_found) MUST_CHECK;

/* What a page shows and offers before anybody has signed in. */
struct library_facts {
    const char *name;
    const char *currency;    /* ISO 4217 */
    const char *language;    /* BCP 47 */
    const char *card_prefix; /* with these a desk tells cards from copies while nobody answers it */
    const char *barcode_prefix;
    bool public_catalogue;
    bool self_registration;
};

enum error_kind auth_library(struct ctx *ctx, struct library_facts *out_facts) MUST_CHECK;

#endif

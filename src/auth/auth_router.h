/*
 * auth_router.h — the door as http/access.h wants it, for app.c to hang in.
 */
#ifndef CARREL_AUTH_AUTH_ROUTER_H
#define CARREL_AUTH_AUTH_ROUTER_H

#include "http/access.h"

/* struct door's identify: a session, an access token or an API key. */
enum error_kind auth_identify(struct ctx *ctx, const struct credential *credential,
                              struct identity *out_identity) MUST_CHECK;

/* struct door's recall: auth/known.h. */
bool auth_recall(struct ctx *ctx, struct credential *credential, struct identity *out_identity);

#endif

/*
 * api_keys_service.h — keys for programs: a name, a role, and a text that is shown once.
 */
#ifndef CARREL_AUTH_API_KEYS_SERVICE_H
#define CARREL_AUTH_API_KEYS_SERVICE_H

#include "auth/auth.h"
#include "base/row_sink.h"

enum error_kind api_keys_list(struct ctx *ctx, const struct list_query *query,
                              struct row_sink *sink) MUST_CHECK;
enum error_kind api_keys_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/* *out_key is the text itself, "carrel_…"; it cannot be had again. Writer only. */
enum error_kind api_keys_create(struct ctx *ctx, const struct api_key_facts *facts, int64_t *out_id,
                                const char **out_key) MUST_CHECK;

/* API_KEY_NOT_FOUND. One that is revoked already is left as it is. Writer only. */
enum error_kind api_keys_revoke(struct ctx *ctx, const struct uuid *uuid) MUST_CHECK;

/* INVALID_TOKEN: there is none, or it has been revoked. */
enum error_kind api_keys_identify(struct ctx *ctx, const char *key, struct caller *out_caller) MUST_CHECK;

#endif

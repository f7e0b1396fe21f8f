/*
 * settings_repository.h — the only writer of `setting`: what an administrator has changed.
 */
#ifndef CARREL_SETTINGS_SETTINGS_REPOSITORY_H
#define CARREL_SETTINGS_SETTINGS_REPOSITORY_H

#include "base/ctx.h"

/* *out_value is NULL when nothing is stored under that name. */
enum error_kind settings_repo_get(struct ctx *ctx, const char *name, const char **out_value) MUST_CHECK;
enum error_kind settings_repo_set(struct ctx *ctx, const char *name, const char *value) MUST_CHECK;
enum error_kind settings_repo_remove(struct ctx *ctx, const char *name) MUST_CHECK;

#endif

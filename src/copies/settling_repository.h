/*
 * settling_repository.h — where copies are, told anew from loans and holds; for a salvaged library.
 */
#ifndef CARREL_COPIES_SETTLING_REPOSITORY_H
#define CARREL_COPIES_SETTLING_REPOSITORY_H

#include "base/ctx.h"

enum error_kind copies_settling_repo_mark_lent(struct ctx *ctx) MUST_CHECK;
enum error_kind copies_settling_repo_mark_held(struct ctx *ctx) MUST_CHECK;
enum error_kind copies_settling_repo_free_others(struct ctx *ctx) MUST_CHECK;

#endif

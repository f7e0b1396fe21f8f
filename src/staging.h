/*
 * staging.h — a library that is made beside the place it is meant for: nothing of it stays behind when the work
 * fails or somebody presses Ctrl-C. One at a time, before other threads start or while they wait.
 */
#ifndef CARREL_STAGING_H
#define CARREL_STAGING_H

#include "base/ctx.h"

/* Removes what an earlier attempt has left at `path` and beside it; from here on SIGINT and SIGTERM remove it too. */
enum error_kind staging_begin(struct ctx *ctx, const char *path) MUST_CHECK;

/* Removes what is still there: nothing of a library that was given its own name meanwhile. */
void staging_end(void);

#endif

/*
 * health_service.h — is all well? What an administrator looks at, and what a monitor is told.
 */
#ifndef CARREL_ADMIN_HEALTH_SERVICE_H
#define CARREL_ADMIN_HEALTH_SERVICE_H

#include "admin/health.h"
#include "base/ctx.h"

/* Looks at everything that can be told at once, in a few milliseconds. On a read connection. */
enum error_kind health_look(struct ctx *ctx, struct health_report *out_report) MUST_CHECK;

/*
 * The names of what is bad, NULL for what is not. Anybody may ask, as often as they like: so one asks at a time, and the
 * others hear what was found last. A folder on a stick or a network that does not answer keeps one worker, not all.
 */
enum error_kind health_problems(struct ctx *ctx, const char *out_names[HEALTH_SUBJECTS]) MUST_CHECK;

#endif

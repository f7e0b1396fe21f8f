/*
 * health_service.h — is all well? What an administrator looks at, and what a monitor is told.
 */
#ifndef CARREL_ADMIN_HEALTH_SERVICE_H
#define CARREL_ADMIN_HEALTH_SERVICE_H

#include "admin/health.h"
#include "base/ctx.h"

/* Looks at everything that can be told at once, in a few milliseconds. On a read connection. */
enum error_kind health_look(struct ctx *ctx, struct health_report *out_report) MUST_CHECK;

#endif

/*
 * log_level_service.h — changing the log's level while the program runs; the next start begins with the setting's again.
 */
#ifndef CARREL_ADMIN_LOG_LEVEL_SERVICE_H
#define CARREL_ADMIN_LOG_LEVEL_SERVICE_H

#include "admin/log_level.h"
#include "base/ctx.h"

const char *log_level_now(void);

/* Leaves "log_level.changed" in the audit log, if it is another. Nothing is changed yet. Writer only. */
enum error_kind log_level_note(struct ctx *ctx, const struct log_level_choice *choice) MUST_CHECK;

/* Once that is durable. */
void log_level_apply(const struct log_level_choice *choice);

#endif

/*
 * log_level_service.c — a level, and a row in the audit log.
 */
#include "admin/log_level_service.h"

#include <string.h>

#include "audit/audit_service.h"
#include "base/log.h"

static const char *const level_choices[] = {"debug", "info", "warn", "error", "off", NULL};

const struct field log_level_fields[] = {
    {"level", FIELD_CHOICE, REQUIRED, 0, 0, AT(struct log_level_choice, level),
     "From which level on lines are written", level_choices},
    {0},
};

const char *log_level_now(void)
{
    return log_level_name(log_level());
}

enum error_kind log_level_note(struct ctx *ctx, const struct log_level_choice *choice)
{
    const struct field_change change = {.name = "level", .before = log_level_now(), .after = choice->level};

    if (strcmp(choice->level, change.before) == 0)
        return OK;
    return audit_edit(ctx, "log_level.changed", "library", NO_NUMBER, &change);
}

void log_level_apply(const struct log_level_choice *choice)
{
    enum log_level level;

    if (log_level_parse(choice->level, &level))
        log_set_level(level);
}

/*
 * import_report.c — the names of outcomes and reasons.
 */
#include "catalogue_io/import_report.h"

const char *import_outcome_name(enum import_outcome outcome)
{
    static const char *const names[] = {
        [IMPORT_AS_IT_IS] = "imported", [IMPORT_REPAIRED] = "repaired", [IMPORT_REFUSED] = "refused"};

    return names[outcome];
}

static const struct {
    const char *name;
    const char *meaning;
} reasons[] = {
#define X(id, name, meaning) [IMPORT_##id] = {name, meaning},
    IMPORT_REASONS(X)
#undef X
};

const char *import_reason_name(enum import_reason_code code)
{
    return reasons[code].name;
}

const char *import_reason_meaning(enum import_reason_code code)
{
    return reasons[code].meaning;
}

/*
 * stocktake.c — the field tables of a stock-take, and what its findings are called.
 */
#include "stocktake/stocktake.h"

#include <assert.h>

#include "base/limits.h"

static const char *const finding_names[] = {
#define X(id, name) [FINDING_##id] = name,
    FINDINGS(X)
#undef X
};

/* clang-format off */
const struct field stocktake_fields[] = {
    {"name", FIELD_TEXT, REQUIRED, 1, STOCKTAKE_NAME_MAX, AT(struct stocktake_facts, name), "“Summer, children's room”"},
    {"shelf", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, AT(struct stocktake_facts, shelf),
     "Only the copies whose record names this shelf; left out: the whole library"},
    {0},
};

const struct field scan_fields[] = {
    {"barcode", FIELD_TEXT, REQUIRED, 1, BARCODE_MAX, AT(struct scan_facts, barcode), "What the scanner reads"},
    {"shelf", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, AT(struct scan_facts, shelf),
     "Where it stands; left out: on the stock-take's own shelf"},
    {"restore", FIELD_BOOL, OPTIONAL, 0, 0, AT(struct scan_facts, restore),
     "true: a lost copy becomes available again; what was charged for it is left to the desk"},
    {0},
};

const struct field finish_fields[] = {
    {"mark_missing_lost", FIELD_BOOL, OPTIONAL, 0, 0, AT(struct finish_facts, mark_missing_lost),
     "true: what is missing is lost from now on"},
    {0},
};
/* clang-format on */

const char *finding_name(enum scan_finding finding)
{
    assert(finding < FINDING_COUNT);
    return finding_names[finding];
}

/*
 * copies.c — the field tables of a copy, and what its states are called and mean.
 */
#include "copies/copies.h"

#include <assert.h>
#include <string.h>

#include "base/limits.h"
#include "base/money.h"

#define FACTS(member) AT(struct copy_facts, member)

static const char *const status_names[] = {
#define X(id, name) [COPY_##id] = name,
    COPY_STATUSES(X)
#undef X
        NULL,
};

/* What a new copy may be: the other states are made by lending and holding it. */
static const char *const status_names_by_hand[] = {"available", "in_repair", "lost", "withdrawn", NULL};

/* clang-format off */
#define CATALOGUED \
    {"barcode", FIELD_TEXT, OPTIONAL, 1, BARCODE_MAX, FACTS(barcode), \
     "What the scanner reads: printable ASCII, unique; generated when left out"}, \
    {"shelf", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, FACTS(shelf), "Where it stands"}, \
    {"acquired_on", FIELD_DAY, OPTIONAL, 0, 0, FACTS(acquired_on), "Day on which it came to the library"}, \
    {"price", FIELD_MONEY, OPTIONAL, 0, MONEY_MAX, FACTS(price), "What it cost, or costs to replace"}, \
    {"note", FIELD_TEXT, OPTIONAL, 1, NOTE_MAX, FACTS(note), "For the staff"}, \
    {"id", FIELD_UUID, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"book", FIELD_TEXT, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"created_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"updated_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"version", FIELD_INTEGER, SERVER_OWNED, 0, 0, 0, "Ignored; say the version you have read in If-Match"}

const struct field copy_fields[] = {
    CATALOGUED,
    {"status", FIELD_CHOICE, OPTIONAL, 0, 0, FACTS(status), "State of the copy (default available)",
     status_names_by_hand},
    {0},
};

const struct field copy_edit_fields[] = {
    CATALOGUED,
    /* All of them: an edit may send back what it has read. */
    {"status", FIELD_CHOICE, OPTIONAL, 0, 0, FACTS(status),
     "State of the copy; on_loan and on_hold_shelf are set by lending and holds only", status_names},
    {0},
};
/* clang-format on */

const char *copy_status_name(enum copy_status status)
{
    assert(status < COPY_STATUS_COUNT);
    return status_names[status];
}

bool copy_status_parse(const char *name, enum copy_status *out_status)
{
    for (int i = 0; i < COPY_STATUS_COUNT; i++) {
        if (strcmp(status_names[i], name) == 0) {
            *out_status = (enum copy_status)i;
            return true;
        }
    }
    return false;
}

bool copy_status_counts(enum copy_status status)
{
    return status != COPY_LOST && status != COPY_WITHDRAWN;
}

bool copy_status_is_available(enum copy_status status)
{
    return status == COPY_AVAILABLE;
}

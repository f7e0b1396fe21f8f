/*
 * copies.c — the field tables of a copy, what its states are called and mean, and which follows which.
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

/* clang-format off */
const struct copy_move copy_moves[] = {
    {COPY_AVAILABLE, COPY_ON_LOAN, COPY_BY_LENDING, "It is lent."},
    {COPY_AVAILABLE, COPY_ON_HOLD_SHELF, COPY_BY_HOLDS, "It is pulled for the reader whose turn it is."},
    {COPY_AVAILABLE, COPY_IN_REPAIR, COPY_BY_DESK, "It goes to be mended."},
    {COPY_AVAILABLE, COPY_LOST, COPY_BY_DESK | COPY_BY_STOCKTAKE, "It is not where it should be."},
    {COPY_AVAILABLE, COPY_WITHDRAWN, COPY_BY_DESK, "It is weeded."},
    {COPY_ON_LOAN, COPY_AVAILABLE, COPY_BY_RETURN, "It comes back, and nobody waits for it."},
    {COPY_ON_LOAN, COPY_ON_HOLD_SHELF, COPY_BY_RETURN | COPY_BY_HOLDS, "It comes back, and somebody waits for it."},
    {COPY_ON_LOAN, COPY_LOST, COPY_BY_LENDING, "The loan ends because the copy is lost."},
    {COPY_ON_HOLD_SHELF, COPY_ON_LOAN, COPY_BY_LENDING, "It is fetched."},
    {COPY_ON_HOLD_SHELF, COPY_AVAILABLE, COPY_BY_HOLDS, "Its hold is cancelled or expires, and nobody else waits."},
    {COPY_ON_HOLD_SHELF, COPY_IN_REPAIR, COPY_BY_HOLDS, "It needs mending, and its hold waits again."},
    {COPY_ON_HOLD_SHELF, COPY_LOST, COPY_BY_HOLDS, "It cannot be found, and its hold waits again."},
    {COPY_ON_HOLD_SHELF, COPY_WITHDRAWN, COPY_BY_HOLDS, "It is weeded, and its hold waits again."},
    {COPY_IN_REPAIR, COPY_AVAILABLE, COPY_BY_DESK, "It is mended."},
    {COPY_IN_REPAIR, COPY_ON_HOLD_SHELF, COPY_BY_HOLDS, "It is mended, and somebody waits for it."},
    {COPY_IN_REPAIR, COPY_LOST, COPY_BY_DESK, "It does not come back from there."},
    {COPY_IN_REPAIR, COPY_WITHDRAWN, COPY_BY_DESK, "It cannot be mended."},
    {COPY_LOST, COPY_AVAILABLE, COPY_BY_DESK | COPY_BY_RETURN | COPY_BY_STOCKTAKE, "It is found."},
    {COPY_LOST, COPY_ON_HOLD_SHELF, COPY_BY_RETURN | COPY_BY_HOLDS, "It is found, and somebody waits for it."},
    {COPY_LOST, COPY_IN_REPAIR, COPY_BY_DESK, "It is found, and needs mending."},
    {COPY_LOST, COPY_WITHDRAWN, COPY_BY_DESK, "It is given up."},
    {COPY_WITHDRAWN, COPY_AVAILABLE, COPY_BY_DESK, "It is taken into the stock again."},
    {COPY_WITHDRAWN, COPY_IN_REPAIR, COPY_BY_DESK, "It is taken into the stock again, and needs mending."},
    {.when = NULL},
};
/* clang-format on */

const struct copy_move *copy_move_find(enum copy_status from, enum copy_status to)
{
    for (const struct copy_move *move = copy_moves; move->when; move++)
        if (move->from == from && move->to == to)
            return move;
    return NULL;
}

const char *copy_status_name(enum copy_status status)
{
    assert(status < COPY_STATUS_COUNT);
    return status_names[status];
}

const char *copy_status_words(enum copy_status status)
{
    switch (status) {
    case COPY_AVAILABLE: return "on the shelf";
    case COPY_ON_LOAN: return "on loan";
    case COPY_ON_HOLD_SHELF: return "on the hold shelf";
    case COPY_IN_REPAIR: return "in repair";
    case COPY_LOST: return "lost";
    default: return "withdrawn";
    }
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

int64_t copies_barcode_step(int tries)
{
    return tries < COPY_BARCODE_TRIES ? 1 : INT64_C(1) << (tries - COPY_BARCODE_TRIES);
}

/*
 * reviews.c — the field tables of a review, and what its states are called.
 */
#include "reviews/reviews.h"

#include <assert.h>

#include "base/limits.h"

static const char *const status_names[] = {
    [REVIEW_WAITING] = "waiting", [REVIEW_SHOWN] = "shown", [REVIEW_REFUSED] = "refused"};

static const char *const decisions[] = {"shown", "refused", NULL};

/* clang-format off */
const struct field review_fields[] = {
    {"stars", FIELD_INTEGER, REQUIRED, 1, 5, AT(struct review_facts, stars), "1 to 5"},
    {"text", FIELD_TEXT, OPTIONAL, 1, REVIEW_TEXT_MAX, AT(struct review_facts, text), "In words; left out: stars alone"},
    {0},
};

const struct field review_decision_fields[] = {
    {"status", FIELD_CHOICE, REQUIRED, 0, 0, AT(struct review_decision, status), "shown or refused", decisions},
    {"reason", FIELD_TEXT, OPTIONAL, 1, NOTE_MAX, AT(struct review_decision, reason),
     "Of a refusal, needed there: the reader sees it"},
    {0},
};
/* clang-format on */

const char *review_status_name(enum review_status status)
{
    assert(status < sizeof status_names / sizeof status_names[0]);
    return status_names[status];
}

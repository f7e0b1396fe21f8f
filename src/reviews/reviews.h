/*
 * reviews.h — what a reader thinks of a title: one to five stars, and words if they like.
 *
 * Stars alone are shown at once. Words wait until somebody of the staff has read them (setting `review_moderation`),
 * and their stars with them. Only what is shown counts in a title's rating. To the public a review has no name, not even
 * a first one: in a small library it would tell who has read what.
 */
#ifndef CARREL_REVIEWS_REVIEWS_H
#define CARREL_REVIEWS_REVIEWS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/field.h"
#include "base/listing.h"
#include "base/uuid.h"

enum review_status {
    REVIEW_WAITING, /* for somebody to read its words */
    REVIEW_SHOWN,
    REVIEW_REFUSED,
};

/* The body of POST /books/{id}/reviews and PUT /reviews/{id} (review_fields). */
struct review_facts {
    int64_t stars;    /* 1 … 5 */
    const char *text; /* NULL: stars alone */
};

/* The body of POST /reviews/{id}/decide (review_decision_fields). */
struct review_decision {
    const char *status; /* "shown", "refused" */
    const char *reason; /* of a refusal: the reader sees it */
};

struct review {
    int64_t id;
    struct uuid uuid;
    int64_t book_id;
    int64_t member_id; /* 0: forgotten */
    struct review_facts facts;
    enum review_status status;
    const char *reason; /* of a refusal, else NULL */
    int64_t created_at;
    int64_t version;
};

const char *review_status_name(enum review_status status); /* "waiting" */

extern const struct field review_fields[];
extern const struct field review_decision_fields[];

extern const struct listing reviews_listing;       /* for the staff, and a reader's own */
extern const struct listing shown_reviews_listing; /* of one title, for everybody */

#endif

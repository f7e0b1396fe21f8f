/*
 * renewals.h — renewing: what is asked for, and the rows that tell of it.
 */
#ifndef CARREL_BORROWS_RENEWALS_H
#define CARREL_BORROWS_RENEWALS_H

#include "base/field.h"
#include "base/listing.h"
#include "base/uuid.h"

/* The body of POST /borrows/{id}/renew. */
struct renew_request {
    const char *override_reason;
};

/* The body of POST /borrows/renew: all that a member has, or these loans. */
struct renew_all_request {
    struct uuid member_id;
    const char *card;
    struct text_list ids;
    const char *override_reason;
};

extern const struct field renew_fields[];     /* over struct renew_request */
extern const struct field renew_all_fields[]; /* over struct renew_all_request */
extern const struct listing renewals_listing;

#endif

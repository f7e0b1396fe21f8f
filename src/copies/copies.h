/*
 * copies.h — the thing on the shelf, with the barcode that the scanner reads. A copy is what is lent.
 */
#ifndef CARREL_COPIES_COPIES_H
#define CARREL_COPIES_COPIES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/field.h"
#include "base/listing.h"
#include "base/uuid.h"

/* Stable names: they are stored and shown. */
#define COPY_STATUSES(X)                                        \
    X(AVAILABLE, "available")                                   \
    X(ON_LOAN, "on_loan")             /* set by lending only */ \
    X(ON_HOLD_SHELF, "on_hold_shelf") /* set by holds only */   \
    X(IN_REPAIR, "in_repair")                                   \
    X(LOST, "lost")           /* no longer counted */           \
    X(WITHDRAWN, "withdrawn") /* no longer counted */

enum copy_status {
#define X(id, name) COPY_##id,
    COPY_STATUSES(X)
#undef X
        COPY_STATUS_COUNT,
};

/* What a cataloguer says about a copy: a create or edit takes this in (copy_fields). */
struct copy_facts {
    const char *barcode; /* NULL in a create: one is generated */
    const char *status;  /* a copy status by name; NULL in a create: "available" */
    const char *shelf;   /* where it stands; NULL: not said */
    int64_t acquired_on; /* day; NO_NUMBER: not known */
    int64_t price;       /* minor units; NO_NUMBER: not known */
    const char *note;
};

/* ---- what may become of a copy --------------------------------------------------------------------------- */

/* Who changes a copy's status: bits, since several may. */
enum copy_mover {
    COPY_BY_DESK = 1,       /* a cataloguer, by hand: copies_update() */
    COPY_BY_LENDING = 2,    /* borrows: lend, declare lost */
    COPY_BY_RETURN = 4,     /* borrows: take back, found again */
    COPY_BY_HOLDS = 8,      /* holds: set aside, given up */
    COPY_BY_STOCKTAKE = 16, /* stocktake: missing, found again */
};

/* One legal change of status. docs/circulation.md shows the same table; a test holds the two equal. */
struct copy_move {
    enum copy_status from, to;
    unsigned movers;  /* of enum copy_mover */
    const char *when; /* for people */
};

extern const struct copy_move copy_moves[]; /* ends with a NULL `when` */

/* NULL: from this status to that there is no way. */
const struct copy_move *copy_move_find(enum copy_status from, enum copy_status to);

#define COPY_FACTS_NONE ((struct copy_facts){.acquired_on = NO_NUMBER, .price = NO_NUMBER})

struct copy {
    int64_t id;
    struct uuid uuid;
    int64_t book_id;
    enum copy_status status;
    struct copy_facts facts; /* facts.status is the name of `status` */
    int64_t created_at;
    int64_t updated_at;
    int64_t version;
};

/* Over struct copy_facts: what a create and what an edit take in, server-owned members included. */
extern const struct field copy_fields[];
extern const struct field copy_edit_fields[];

extern const struct listing copies_listing;
extern const struct listing copies_export_listing; /* with what an import needs to find their titles */

const char *copy_status_name(enum copy_status status);                  /* "on_loan" */
const char *copy_status_words(enum copy_status status);                 /* "on loan" */
bool copy_status_parse(const char *name, enum copy_status *out_status); /* false: no such status */

/* Does a copy of this status count in book.total_copies, in book.available_copies? */
bool copy_status_counts(enum copy_status status);
bool copy_status_is_available(enum copy_status status);

/* How far to go for the next running number when `tries` in a row were in use: a library that came with its own
   barcodes has them in long rows, and every act that fails gives its numbers back. */
int64_t copies_barcode_step(int tries);

#endif

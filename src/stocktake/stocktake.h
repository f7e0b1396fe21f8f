/*
 * stocktake.h — walking along the shelves with a scanner: what is there, what is missing, what stands wrong.
 *
 * A stock-take knows from its start which copies should be there: those that are available or on the hold shelf,
 * of live titles, and whose record names its shelf (or all). Each is *unseen* until it is scanned. What is unseen
 * when it is finished is missing, unless the desk has had it in hand meanwhile.
 */
#ifndef CARREL_STOCKTAKE_STOCKTAKE_H
#define CARREL_STOCKTAKE_STOCKTAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/field.h"
#include "base/listing.h"
#include "base/row_set.h"
#include "base/uuid.h"

/* What a scan says of a copy. Stable names: they are stored and shown. */
#define FINDINGS(X)                                                  \
    X(IN_PLACE, "in_place")                                          \
    X(MISPLACED, "misplaced") /* its record names another shelf */   \
    X(ON_LOAN, "on_loan")     /* it came back past the desk */       \
    X(ON_HOLD_SHELF, "on_hold_shelf")                                \
    X(IN_REPAIR, "in_repair")                                        \
    X(WAS_LOST, "was_lost")                                          \
    X(WAS_WITHDRAWN, "was_withdrawn") /* or its title is archived */ \
    X(UNKNOWN, "unknown")             /* no copy has the barcode */

enum scan_finding {
#define X(id, name) FINDING_##id,
    FINDINGS(X)
#undef X
        FINDING_COUNT,
};

const char *finding_name(enum scan_finding finding); /* "in_place" */

/* The body of POST /stocktakes (stocktake_fields). */
struct stocktake_facts {
    const char *name;
    const char *shelf; /* NULL: the whole library */
};

/* The body of POST /stocktakes/{id}/scans (scan_fields). */
struct scan_facts {
    const char *barcode;
    const char *shelf; /* where it was scanned; NULL: the stock-take's shelf */
    bool restore;      /* a lost copy becomes available again */
};

/* The body of POST /stocktakes/{id}/finish (finish_fields). */
struct finish_facts {
    bool mark_missing_lost;
};

struct stocktake {
    int64_t id;
    struct uuid uuid;
    struct stocktake_facts facts;
    int64_t expected; /* copies, when it began */
    int64_t seen;     /* of these, so far */
    int64_t started_at;
    int64_t finished_at; /* NO_NUMBER: under way */
    int64_t missing;     /* NO_NUMBER: under way */
};

extern const struct field stocktake_fields[];
extern const struct field scan_fields[];
extern const struct field finish_fields[];

extern const struct listing stocktakes_listing;
extern const struct listing stocktake_scans_listing;
extern const struct listing
    stocktake_missing_listing; /* copies not seen yet; after the end: the missing ones */

#endif

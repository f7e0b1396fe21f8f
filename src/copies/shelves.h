/*
 * shelves.h — where copies stand, and what a scanner in a hand is told of one.
 */
#ifndef CARREL_COPIES_SHELVES_H
#define CARREL_COPIES_SHELVES_H

#include "copies/copies.h"

/* The reader of a loan or hold. NULL name: nobody, or a reader who is forgotten. */
struct scanned_reader {
    struct uuid uuid;
    const char *name;
    const char *card;
};

/* All that a desk needs to know of a copy in the hand. */
struct copy_scan {
    struct copy copy;
    bool is_lent;
    struct uuid borrow_id;
    int64_t due_at;
    struct scanned_reader borrower;
    bool is_held; /* it stands on the hold shelf for … */
    struct uuid hold_id;
    int64_t pickup_day;
    struct scanned_reader holder;
    int64_t holds_waiting; /* for its title */
};

/* The body of POST /copies/transfer (transfer_fields): the copies with these barcodes, or all of a shelf. */
struct transfer_facts {
    struct text_list barcodes;
    const char *from_shelf;
    const char *shelf; /* where they stand from now on */
};

extern const struct field transfer_fields[];

struct shelf_count {
    const char *name;
    int64_t copies; /* whose record names it, lost and withdrawn ones included */
    struct shelf_count *next;
};

#endif

/*
 * counters.h — the numbers that lists and the dashboard show without counting.
 *
 * Each stands beside a fact, changes in the fact's own transaction, and equals what counting gives
 * (`--check` proves it, `--check --rebuild` restores it). src/counters alone writes them: the slices say
 * what happened, not which columns follow from it.
 */
#ifndef CARREL_COUNTERS_COUNTERS_H
#define CARREL_COUNTERS_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* clang-format off */

/* The rows of library_counter, and what each counts. */
#define LIBRARY_COUNTERS(X) \
    X(BOOKS, "books") /* titles that are not archived */ \
    X(BOOKS_ARCHIVED, "books_archived") \
    X(MEMBERS, "members") /* members that are not archived */ \
    X(MEMBERS_ARCHIVED, "members_archived") \
    X(COPIES, "copies") /* neither withdrawn nor lost */ \
    X(BORROWS, "borrows") /* all there ever were */ \
    X(BORROWS_OPEN, "borrows_open") \
    X(BOOKS_LOW, "books_low") /* of the titles that are not archived: at most one copy is available */ \
    X(BOOKS_OUT, "books_out") /* none is */ \
    X(BOOKS_UNLENT, "books_unlent") /* never lent */ \
    X(HOLDS, "holds") /* all there ever were */ \
    X(HOLDS_OPEN, "holds_open") /* waiting and ready */ \
    X(HOLDS_FULFILLED, "holds_fulfilled") \
    X(HOLDS_CANCELLED, "holds_cancelled") \
    X(HOLDS_EXPIRED, "holds_expired") \
    X(CHARGES, "charges") \
    X(CHARGES_OPEN, "charges_open") /* not wholly settled */ \
    X(PAYMENTS, "payments") \
    X(WAIVERS, "waivers") /* asked, approved and refused; corrections, too */ \
    X(REVIEWS, "reviews") \
    X(NOTIFICATIONS, "notifications") /* that are kept: old ones are pruned */ \
    X(DELIVERIES, "webhook_deliveries") /* likewise */

enum library_counter {
#define X(id, name) COUNTER_##id,
    LIBRARY_COUNTERS(X)
#undef X
    COUNTER_COUNT,
};

/* clang-format on */

/* The running numbers behind generated barcodes, cards and receipts (table `sequence`). */
enum sequence {
    SEQUENCE_COPY_BARCODE,
    SEQUENCE_MEMBER_CARD,
    SEQUENCE_RECEIPT,
};

/* One loan, as far as it is counted. */
struct counted_borrow {
    int64_t book_id;
    int64_t member_id;
    int64_t borrowed_at;  /* instant */
    int64_t borrowed_day; /* clock_day_of(borrowed_at) */
    int64_t returned_day; /* clock_day_of(returned_at), as kept in borrow.returned_day; closing only */
    bool late;            /* returned_at > due_at; closing and forgetting only */
};

/* One row of `borrow`, as --check reads them all. */
struct ledger_loan {
    int64_t id;
    int64_t book_id, copy_id, rule_id;
    int64_t member_id; /* NO_NUMBER: forgotten */
    int64_t borrowed_at, due_at;
    int64_t returned_at, returned_day; /* NO_NUMBER: still out */
    int64_t lent_by, taken_by;         /* in `actor`; NO_NUMBER: not taken back */
};

/* Who else looks at all loans while they are counted: they come in the order of their ids, some at a time. */
struct loan_watch {
    void (*take)(void *argument, const struct ledger_loan *loans, size_t count);
    void *argument;
};

/* Of what loans are counted for the favourites of a range of days (tallies_service.h). */
enum counted { COUNTED_BOOKS, COUNTED_MEMBERS, COUNTED_COUNT };

struct loan_rank {
    int64_t id;    /* of a book or a member */
    int64_t count; /* loans */
};

#endif

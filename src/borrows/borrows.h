/*
 * borrows.h — a copy, a member, and the time between out and back. People call it a loan; in names it is a borrow.
 */
#ifndef CARREL_BORROWS_BORROWS_H
#define CARREL_BORROWS_BORROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/field.h"
#include "base/listing.h"
#include "base/uuid.h"
#include "holds/holds.h" /* struct hold_turn */

/* The body of POST /borrows: a thing by book or barcode, a person by id or card. */
struct lend_request {
    struct uuid book_id;
    const char *barcode;
    struct uuid member_id;
    const char *card;
    int64_t occurred_at;         /* NO_NUMBER: now */
    const char *override_reason; /* why it is lent though another reader waits for it; NULL: it is not */
};

/* The body of a return. */
struct return_request {
    const char *barcode; /* POST /borrows/return only */
    int64_t occurred_at;
};

/* The body of POST /borrows/{id}/lost. */
struct lost_report {
    const char *note;
    int64_t amount; /* charged for the copy, minor units; NO_NUMBER: its price, or the setting lost_price */
};

struct borrow {
    int64_t id;
    struct uuid uuid;
    int64_t book_id, copy_id, member_id; /* member_id 0: forgotten, long after it came back */
    int64_t borrowed_at;
    int64_t due_at;
    int64_t returned_at; /* NO_NUMBER: still out */
    int32_t due_day;
    int64_t renewals;
    int64_t fine_per_day, fine_cap,
        grace_days;       /* as the rule said when it was lent; fine_cap NO_NUMBER: none */
    int64_t fine_before;  /* what lateness cost up to the last renewal */
    int64_t overdue_step; /* how often the reader was urged */
};

/* What is written when a copy is lent. */
struct new_borrow {
    struct uuid uuid;
    int64_t book_id, copy_id, member_id, rule_id;
    int64_t borrowed_at;
    int64_t due_at;
    int32_t due_day;
    int64_t fine_per_day, fine_cap, grace_days;
    int64_t lent_by; /* audit_actor_id() */
};

/* Somebody who has the book now, and a loan that is over: for a book's page. */
struct current_borrower {
    struct uuid borrow_id, member_id;
    const char *name;
    int64_t borrowed_at, due_at;
    int32_t due_day;
    struct current_borrower *next;
};

struct past_borrow {
    bool forgotten; /* who it was: no member_id, no member_name */
    struct uuid member_id;
    const char *member_name;
    int64_t borrowed_at, returned_at;
    struct past_borrow *next;
};

/* A book's page: who has it and who had it. */
struct book_borrows {
    int64_t book_id;
    struct current_borrower *current; /* soonest due first */
    struct past_borrow *past;         /* the last BORROW_HISTORY_SHOWN, newest first */
};

#define BORROW_HISTORY_SHOWN 50 /* of a book, on its page; the rest is GET /books/{id}/borrows */

/* What came of a copy that was handed in or read by the scanner at the returns desk. */
enum reception_outcome {
    RECEPTION_RETURNED, /* it was out, and is back */
    RECEPTION_FOUND,    /* it was lost, and is there again */
    RECEPTION_PULLED,   /* it stood on its shelf, and a reader waits for it */
};

struct reception {
    enum reception_outcome outcome;
    bool has_borrow;      /* false: the copy was pulled, or is found and no loan says who lost it */
    struct borrow borrow; /* the loan that ended, now or when the copy was lost */
    int64_t copy_id;
    int64_t fine;          /* what lateness cost in all; minor units, as below */
    int64_t balance;       /* what the member of that loan owes now */
    struct hold_turn turn; /* whose turn the copy is; hold_id 0: nobody's */
};

extern const struct field lend_fields[];        /* over struct lend_request */
extern const struct field member_lend_fields[]; /* the same without the person: POST /members/{id}/borrows */
extern const struct field return_fields[];      /* over struct return_request */
extern const struct field barcode_return_fields[]; /* with the barcode */
extern const struct field lost_fields[];           /* over struct lost_report */
extern const struct listing borrows_listing;       /* newest first */
extern const struct listing overdue_listing;       /* still out past the due day, longest first */

#endif

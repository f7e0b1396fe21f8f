/*
 * borrows.h — loans: a copy, a member, and the time between out and back.
 */
#ifndef CARREL_BORROWS_BORROWS_H
#define CARREL_BORROWS_BORROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/field.h"
#include "base/listing.h"
#include "base/uuid.h"
#include "books/books.h" /* books_listing: a book's page shows a row of it */

/* The body of POST /borrows: a thing by book or barcode, a person by id or card. */
struct lend_request {
    struct uuid book_id;
    const char *barcode;
    struct uuid member_id;
    const char *card;
    int64_t occurred_at; /* NO_NUMBER: now */
};

/* The body of a return. */
struct return_request {
    const char *barcode; /* POST /borrows/return only */
    int64_t occurred_at;
};

struct borrow {
    int64_t id;
    int64_t book_id, copy_id;
    int64_t member_id; /* 0: forgotten, long after it came back */
    int64_t borrowed_at;
    int64_t due_at;
    int64_t returned_at; /* NO_NUMBER: still out */
};

/* What is written when a copy is lent. */
struct new_borrow {
    struct uuid uuid;
    int64_t book_id, copy_id, member_id, rule_id;
    int64_t borrowed_at;
    int64_t due_at;
    int32_t due_day;
    int64_t fine_per_day, fine_cap, grace_days;
    const char *lent_by;
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
struct book_loans {
    int64_t book_id;
    struct current_borrower *current; /* soonest due first */
    struct past_borrow *past;         /* the last BORROW_HISTORY_SHOWN, newest first */
};

#define BORROW_HISTORY_SHOWN 50 /* of a book, on its page; the rest is GET /books/{id}/borrows */

extern const struct field lend_fields[];        /* over struct lend_request */
extern const struct field member_lend_fields[]; /* the same without the person: POST /members/{id}/borrows */
extern const struct field return_fields[];      /* over struct return_request */
extern const struct field barcode_return_fields[]; /* with the barcode */
extern const struct listing borrows_listing;       /* newest first */
extern const struct listing overdue_listing;       /* still out past the due day, longest first */

#endif

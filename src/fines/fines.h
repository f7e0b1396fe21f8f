/*
 * fines.h — what readers owe and what became of it: charges, payments, waivers.
 *
 * A ledger: rows are added and stay. What a member owes is charges less payments less approved waivers
 * (member.balance, kept by src/counters). Which payment or waiver settled which charge stands in `allocation`; what
 * a charge has of them is its `settled`, what a payment or waiver has spent its `allocated`. Money is in minor units.
 *
 * A payment or waiver with something left is a credit: it settles the member's next charge. So a member has open
 * charges or a credit, never both.
 */
#ifndef CARREL_FINES_FINES_H
#define CARREL_FINES_FINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/field.h"
#include "base/listing.h"
#include "base/uuid.h"

enum charge_kind { CHARGE_OVERDUE, CHARGE_LOST, CHARGE_DAMAGE, CHARGE_FEE, CHARGE_KIND_COUNT };
enum payment_method { PAYMENT_CASH, PAYMENT_CARD, PAYMENT_MOBILE_MONEY, PAYMENT_OTHER, PAYMENT_METHOD_COUNT };
enum waiver_kind {
    WAIVER_WAIVER,     /* asked for by a librarian, decided by an administrator */
    WAIVER_CORRECTION, /* the days late were counted anew: a closure that was entered later */
    WAIVER_FOUND,      /* a lost copy is there again */
    WAIVER_KIND_COUNT
};

const char *charge_kind_name(enum charge_kind kind);         /* "overdue" */
const char *payment_method_name(enum payment_method method); /* "mobile_money" */
const char *waiver_kind_name(enum waiver_kind kind);         /* "correction" */

/* Of a name that the table has let in. */
enum charge_kind charge_kind_of(const char *name);
enum payment_method payment_method_of(const char *name);
enum waiver_kind waiver_kind_of(const char *name);

/* ---- charges -------------------------------------------------------------------------------------------- */

/* What is written when somebody owes something. */
struct new_charge {
    int64_t member_id;
    enum charge_kind kind;
    int64_t amount;    /* minor units; 0: nothing is charged */
    int64_t borrow_id; /* 0: none */
    int64_t copy_id;   /* 0: none */
    int64_t at;        /* when it came about; the day of the books follows it */
    const char *note;  /* for the reader, too; NULL: none */
};

/* What being late has cost a loan so far. */
struct overdue_borrow {
    int64_t borrow_id, member_id, copy_id;
    int64_t amount; /* in all, by now: not less than 0 */
};

struct charge {
    int64_t id;
    struct uuid uuid;
    int64_t member_id;
    enum charge_kind kind;
    int64_t amount, settled;
    int64_t borrow_id; /* 0: none */
};

/* The body of POST /fines/charge: a person by id or card, a loan or a copy if there is one. */
struct charge_request {
    struct uuid member_id;
    const char *card;
    const char *kind; /* "damage", "lost", "fee" */
    int64_t amount;
    const char *note;
    struct uuid borrow_id;
    const char *barcode;
};

/* ---- payments ------------------------------------------------------------------------------------------- */

/* The body of POST /fines/pay. */
struct payment_request {
    struct uuid member_id;
    const char *card;
    int64_t amount;
    const char *method;
    const char *reference; /* of the card terminal or the mobile network; NULL: none */
    const char *note;
    struct text_list charge_ids; /* of these charges; none: of all that are open */
};

struct payment {
    int64_t id;
    int64_t receipt; /* running number */
    struct uuid uuid;
    int64_t member_id;
    const char *method; /* its name */
    int64_t amount;
    const char *reference, *note;
    int64_t at;
    const char *taken_by;
    int64_t balance_after; /* NO_NUMBER: not known */
};

/* What of a payment went to the charges of one kind for one loan, or to a charge without a loan. */
struct receipt_line {
    const char *kind;
    int64_t amount;           /* of the payment */
    int64_t at, until;        /* of the first and the last charge */
    const char *title, *note; /* NULL: none */
    struct receipt_line *next;
};

/* What is printed and handed over. */
struct receipt {
    const char *library, *currency; /* as they are called now */
    struct payment payment;
    struct uuid member_id;
    const char *member_name, *card;
    struct receipt_line *lines; /* oldest charge first */
};

/* ---- waivers -------------------------------------------------------------------------------------------- */

/* The body of POST /fines/waive/{id}. */
struct waiver_request {
    int64_t amount; /* NO_NUMBER: all that is open */
    const char *reason;
};

struct waiver {
    int64_t id;
    int64_t member_id;
    int64_t charge_id; /* 0: none */
    bool is_decided;
    int64_t amount;
};

/* The body of POST /fines/waivers/{id}/refuse. */
struct refusal {
    const char *reason; /* NULL: none */
};

/* ---- what is open, and what is left ---------------------------------------------------------------------- */

/* A member's open charges, oldest first. */
struct open_charge {
    int64_t id;
    struct uuid uuid;
    enum charge_kind kind;
    int64_t borrow_id; /* 0: none */
    int64_t open;      /* amount - settled */
    struct open_charge *next;
};

/* A payment or an approved waiver, as far as it is not spent. */
struct credit {
    int64_t payment_id, waiver_id; /* one of them is 0 */
    int64_t left;
    struct credit *next;
};

extern const struct field charge_fields[];  /* over struct charge_request */
extern const struct field payment_fields[]; /* over struct payment_request */
extern const struct field waiver_fields[];  /* over struct waiver_request */
extern const struct field refusal_fields[]; /* over struct refusal */

extern const struct listing charges_listing;  /* newest first */
extern const struct listing payments_listing; /* newest first */
extern const struct listing waivers_listing;  /* newest first */

#endif

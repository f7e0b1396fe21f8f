/*
 * decision_service.h — may this reader have this thing? The one place that answers.
 *
 * One decision, asked in two ways. Lending (lending_service.h) asks it until the first no, and then acts; the
 * simulator (simulator_service.h) asks all of it and tells every no there is. Within borrows/ only.
 *
 * Checked in this order (API.md):
 *   1. the member exists                    MEMBER_NOT_FOUND
 *   2. and may borrow                       MEMBER_SUSPENDED, MEMBER_EXPIRED, MEMBER_BLOCKED (owes too much)
 *   3. has not too many of this kind,       BORROW_LIMIT_EXCEEDED: the most specific rule, when it names an item
 *      nor too many altogether              type, counts things of that type; the most specific one that names
 *                                           none counts everything
 *   4. has not this title already           ACTIVE_BORROW_EXISTS
 *   5. the thing exists                     BOOK_NOT_FOUND, COPY_NOT_FOUND
 *   6. and can be lent                      INVENTORY_UNAVAILABLE; COPY_NOT_AVAILABLE for the copy scanned
 *   7. and nobody else waits for it         HELD_FOR_ANOTHER, unless overridden with a reason
 */
#ifndef CARREL_BORROWS_DECISION_SERVICE_H
#define CARREL_BORROWS_DECISION_SERVICE_H

#include <stdbool.h>

#include "base/ctx.h"
#include "books/books.h"
#include "borrows/borrows.h"
#include "copies/copies.h"
#include "members/members.h"
#include "policies/policies.h"

/* One no. */
struct lending_refusal {
    enum error_code code;
    const char *detail;
    struct error_reason *reasons;
    struct lending_refusal *next;
};

/* Everything a loan is decided on, gathered before anything is refused: the order of refusals is the API's. */
struct lending {
    bool has_member; /* false: the simulator was asked about a type of member */
    struct member member;
    int64_t member_type_id;
    bool has_book;
    struct book book;
    int64_t item_type_id; /* 0: of a thing that is not there */
    bool has_copy;
    struct copy copy;
    const char *barcode; /* that was scanned: that very copy; NULL: any */
    bool of_a_type;      /* the simulator was asked about a type of thing: there is none to look for */
    const char *override_reason;
    struct hold_claim claim; /* the member's own hold of the title */
    struct loan_rule rule, total;
    int64_t at;
    struct lending_refusal **all; /* where the next no goes; NULL: the first one ends it */
};

/*
 * Gathering. A live member by id, or by card when one is given: MEMBER_NOT_FOUND. The thing as far as it exists,
 * by title or by barcode when one is given: that it does not is said in its turn. The rules for both. In this order.
 */
enum error_kind decision_take_member(struct ctx *ctx, struct lending *lending, const struct uuid *uuid,
                                     const char *card) MUST_CHECK;
enum error_kind decision_take_thing(struct ctx *ctx, struct lending *lending, const struct uuid *uuid,
                                    const char *barcode) MUST_CHECK;
enum error_kind decision_take_rules(struct ctx *ctx, struct lending *lending) MUST_CHECK;

/* Deciding: the first no, or all in lending->all. Then until when: the loan_days'th day, or the first open one. */
enum error_kind decision_make(struct ctx *ctx, struct lending *lending) MUST_CHECK;
enum error_kind decision_due_day(struct ctx *ctx, const struct lending *lending, int32_t *out_day) MUST_CHECK;

/* ---- the same questions, for acts on loans that are there -------------------------------------------------- */

/* Step 2: may they borrow, or renew? */
enum error_kind decision_check_member(struct ctx *ctx, const struct member *member) MUST_CHECK;

/* What a field `occurred_at` means; OCCURRED_AT_PAST_DAYS in words. */
#define OCCURRED_AT_MEANING \
    "When it happened, if not now: book drop, offline desk (RFC 3339, at most 14 days back)"

/*
 * The instant that counts for an act with an `occurred_at`: ctx->now for NO_NUMBER. VALIDATION_ERROR when it lies
 * more than OCCURRED_AT_PAST_DAYS back, or in the future by more than a desk's clock may run ahead.
 */
enum error_kind decision_check_occurred(struct ctx *ctx, int64_t occurred_at, int64_t *out_at) MUST_CHECK;

#endif

/*
 * events.h — what happened in the library, as a closed list: the outbox.
 *
 * An event is written in the transaction of the fact it tells, and read by those who act on it later
 * (notifications, event streams, statistics). It names records and holds no copies of them.
 */
#ifndef CARREL_EVENTS_EVENTS_H
#define CARREL_EVENTS_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/uuid.h"

/* Stable names: they are stored and sent. Never renamed, only added to. */
#define EVENT_TYPES(X)                                                                                 \
    X(BOOK_ADDED, "BookAdded")                                                                         \
    X(BOOK_UPDATED, "BookUpdated")                                                                     \
    X(BOOK_ARCHIVED, "BookArchived")                                                                   \
    X(BOOK_RESTORED, "BookRestored")                                                                   \
    X(BOOK_MERGED, "BookMerged") /* detail: the record that went */                                    \
    X(BOOK_MERGE_UNDONE, "BookMergeUndone")                                                            \
    X(BOOK_ISSUED, "BookIssued")                                                                       \
    X(BOOK_RETURNED, "BookReturned")                                                                   \
    X(BOOK_RENEWED, "BookRenewed")    /* detail: the new due day */                                    \
    X(BOOK_OVERDUE, "BookOverdue")    /* detail: the step reached, from 1 */                           \
    X(DUE_DATE_MOVED, "DueDateMoved") /* by a closure; detail: the new day */                          \
    X(COPY_LOST, "CopyLost")                                                                           \
    X(COPY_FOUND, "CopyFound")                                                                         \
    X(BOOK_RESERVED, "BookReserved") /* detail: the place in the queue */                              \
    X(HOLD_READY, "HoldReady")       /* detail: the last day to fetch it */                            \
    X(HOLD_FULFILLED, "HoldFulfilled")                                                                 \
    X(HOLD_CANCELLED, "HoldCancelled")                                                                 \
    X(HOLD_EXPIRED, "HoldExpired")                                                                     \
    X(HOLD_WAITS_AGAIN, "HoldWaitsAgain")      /* its copy is gone from the hold shelf */              \
    X(TITLE_AVAILABLE, "TitleAvailable")       /* for one who watches it */                            \
    X(FINE_CALCULATED, "FineCalculated")       /* detail: the amount, minor units */                   \
    X(FINE_PAID, "FinePaid")                   /* detail: the amount, minor units */                   \
    X(FINE_WAIVED, "FineWaived")               /* detail: the amount, minor units */                   \
    X(MEMBERSHIP_RENEWED, "MembershipRenewed") /* detail: the new last day */                          \
    X(CALENDAR_CHANGED, "CalendarChanged")                                                             \
    X(MEMBERS_ROLLED_OVER, "MembersRolledOver") /* detail: how many */                                 \
    X(MEMBER_REGISTERED, "MemberRegistered")                                                           \
    X(MEMBER_UPDATED, "MemberUpdated")                                                                 \
    X(MEMBER_STATUS_CHANGED, "MemberStatusChanged") /* detail: the new status */                       \
    X(MEMBER_ARCHIVED, "MemberArchived")                                                               \
    X(MEMBER_RESTORED, "MemberRestored")                                                               \
    X(LOANS_FORGOTTEN, "LoansForgotten")       /* detail: how many */                                  \
    X(HOLDS_FORGOTTEN, "HoldsForgotten")       /* those that ended without a loan; detail: how many */ \
    X(CATALOGUE_IMPORTED, "CatalogueImported") /* detail: how many titles */                           \
    X(LIBRARY_SEEDED, "LibrarySeeded")         /* detail: the scenario */

enum event_type {
    EVENT_NONE = 0,
#define X(id, name) EVENT_##id,
    EVENT_TYPES(X)
#undef X
};

struct event_fact {
    enum event_type type;
    int64_t book_id, member_id, borrow_id; /* internal ids; 0: none */
    const char *detail;                    /* a word more, where the type has one; NULL: none */
};

/* One event as it is told: records by their public ids. Texts live until the next row is read. */
struct told_event {
    struct uuid uuid;
    int64_t at; /* instant */
    const char *type;
    const char *detail; /* NULL: none */
    bool has_book, has_member, has_borrow;
    struct uuid book, member, borrow;
};

typedef void event_taker(void *argument, const struct told_event *event);

struct ctx; /* base/ctx.h */

/* One event as it is handed to one who acts on it: records by their internal ids, 0: none. Texts are the arena's. */
struct consumed_event {
    int64_t id;
    struct uuid uuid;
    int64_t at; /* instant */
    enum event_type type;
    const char *detail; /* NULL: none */
    int64_t book_id, member_id, borrow_id;
    struct consumed_event *next; /* of the same hand-out */
};

/* Acts on one event, on the writer. What it fails with undoes the whole hand-out: it comes again. */
typedef enum error_kind event_consumer(struct ctx *ctx, void *argument, const struct consumed_event *event);

#endif

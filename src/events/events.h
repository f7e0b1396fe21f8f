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

/*
 * Every type: its stable name (stored and sent, never changed, only added to), what has happened, and what `detail` says
 * (empty: nothing). docs/events.md is the same table for people. No detail names or describes a person.
 */
/* clang-format off */
#define EVENT_TYPES(X) \
    X(BOOK_ADDED, "BookAdded", "A title was catalogued", "") \
    X(BOOK_UPDATED, "BookUpdated", "A title, or its copies, were changed", "") \
    X(BOOK_ARCHIVED, "BookArchived", "A title was archived", "") \
    X(BOOK_RESTORED, "BookRestored", "A title was brought back from the archive", "") \
    X(BOOK_MERGED, "BookMerged", "Two records of a title were made one", "the record that went") \
    X(BOOK_MERGE_UNDONE, "BookMergeUndone", "Two records were made of one again", "") \
    X(BOOK_ISSUED, "BookIssued", "A copy was lent", "") \
    X(BOOK_RETURNED, "BookReturned", "A copy was taken back", "") \
    X(BOOK_RENEWED, "BookRenewed", "A loan was renewed", "the new due day") \
    X(BOOK_OVERDUE, "BookOverdue", "A loan has reached a step of lateness", "the step, from 1") \
    X(DUE_DATE_MOVED, "DueDateMoved", "A closure has moved a due day, or a hold's last day", "the new day") \
    X(COPY_ADDED, "CopyAdded", "A copy was added to a title", "its barcode") \
    X(COPY_STATUS_CHANGED, "CopyStatusChanged", "A copy was sent to repair, withdrawn, or is available again", "the new status") \
    X(COPY_LOST, "CopyLost", "A copy is lost", "") \
    X(COPY_FOUND, "CopyFound", "A lost copy was found", "") \
    X(BOOK_RESERVED, "BookReserved", "A reader waits for a title", "the place in the queue") \
    X(HOLD_READY, "HoldReady", "A held copy can be fetched", "the last day to fetch it") \
    X(HOLD_FULFILLED, "HoldFulfilled", "A held copy was fetched", "") \
    X(HOLD_CANCELLED, "HoldCancelled", "A hold was cancelled", "by the reader, or at the desk") \
    X(HOLD_EXPIRED, "HoldExpired", "A held copy was not fetched in time", "") \
    X(HOLD_WAITS_AGAIN, "HoldWaitsAgain", "The copy of a hold is gone from the hold shelf; the hold waits again", "") \
    X(TITLE_AVAILABLE, "TitleAvailable", "A title that a reader watches is available", "") \
    X(REVIEW_WRITTEN, "ReviewWritten", "A reader has reviewed a title", "waiting or shown") \
    X(REVIEW_DECIDED, "ReviewDecided", "The staff has decided about a review", "shown or refused") \
    X(READING_LIST_SHOWN, "ReadingListShown", "A reading list is shown to everybody", "the list") \
    X(FINE_CALCULATED, "FineCalculated", "A member was charged", "the amount, in minor units") \
    X(FINE_PAID, "FinePaid", "A member has paid", "the amount, in minor units") \
    X(FINE_WAIVED, "FineWaived", "A charge was waived", "the amount, in minor units") \
    X(WAIVER_ASKED, "WaiverAsked", "A charge is to be waived: an administrator decides", "the amount, in minor units") \
    X(WAIVER_REFUSED, "WaiverRefused", "A charge is not waived", "the amount, in minor units") \
    X(MEMBERSHIP_RENEWED, "MembershipRenewed", "A membership was renewed", "the new last day") \
    X(CALENDAR_CHANGED, "CalendarChanged", "Opening hours or closures were changed", "") \
    X(RULES_CHANGED, "RulesChanged", "Loan rules or types of members were changed", "") \
    X(SETTINGS_CHANGED, "SettingsChanged", "Settings of the library were changed", "their names") \
    X(MEMBERS_ROLLED_OVER, "MembersRolledOver", "Groups of members were moved up", "how many members") \
    X(MEMBER_REGISTERED, "MemberRegistered", "A member was registered", "") \
    X(MEMBER_UPDATED, "MemberUpdated", "A member's record was changed", "") \
    X(MEMBER_STATUS_CHANGED, "MemberStatusChanged", "A member was suspended, readmitted, or the membership ended", "the new status") \
    X(MEMBER_ARCHIVED, "MemberArchived", "A member was archived", "") \
    X(MEMBER_RESTORED, "MemberRestored", "A member was brought back from the archive", "") \
    X(ACCOUNT_CREATED, "AccountCreated", "Somebody can sign in from now on", "the role") \
    X(ACCOUNT_CHANGED, "AccountChanged", "An account has another role", "the new role") \
    X(ACCOUNT_CLOSED, "AccountClosed", "An account was closed", "the role") \
    X(PASSWORD_CODE_ASKED, "PasswordCodeAsked", "A reader has lost the password and asks for a code", "") \
    X(LOANS_FORGOTTEN, "LoansForgotten", "Old loans have forgotten their reader", "how many") \
    X(HOLDS_FORGOTTEN, "HoldsForgotten", "Old holds that ended without a loan have forgotten their reader", "how many") \
    X(CATALOGUE_IMPORTED, "CatalogueImported", "An import has brought titles or copies", "how many records it made") \
    X(IMPORT_ENDED, "ImportEnded", "An import has ended", "titles, copies, members or loans") \
    X(IMPORT_UNDONE, "ImportUndone", "An import was undone", "titles, copies, members or loans") \
    X(STOCKTAKE_ENDED, "StocktakeEnded", "A stock-take was finished", "how many copies were not seen") \
    X(BACKUP_MADE, "BackupMade", "A backup was made", "hourly, daily, weekly, second, manual …") \
    X(BACKUP_FAILED, "BackupFailed", "A backup could not be made", "hourly, daily, weekly, second, manual …") \
    X(WEBHOOK_DISABLED, "WebhookDisabled", "A webhook is told nothing more: its receiver is gone", "its name") \
    X(LIBRARY_SEEDED, "LibrarySeeded", "The library was filled with invented records", "the scenario")
/* clang-format on */

enum event_type {
    EVENT_NONE = 0,
#define X(id, name, meaning, detail) EVENT_##id,
    EVENT_TYPES(X)
#undef X
        EVENT_TYPES_END
};

/* One type, as it is documented. */
struct event_kind {
    const char *name;
    const char *meaning;
    const char *detail; /* what `detail` says; NULL: there is none */
};

/* By enum event_type; the first has no name. */
extern const struct event_kind event_kinds[EVENT_TYPES_END];

/* The detail of a HoldCancelled that the reader has done: they need not be told. */
#define EVENT_BY_READER "by the reader"

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

/*
 * events.h — what happened in the library, as a closed list: the outbox.
 *
 * An event is written in the transaction of the fact it tells, and read by those who act on it later
 * (notifications, event streams, statistics). It names records and holds no copies of them.
 */
#ifndef CARREL_EVENTS_EVENTS_H
#define CARREL_EVENTS_EVENTS_H

#include <stdint.h>

/* Stable names: they are stored and sent. Never renamed, only added to. */
#define EVENT_TYPES(X)                                                           \
    X(BOOK_ADDED, "BookAdded")                                                   \
    X(BOOK_UPDATED, "BookUpdated")                                               \
    X(BOOK_ARCHIVED, "BookArchived")                                             \
    X(BOOK_RESTORED, "BookRestored")                                             \
    X(BOOK_ISSUED, "BookIssued")                                                 \
    X(BOOK_RETURNED, "BookReturned")                                             \
    X(MEMBER_REGISTERED, "MemberRegistered")                                     \
    X(MEMBER_UPDATED, "MemberUpdated")                                           \
    X(MEMBER_STATUS_CHANGED, "MemberStatusChanged") /* detail: the new status */ \
    X(MEMBER_ARCHIVED, "MemberArchived")                                         \
    X(MEMBER_RESTORED, "MemberRestored")                                         \
    X(CATALOGUE_IMPORTED, "CatalogueImported") /* detail: how many titles */     \
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

#endif

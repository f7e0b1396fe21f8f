/*
 * members.h — readers: what is known of them, and what follows from it.
 */
#ifndef CARREL_MEMBERS_MEMBERS_H
#define CARREL_MEMBERS_MEMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/field.h"
#include "base/listing.h"
#include "base/uuid.h"

/* What people say about a member: a create or edit takes this in (member_fields). */
struct member_facts {
    const char *name;
    const char *email;       /* NULL: none */
    const char *phone;       /* as given; NULL: none */
    const char *card;        /* NULL in a create: one is generated */
    const char *member_type; /* its code, "adult"; NULL in a create: "adult" */
    int64_t expires_on;      /* last day of the membership; NO_NUMBER: never ends */
    const char *group;       /* class, family, club; NULL: none */
    int64_t birth_date;      /* day, NO_NUMBER: not known */
    const char *note;
};

#define MEMBER_TYPE_DEFAULT "adult" /* its code: there is always one */

/* Empty facts, to lay a body over. */
#define MEMBER_FACTS_NONE ((struct member_facts){.expires_on = NO_NUMBER, .birth_date = NO_NUMBER})

enum member_status {
    MEMBER_STATUS_ACTIVE,
    MEMBER_STATUS_EXPIRED,
    MEMBER_STATUS_SUSPENDED,
};

/* The body of PUT /members/{id}/status (member_status_fields). */
struct member_status_change {
    const char *status;      /* "active", "expired", "suspended" */
    const char *reason;      /* for people; NULL: none */
    int64_t suspended_until; /* last day of a suspension; NO_NUMBER: until lifted */
};

struct member {
    int64_t id;
    struct uuid uuid;
    struct member_facts facts;
    int64_t member_type_id;
    enum member_status status; /* as set; what it means today: member_status_on() */
    const char *status_reason;
    int64_t suspended_until;
    int64_t open_borrows;
    int64_t open_holds; /* waiting and ready */
    int64_t borrow_count;
    int64_t overdue_count;    /* loans returned late */
    int64_t balance;          /* owed, minor units */
    int64_t last_borrowed_at; /* NO_NUMBER: never */
    int64_t created_at;
    int64_t updated_at;
    int64_t deleted_at; /* archived since; NO_NUMBER: live */
    int64_t version;
};

/* What a member's loans say about the next ones (API.md "Members"). */
struct member_summary {
    int64_t membership_days;
    int64_t total_borrowed;
    double overdue_rate;    /* per cent of all loans; 0 without loans */
    const char *risk_level; /* "HIGH", "MEDIUM", "LOW" */
    int64_t fines_accrued;  /* minor units: what is posted and owed; nights post what lateness costs */
};

extern const struct field member_fields[];        /* over struct member_facts */
extern const struct field member_status_fields[]; /* over struct member_status_change */
extern const struct listing members_listing;

/*
 * The status that counts on a day: an active member whose last day has passed is expired, and a suspension
 * whose last day has passed is over.
 */
enum member_status member_status_on(const struct member *member, int32_t day);
const char *member_status_name(enum member_status status); /* "active" */

#endif

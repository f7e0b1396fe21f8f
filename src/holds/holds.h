/*
 * holds.h — holds: readers who wait for a title, one queue for each, and who wants to be told when it is back.
 */
#ifndef CARREL_HOLDS_HOLDS_H
#define CARREL_HOLDS_HOLDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/field.h"
#include "base/listing.h"
#include "base/uuid.h"

enum hold_status {
    HOLD_WAITING,
    HOLD_READY, /* a copy lies on the hold shelf for it */
    HOLD_FULFILLED,
    HOLD_CANCELLED,
    HOLD_EXPIRED, /* it was not fetched in time */
};

/* The body of POST /holds. */
struct hold_request {
    struct uuid book_id;
    struct uuid member_id; /* all zero: by card, or the reader who asks */
    const char *card;
};

/* The body of PUT /holds/{id}/suspend. */
struct hold_suspension {
    bool suspended;
    int64_t until; /* day on which it counts again; NO_NUMBER: until lifted */
};

/* The body of PUT /holds/{id}/position. */
struct hold_move {
    int64_t position; /* from 1, among all that wait */
};

/* The body of POST /holds/pull. */
struct hold_pull {
    const char *barcode;
};

/* The body of POST /holds/{id}/copy-gone. */
struct hold_copy_gone {
    const char *status; /* of the copy: "lost", "in_repair", "withdrawn" */
};

/* The body of POST and DELETE /books/{id}/watch. */
struct watch_request {
    struct uuid member_id; /* all zero: the reader who asks */
};

struct hold {
    int64_t id;
    struct uuid uuid;
    int64_t book_id, member_id;
    enum hold_status status;
    int64_t place;           /* lower comes first, within a title */
    bool suspended;          /* as set; whether it counts: hold_is_active() */
    int64_t suspended_until; /* day; NO_NUMBER: until lifted */
    int64_t copy_id;         /* 0: none yet */
    int64_t pickup_day;      /* NO_NUMBER: none yet */
    int64_t placed_at;
};

/* A title that somebody watches. */
struct title_watch {
    struct uuid book_id;
    const char *title, *author;
    int64_t created_at;
    struct title_watch *next;
};

/* Is it waiting and, on this day, not suspended? */
bool hold_is_active(const struct hold *hold, int32_t day);

/* What a member's own open hold of a title says to who lends. hold_id 0: there is none. */
struct hold_claim {
    int64_t hold_id;
    bool ready;
    int64_t copy_id; /* on the hold shelf for it; 0 unless ready */
};

/* Whose turn it is. hold_id 0: nobody's. Texts are in the arena. */
struct hold_turn {
    int64_t hold_id;
    struct uuid uuid;
    struct uuid member_uuid;
    const char *member_name;
    const char *card;
    int32_t pickup_day; /* the last on which it may be fetched */
};

/* A ready hold, as far as a closure moves it. */
struct hold_pickup {
    int64_t hold_id;
    int32_t pickup_day;
};

extern const struct field hold_fields[];            /* over struct hold_request */
extern const struct field hold_suspension_fields[]; /* over struct hold_suspension */
extern const struct field hold_move_fields[];       /* over struct hold_move */
extern const struct field hold_pull_fields[];       /* over struct hold_pull */
extern const struct field hold_copy_gone_fields[];  /* over struct hold_copy_gone */
extern const struct field watch_fields[];           /* over struct watch_request */
extern const struct listing holds_listing;

#endif

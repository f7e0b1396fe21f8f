/*
 * roll_over.h — the school year's turn: whole groups move up, the last one leaves, in one act that can be undone.
 */
#ifndef CARREL_MEMBERS_ROLL_OVER_H
#define CARREL_MEMBERS_ROLL_OVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/field.h"
#include "base/listing.h"
#include "base/uuid.h"

/* One of `moves`. */
struct roll_over_move {
    const char *from_group;
    const char *to_group; /* NULL: its members leave */
};

/* The body of POST /roll-overs and of its preview (roll_over_fields). */
struct roll_over_facts {
    const char *name;
    struct object_list moves; /* struct roll_over_move */
    int64_t expires_on;       /* new last day of those who stay; NO_NUMBER: as it is */
    bool archive_leavers;
};

struct roll_over {
    int64_t id;
    struct uuid uuid;
    const char *name;
    int64_t undone_at; /* NO_NUMBER: it stands */
};

/* What it changed of one member. */
struct roll_over_change {
    int64_t member_id;
    const char *group_before, *group_after;
    int64_t expires_before, expires_after;
    bool archived;
};

/* What becomes of one group. */
struct move_count {
    int64_t members; /* that are in it, archived ones left out */
    int64_t moved;   /* to the other group, or out of this one */
    int64_t archived;
    int64_t kept; /* leavers who cannot be archived: they stay as they are */
};

/* A leaver who cannot be archived, and why. */
struct kept_leaver {
    struct uuid uuid;
    const char *name, *card, *group;
    enum error_code code;
    const char *detail;
    struct kept_leaver *next;
};

/* A roll-over being looked at or done. */
struct roll_over_run {
    struct roll_over_facts facts;
    struct roll_over roll_over;
    bool begun;
    struct move_count *counts; /* one for each move */
    int64_t *member_ids;       /* of all groups, in the order of the moves … */
    size_t *move_ends;         /* … each up to here */
    size_t member_count;
    size_t next, move; /* the next member, and the move it belongs to */
    struct kept_leaver *kept, **last_kept;
    int64_t kept_named;
};

/* A roll-over being undone. */
struct roll_over_undoing {
    struct uuid uuid;
    int64_t roll_over_id;
    int64_t after;    /* the last member looked at */
    int64_t put_back; /* as they were before */
    int64_t left;     /* somebody has changed since what the roll-over changed */
};

extern const struct field roll_over_fields[];
extern const struct listing roll_overs_listing;

#endif

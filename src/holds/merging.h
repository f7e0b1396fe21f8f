/*
 * merging.h — holds and watches of two titles that become one, as they are kept for the way back.
 */
#ifndef CARREL_HOLDS_MERGING_H
#define CARREL_HOLDS_MERGING_H

#include <stdbool.h>
#include <stdint.h>

/* A hold of either title, as it was. */
struct moved_hold {
    int64_t id;
    int64_t place;
    bool was_gone; /* of the title that went */
    bool cancelled;
    struct moved_hold *next;
};

/* Who watched the title that went. */
struct moved_watch {
    int64_t member_id;
    int64_t created_at;
    bool doubled; /* the other title, too: one watch is left */
    struct moved_watch *next;
};

#endif

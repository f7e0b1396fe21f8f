/*
 * reading_lists.h — titles that belong together: “Summer 2026”, “For class 3b”, what somebody wants to read.
 *
 * A list is the library's own, made by its staff and shown in the public catalogue or not, or a reader's, which nobody
 * else sees. Its titles stand in an order, from 1 and without gaps. An archived title keeps its place and is shown to
 * the staff alone until it is restored.
 */
#ifndef CARREL_READING_LISTS_READING_LISTS_H
#define CARREL_READING_LISTS_READING_LISTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/field.h"
#include "base/listing.h"
#include "base/uuid.h"

/* The body of POST and PUT /reading-lists (reading_list_fields). */
struct reading_list_facts {
    const char *name;
    const char *description; /* NULL: none */
    bool shown;              /* in the public catalogue; of the library's own alone */
};

/* The body of POST /reading-lists/{id}/books (list_entry_fields). */
struct list_entry_facts {
    struct uuid book_id;
    const char *note; /* why it stands there; NULL: not said */
};

/* The body of PUT /reading-lists/{id}/order (list_order_fields). */
struct list_order_facts {
    struct uuid book_id;
    int64_t position; /* from 1; past the end means the end */
};

struct reading_list {
    int64_t id;
    struct uuid uuid;
    struct reading_list_facts facts;
    int64_t member_id; /* whose it is; 0: the library's */
    int64_t entries;   /* titles on it, archived ones too */
    int64_t version;
};

extern const struct field reading_list_fields[];
extern const struct field list_entry_fields[];
extern const struct field list_order_fields[];

extern const struct listing reading_lists_listing;
extern const struct listing list_entries_listing;

#endif

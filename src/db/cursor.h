/*
 * cursor.h — the opaque text by which a client goes on in a list: base64url (RFC 4648 §5, no padding) of a
 * direction, a hash of what the list was asked for, and the neighbour's sort value and public id (from the
 * end: neither).
 * It is a place, not a right: a forged one finds nothing its owner may not see.
 */
#ifndef CARREL_DB_CURSOR_H
#define CARREL_DB_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

struct arena;

struct cursor {
    bool backward;
    bool from_end;     /* backwards from the end: no row, no value */
    uint64_t question; /* hash of listing, sort, order, filters and search */
    const char *row;   /* UUID as text, or a number */
    bool text;         /* the sort value is `text_value`, else `number` */
    const char *text_value;
    int64_t number;
};

const char *cursor_format(struct arena *arena, const struct cursor *cursor);

/* False for anything cursor_format() has not made. */
bool cursor_parse(struct arena *arena, const char *text, struct cursor *out_cursor);

#endif

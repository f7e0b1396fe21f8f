/*
 * calendar.h — when the library is open: the ordinary week, and the days that differ from it.
 *
 * A day is decided by the first of these that says something: an exceptional opening, a closure, the opening
 * hours of its weekday. Without any opening hours every weekday is open.
 */
#ifndef CARREL_POLICIES_CALENDAR_H
#define CARREL_POLICIES_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/field.h"
#include "base/limits.h"
#include "base/listing.h"
#include "base/uuid.h"

#define WEEKDAYS 7

/* Open from … to, on one weekday; a weekday may have several, which do not overlap. */
struct opening {
    int64_t weekday; /* 0: Monday */
    int64_t opens;   /* minutes after midnight */
    int64_t closes;  /* … up to 1440, midnight; later than `opens` */
};

/* The ordinary week, by weekday and time. Weekdays without an opening are closed; none at all: never closed. */
struct opening_hours {
    struct opening items[OPENINGS_MAX];
    size_t count;
};

/*
 * Days that differ: closed, or open although a closure or the week says no. A yearly one comes again each year
 * from its first on, and may cross New Year; its 29 February falls on 1 March in years without one.
 */
struct closure_facts {
    const char *kind; /* closure_kinds[] */
    int64_t first_day, last_day;
    bool yearly;
    const char *name; /* "Christmas": what readers are told */
};

#define CLOSURE_KIND_CLOSURE "closure"
#define CLOSURE_KIND_OPENING "opening"
extern const char *const closure_kinds[]; /* ends with NULL */

/*
 * Rows of a field table over a struct that holds a struct closure_facts as `member`: for bodies that say more.
 *
 *     const struct field closing_fields[] = {
 *         CLOSURE_FIELDS(struct closing, facts),
 *         {"move", FIELD_BOOL, OPTIONAL, 0, 0, AT(struct closing, move), "…"},
 *         {0},
 *     };
 */
/* clang-format off */
#define CLOSURE_FIELDS(type, member) \
    {"kind", FIELD_CHOICE, OPTIONAL, 0, 0, AT(type, member.kind), "closure (as without it), or an exceptional opening", closure_kinds}, \
    {"first_day", FIELD_DAY, REQUIRED, 0, 0, AT(type, member.first_day), "The first day"}, \
    {"last_day", FIELD_DAY, OPTIONAL, 0, 0, AT(type, member.last_day), "The last day; without it, the first"}, \
    {"yearly", FIELD_BOOL, OPTIONAL, 0, 0, AT(type, member.yearly), "It comes again every year"}, \
    {"name", FIELD_TEXT, REQUIRED, 1, CLOSURE_NAME_MAX, AT(type, member.name), "What readers are told: Christmas"}
/* clang-format on */

struct closure {
    int64_t id;
    struct uuid uuid;
    struct closure_facts facts;
};

/* What a body is laid over: nothing said yet. */
#define CLOSURE_FACTS_NONE ((struct closure_facts){.first_day = NO_NUMBER, .last_day = NO_NUMBER})

extern const struct listing closures_listing;

#endif

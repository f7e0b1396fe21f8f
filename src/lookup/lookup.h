/*
 * lookup.h — titles found in other libraries' catalogues, so that nobody has to type what is known already.
 *
 * A *target* is such a catalogue: Z39.50, SRU, or a JSON service like Open Library's. None is asked until an administrator
 * has entered it and left it enabled: no request leaves the library's network before.
 */
#ifndef CARREL_LOOKUP_LOOKUP_H
#define CARREL_LOOKUP_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/field.h"
#include "base/listing.h"
#include "base/uuid.h"
#include "books/books.h"
#include "net/outcome.h"

enum target_kind { TARGET_Z3950, TARGET_SRU, TARGET_JSON };

/* What an administrator says of a target (target_fields). */
struct target_facts {
    const char *name;
    const char *kind;    /* target_kinds[] */
    const char *address; /* see lookup_address.h */
    bool enabled;
    int64_t position; /* asked and shown in this order; NO_NUMBER in a create: last */
};

struct lookup_target {
    int64_t id;
    struct uuid uuid;
    struct target_facts facts;
    int64_t version;
};

/* A catalogue that is open to everybody, offered to an administrator. */
struct known_target {
    const char *name;
    const char *kind;
    const char *address;
    const char *about; /* what it is good for */
};

/* What is asked for; at least one of them. */
struct lookup_question {
    const char *isbn;
    const char *title;
    const char *author;
    const char *any; /* words anywhere in the record */
};

/* A title as a target describes it. */
struct lookup_record {
    struct book_facts facts; /* as POST /books takes them */
    const char *marc; /* the record it was read from, as MARCXML; NULL: there is none, or it is too large */
    const struct lookup_target *target;
    bool is_present; /* in this catalogue already: … */
    struct book_name present;
    struct lookup_record *next;
};

/* How it went with one target. */
struct lookup_result {
    const struct lookup_target *target;
    enum net_outcome outcome;
    const char *detail; /* what the target says of it; NULL: nothing */
    int64_t found;      /* as the target says; it may show fewer */
    int64_t ms;
    bool skipped; /* not asked: it knows ISBNs only */
};

extern const char *const target_kinds[];
extern const struct field target_fields[];
extern const struct field target_edit_fields[];
extern const struct field lookup_question_fields[]; /* over struct lookup_question */
extern const struct listing targets_listing;

/* Ends with a NULL name. As these libraries publish them. */
extern const struct known_target known_targets[];

#endif

/*
 * duplicates.h — titles that stand in the catalogue twice: pairs that look alike, and records made one.
 */
#ifndef CARREL_DUPLICATES_DUPLICATES_H
#define CARREL_DUPLICATES_DUPLICATES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/field.h"
#include "base/listing.h"
#include "base/uuid.h"

/* Why two titles look like one, the strongest first. */
enum likeness {
    LIKE_ISBN,         /* the same ISBN, or identifier of the library's own */
    LIKE_TITLE_YEAR,   /* title, author and year; a year that is not known is no other */
    LIKE_TITLE_AUTHOR, /* title and author, other years: perhaps another edition */
    LIKE_SURNAME,      /* title, year and the first author's surname */
    LIKE_NOTHING,
};
const char *likeness_name(enum likeness likeness); /* "isbn", "title_author_year", … */

/* Two live titles that look alike, the older one first. */
struct title_pair {
    int64_t first_id, second_id;
    enum likeness likeness;
};

/* The body of POST /duplicates/apart; the query of DELETE. */
struct apart_facts {
    struct uuid first_id, second_id;
};
extern const struct field apart_fields[];

/* The body of POST /books/{id}/merge. */
struct merge_facts {
    struct uuid gone_id;
    struct text_list take; /* members of the title that get the other's value; "cover" */
};
extern const struct field merge_fields[];

/* A reader because of whom two titles cannot be one now, or one of several. */
struct merge_reader {
    struct uuid uuid;
    const char *name, *card;
    const char *reason; /* "both_lent", "both_ready", "lent_and_ready" */
    struct merge_reader *next;
};

/* What a merge would do. Numbers are of the record that goes, unless said otherwise. */
struct merge_preview {
    int64_t kept_id, gone_id;
    int64_t copies, loans, open_loans, holds, open_holds, watches, reviews, reading_lists;
    int64_t holds_cancelled; /* of both: readers who wait for both, or have the one and wait for the other */
    int64_t queue;           /* open holds of both together */
    struct text_list categories;  /* that the kept record gets */
    bool cover, marc;             /* goes over, as the kept one has none */
    struct merge_reader *readers; /* who stand in the way */
    const char *obstacle;         /* "readers", "too_many", "queue", "copies"; NULL: it can be done */
};

struct title_merge {
    int64_t id, kept_id, gone_id;
    struct uuid uuid;
    bool undone;
};

extern const struct listing merges_listing;

#endif

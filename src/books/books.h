/*
 * books.h — a title of the catalogue: what a reader looks for. Its copies (copies/copies.h) are what is lent.
 */
#ifndef CARREL_BOOKS_BOOKS_H
#define CARREL_BOOKS_BOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/field.h"
#include "base/listing.h"
#include "base/uuid.h"

#define ITEM_TYPE_DEFAULT "book" /* code of the item_type when none is named */

/* What a cataloguer says about a title: a create or edit takes this in (book_fields). */
struct book_facts {
    const char *title;
    const char *subtitle; /* NULL: none; so below */
    const char *author;   /* several are parted by "; " */
    const char *isbn;     /* an ISBN in any form, or an identifier of the library's own */
    const char *publisher;
    const char *edition;
    int64_t year; /* of publication, negative is BCE; NO_NUMBER: not known */
    const char *language;
    const char *description;
    const char *item_type;       /* its code; NULL: ITEM_TYPE_DEFAULT */
    struct text_list categories; /* in the cataloguer's order */

    /* Read, but no part of the title itself: copies/ acts on the first two, a create or edit on the third. */
    int64_t total_copies;     /* wanted; NO_NUMBER: one in a create */
    int64_t available_copies; /* what old clients send in a create; checked, then forgotten */
    bool allow_shared_isbn;   /* accept an ISBN that another record has */
};

/* Empty facts, to lay a body or a row of a file over. */
#define BOOK_FACTS_NONE \
    ((struct book_facts){.year = NO_NUMBER, .total_copies = NO_NUMBER, .available_copies = NO_NUMBER})

struct book {
    int64_t id;
    struct uuid uuid;
    struct book_facts facts; /* total_copies and available_copies are those below */
    const char *isbn13;      /* facts.isbn where that is a valid ISBN, else NULL */
    bool isbn_shared;        /* the cataloguer said that another record may have it too */
    int64_t item_type_id;
    int64_t total_copies; /* neither withdrawn nor lost */
    int64_t available_copies;
    int64_t open_borrows;
    int64_t open_holds; /* waiting and ready */
    int64_t borrow_count;
    int64_t last_borrowed_at; /* NO_NUMBER: never */
    int64_t created_at;
    int64_t updated_at;
    int64_t deleted_at; /* archived since; NO_NUMBER: live */
    int64_t version;
};

/* A record as another one's error names it. */
struct book_name {
    int64_t id;
    struct uuid uuid;
    const char *title;
    bool archived;
};

/* Enough of a title to show it. */
struct book_version {
    int64_t id, version;
    bool archived;
};

/* What a ranked search has found. */
struct book_hits {
    int64_t *ids; /* of the page, best first */
    size_t count;
    int64_t total;
    const char *did_you_mean; /* nothing has the words that were typed: these were looked for; NULL: not so */
    const char *perhaps;      /* few have them, and so many more have these; NULL: not so */
    int64_t perhaps_total;
};

struct named_value {
    const char *value; /* as the filter takes it; of a decade its first year */
    const char *name;  /* for people; of decades, languages and availability the same as the value */
    int64_t count;
};

/* What a question's titles can be narrowed down by (books/book_index.h). */
struct named_facet {
    const char *name; /* "genre", "author_name", "decade", "language", "item_type", "available" */
    struct named_value *values;
    size_t count;
};

#define NAMED_FACETS 6

struct named_facets {
    struct named_facet facets[NAMED_FACETS];
    int64_t total; /* titles that match all that was asked */
};

/* Over struct book_facts: what a create and what an edit take in, server-owned members included. */
extern const struct field book_fields[];
extern const struct field book_edit_fields[];

extern const struct listing books_listing;

#endif

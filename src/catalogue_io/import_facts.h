/*
 * import_facts.h — a title on its way from a file into the catalogue, and what its values go through, whatever kind of
 * file they come from. A value that cannot be taken is left out with a reason, or the title is refused with one.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_FACTS_H
#define CARREL_CATALOGUE_IO_IMPORT_FACTS_H

#include "base/ctx.h"
#include "books/books.h"
#include "catalogue_io/import_report.h"
#include "copies/copies.h"
#include "marc/marc.h"

struct import_title {
    int64_t row; /* of the file, counting as people do */
    enum import_outcome outcome;
    struct book_facts facts; /* checked against book_fields; the ISBN in stored form. Not of refused ones. */
    struct copy_facts *copies; /* what is known of the first of its facts.total_copies copies */
    size_t copy_count;
    const char *original; /* the MARC record that it was read from; NULL: none */
    size_t original_length;
    enum marc_format original_format;
    struct import_reason *reasons;
};

/* Adds a reason; the outcome follows from it. `text` must live as long as the title. */
void import_repaired(struct ctx *ctx, struct import_title *title, enum import_reason_code code,
                     const char *text);
void import_refused(struct ctx *ctx, struct import_title *title, enum import_reason_code code,
                    const char *text);

/* Clean texts, "" for none. What is too long is cut; what cannot be read is left out. */
void import_set_text(struct ctx *ctx, struct import_title *title, const char *field, const char *text,
                     size_t max);
void import_set_title(struct ctx *ctx, struct import_title *title, const char *text); /* none: refused */
void import_set_authors(struct ctx *ctx, struct import_title *title,
                        const char *names); /* so here; parted by "; " */
void import_set_isbn(struct ctx *ctx, struct import_title *title, const char *isbn, const char *isbn13);
void import_set_year(struct ctx *ctx, struct import_title *title, const char *text);
void import_set_categories(struct ctx *ctx, struct import_title *title,
                           const char *names); /* parted by "; " */

/* Refuses a title with a barcode that no scanner reads. */
void import_check_barcode(struct ctx *ctx, struct import_title *title, const char *barcode);

#endif

/*
 * merged_fields.h — the values of a title that can be taken from the other one, by name and number. The numbers are
 * stored with a merge: never changed, only added to.
 */
#ifndef CARREL_DUPLICATES_MERGED_FIELDS_H
#define CARREL_DUPLICATES_MERGED_FIELDS_H

#include "base/ctx.h"
#include "books/books.h"

#define MERGED_FIELDS_COVER "cover" /* named beside them, but no member of the facts */

#define MERGED_FIELD_SHARED 100 /* the number of "others may have the ISBN, too"; its text is "1" or "0" */

/* The number of a member; 0: there is none of this name. */
int64_t merged_field_number(const char *name);

/* `to` gets the value that `from` has; the value as text, NULL for none; and from it. */
void merged_field_copy(int64_t number, const struct book_facts *from, struct book_facts *to);
const char *merged_field_text(struct ctx *ctx, int64_t number, const struct book_facts *facts);
void merged_field_set(int64_t number, const char *text, struct book_facts *facts);

#endif

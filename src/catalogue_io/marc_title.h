/*
 * marc_title.h — a MARC 21 record as the facts of a title, and a title as a MARC 21 record.
 *
 * Which field becomes what (https://www.loc.gov/marc/bibliographic/):
 *
 *     title          245 $a, parts $n $p
 *     subtitle       245 $b; the title in its own script, from 880, follows " = "
 *     author         100, 110 or 111 and those of 700, 710, 711 who are authors; else 245 $c
 *     isbn           the first 020 $a that is valid
 *     publisher      264 _1 $b, 260 $b            year      008/07-10, 264 _1 $c, 260 $c
 *     edition        250 $a                       language  041 $a, 008/35-37
 *     description    520 $a, 505 $a, else 500 $a; then (490 $a ; $v), 856 $u
 *     categories     600 610 611 630 650 651 655 $a        item type  leader/06-07
 *     copies         one for each 952 (Koha's: $p barcode, $c $o shelf), else 852 ($p, $c $h $i), else one
 *
 * ISBD's punctuation at the ends of subfields is taken off, and put back when a record is written. What has no place
 * here stays in the record, which is kept (marc_repository.h).
 */
#ifndef CARREL_CATALOGUE_IO_MARC_TITLE_H
#define CARREL_CATALOGUE_IO_MARC_TITLE_H

#include "base/ctx.h"
#include "catalogue_io/import_facts.h"
#include "marc/marc.h"

/* Who wrote what nobody is named for: a title has to have an author. */
#define MARC_NO_AUTHOR "Unknown"

/* A subfield's text as a fact: one clean line without the marks that only end it or lead over to the next. */
const char *marc_title_plain(struct ctx *ctx, const char *text);

/* Of 700, 710 and 711: is it one of those whose work the title is? Translators and other works are not. */
bool marc_title_is_author(const struct marc_field *field);

/* The field that says where, by whom and when it was published; NULL: none. */
const struct marc_field *marc_title_publication(const struct marc_record *record);

/* A row of an import. Its `row` is left to the caller, as is what reading the record's bytes had to say. */
void marc_title_read(struct ctx *ctx, const struct marc_record *record, struct import_title *out_title);

/* What a record says of a title that is in the catalogue, for marc_title_write(). */
struct marc_holding {
    const char *barcode;
    const char *shelf; /* NULL: not said */
    struct marc_holding *next;
};

/*
 * The title as a record. `original`: the one it was imported from, NULL for none: its fields are kept as they are,
 * but for those whose fact has been changed since, and for the copies' when other copies are there now.
 * `uuid` names a record that has no number of its own (001), `changed_at` is when it was last changed (005).
 */
void marc_title_write(struct ctx *ctx, const struct book_facts *facts, const char *uuid, int64_t changed_at,
                      const struct marc_holding *holdings, const struct marc_record *original,
                      struct marc_record *out_record);

#endif

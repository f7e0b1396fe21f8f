/*
 * known_targets.c — catalogues that anybody may ask, as their libraries publish them. Offered, never asked by itself.
 */
#include <stddef.h>

#include "lookup/lookup.h"

/* clang-format off */
const struct known_target known_targets[] = {
    {"Library of Congress", "z3950", "lx2.loc.gov:210/LCDB", "English-language books above all; full MARC records"},
    {"Library of Congress (SRU)", "sru", "http://lx2.loc.gov:210/LCDB", "The same catalogue over HTTP"},
    {"K10plus", "sru", "https://sru.k10plus.de/opac-de-627#isbn=pica.isb&title=pica.tit&author=pica.per&any=pica.all",
     "Union catalogue of most German academic libraries"},
    {"Deutsche Nationalbibliothek", "sru",
     "https://services.dnb.de/sru/dnb?recordSchema=MARC21-xml#isbn=num&title=tit&author=per&any=",
     "What is published in Germany, and in German elsewhere"},
    {"Open Library", "json", "https://openlibrary.org/api/books", "By ISBN alone; many languages; no MARC records"},
    {0},
};
/* clang-format on */

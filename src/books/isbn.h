/*
 * isbn.h — International Standard Book Numbers, and what small libraries write in their place.
 *
 * ISBN-10 and ISBN-13 after the ISBN Users' Manual (7th edition): the last character is a check digit,
 * modulo 11 (X is ten) for ISBN-10, modulo 10 with weights 1 and 3 for ISBN-13. Both forms name the same
 * book; Carrel stores the ISBN-13. Pure functions: no database, no memory.
 */
#ifndef CARREL_BOOKS_ISBN_H
#define CARREL_BOOKS_ISBN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"

#define ISBN13_LENGTH 13
#define ISBN10_LENGTH 10

enum isbn_kind {
    ISBN_VALID, /* an ISBN-10 or ISBN-13 whose check digit holds */
    ISBN_LOCAL, /* no ISBN, but an identifier of the library's own: [A-Za-z0-9-], at most ISBN_TEXT_MAX */
    ISBN_CHECK_DIGIT, /* looks like an ISBN (10 or 13 digits), and the check digit says it is none */
    ISBN_UNREADABLE,  /* neither */
};

/*
 * What is to be stored for `text` as people write it: hyphens and dashes of all kinds, spaces, a leading
 * "ISBN" or "ISBN-13:", a small x. For ISBN_VALID `out` is the ISBN-13, for ISBN_LOCAL the text as it is;
 * else it is left alone. Thirteen digits that do not begin with 978 or 979 are some other article number
 * (an ISSN's, a disc's): kept as a local identifier when their check digit holds.
 */
enum isbn_kind isbn_normalise(const char *text, char out[ISBN_TEXT_MAX + 1]);

/* The ISBN-10 of a valid ISBN-13; false for those that have none (979…). */
bool isbn_to_10(const char *isbn13, char out[ISBN10_LENGTH + 1]);

#endif

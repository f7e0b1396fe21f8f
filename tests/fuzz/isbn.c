/*
 * isbn.c — numbers of books and barcodes as people write them: what is stored is in one form and its own check digit
 * holds.
 */
#include "fuzz.h"

#include "base/barcode.h"
#include "books/isbn.h"
#include "catalogue_io/import_repair.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"

static void check_valid(const char *isbn)
{
    char again[ISBN_TEXT_MAX + 1];
    char short_form[ISBN10_LENGTH + 1];
    int sum = 0;

    MUST(strlen(isbn) == ISBN13_LENGTH && strspn(isbn, "0123456789") == ISBN13_LENGTH);
    for (int i = 0; i < ISBN13_LENGTH; i++)
        sum += (isbn[i] - '0') * (i % 2 ? 3 : 1);
    MUST(sum % 10 == 0);
    MUST(isbn_normalise(isbn, again) == ISBN_VALID && strcmp(again, isbn) == 0);
    MUST(isbn_to_10(isbn, short_form) == text_starts_with(isbn, "978"));
    if (text_starts_with(isbn, "978"))
        MUST(isbn_normalise(short_form, again) == ISBN_VALID && strcmp(again, isbn) == 0);
}

static void check_stored(enum isbn_kind kind, const char *isbn)
{
    char again[ISBN_TEXT_MAX + 1];

    if (kind == ISBN_VALID)
        check_valid(isbn);
    if (kind == ISBN_LOCAL) {
        MUST(*isbn && strlen(isbn) <= ISBN_TEXT_MAX && strspn(isbn, LETTERS) == strlen(isbn));
        MUST(isbn_normalise(isbn, again) == ISBN_LOCAL && strcmp(again, isbn) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz;
    char out[ISBN_TEXT_MAX + 1];

    fuzz_begin(&fuzz);
    const char *text = text_clean(&fuzz.arena, (const char *)data, size);
    if (text) {
        check_stored(isbn_normalise(text, out), out);
        const char *rest = text;
        const char *first = fuzz_line(&fuzz, &rest);
        enum isbn_outcome outcome = import_repair_isbn(first, rest, out);
        if (outcome == ISBN_TAKEN || outcome == ISBN_ZEROS_RESTORED)
            check_stored(isbn_normalise(out, out), out);
        if (barcode_acceptable(text))
            MUST(*text && strlen(text) <= BARCODE_MAX);
        if (barcode_luhn_ok(text))
            MUST(strspn(text, "0123456789") == strlen(text) && strlen(text) >= 2);
    }
    return fuzz_end(&fuzz);
}

/*
 * barcode.h — the numbers on copies and on readers' cards.
 *
 * The form most libraries' scanners and label printers expect: 14 digits, of which the last is a check
 * digit (Luhn, "modulus 10 double-add-double", ISO/IEC 7812-1 annex B). The leading digits are the
 * library's own prefix and tell copies (3…) from cards (2…). Barcodes that a library already has on its
 * books are kept as they are: only the ones made here have this form.
 */
#ifndef CARREL_BASE_BARCODE_H
#define CARREL_BASE_BARCODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

#define BARCODE_DIGITS 14

/*
 * The barcode of running number `number` below `prefix`: ("3900", 17) → "39000000000179". False, and `out`
 * untouched, when the prefix holds anything but digits or leaves no room for the number.
 */
bool barcode_make(char out[BARCODE_MAX + 1], const char *prefix, int64_t number);

/* Digits only, at least two, and the last one is the Luhn check digit of the others. */
bool barcode_luhn_ok(const char *digits);

/* A barcode as people may give it: 1–BARCODE_MAX printable ASCII characters, no space at either end. */
bool barcode_acceptable(const char *barcode);

#endif

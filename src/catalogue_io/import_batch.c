/*
 * import_batch.c — what can be said about a batch, and in which words.
 */
#include "catalogue_io/import_batch.h"

#include <string.h>

#include "base/limits.h"
#include "catalogue_io/csv_decode.h"

const char *const import_kind_names[] = {"titles", "copies", "members", "loans", NULL};
const char *const import_duplicate_names[] = {"skip", "add_copies", "merge", NULL};
const char *const import_delimiters[] = {"comma", "semicolon", "tab", "bar", NULL};

static const char *const duplicate_outcomes[] = {"duplicate", NULL};

/* clang-format off */
#define TAKING(row) \
    row("encoding", FIELD_CHOICE, OPTIONAL, 0, 0, AT(struct import_wishes, encoding), \
        "Of the file; recognised when it is not given", .choices = csv_encodings) \
    row("delimiter", FIELD_CHOICE, OPTIONAL, 0, 0, AT(struct import_wishes, delimiter), \
        "Between the cells; recognised when it is not given", .choices = import_delimiters) \
    row("columns", FIELD_TEXT, OPTIONAL, 1, IMPORT_COLUMNS_TEXT_MAX, AT(struct import_wishes, columns), \
        "What the columns are, from the first on, in place of their headers: title,author,,isbn. Empty: left out") \
    row("duplicates", FIELD_CHOICE, OPTIONAL, 0, 0, AT(struct import_wishes, duplicates), \
        "What is done with rows whose record the library has: skip (default), add_copies, or merge: fill in what it does not say", \
        .choices = import_duplicate_names) \
    row("profile", FIELD_UUID, OPTIONAL, 0, 0, AT(struct import_wishes, profile), \
        "A profile that says how the file is to be taken")
#define ROW(...) {__VA_ARGS__},

const struct field import_begin_parameters[] = {
    {"kind", FIELD_CHOICE, OPTIONAL, 0, 0, AT(struct import_wishes, kind), "What its rows are (default: titles)",
     .choices = import_kind_names},
    {"name", FIELD_TEXT, OPTIONAL, 1, IMPORT_NAME_MAX, AT(struct import_wishes, name), "Of the file"},
    TAKING(ROW)
    {0},
};

const struct field import_change_fields[] = {TAKING(ROW) {0}};

const struct field import_row_fields[] = {
    {"choice", FIELD_CHOICE, REQUIRED, 0, 0, AT(struct import_decision, choice), "What is done with this row",
     .choices = import_duplicate_names},
    {0},
};

const struct field import_rows_fields[] = {
    {"choice", FIELD_CHOICE, REQUIRED, 0, 0, AT(struct import_decision, choice), "What is done with these rows",
     .choices = import_duplicate_names},
    {"outcome", FIELD_CHOICE, REQUIRED, 0, 0, AT(struct import_decision, outcome), "Which rows: duplicate",
     .choices = duplicate_outcomes},
    {0},
};

const struct field import_undo_fields[] = {
    {"edits_too", FIELD_BOOL, OPTIONAL, 0, 0, AT(struct import_undo_wishes, edits_too),
     "true: what somebody has edited since is taken back, too"},
    {0},
};
/* clang-format on */

const char *import_delimiter_name(char delimiter)
{
    static const char delimiters[] = ",;\t|";
    const char *at = delimiter ? strchr(delimiters, delimiter) : NULL;

    return at ? import_delimiters[at - delimiters] : NULL;
}

/*
 * reading_lists.c — the field tables of a reading list.
 */
#include "reading_lists/reading_lists.h"

#include "base/limits.h"

/* clang-format off */
const struct field reading_list_fields[] = {
    {"name", FIELD_TEXT, REQUIRED, 1, READING_LIST_NAME_MAX, AT(struct reading_list_facts, name), "“Summer 2026”"},
    {"description", FIELD_TEXT, OPTIONAL, 1, BOOK_DESCRIPTION_MAX, AT(struct reading_list_facts, description), "What it is for"},
    {"shown", FIELD_BOOL, OPTIONAL, 0, 0, AT(struct reading_list_facts, shown),
     "true: in the public catalogue; only for the library's own lists"},
    {0},
};

const struct field list_entry_fields[] = {
    {"book_id", FIELD_UUID, REQUIRED, 0, 0, AT(struct list_entry_facts, book_id), "The title"},
    {"note", FIELD_TEXT, OPTIONAL, 1, NOTE_MAX, AT(struct list_entry_facts, note), "Why it stands there"},
    {0},
};

const struct field list_order_fields[] = {
    {"book_id", FIELD_UUID, REQUIRED, 0, 0, AT(struct list_order_facts, book_id), "The title"},
    {"position", FIELD_INTEGER, REQUIRED, 1, READING_LIST_ENTRIES_MAX, AT(struct list_order_facts, position),
     "Its place, from 1; past the end: the last one"},
    {0},
};
/* clang-format on */

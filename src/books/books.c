/*
 * books.c — the field tables of a title: the one description that bodies, CSV columns, the audit log and the
 * API's documentation share.
 */
#include "books/books.h"

#include "base/limits.h"

#define FACTS(member) AT(struct book_facts, member)

/* clang-format off */
#define CATALOGUED \
    {"title", FIELD_TEXT, REQUIRED, 1, BOOK_TITLE_MAX, FACTS(title), "Title proper"}, \
    {"subtitle", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, FACTS(subtitle), "Rest of the title"}, \
    {"author", FIELD_TEXT, REQUIRED, 1, BOOK_AUTHOR_MAX, FACTS(author), "Author; several are parted by \"; \""}, \
    {"isbn", FIELD_TEXT, OPTIONAL, 1, ISBN_TEXT_MAX, FACTS(isbn), \
     "ISBN-10 or ISBN-13, stored as ISBN-13; or an identifier of the library's own: A-Z a-z 0-9 -, at most 36"}, \
    {"publisher", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, FACTS(publisher), "Publisher"}, \
    {"edition", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, FACTS(edition), "Edition statement"}, \
    {"year", FIELD_INTEGER, OPTIONAL, BOOK_YEAR_MIN, BOOK_YEAR_MAX, FACTS(year), \
     "Year of publication; negative is BCE"}, \
    {"language", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, FACTS(language), "Language code: en, eng, en-US"}, \
    {"description", FIELD_TEXT, OPTIONAL, 1, BOOK_DESCRIPTION_MAX, FACTS(description), "What it is about"}, \
    {"item_type", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, FACTS(item_type), \
     "Kind of thing, as loan rules tell them apart: book, periodical, audio, video, game, reference, other"}, \
    {"categories", FIELD_TEXTS, OPTIONAL, 1, BOOK_TEXT_MAX, FACTS(categories), "Genres and subjects", \
     .most = BOOK_CATEGORIES_MAX}, \
    {"allow_shared_isbn", FIELD_BOOL, NOT_STORED, 0, 0, FACTS(allow_shared_isbn), \
     "Accept an ISBN that another record has: publishers do reuse them"}

#define OWNED_BY_SERVER \
    {"id", FIELD_UUID, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"cover", FIELD_TEXT, SERVER_OWNED, 0, 0, 0, "Ignored: PUT /books/{id}/cover"}, \
    {"borrow_count", FIELD_INTEGER, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"last_borrowed_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"rating", FIELD_INTEGER, SERVER_OWNED, 0, 0, 0, "Ignored: /books/{id}/reviews"}, \
    {"rating_count", FIELD_INTEGER, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"created_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"updated_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"deleted_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"version", FIELD_INTEGER, SERVER_OWNED, 0, 0, 0, "Ignored; say the version you have read in If-Match"}

const struct field book_fields[] = {
    CATALOGUED,
    {"total_copies", FIELD_INTEGER, NOT_STORED, 1, BOOK_COPIES_MAX, FACTS(total_copies),
     "Copies to make, each with a generated barcode (default 1)"},
    {"available_copies", FIELD_INTEGER, NOT_STORED, 0, BOOK_COPIES_MAX, FACTS(available_copies),
     "Accepted for older clients, at most total_copies; derived afterwards"},
    OWNED_BY_SERVER,
    {0},
};

const struct field book_edit_fields[] = {
    CATALOGUED,
    /* Zero is what a title without copies shows: an edit may send it back. copies/ refuses it otherwise. */
    {"total_copies", FIELD_INTEGER, NOT_STORED, 0, BOOK_COPIES_MAX, FACTS(total_copies),
     "More: copies are added. Fewer: available copies are withdrawn, newest first"},
    {"available_copies", FIELD_INTEGER, SERVER_OWNED, 0, 0, 0, "Ignored"},
    OWNED_BY_SERVER,
    {0},
};
/* clang-format on */

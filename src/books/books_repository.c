/*
 * books_repository.c — titles as SQL. Everything a row derives from its own facts (sort keys, both forms of
 * the ISBN for searching) is made here, so that no writer of `book` can forget it (long because the listing of
 * titles stands beside their statements).
 */
#include "books/books_repository.h"

#include "base/text.h"
#include "books/index_repository.h"
#include "books/isbn.h"
#include "db/engine.h"
#include "db/list.h"

#define BOOK_COLUMNS                                                                                               \
    "SELECT b.id, b.uuid, b.title, b.subtitle, b.author, b.isbn, b.isbn13, b.isbn_shared, b.publisher, b.edition," \
    " b.year, b.language, b.description, (SELECT t.code FROM item_type t WHERE t.id = b.item_type_id),"            \
    " b.item_type_id, b.total_copies, b.available_copies, b.open_borrows, b.borrow_count, b.last_borrowed_at,"     \
    " b.created_at, b.updated_at, b.deleted_at, b.version, b.open_holds FROM book b "

SQL(FIND_BOOK, BOOK_COLUMNS "WHERE b.uuid = :uuid");
SQL(FIND_BOOK_BY_ID, BOOK_COLUMNS "WHERE b.id = :id");

SQL(FIND_VERSION, "SELECT id, version, deleted_at FROM book WHERE uuid = :uuid");

SQL(FIND_ISBN, "SELECT id, uuid, title, deleted_at FROM book WHERE isbn = :isbn AND id <> :except"
               " ORDER BY deleted_at IS NOT NULL, id LIMIT 1");

/* `+`: the title's own index is the way in, not the one of all that have no ISBN, or of all by “Unknown”. */
SQL(FIND_ALIKE,
    "SELECT id, uuid, title, deleted_at FROM book WHERE title_key = :title_key AND +author_key = :author_key"
    " AND title = :title AND year IS :year AND +isbn IS NULL AND deleted_at IS NULL ORDER BY id LIMIT 1");

SQL(FIND_ITEM_TYPE, "SELECT id FROM item_type WHERE code = :code");
SQL(LIST_ITEM_TYPES, "SELECT group_concat(code, ', ') FROM (SELECT code FROM item_type ORDER BY id)");

SQL(INSERT_BOOK,
    "INSERT INTO book (uuid, title, subtitle, author, isbn, isbn13, isbn_shared, publisher, edition, year, language,"
    " description, item_type_id, title_key, author_key, created_at, updated_at)"
    " VALUES (:uuid, :title, :subtitle, :author, :isbn, :isbn13, :isbn_shared, :publisher, :edition, :year,"
    " :language, :description, :item_type, :title_key, :author_key, :now, :now)");

SQL(UPDATE_BOOK,
    "UPDATE book SET title = :title, subtitle = :subtitle, author = :author, isbn = :isbn, isbn13 = :isbn13,"
    " isbn_shared = :isbn_shared, publisher = :publisher, edition = :edition, year = :year, language = :language,"
    " description = :description, item_type_id = :item_type, title_key = :title_key, author_key = :author_key,"
    " updated_at = :now, version = version + 1 WHERE id = :id");

SQL(SET_ISBN_SHARED,
    "UPDATE book SET isbn_shared = :shared WHERE id = :id AND isbn13 IS NOT NULL AND (:shared = 1 OR NOT EXISTS"
    " (SELECT 1 FROM book o WHERE o.isbn = book.isbn AND o.isbn13 = book.isbn13 AND o.isbn_shared = 0"
    "  AND o.id <> book.id))");

SQL(SET_ARCHIVED,
    "UPDATE book SET deleted_at = :deleted_at, updated_at = :now, version = version + 1 WHERE id = :id");

SQL(TOUCH_BOOK, "UPDATE book SET updated_at = :now, version = version + 1 WHERE id = :id");

SQL(REMOVE_COVER, "DELETE FROM cover WHERE book_id = :book");
SQL(REMOVE_SEARCH_ROW, "DELETE FROM book_search WHERE rowid = :book");
SQL_SCANNING(REMOVE_BOOK, "only an undone import: keys ask events", "DELETE FROM book WHERE id = :book");

SQL(LIST_CATEGORIES, "SELECT c.name FROM book_category bc JOIN category c ON c.id = bc.category_id"
                     " WHERE bc.book_id = :book ORDER BY bc.position");
SQL(FIND_CATEGORY, "SELECT id FROM category WHERE name_key = :key");
SQL(INSERT_CATEGORY, "INSERT INTO category (name, name_key) VALUES (:name, :key)");
SQL(CLEAR_CATEGORIES, "DELETE FROM book_category WHERE book_id = :book");
SQL(ADD_CATEGORY,
    "INSERT INTO book_category (book_id, category_id, position) VALUES (:book, :category, :position)"
    " ON CONFLICT (book_id, category_id) DO NOTHING");

SQL(INSERT_SEARCH_ROW,
    "INSERT INTO book_search (rowid, title, author, isbn) VALUES (:id, :title, :author, :isbn)");
SQL(UPDATE_SEARCH_ROW,
    "UPDATE book_search SET title = :title, author = :author, isbn = :isbn WHERE rowid = :id");
/* Both by id, side by side: each table is read once, in the order in which it lies. */
SQL_SCANNING(TITLES, "--check and --rebuild look at every row",
             "SELECT id, uuid, title, deleted_at, subtitle, author, isbn FROM book NOT INDEXED ORDER BY id");
SQL_SCANNING(SEARCH_ROWS, "--check looks at every row",
             "SELECT rowid, title, author, isbn FROM book_search ORDER BY rowid");
/* Commands to FTS5 (https://www.sqlite.org/fts5.html, 6): its lists of words against the rows, and made from them. */
SQL(COMPARE_WORDS, "INSERT INTO book_search (book_search) VALUES ('integrity-check')");
SQL(REMAKE_WORDS, "INSERT INTO book_search (book_search) VALUES ('rebuild')");
SQL_SCANNING(CLEAR_SEARCH, "--check --rebuild makes every row anew", "DELETE FROM book_search");

/* ---- the listing ---------------------------------------------------------------------------------------- */

/* clang-format off */
static const struct column book_columns[] = {
    {"id", COLUMN_UUID, false, "b.uuid", "Id"},
    {"title", COLUMN_TEXT, false, "b.title", "Title proper"},
    {"subtitle", COLUMN_TEXT, true, "b.subtitle", "Rest of the title"},
    {"author", COLUMN_TEXT, false, "b.author", "Author; several are parted by \"; \""},
    {"isbn", COLUMN_TEXT, true, "b.isbn", "ISBN-13, or an identifier of the library's own"},
    {"publisher", COLUMN_TEXT, true, "b.publisher", "Publisher"},
    {"edition", COLUMN_TEXT, true, "b.edition", "Edition statement"},
    {"year", COLUMN_INTEGER, true, "b.year", "Year of publication; negative is BCE"},
    {"language", COLUMN_TEXT, true, "b.language", "Language code"},
    {"description", COLUMN_TEXT, true, "b.description", "What it is about"},
    {"item_type", COLUMN_TEXT, false, "(SELECT t.code FROM item_type t WHERE t.id = b.item_type_id)",
     "Kind of thing, as loan rules tell them apart"},
    {"categories", COLUMN_TEXTS, false,
     "(SELECT json_group_array(name) FROM (SELECT c.name FROM book_category bc JOIN category c"
     " ON c.id = bc.category_id WHERE bc.book_id = b.id ORDER BY bc.position))", "Genres and subjects"},
    {"cover", COLUMN_TEXT, true, "(SELECT lower(hex(substr(v.sha256, 1, 8))) FROM cover v WHERE v.book_id = b.id)",
     "Which picture it has (/books/{id}/cover); null: none", .only_json = true},
    {"total_copies", COLUMN_INTEGER, false, "b.total_copies", "Copies neither withdrawn nor lost"},
    {"available_copies", COLUMN_INTEGER, false, "b.available_copies", "Copies that can be lent now"},
    {"borrow_count", COLUMN_INTEGER, false, "b.borrow_count", "How often it was lent"},
    {"last_borrowed_at", COLUMN_INSTANT, true, "b.last_borrowed_at", "When it was last lent"},
    {"rating", COLUMN_REAL, true, "iif(b.rating_count > 0, round(1.0 * b.rating_sum / b.rating_count, 1), NULL)",
     "Mean of its readers' stars, 1 to 5; null: nobody has given any", .only_json = true},
    {"rating_count", COLUMN_INTEGER, false, "b.rating_count", "Reviews that are shown", .only_json = true},
    {"created_at", COLUMN_INSTANT, false, "b.created_at", "When the record was made"},
    {"updated_at", COLUMN_INSTANT, false, "b.updated_at", "When the record was last changed"},
    {"deleted_at", COLUMN_INSTANT, true, "b.deleted_at", "Archived since"},
    {"version", COLUMN_INTEGER, false, "b.version", "For If-Match"},
    {0},
};

/* The expressions are those of the indexes in schema.sql, to the letter. */
static const struct list_sort book_sorts[] = {
    {"title", "b.title_key", true, false},
    {"author", "b.author_key", true, false},
    {"available_copies", "b.available_copies", false, false},
    {"created_at", "b.created_at", false, true},
    {"year", "coalesce(b.year, -9999)", false, false},
    {"borrow_count", "b.borrow_count", false, true},
    {0},
};

static const struct list_filter book_filters[] = {
    /* First, and never without a condition: the indexes hold live titles only. */
    {"archived", FILTER_BOOL, "b.deleted_at IS NOT NULL", "b.deleted_at IS NULL", NULL, NULL,
     "true: archived titles instead of the live ones; for the staff"},
    {"genre", FILTER_FOLDED,
     "b.id IN (SELECT bc.book_id FROM category c JOIN book_category bc ON bc.category_id = c.id"
     " WHERE c.name_key = :genre)", NULL, NULL, NULL, "Genre or subject, whole; case and accents do not matter"},
    /* A phrase in the author's full-text row: whole words, while the index in memory cannot tell parts of them. */
    {"author", FILTER_FOLDED,
     "b.id IN (SELECT rowid FROM book_search"
     " WHERE book_search MATCH 'author : \"' || replace(:author, '\"', ' ') || '\"')", NULL, NULL, NULL,
     "Author's name or any part of it; case and accents do not matter"},
    {"author_name", FILTER_FOLDED,
     "b.id IN (SELECT rowid FROM book_search"
     " WHERE book_search MATCH 'author : \"' || replace(:author_name, '\"', ' ') || '\"'"
     " AND instr('; ' || author || ';', '; ' || :author_name || ';') > 0)", NULL, NULL, NULL,
     "Author's whole name, of a title by several one of them; case and accents do not matter"},
    {"year_from", FILTER_INTEGER, "coalesce(b.year, -9999) >= :year_from", NULL, NULL, NULL, "First year"},
    {"year_to", FILTER_INTEGER, "b.year <= :year_to", NULL, NULL, NULL, "Last year"},
    {"language", FILTER_TEXT,
     "b.language = :language COLLATE NOCASE"
     " OR substr(b.language, 1, length(:language) + 1) = :language || '-' COLLATE NOCASE", NULL, NULL, NULL,
     "Language code; en finds en-US too"},
    {"available", FILTER_BOOL, "b.available_copies > 0", NULL, NULL, NULL, "true: titles that can be lent now"},
    {"item_type", FILTER_TEXT, "b.item_type_id = (SELECT id FROM item_type WHERE code = :item_type)", NULL, NULL,
     NULL, "Kind of thing"},
    {"isbn", FILTER_TEXT, "b.isbn = :isbn", NULL, NULL, NULL, "ISBN-10 or ISBN-13, or the library's own identifier"},
    {0},
};
/* clang-format on */

static const struct list_served books_served[] = {
    {""},
    {"archived", .total = COUNTER("books_archived"), .known = "counter"},
    {"isbn archived?", .few = "an identifier is shared by few titles"},
    {0},
};

const struct listing books_listing = {
    .name = "Book",
    .columns = book_columns,
    .from = "book b",
    .id = "b.id",
    .uuid = "b.uuid",
    .search = "b.id IN (SELECT rowid FROM book_search WHERE book_search MATCH :q)",
    .sorts = book_sorts,
    .filters = book_filters,
    .find = books_index_find,
    .total = "books",
    .served = books_served,
};

enum error_kind books_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &books_listing, query, sink);
}

enum error_kind books_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &books_listing, id, sink);
}

/* ---- finding ------------------------------------------------------------------------------------------ */

static struct book read_book(struct stmt *s)
{
    struct book book = {
        .id = column_int(s, 0),
        .uuid = column_uuid(s, 1),
        .facts =
            {
                .title = column_text(s, 2),
                .subtitle = column_text(s, 3),
                .author = column_text(s, 4),
                .isbn = column_text(s, 5),
                .publisher = column_text(s, 8),
                .edition = column_text(s, 9),
                .year = column_number(s, 10),
                .language = column_text(s, 11),
                .description = column_text(s, 12),
                .item_type = column_text(s, 13),
                .total_copies = column_int(s, 15),
                .available_copies = column_int(s, 16),
            },
        .isbn13 = column_text(s, 6),
        .isbn_shared = column_bool(s, 7),
        .item_type_id = column_int(s, 14),
        .total_copies = column_int(s, 15),
        .available_copies = column_int(s, 16),
        .open_borrows = column_int(s, 17),
        .borrow_count = column_int(s, 18),
        .last_borrowed_at = column_number(s, 19),
        .created_at = column_int(s, 20),
        .updated_at = column_int(s, 21),
        .deleted_at = column_number(s, 22),
        .version = column_int(s, 23),
        .open_holds = column_int(s, 24),
    };
    return book;
}

static enum error_kind read_categories(struct ctx *ctx, int64_t book_id, struct text_list *out_categories)
{
    struct text_list list = {.items = arena_alloc_array(ctx->arena, BOOK_CATEGORIES_MAX, sizeof *list.items)};
    struct stmt *s = db_statement(ctx, &LIST_CATEGORIES);
    bool found;

    bind_int(s, ":book", book_id);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found || list.count == BOOK_CATEGORIES_MAX)
            break;
        list.items[list.count++] = column_text(s, 0);
    }
    *out_categories = list;
    return OK;
}

static enum error_kind find_book(struct ctx *ctx, struct stmt *s, struct book *out_book, bool *out_found)
{
    bool found;

    TRY(db_row(s, &found));
    if (found) {
        struct book book = read_book(s);
        TRY(read_categories(ctx, book.id, &book.facts.categories));
        *out_book = book;
    }
    *out_found = found;
    return OK;
}

enum error_kind books_repo_find(struct ctx *ctx, const struct uuid *uuid, struct book *out_book,
                                bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_BOOK);

    bind_uuid(s, ":uuid", uuid);
    return find_book(ctx, s, out_book, out_found);
}

enum error_kind books_repo_find_version(struct ctx *ctx, const struct uuid *uuid,
                                        struct book_version *out_version, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_VERSION);
    bool found;

    bind_uuid(s, ":uuid", uuid);
    TRY(db_row(s, &found));
    if (found)
        *out_version = (struct book_version){
            .id = column_int(s, 0), .version = column_int(s, 1), .archived = !column_is_null(s, 2)};
    *out_found = found;
    return OK;
}

enum error_kind books_repo_find_by_id(struct ctx *ctx, int64_t id, struct book *out_book, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_BOOK_BY_ID);

    bind_int(s, ":id", id);
    return find_book(ctx, s, out_book, out_found);
}

static enum error_kind find_name(struct stmt *s, struct book_name *out_name, bool *out_found)
{
    bool found;

    TRY(db_row(s, &found));
    if (found)
        *out_name = (struct book_name){.id = column_int(s, 0),
                                       .uuid = column_uuid(s, 1),
                                       .title = column_text(s, 2),
                                       .archived = !column_is_null(s, 3)};
    *out_found = found;
    return OK;
}

enum error_kind books_repo_find_isbn(struct ctx *ctx, const char *isbn, int64_t except_id,
                                     struct book_name *out_name, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_ISBN);

    bind_text(s, ":isbn", isbn);
    bind_int(s, ":except", except_id);
    return find_name(s, out_name, out_found);
}

enum error_kind books_repo_find_alike(struct ctx *ctx, const struct book_facts *facts,
                                      struct book_name *out_name, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_ALIKE);

    bind_text(s, ":title_key", text_sort_key(ctx->arena, facts->title, facts->language));
    bind_text(s, ":author_key", text_name_key(ctx->arena, facts->author));
    bind_text(s, ":title", facts->title);
    bind_number(s, ":year", facts->year);
    return find_name(s, out_name, out_found);
}

enum error_kind books_repo_find_item_type(struct ctx *ctx, const char *code, int64_t *out_id, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_ITEM_TYPE);

    bind_text(s, ":code", code);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_id = column_int(s, 0);
    return OK;
}

enum error_kind books_repo_list_item_types(struct ctx *ctx, const char **out_codes)
{
    struct stmt *s = db_statement(ctx, &LIST_ITEM_TYPES);
    bool found;

    TRY(db_row(s, &found));
    *out_codes = found ? column_text(s, 0) : "";
    return OK;
}

/* ---- writing ------------------------------------------------------------------------------------------ */

struct book_search_row books_repo_search_row(struct ctx *ctx, const struct book_facts *facts)
{
    char isbn10[ISBN10_LENGTH + 1];
    struct book_search_row row = {.author = text_fold(ctx->arena, facts->author), .isbn = ""};

    row.title = text_fold(ctx->arena, facts->subtitle
                                          ? arena_printf(ctx->arena, "%s %s", facts->title, facts->subtitle)
                                          : facts->title);
    if (facts->isbn && isbn_to_10(facts->isbn, isbn10))
        row.isbn = text_fold(ctx->arena, arena_printf(ctx->arena, "%s %s", facts->isbn, isbn10));
    else if (facts->isbn)
        row.isbn = text_fold(ctx->arena, facts->isbn);
    return row;
}

static enum error_kind run_search_row(struct stmt *s, int64_t id, const struct book_search_row *row)
{
    bind_int(s, ":id", id);
    bind_text(s, ":title", row->title);
    bind_text(s, ":author", row->author);
    bind_text(s, ":isbn", row->isbn);
    return db_run(s);
}

static enum error_kind find_or_add_category(struct ctx *ctx, const char *name, int64_t *out_id)
{
    const char *key = text_fold(ctx->arena, name);
    struct stmt *s = db_statement(ctx, &FIND_CATEGORY);
    bool found;

    bind_text(s, ":key", key);
    TRY(db_row(s, &found));
    if (found) {
        *out_id = column_int(s, 0);
        return OK;
    }
    s = db_statement(ctx, &INSERT_CATEGORY);
    bind_text(s, ":name", name);
    bind_text(s, ":key", key);
    TRY(db_run(s));
    *out_id = db_last_id(ctx);
    return OK;
}

static enum error_kind add_categories(struct ctx *ctx, int64_t book_id, const struct text_list *categories)
{
    for (size_t i = 0; i < categories->count; i++) {
        int64_t category_id;
        TRY(find_or_add_category(ctx, categories->items[i], &category_id));
        struct stmt *s = db_statement(ctx, &ADD_CATEGORY);
        bind_int(s, ":book", book_id);
        bind_int(s, ":category", category_id);
        bind_int(s, ":position", (int64_t)i);
        TRY(db_run(s));
    }
    return OK;
}

static void bind_facts(struct ctx *ctx, struct stmt *s, const struct book *book)
{
    const struct book_facts *facts = &book->facts;

    bind_text(s, ":title", facts->title);
    bind_text(s, ":subtitle", facts->subtitle);
    bind_text(s, ":author", facts->author);
    bind_text(s, ":isbn", facts->isbn);
    bind_text(s, ":isbn13", book->isbn13);
    bind_bool(s, ":isbn_shared", book->isbn_shared);
    bind_text(s, ":publisher", facts->publisher);
    bind_text(s, ":edition", facts->edition);
    bind_number(s, ":year", facts->year);
    bind_text(s, ":language", facts->language);
    bind_text(s, ":description", facts->description);
    bind_int(s, ":item_type", book->item_type_id);
    bind_text(s, ":title_key", text_sort_key(ctx->arena, facts->title, facts->language));
    bind_text(s, ":author_key", text_name_key(ctx->arena, facts->author));
    bind_int(s, ":now", ctx->now);
}

enum error_kind books_repo_insert(struct ctx *ctx, struct book *book)
{
    struct stmt *s = db_statement(ctx, &INSERT_BOOK);

    bind_uuid(s, ":uuid", &book->uuid);
    bind_facts(ctx, s, book);
    TRY(db_run(s));
    book->id = db_last_id(ctx);

    struct book_search_row row = books_repo_search_row(ctx, &book->facts);
    TRY(run_search_row(db_statement(ctx, &INSERT_SEARCH_ROW), book->id, &row));
    return add_categories(ctx, book->id, &book->facts.categories);
}

enum error_kind books_repo_update(struct ctx *ctx, const struct book *book)
{
    struct stmt *s = db_statement(ctx, &UPDATE_BOOK);

    bind_int(s, ":id", book->id);
    bind_facts(ctx, s, book);
    TRY(db_run(s));

    struct book_search_row row = books_repo_search_row(ctx, &book->facts);
    TRY(run_search_row(db_statement(ctx, &UPDATE_SEARCH_ROW), book->id, &row));
    s = db_statement(ctx, &CLEAR_CATEGORIES);
    bind_int(s, ":book", book->id);
    TRY(db_run(s));
    return add_categories(ctx, book->id, &book->facts.categories);
}

enum error_kind books_repo_remove(struct ctx *ctx, int64_t id)
{
    const struct sql *const removals[] = {&CLEAR_CATEGORIES, &REMOVE_COVER, &REMOVE_SEARCH_ROW, &REMOVE_BOOK};

    for (size_t i = 0; i < sizeof removals / sizeof removals[0]; i++) {
        struct stmt *s = db_statement(ctx, removals[i]);
        bind_int(s, ":book", id);
        TRY(db_run(s));
    }
    return OK;
}

enum error_kind books_repo_set_archived(struct ctx *ctx, int64_t id, int64_t deleted_at)
{
    struct stmt *s = db_statement(ctx, &SET_ARCHIVED);

    bind_int(s, ":id", id);
    bind_number(s, ":deleted_at", deleted_at);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind books_repo_set_isbn_shared(struct ctx *ctx, int64_t id, bool shared)
{
    struct stmt *s = db_statement(ctx, &SET_ISBN_SHARED);

    bind_int(s, ":id", id);
    bind_bool(s, ":shared", shared);
    return db_run(s);
}

enum error_kind books_repo_touch(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &TOUCH_BOOK);

    bind_int(s, ":id", id);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

/* ---- the full-text rows ------------------------------------------------------------------------------- */

enum error_kind books_repo_next_title(struct ctx *ctx, struct book_search_walk *walk,
                                      struct book_name *out_name, struct book_search_row *out_due,
                                      bool *out_found)
{
    if (!walk->titles)
        walk->titles = db_statement(ctx, &TITLES);
    TRY(find_name(walk->titles, out_name, out_found));
    if (*out_found) {
        struct book_facts facts = {.title = out_name->title,
                                   .subtitle = column_text(walk->titles, 4),
                                   .author = column_text(walk->titles, 5),
                                   .isbn = column_text(walk->titles, 6)};
        *out_due = books_repo_search_row(ctx, &facts);
    }
    return OK;
}

static enum error_kind next_search_row(struct book_search_walk *walk)
{
    TRY(db_row(walk->rows, &walk->has_row));
    if (walk->has_row)
        walk->row_id = column_int(walk->rows, 0);
    return OK;
}

enum error_kind books_repo_check_title(struct ctx *ctx, struct book_search_walk *walk,
                                       struct book_name *out_name, bool *out_as_due, bool *out_found)
{
    struct book_search_row due;

    if (!walk->rows) {
        walk->rows = db_statement(ctx, &SEARCH_ROWS);
        TRY(next_search_row(walk));
    }
    TRY(books_repo_next_title(ctx, walk, out_name, &due, out_found));
    for (; walk->has_row && (!*out_found || walk->row_id < out_name->id); walk->strays++)
        TRY(next_search_row(walk));
    if (!*out_found)
        return OK;
    bool has_own = walk->has_row && walk->row_id == out_name->id;
    *out_as_due = has_own && column_is(walk->rows, 1, due.title) && column_is(walk->rows, 2, due.author) &&
                  column_is(walk->rows, 3, due.isbn);
    return has_own ? next_search_row(walk) : OK;
}

enum error_kind books_repo_compare_words(struct ctx *ctx, bool *out_agree)
{
    enum error_kind kind = db_run(db_statement(ctx, &COMPARE_WORDS));

    if (kind != OK && kind != ERROR_INTERNAL)
        return kind;
    error_clear(ctx);
    *out_agree = kind == OK;
    return OK;
}

enum error_kind books_repo_remake_words(struct ctx *ctx)
{
    return db_run(db_statement(ctx, &REMAKE_WORDS));
}

enum error_kind books_repo_clear_search(struct ctx *ctx)
{
    return db_run(db_statement(ctx, &CLEAR_SEARCH));
}

enum error_kind books_repo_put_search_row(struct ctx *ctx, int64_t id, const struct book_search_row *row)
{
    return run_search_row(db_statement(ctx, &INSERT_SEARCH_ROW), id, row);
}

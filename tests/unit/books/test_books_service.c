/*
 * test_books_service.c — the catalogue's rules on a real library file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/limits.h"
#include "books/books_service.h"
#include "counters/counters_service.h"
#include "db/engine.h"
#include "support/fixture.h"

#define ISBN_HUNGER "9780439023481"
#define ISBN_POTTER "9780439554930"

static struct fixture *fixture;
static struct ctx *ctx;

/* ---- helpers ------------------------------------------------------------------------------------------ */

/* Numbers that are not named are not known. */
static struct book_facts complete(struct book_facts facts)
{
    if (facts.year == 0)
        facts.year = NO_NUMBER;
    facts.total_copies = NO_NUMBER;
    facts.available_copies = NO_NUMBER;
    return facts;
}

#define FACTS(...) complete((struct book_facts){__VA_ARGS__})

static struct book create(struct book_facts facts)
{
    struct book book = {0};

    if (!facts.author)
        facts.author = "Anonymous";
    assert_int_equal(books_create(ctx, &facts, &book), OK);
    return book;
}

static struct book find(const struct book *book)
{
    struct book found = {0};

    assert_int_equal(books_find(ctx, &book->uuid, &found), OK);
    return found;
}

static void assert_refused(enum error_kind kind, enum error_code code, const char *says)
{
    assert_int_not_equal(kind, OK);
    assert_string_equal(error_code_name(ctx->error.code), error_code_name(code));
    assert_non_null(strstr(ctx->error.detail, says));
    fixture_next(fixture);
}

static int64_t count(const char *sql)
{
    return fixture_int(fixture, sql);
}

/* Titles of a page, parted by bars. */
struct title_sink {
    struct row_sink sink;
    char titles[1000];
    int64_t total;
};

static void note_title(struct row_sink *sink, const struct column *columns, const struct column_value *values)
{
    struct title_sink *titles = (struct title_sink *)sink;
    size_t length = strlen(titles->titles);

    for (size_t i = 0; columns[i].name; i++)
        if (strcmp(columns[i].name, "title") == 0)
            snprintf(titles->titles + length, sizeof titles->titles - length, "%s%s", length ? "|" : "",
                     values[i].text);
}

static void note_total(struct row_sink *sink, const struct page_meta *meta)
{
    ((struct title_sink *)sink)->total = meta->total;
}

static const char *list(struct list_query query)
{
    static struct title_sink titles;

    titles = (struct title_sink){.sink = {.row = note_title, .page = note_total}};
    query.limit = LIST_LIMIT_MAX;
    assert_int_equal(books_list(ctx, &query, &titles.sink), OK);
    int64_t rows = titles.titles[0] ? 1 : 0;
    for (const char *c = titles.titles; *c; c++)
        rows += *c == '|';
    assert_int_equal(titles.total, rows);
    return titles.titles;
}

static const char *filter(const char *name, const char *value)
{
    const struct list_parameter parameter = {name, value};

    return list((struct list_query){.parameters = &parameter, .parameter_count = 1});
}

static const char *search(const char *words)
{
    return list((struct list_query){.search = words});
}

/* ---- creating ----------------------------------------------------------------------------------------- */

static void test_books_service__stores_what_the_cataloguer_said(void **state)
{
    const char *names[] = {"Fantasy", "Für Kinder"};
    struct book made =
        create(FACTS(.title = "The Hobbit", .subtitle = "There and back again", .author = "J.R.R. Tolkien",
                     .isbn = "0-439-02348-3", .publisher = "Allen & Unwin", .edition = "1st", .year = 1937,
                     .language = "en", .description = "A burglar's tale.", .item_type = "audio",
                     .categories = {names, 2}));
    struct book book = find(&made);

    (void)state;
    assert_string_equal(book.facts.title, "The Hobbit");
    assert_string_equal(book.facts.subtitle, "There and back again");
    assert_string_equal(book.facts.author, "J.R.R. Tolkien");
    assert_string_equal(book.facts.isbn, ISBN_HUNGER);
    assert_string_equal(book.isbn13, ISBN_HUNGER);
    assert_string_equal(book.facts.item_type, "audio");
    assert_int_equal(book.facts.year, 1937);
    assert_int_equal(book.facts.categories.count, 2);
    assert_string_equal(book.facts.categories.items[1], "Für Kinder");
    assert_int_equal(book.created_at, ctx->now);
    assert_int_equal(book.version, 1);
    assert_int_equal(book.total_copies, 0);
    assert_int_equal(book.deleted_at, NO_NUMBER);
    assert_int_equal(count("SELECT title_key = 'hobbit' AND author_key = 'j.r.r. tolkien' FROM book"), 1);
}

static void test_books_service__leaves_an_audit_row_an_event_and_a_count(void **state)
{
    struct book book = create(FACTS(.title = "Dune"));

    (void)state;
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE action = 'book.added' AND entity = 'book'"),
                     1);
    assert_int_equal(count("SELECT entity_id FROM audit_log"), book.id);
    assert_int_equal(count("SELECT book_id FROM event WHERE type = 'BookAdded'"), book.id);
    assert_int_equal(count("SELECT value FROM library_counter WHERE name = 'books'"), 1);
}

static void test_books_service__a_batch_leaves_the_telling_to_its_owner(void **state)
{
    struct book_facts facts = FACTS(.title = "Dune", .author = "Frank Herbert");
    struct book book;

    (void)state;
    assert_int_equal(books_create_in_batch(ctx, &facts, &book), OK);
    assert_int_equal(count("SELECT count(*) FROM audit_log"), 0);
    assert_int_equal(count("SELECT count(*) FROM event"), 0);
    assert_int_equal(count("SELECT value FROM library_counter WHERE name = 'books'"), 1);
}

static void test_books_service__refuses_a_mistyped_isbn(void **state)
{
    struct book_facts facts = FACTS(.title = "Dune", .author = "Frank Herbert", .isbn = "9780439023482");
    struct book book;

    (void)state;
    assert_int_equal(books_create(ctx, &facts, &book), ERROR_INVALID);
    assert_string_equal(ctx->error.fields->field, "isbn");
    assert_non_null(strstr(ctx->error.fields->message, "check digit"));
    fixture_next(fixture);
    assert_int_equal(count("SELECT count(*) FROM book"), 0);
}

static void test_books_service__names_all_wrong_fields_at_once(void **state)
{
    struct book_facts facts =
        FACTS(.title = "Dune", .author = "Frank Herbert", .isbn = "what is this", .item_type = "scroll");
    struct book book;

    (void)state;
    assert_int_equal(books_create(ctx, &facts, &book), ERROR_INVALID);
    assert_string_equal(ctx->error.fields->field, "isbn");
    assert_string_equal(ctx->error.fields->next->field, "item_type");
    assert_non_null(strstr(ctx->error.fields->next->message, "periodical"));
}

static void test_books_service__two_records_may_not_share_an_isbn(void **state)
{
    struct book first = create(FACTS(.title = "The Hunger Games", .isbn = "0439023483"));
    struct book_facts again = FACTS(.title = "Hunger", .author = "S. Collins", .isbn = "978-0-439-02348-1");
    struct book book;
    char uuid[UUID_TEXT_SIZE];

    (void)state;
    assert_int_equal(books_create(ctx, &again, &book), ERROR_CONFLICT);
    uuid_format(&first.uuid, uuid);
    assert_string_equal(ctx->error.reasons->key, "book_id");
    assert_string_equal(ctx->error.reasons->text, uuid);
    assert_refused(ERROR_CONFLICT, ERR_DUPLICATE_ISBN, "belongs to “The Hunger Games” already");

    assert_int_equal(books_archive(ctx, &first, NO_NUMBER), OK);
    assert_refused(books_create(ctx, &again, &book), ERR_DUPLICATE_ISBN, "archived: restore it");
    assert_int_equal(count("SELECT count(*) FROM book"), 1);
}

static void test_books_service__a_cataloguer_may_allow_a_shared_isbn(void **state)
{
    create(FACTS(.title = "One", .isbn = ISBN_HUNGER));
    struct book shared = create(FACTS(.title = "Two", .isbn = ISBN_HUNGER, .allow_shared_isbn = true));
    struct book_facts third = FACTS(.title = "Three", .author = "A", .isbn = ISBN_HUNGER);
    struct book book = find(&shared);
    struct book_facts edited = book.facts;

    (void)state;
    assert_true(book.isbn_shared);
    assert_refused(books_create(ctx, &third, &book), ERR_DUPLICATE_ISBN, "“One”");
    /* Consent stays while the ISBN stays. */
    book = find(&shared);
    edited.title = "Two, revised";
    assert_int_equal(books_update(ctx, &book, &edited, NO_NUMBER), OK);
    assert_true(find(&shared).isbn_shared);
    /* And is asked for anew when it changes. */
    create(FACTS(.title = "Four", .isbn = ISBN_POTTER));
    book = find(&shared);
    edited.isbn = ISBN_POTTER;
    assert_refused(books_update(ctx, &book, &edited, NO_NUMBER), ERR_DUPLICATE_ISBN, "“Four”");
}

static void test_books_service__local_identifiers_may_repeat(void **state)
{
    create(FACTS(.title = "One", .isbn = "LIB-1"));
    struct book book = create(FACTS(.title = "Two", .isbn = "LIB-1"));

    (void)state;
    assert_string_equal(find(&book).facts.isbn, "LIB-1");
    assert_null(find(&book).isbn13);
}

static void test_books_service__spellings_of_a_category_are_one(void **state)
{
    const char *first[] = {"Science Fiction"};
    const char *second[] = {"SCIENCE  FICTION", "Classics", "classics"};

    (void)state;
    create(FACTS(.title = "Dune", .categories = {first, 1}));
    struct book book = create(FACTS(.title = "Emma", .categories = {second, 3}));
    assert_int_equal(count("SELECT count(*) FROM category"), 2);
    assert_int_equal(find(&book).facts.categories.count, 2);
    assert_string_equal(find(&book).facts.categories.items[0], "Science Fiction");
}

/* ---- editing, archiving --------------------------------------------------------------------------------- */

static void test_books_service__an_edit_is_told_with_before_and_after(void **state)
{
    struct book made = create(FACTS(.title = "Dune", .author = "Frank Herbert"));
    struct book before = find(&made);
    struct book_facts after = before.facts;

    (void)state;
    after.title = "Dune Messiah";
    after.year = 1969;
    assert_int_equal(books_update(ctx, &before, &after, 1), OK);
    assert_string_equal(find(&made).facts.title, "Dune Messiah");
    assert_int_equal(find(&made).version, 2);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE action = 'book.updated'"
                           " AND before = '{\"title\":\"Dune\",\"year\":null}'"),
                     1);
    assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'BookUpdated'"), 1);
    assert_string_equal(search("messiah"), "Dune Messiah");
}

static void test_books_service__an_edit_that_changes_nothing_writes_nothing(void **state)
{
    struct book made = create(FACTS(.title = "Dune", .isbn = ISBN_HUNGER));
    struct book before = find(&made);
    struct book_facts after = before.facts;

    (void)state;
    after.isbn = "0-439-02348-3"; /* the same, otherwise written */
    after.item_type = NULL;       /* null stands for the default */
    assert_int_equal(books_update(ctx, &before, &after, NO_NUMBER), OK);
    assert_int_equal(find(&made).version, 1);
    assert_int_equal(count("SELECT count(*) FROM audit_log"), 1);
}

static void test_books_service__an_edit_of_an_old_version_is_refused(void **state)
{
    struct book made = create(FACTS(.title = "Dune"));
    struct book_facts after = made.facts;

    (void)state;
    after.title = "Emma";
    assert_refused(books_update(ctx, &made, &after, 7), ERR_PRECONDITION_FAILED, "changed by someone else");
    assert_refused(books_archive(ctx, &made, 7), ERR_PRECONDITION_FAILED, "changed by someone else");
}

static void test_books_service__archived_titles_are_gone_until_restored(void **state)
{
    struct book book = create(FACTS(.title = "Dune"));
    struct book found;

    (void)state;
    assert_int_equal(books_archive(ctx, &book, NO_NUMBER), OK);
    assert_refused(books_find(ctx, &book.uuid, &found), ERR_BOOK_NOT_FOUND, "Book not found.");
    assert_string_equal(list((struct list_query){0}), "");
    assert_string_equal(filter("archived", "true"), "Dune");
    assert_int_equal(books_find_any(ctx, &book.uuid, &found), OK);
    assert_int_equal(found.deleted_at, ctx->now);
    assert_int_equal(count("SELECT sum(value * (name = 'books') * 10 + value * (name = 'books_archived'))"
                           " FROM library_counter"),
                     1);

    assert_int_equal(books_restore(ctx, &found), OK);
    book = find(&book);
    assert_int_equal(books_restore(ctx, &book), OK); /* once more: left as it is */
    assert_string_equal(list((struct list_query){0}), "Dune");
    assert_int_equal(count("SELECT count(*) FROM event WHERE type IN ('BookArchived', 'BookRestored')"), 2);
    assert_int_equal(count("SELECT count(*) FROM audit_log"), 3);
}

static void test_books_service__a_lent_title_is_not_archived(void **state)
{
    struct book book = create(FACTS(.title = "Dune"));

    (void)state;
    book.open_borrows = 2;
    assert_int_equal(books_archive(ctx, &book, NO_NUMBER), ERROR_CONFLICT);
    assert_int_equal(ctx->error.reasons->number, 2);
    assert_refused(ERROR_CONFLICT, ERR_HAS_ACTIVE_BORROWS, "2 active borrows");
    find(&book);
}

/* ---- lists -------------------------------------------------------------------------------------------- */

static void fill_shelf(void)
{
    const char *fantasy[] = {"Fantasy"};

    create(FACTS(.title = "The Hobbit", .author = "J.R.R. Tolkien", .year = 1937, .language = "en",
                 .isbn = ISBN_HUNGER, .categories = {fantasy, 1}));
    create(FACTS(.title = "Émile", .author = "Jean-Jacques Rousseau", .year = 1762, .language = "fr"));
    create(FACTS(.title = "A Wizard of Earthsea", .author = "Ursula K. Le Guin; Ruth Robbins", .year = 1968,
                 .language = "en-US", .item_type = "audio", .categories = {fantasy, 1}));
    create(FACTS(.title = "The Odyssey", .author = "Homer", .year = -720, .isbn = "LIB-0007"));
    create(FACTS(.title = "Undated", .subtitle = "Ghost stories", .author = "Various"));
}

static void test_books_service__sorts_as_a_librarian_would(void **state)
{
    (void)state;
    fill_shelf();
    assert_string_equal(list((struct list_query){0}),
                        "Émile|The Hobbit|The Odyssey|Undated|A Wizard of Earthsea");
    assert_string_equal(list((struct list_query){.sort = "author"}),
                        "The Odyssey|The Hobbit|Émile|A Wizard of Earthsea|Undated");
    assert_string_equal(list((struct list_query){.sort = "year"}),
                        "Undated|The Odyssey|Émile|The Hobbit|A Wizard of Earthsea");
    assert_string_equal(list((struct list_query){.sort = "created_at"}),
                        "Undated|The Odyssey|A Wizard of Earthsea|Émile|The Hobbit");
    assert_string_equal(list((struct list_query){.sort = "title", .order = "desc"}),
                        "A Wizard of Earthsea|Undated|The Odyssey|The Hobbit|Émile");
}

static void test_books_service__filters(void **state)
{
    (void)state;
    fill_shelf();
    assert_string_equal(filter("genre", "FANTASY"), "The Hobbit|A Wizard of Earthsea");
    assert_string_equal(filter("author", "Ursula K. Le Guin"), "A Wizard of Earthsea");
    assert_string_equal(filter("author", "tolkien"), "The Hobbit");
    assert_string_equal(filter("author", "tolk"), "");
    assert_string_equal(filter("author", "\"*"), "");
    assert_string_equal(filter("year_from", "1937"), "The Hobbit|A Wizard of Earthsea");
    assert_string_equal(filter("year_to", "1762"), "Émile|The Odyssey");
    assert_string_equal(filter("language", "en"), "The Hobbit|A Wizard of Earthsea");
    assert_string_equal(filter("language", "EN-us"), "A Wizard of Earthsea");
    assert_string_equal(filter("item_type", "audio"), "A Wizard of Earthsea");
    assert_string_equal(filter("isbn", "0-439-02348-3"), "The Hobbit");
    assert_string_equal(filter("isbn", "LIB-0007"), "The Odyssey");
    assert_string_equal(filter("available", "true"), "");
}

static void test_books_service__searches_folded_words_and_every_form_of_an_isbn(void **state)
{
    (void)state;
    fill_shelf();
    assert_string_equal(search("HOBB"), "The Hobbit");
    assert_string_equal(search("emile rousseau"), "Émile");
    assert_string_equal(search("ghost"), "Undated");
    assert_string_equal(search("0439023483"), "The Hobbit");
    assert_string_equal(search("978-0-439-02348-1"), "The Hobbit");
    assert_string_equal(search("lib-0007"), "The Odyssey");
    assert_string_equal(search("hobbit rousseau"), "");
    assert_string_equal(search("\" OR title:*"), "");
}

static void test_books_service__knows_who_has_it_already(void **state)
{
    struct book_facts with_isbn = FACTS(.title = "X", .author = "Y", .isbn = ISBN_HUNGER);
    struct book_facts without = FACTS(.title = "Émile", .author = "jean-jacques ROUSSEAU", .year = 1762);
    struct book_facts other_year = FACTS(.title = "Émile", .author = "Jean-Jacques Rousseau", .year = 1900);
    struct book_name name;
    bool found;

    (void)state;
    fill_shelf();
    assert_int_equal(books_find_same(ctx, &with_isbn, &name, &found), OK);
    assert_true(found);
    assert_string_equal(name.title, "The Hobbit");
    assert_int_equal(books_find_same(ctx, &without, &name, &found), OK);
    assert_true(found);
    assert_int_equal(books_find_same(ctx, &other_year, &name, &found), OK);
    assert_false(found);
}

/* ---- the full-text rows --------------------------------------------------------------------------------- */

static int findings;

static void note_finding(void *argument, const char *finding)
{
    (void)argument;
    assert_non_null(finding);
    findings++;
}

static void test_books_service__the_full_text_index_can_be_checked_and_rebuilt(void **state)
{
    (void)state;
    fill_shelf();
    findings = 0;
    assert_int_equal(books_check_search(ctx, note_finding, NULL), OK);
    assert_int_equal(findings, 0);
    assert_int_equal(db_exec(ctx, "DELETE FROM book_search WHERE rowid = 2"), OK);
    assert_int_equal(db_exec(ctx, "UPDATE book_search SET title = 'x' WHERE rowid = 1"), OK);
    assert_int_equal(db_exec(ctx, "INSERT INTO book_search (rowid, title) VALUES (99, 'x')"), OK);
    assert_int_equal(books_check_search(ctx, note_finding, NULL), OK);
    assert_int_equal(findings, 3);
    assert_int_equal(books_rebuild_search(ctx), OK);
    findings = 0;
    assert_int_equal(books_check_search(ctx, note_finding, NULL), OK);
    assert_int_equal(findings, 0);
    assert_string_equal(search("emile"), "Émile");
}

static int set_up(void **state)
{
    (void)state;
    fixture = fixture_new();
    ctx = &fixture->ctx;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_free(fixture);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_books_service__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(stores_what_the_cataloguer_said),
        TEST(leaves_an_audit_row_an_event_and_a_count),
        TEST(a_batch_leaves_the_telling_to_its_owner),
        TEST(refuses_a_mistyped_isbn),
        TEST(names_all_wrong_fields_at_once),
        TEST(two_records_may_not_share_an_isbn),
        TEST(a_cataloguer_may_allow_a_shared_isbn),
        TEST(local_identifiers_may_repeat),
        TEST(spellings_of_a_category_are_one),
        TEST(an_edit_is_told_with_before_and_after),
        TEST(an_edit_that_changes_nothing_writes_nothing),
        TEST(an_edit_of_an_old_version_is_refused),
        TEST(archived_titles_are_gone_until_restored),
        TEST(a_lent_title_is_not_archived),
        TEST(sorts_as_a_librarian_would),
        TEST(filters),
        TEST(searches_folded_words_and_every_form_of_an_isbn),
        TEST(knows_who_has_it_already),
        TEST(the_full_text_index_can_be_checked_and_rebuilt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_book_facets.c — what the index counts is what a plain look at every title counts, after any changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours stands in base/error.h */

#include "base/ctx.h"
#include "books/book_index.h"

#define BOOKS 9000 /* three blocks */
#define GENRES 30

static struct book_index *book_index;
static struct arena arena;
static uint32_t seed;

static unsigned dice(unsigned sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

static struct plain {
    bool there, archived;
    unsigned author, other; /* other == author: by one alone */
    unsigned language, genres[2];
    size_t genre_count;
    int64_t version, year, item_type, available;
} books[BOOKS];

static const char *const languages[] = {"en", "en-US", "de", "DE-at", ""};
static const char *const language_names[] = {"en", "en", "de", "de", ""};

static void put(int64_t id)
{
    struct plain *book = &books[id];
    int64_t genres[2] = {book->genres[0], book->genres[1]};
    char author[64];

    if (book->other == book->author)
        snprintf(author, sizeof author, "author %u", book->author);
    else
        snprintf(author, sizeof author, "author %u; author %u ;author %u", book->author, book->other,
                 book->author);
    struct book_record record = {.id = id,
                                 .version = book->version,
                                 .title = id % 3 ? "annals of tea" : "steam",
                                 .author = author,
                                 .isbn = "",
                                 .language = *languages[book->language] ? languages[book->language] : NULL,
                                 .year = book->year,
                                 .item_type_id = book->item_type,
                                 .title_key = "x",
                                 .author_key = author,
                                 .available_count = book->available,
                                 .archived = book->archived,
                                 .genres = genres,
                                 .genre_count = book->genre_count};
    assert_true(book_index_put(book_index, &record));
}

static void invent(int64_t id)
{
    struct plain *book = &books[id];

    *book = (struct plain){.there = true,
                           .archived = dice(9) == 0,
                           .author = dice(40) * dice(3),
                           .language = dice(5),
                           .genre_count = dice(3),
                           .version = book->version + 1,
                           .year = dice(8) ? -40 + (int)dice(400) : NO_NUMBER,
                           .item_type = 1 + dice(4),
                           .available = dice(3)};
    book->other = dice(4) ? book->author : dice(40);
    book->genres[0] = 1 + dice(GENRES / 2);
    book->genres[1] = GENRES / 2 + 1 + dice(GENRES / 2 - 1);
    put(id);
}

static int set_up(void **state)
{
    (void)state;
    seed = 11;
    memset(books, 0, sizeof books);
    arena_init(&arena, 64 * 1024 * 1024);
    book_index = book_index_new();
    for (int i = 0; i < BOOKS / 2; i++)
        invent(1 + dice(BOOKS - 1));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    book_index_free(book_index);
    arena_release(&arena);
    return 0;
}

/* ---- the plain look ------------------------------------------------------------------------------------ */

static int64_t decade_of(int64_t year)
{
    return (year - (year < 0 ? 9 : 0)) / 10 * 10;
}

static bool fits(const struct plain *book, const struct book_question *question, enum book_facet except)
{
    char name[32], other[32];

    snprintf(name, sizeof name, "author %u", book->author);
    snprintf(other, sizeof other, "author %u", book->other);
    if (!book->there || book->archived != question->archived)
        return false;
    if (except != FACET_AUTHOR && question->author_name && strcmp(name, question->author_name) != 0 &&
        strcmp(other, question->author_name) != 0)
        return false;
    if (except != FACET_DECADE && question->year_from != NO_NUMBER &&
        (book->year == NO_NUMBER || book->year < question->year_from || book->year > question->year_to))
        return false;
    if (except != FACET_LANGUAGE && question->language &&
        strcmp(language_names[book->language], question->language) != 0)
        return false;
    if (except != FACET_ITEM_TYPE && question->item_type_id != NO_NUMBER &&
        book->item_type != question->item_type_id)
        return false;
    if (except != FACET_AVAILABLE && question->available && book->available == 0)
        return false;
    if (except == FACET_GENRE || question->genre == NO_NUMBER)
        return true;
    for (size_t i = 0; i < book->genre_count; i++)
        if (book->genres[i] == question->genre)
            return true;
    return false;
}

/* Has the title this value? */
static bool has(const struct plain *book, enum book_facet facet, const struct facet_value *value)
{
    char name[32], other[32];

    snprintf(name, sizeof name, "author %u", book->author);
    snprintf(other, sizeof other, "author %u", book->other);
    switch (facet) {
    case FACET_GENRE:
        return (book->genre_count > 0 && book->genres[0] == value->number) ||
               (book->genre_count > 1 && book->genres[1] == value->number);
    case FACET_AUTHOR: return strcmp(value->text, name) == 0 || strcmp(value->text, other) == 0;
    case FACET_DECADE: return book->year != NO_NUMBER && decade_of(book->year) == value->number;
    case FACET_LANGUAGE: return strcmp(value->text, language_names[book->language]) == 0;
    case FACET_ITEM_TYPE: return book->item_type == value->number;
    default: return (book->available > 0) == value->number;
    }
}

static int64_t plain_count(const struct book_question *question, enum book_facet facet,
                           const struct facet_value *value)
{
    int64_t count = 0;

    for (int64_t id = 0; id < BOOKS; id++)
        count += fits(&books[id], question, facet) && (!question->word_count || id % 3 == 0) &&
                 has(&books[id], facet, value);
    return count;
}

static void assert_as_plain(const struct book_question *question)
{
    struct book_question bare = book_question_bare(question);
    struct row_set set = book_index_find(book_index, &arena, &bare);
    struct book_facets facets;
    int64_t total = 0;

    book_index_facets(book_index, &arena, &set, question, &facets);
    for (enum book_facet facet = 0; facet < FACETS; facet++) {
        for (size_t i = 0; i < facets.counts[facet]; i++) {
            const struct facet_value *value = &facets.values[facet][i];
            assert_int_equal(value->count, plain_count(question, facet, value));
            assert_true(value->count > 0);
            if (facet == FACET_AUTHOR)
                assert_true(has(&books[value->title], facet, value));
            if (i > 0 && facet == FACET_DECADE)
                assert_true(value[-1].number > value->number);
            else if (i > 0)
                assert_true(value[-1].count >= value->count);
        }
    }
    for (int64_t id = 0; id < BOOKS; id++)
        total += fits(&books[id], question, FACETS) && (!question->word_count || id % 3 == 0);
    assert_int_equal(facets.total, total);
    assert_int_equal(facets.total, book_index_find(book_index, &arena, question).count);
}

static struct book_question any_question(void)
{
    struct book_question question = BOOK_QUESTION_ANY;
    static char name[32];

    question.archived = dice(5) == 0;
    if (dice(2)) {
        question.words[0] = "steam";
        question.word_count = 1;
    }
    if (dice(3) == 0)
        question.genre = 1 + dice(GENRES + 3);
    if (dice(3) == 0) {
        question.year_from = (int)dice(40) * 10 - 40;
        question.year_to = question.year_from + 9;
    }
    if (dice(3) == 0)
        question.language = dice(2) ? "en" : "de";
    if (dice(3) == 0)
        question.item_type_id = 1 + dice(5);
    question.available = dice(3) == 0;
    if (dice(3) == 0) {
        snprintf(name, sizeof name, "author %u", dice(42));
        question.author_name = name;
    }
    return question;
}

/* ---- tests --------------------------------------------------------------------------------------------- */

static void test_book_facets__count_as_a_plain_look(void **state)
{
    (void)state;
    for (int i = 0; i < 150; i++) {
        struct book_question question = any_question();
        assert_as_plain(&question);
    }
}

static void test_book_facets__follow_every_change(void **state)
{
    (void)state;
    for (int round = 0; round < 40; round++) {
        for (int i = 0; i < 50; i++) {
            int64_t id = 1 + dice(BOOKS - 1);
            if (books[id].there && dice(2)) {
                books[id].available = dice(2);
                assert_true(
                    book_index_touch(book_index, id, books[id].version, books[id].available, dice(9)));
            } else {
                invent(id);
            }
        }
        struct book_question question = any_question();
        assert_as_plain(&question);
    }
}

static void test_book_facets__keep_those_that_most_titles_have(void **state)
{
    struct book_question any = BOOK_QUESTION_ANY;
    struct row_set set = book_index_find(book_index, &arena, &any);
    struct book_facets facets;

    (void)state;
    book_index_facets(book_index, &arena, &set, &any, &facets);
    assert_int_equal(facets.counts[FACET_GENRE], FACET_VALUES_MAX);
    assert_int_equal(facets.counts[FACET_LANGUAGE], 2);
    assert_int_equal(facets.counts[FACET_AVAILABLE], 2);
    for (int64_t genre = 1; genre <= GENRES; genre++) {
        struct facet_value value = {.number = genre};
        int64_t count = plain_count(&any, FACET_GENRE, &value);
        bool shown = false;
        for (size_t i = 0; i < FACET_VALUES_MAX; i++)
            shown = shown || facets.values[FACET_GENRE][i].number == genre;
        if (!shown)
            assert_true(count <= facets.values[FACET_GENRE][FACET_VALUES_MAX - 1].count);
    }
}

static void test_book_facets__of_nothing_are_none(void **state)
{
    struct book_question question = BOOK_QUESTION_ANY;
    struct book_facets facets;

    (void)state;
    question.words[0] = "nowhere";
    question.word_count = 1;
    struct row_set set = book_index_find(book_index, &arena, &question);
    book_index_facets(book_index, &arena, &set, &question, &facets);
    assert_int_equal(facets.total, 0);
    for (enum book_facet facet = 0; facet < FACETS; facet++)
        assert_int_equal(facets.counts[facet], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_book_facets__count_as_a_plain_look, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_book_facets__follow_every_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_book_facets__keep_those_that_most_titles_have, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_book_facets__of_nothing_are_none, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

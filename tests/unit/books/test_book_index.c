/*
 * test_book_index.c — the index finds what a plain look at every title finds, after any changes.
 */
#include <pthread.h>
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
#include "base/text.h"
#include "books/book_index.h"

#define BOOKS 600
#define TEXT 160

static struct book_index *book_index;
static struct arena arena;
static uint32_t seed;

static unsigned dice(unsigned sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

/* ---- books kept twice: in the index, and plainly ------------------------------------------------------- */

struct plain {
    bool there, archived;
    char title[TEXT], author[TEXT], isbn[TEXT], language[8];
    int64_t version, year, item_type, borrows, available, created, genres[3];
    size_t genre_count;
};

static struct plain books[BOOKS * 20];

static const char *const parts[] = {"an",       "annals", "tea",   "team",   "steam",  "война",
                                    "ёлка",     "και",    "日本",  "o'neil", "re-tea", "a",
                                    "“quoted”", "x",      "zebra", "tee",    "1939",   "97"};
static const char *const languages[] = {"en", "en-us", "de", "deu", ""};

static void invent_text(char *out, unsigned words)
{
    *out = '\0';
    for (unsigned i = 0; i <= words; i++) {
        if (i)
            strcat(out, " ");
        strcat(out, parts[dice(sizeof parts / sizeof parts[0])]);
    }
}

static struct book_record record_of(int64_t id)
{
    const struct plain *book = &books[id];

    return (struct book_record){.id = id,
                                .version = book->version,
                                .title = book->title,
                                .author = book->author,
                                .isbn = book->isbn,
                                .language = *book->language ? book->language : NULL,
                                .year = book->year,
                                .item_type_id = book->item_type,
                                .title_key = book->title,
                                .author_key = book->author,
                                .created_at = book->created,
                                .borrow_count = book->borrows,
                                .available_count = book->available,
                                .archived = book->archived,
                                .genres = book->genres,
                                .genre_count = book->genre_count};
}

static void invent(int64_t id)
{
    struct plain *book = &books[id];

    book->there = true;
    book->version++;
    book->archived = dice(5) == 0;
    invent_text(book->title, dice(4));
    invent_text(book->author, dice(2));
    snprintf(book->isbn, sizeof book->isbn, "97801%08u 01%08u", dice(100000000), dice(100000000));
    if (dice(4) == 0)
        *book->isbn = '\0';
    else if (dice(6) == 0)
        snprintf(book->isbn, sizeof book->isbn, "tea 97-%u",
                 dice(10)); /* an identifier of the library's own */
    else if (dice(6) == 0)
        book->isbn[strlen(book->isbn) - 1] = 'x';
    strcpy(book->language, languages[dice(5)]);
    book->year = dice(6) ? 1990 + (int)dice(20) : NO_NUMBER;
    book->item_type = 1 + dice(3);
    book->borrows = dice(5);
    book->available = dice(3);
    book->created = 1700000000000 + (int64_t)dice(5) * 700;
    book->genre_count = dice(4);
    for (size_t i = 0; i < book->genre_count; i++)
        book->genres[i] = 1 + dice(6);
    struct book_record record = record_of(id);
    assert_true(book_index_put(book_index, &record));
}

static void lend_or_return(int64_t id)
{
    struct plain *book = &books[id];

    book->available = dice(2);
    book->borrows += dice(2);
    assert_int_equal(book_index_touch(book_index, id, book->version, book->available, book->borrows),
                     book->there);
}

/* Ids with gaps, over several blocks, in any order; many of them changed again. */
static int64_t some_id(void)
{
    return 1 + dice(BOOKS * 20 - 1);
}

static int set_up(void **state)
{
    (void)state;
    seed = 7;
    memset(books, 0, sizeof books);
    arena_init(&arena, 64 * 1024 * 1024);
    book_index = book_index_new();
    for (int i = 0; i < BOOKS; i++)
        invent(some_id());
    for (int64_t id = 1, round = 0; round < BOOKS; round++) {
        do
            id = id % (BOOKS * 20 - 1) + 1;
        while (!books[id].there);
        if (dice(2))
            invent(id);
        else
            lend_or_return(id);
    }
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

static bool is_in_word(unsigned char byte)
{
    return byte >= 0x80 || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

static bool stands_in(const char *text, const char *word)
{
    for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
        if (word[1] != '\0' || at == text || !is_in_word((unsigned char)at[-1]))
            return true;
    return false;
}

static bool plainly_matches(const struct plain *book, const struct book_question *question)
{
    bool genre = question->genre == NO_NUMBER;

    if (!book->there || book->archived != question->archived || (question->available && book->available == 0))
        return false;
    for (size_t i = 0; i < question->word_count; i++)
        if (!stands_in(book->title, question->words[i]) && !stands_in(book->author, question->words[i]) &&
            !stands_in(book->isbn, question->words[i]))
            return false;
    if (question->author && !strstr(book->author, question->author))
        return false;
    if (question->year_from != NO_NUMBER && (book->year == NO_NUMBER || book->year < question->year_from))
        return false;
    if (question->year_to != NO_NUMBER && (book->year == NO_NUMBER || book->year > question->year_to))
        return false;
    if (question->language && strcmp(book->language, question->language) != 0 &&
        (strncmp(book->language, question->language, strlen(question->language)) != 0 ||
         book->language[strlen(question->language)] != '-'))
        return false;
    for (size_t i = 0; i < book->genre_count; i++)
        genre = genre || book->genres[i] == question->genre;
    return genre && (question->item_type_id == NO_NUMBER || book->item_type == question->item_type_id);
}

static struct book_question invent_question(void)
{
    static const char *const words[] = {"an", "tea", "ea",  "te",   "вой", "ка",  "αι", "本", "neil",  "quot",
                                        "a",  "x",   "zeb", "1939", "97",  "801", "9",  "tu", "steam", "e"};
    struct book_question question = BOOK_QUESTION_ANY;

    question.word_count = dice(4);
    for (size_t i = 0; i < question.word_count; i++)
        question.words[i] = words[dice(sizeof words / sizeof words[0])];
    question.archived = dice(5) == 0;
    question.available = dice(4) == 0;
    if (dice(5) == 0)
        question.author = words[dice(10)];
    if (dice(5) == 0)
        question.year_from = 1990 + dice(20);
    if (dice(5) == 0)
        question.year_to = 1990 + dice(20);
    if (dice(5) == 0)
        question.language = languages[dice(4)];
    if (dice(6) == 0)
        question.genre = dice(8);
    if (dice(6) == 0)
        question.item_type_id = dice(5);
    return question;
}

static void test_book_index__finds_what_a_plain_look_finds(void **state)
{
    int64_t found = 0;

    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct book_question question = invent_question();
        struct row_set set = book_index_find(book_index, &arena, &question);
        int64_t count = 0;
        for (int64_t id = 0; id < BOOKS * 20; id++) {
            bool matches = plainly_matches(&books[id], &question);
            count += matches;
            if (row_set_has(&set, id) != matches)
                print_error("%lld: %s / %s / %s; first word %s\n", (long long)id, books[id].title,
                            books[id].author, books[id].isbn, question.word_count ? question.words[0] : "-");
            assert_int_equal(row_set_has(&set, id), matches);
        }
        assert_int_equal(set.count, count);
        found += count;
        if (round % 3 == 0)
            invent(some_id());
        arena_reset(&arena);
    }
    assert_true(found > 10000); /* the questions do find something */
}

static void test_book_index__counts_its_titles(void **state)
{
    int64_t count = 0;

    (void)state;
    for (int64_t id = 0; id < BOOKS * 20; id++)
        count += books[id].there;
    assert_int_equal(book_index_count(book_index), count);
    assert_true(book_index_bytes(book_index) > (size_t)count * 20);
}

static void test_book_index__counts_what_was_lent_more_often(void **state)
{
    (void)state;
    for (int64_t limit = 0; limit < 12; limit++) {
        int64_t more = 0;
        for (int64_t id = 0; id < BOOKS * 20; id++)
            more += books[id].there && !books[id].archived && books[id].borrows > limit;
        assert_int_equal(book_index_lent_more(book_index, limit), more);
        if (limit == 0)
            assert_in_range(more, BOOKS / 4, BOOKS);
    }
    int64_t lent = book_index_lent_more(book_index, 0);
    for (int64_t id = 0; id < BOOKS * 20; id++) {
        if (!books[id].there || books[id].archived || books[id].borrows == 0)
            continue;
        book_index_remove(book_index, id);
        assert_int_equal(book_index_lent_more(book_index, 0), --lent);
    }
    assert_int_equal(lent, 0);
}

static void test_book_index__filling_leaves_alone_what_was_put_in_later(void **state)
{
    struct book_record old = record_of(some_id());
    struct book_question question = BOOK_QUESTION_ANY;
    bool number;

    (void)state;
    old.title = "new wombat";
    old.archived = false;
    assert_true(book_index_put(book_index, &old));
    old.title = "old quokka";
    assert_true(book_index_fill(book_index, &old));
    assert_true(book_question_read(&arena, "wombat", false, &question, &number));
    assert_int_equal(book_index_find(book_index, &arena, &question).count, 1);
    assert_true(book_question_read(&arena, "quokka", false, &question, &number));
    assert_int_equal(book_index_find(book_index, &arena, &question).count, 0);
}

static void test_book_index__refuses_what_does_not_fit(void **state)
{
    struct book_record record = record_of(some_id());

    (void)state;
    record.id = BOOK_INDEX_IDS_MAX;
    assert_false(book_index_put(book_index, &record) || book_index_fill(book_index, &record));
    assert_false(book_index_touch(book_index, record.id, 1, 1, 1));
    assert_false(book_index_touch(book_index, BOOK_INDEX_IDS_MAX - 1, 1, 1, 1));
    record.id = 1;
    record.item_type_id = 1 << 20;
    assert_false(book_index_put(book_index, &record));
}

/* ---- narrowing ------------------------------------------------------------------------------------------ */

static const char *const sorts[] = {"title", "author",           "created_at",
                                    "year",  "available_copies", "borrow_count"};
static size_t by;
static bool down;

static int64_t number_of(const struct plain *book)
{
    switch (by) {
    case 2: return book->created;
    case 3: return book->year == NO_NUMBER ? -9999 : book->year;
    case 4: return book->available;
    default: return book->borrows;
    }
}

static int compare_books(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    int order = 0;

    if (by < 2)
        order = by == 0 ? strcmp(books[a].title, books[b].title) : strcmp(books[a].author, books[b].author);
    else
        order = (number_of(&books[a]) > number_of(&books[b])) - (number_of(&books[a]) < number_of(&books[b]));
    if (order == 0)
        order = (a > b) - (a < b);
    return down ? -order : order;
}

static void test_book_index__narrows_to_all_that_may_stand_on_a_page(void **state)
{
    struct book_question question = BOOK_QUESTION_ANY;

    (void)state;
    for (int round = 0; round < 600; round++) {
        struct row_set set = book_index_find(book_index, &arena, &question);
        int64_t ids[BOOKS * 2];
        int64_t count = 0;
        bool all = false;
        by = (size_t)round % 6;
        down = dice(2);
        for (int64_t id = row_set_next(&set, 0); id >= 0; id = row_set_next(&set, id + 1))
            ids[count++] = id;
        qsort(ids, (size_t)count, sizeof *ids, compare_books);
        int64_t at = dice((unsigned)count + 1); /* the page begins there */
        struct row_page page = {.sort = sorts[by], .descending = down, .after = at > 0, .rows = 1 + dice(30)};
        if (at > 0) {
            const struct plain *before = &books[ids[at - 1]];
            page.text = by == 0 ? before->title : by == 1 ? before->author : NULL;
            page.number = number_of(before);
            page.id = ids[at - 1];
        }
        const struct row_set *kept = set.narrow(&set, &arena, &page, &all);
        assert_non_null(kept);
        for (int64_t i = at; i < count && i < at + page.rows; i++)
            assert_true(row_set_has(kept, ids[i]));
        for (int64_t id = row_set_next(kept, 0); id >= 0; id = row_set_next(kept, id + 1))
            assert_true(row_set_has(&set, id));
        for (int64_t i = at; all && i < count; i++)
            assert_true(row_set_has(kept, ids[i]));
        assert_true(all || count > at + page.rows);
        if (by >= 3)
            assert_true(kept->count <= page.rows + 10); /* few, where ids decide between equals */
        arena_reset(&arena);
    }
}

/* ---- rank, words --------------------------------------------------------------------------------------- */

static void put_titled(int64_t id, const char *title, const char *author, int64_t borrows)
{
    struct book_record record = record_of(id);

    record.title = record.title_key = title;
    record.author = record.author_key = author;
    record.isbn = "";
    record.archived = false;
    record.borrow_count = borrows;
    assert_true(book_index_put(book_index, &record));
}

static size_t rank(const char *typed, size_t skip, size_t max, int64_t *ids)
{
    struct book_question question = BOOK_QUESTION_ANY;
    bool number;

    assert_true(book_question_read(&arena, typed, false, &question, &number));
    struct row_set set = book_index_find(book_index, &arena, &question);
    return book_index_rank(book_index, &arena, &set, &question, text_fold(&arena, typed), skip, max, ids);
}

static void test_book_index__ranks_titles_before_words_before_authors_before_parts(void **state)
{
    static const int64_t expected[] = {101, 102, 105, 104, 103, 106, 107};
    int64_t ids[20];

    (void)state;
    put_titled(107, "superwombats", "nobody", 900);
    put_titled(106, "on marsupials", "ada wombat", 900);
    put_titled(103, "life of a wombat", "nobody", 3);
    put_titled(104, "a life as wombat", "nobody", 3);
    put_titled(105, "my wombat", "nobody", 7);
    put_titled(102, "wombat tales", "nobody", 0);
    put_titled(101, "the wombat", "nobody", 0);
    assert_int_equal(rank("Wombat", 0, 20, ids), 7);
    assert_memory_equal(ids, expected, sizeof expected);
    assert_int_equal(rank("the wombat", 0, 20, ids), 7); /* the article is not asked for */
    assert_memory_equal(ids, expected, sizeof expected);
    for (size_t skip = 0; skip < 7; skip++) {
        assert_int_equal(rank("wombat", skip, 2, ids), skip < 6 ? 2 : 1);
        assert_int_equal(ids[0], expected[skip]);
    }
    assert_int_equal(rank("wombat", 7, 5, ids), 0);
}

static struct book_question read_words(const char *typed, bool apart, bool *out_number)
{
    struct book_question question = BOOK_QUESTION_ANY;

    assert_true(book_question_read(&arena, typed, apart, &question, out_number));
    return question;
}

static void test_book_index__reads_what_is_typed(void **state)
{
    bool number;

    (void)state;
    struct book_question question = read_words("The  Éléphant, O'Neil", false, &number);
    assert_int_equal(question.word_count, 3);
    assert_string_equal(question.words[0], "elephant");
    assert_string_equal(question.words[1], "o");
    assert_string_equal(question.words[2], "neil");
    assert_false(number);
    question = read_words("978-0–14 orwell 0741-X", false, &number);
    assert_true(number);
    assert_int_equal(question.word_count, 3);
    assert_string_equal(question.words[0], "978014");
    assert_string_equal(question.words[2], "0741x");
    question = read_words("1939-1945", true, &number);
    assert_int_equal(question.word_count, 2);
    assert_string_equal(question.words[1], "1945");
    question = read_words("the", false, &number);
    assert_int_equal(question.word_count, 1);
    question = BOOK_QUESTION_ANY;
    assert_false(book_question_read(&arena, "…*\"", false, &question, &number));
}

static void assert_corrected(const char *typed, const char *expected)
{
    bool number;
    struct book_question question = read_words(typed, false, &number);

    assert_int_equal(book_index_correct(book_index, &arena, &question), strcmp(typed, expected) != 0);
    assert_string_equal(question.words[0], expected);
}

static void test_book_index__puts_typing_mistakes_right(void **state)
{
    (void)state;
    put_titled(201, "hippopotamus grammar", "unlikely author", 1);
    assert_corrected("gramar", "grammar");
    assert_corrected("grammmar", "grammar");
    assert_corrected("grammer", "grammar");
    assert_corrected("garmmar", "grammar");
    assert_corrected("grimmer", "grimmer"); /* two mistakes are too many for a short word */
    assert_corrected("hipopotamos", "hippopotamus");
    assert_corrected("hippopotamus", "hippopotamus");
    put_titled(201, "something else", "unlikely author", 1);
    assert_corrected("gramar", "gramar"); /* a word that no title has any more is not offered */
}

static void test_book_index__knows_the_words_that_go_on(void **state)
{
    const char *words[4];

    (void)state;
    put_titled(201, "hippopotamus hip", "hippias hipster", 1);
    put_titled(202, "hippopotamus", "hippias", 1);
    put_titled(203, "hippopotamus", "x", 1);
    assert_int_equal(book_index_words(book_index, &arena, "hip", 4, words), 3);
    assert_string_equal(words[0], "hippopotamus");
    assert_string_equal(words[1], "hippias");
    assert_string_equal(words[2], "hipster");
    assert_int_equal(book_index_words(book_index, &arena, "hip", 1, words), 1);
    assert_string_equal(words[0], "hippopotamus");
    assert_int_equal(book_index_words(book_index, &arena, "qqq", 4, words), 0);
}

/* ---- at once -------------------------------------------------------------------------------------------- */

#define SEARCHERS 3

static void *search_on(void *argument)
{
    struct arena own;
    int64_t *wrong = argument;

    arena_init(&own, 1 << 24);
    for (int i = 0; i < 300; i++) {
        struct book_question question = BOOK_QUESTION_ANY;
        int64_t ids[20];
        bool all;
        question.words[0] = "tea";
        question.word_count = 1;
        struct row_set set = book_index_find(book_index, &own, &question);
        struct row_page page = {.sort = sorts[i % 6], .rows = 20};
        int64_t count = 0;
        for (int64_t id = row_set_next(&set, 0); id >= 0; id = row_set_next(&set, id + 1))
            count++;
        *wrong += count != set.count;
        *wrong += set.narrow(&set, &own, &page, &all) == NULL;
        *wrong += book_index_rank(book_index, &own, &set, &question, "tea", 0, 20, ids) > 20;
        (void)book_index_correct(book_index, &own, &question);
        *wrong += book_index_lent_more(book_index, 0) > BOOKS * 20;
        arena_reset(&own);
    }
    arena_release(&own);
    return NULL;
}

/* For the thread sanitizer: one changes what others search. */
static void test_book_index__is_searched_while_it_changes(void **state)
{
    pthread_t threads[SEARCHERS];
    int64_t wrong[SEARCHERS] = {0};

    (void)state;
    for (int i = 0; i < SEARCHERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, search_on, &wrong[i]), 0);
    for (int i = 0; i < 3000; i++) {
        int64_t id = some_id();
        if (books[id].there && dice(3))
            lend_or_return(id);
        else
            invent(id);
    }
    for (int i = 0; i < SEARCHERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(wrong[i], 0);
    }
}

#define each(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        each(test_book_index__finds_what_a_plain_look_finds),
        each(test_book_index__counts_its_titles),
        each(test_book_index__counts_what_was_lent_more_often),
        each(test_book_index__filling_leaves_alone_what_was_put_in_later),
        each(test_book_index__refuses_what_does_not_fit),
        each(test_book_index__narrows_to_all_that_may_stand_on_a_page),
        each(test_book_index__ranks_titles_before_words_before_authors_before_parts),
        each(test_book_index__reads_what_is_typed),
        each(test_book_index__puts_typing_mistakes_right),
        each(test_book_index__knows_the_words_that_go_on),
        each(test_book_index__is_searched_while_it_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

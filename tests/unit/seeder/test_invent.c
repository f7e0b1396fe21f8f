/*
 * test_invent.c — what is invented is acceptable, unlike everything else, and the same when asked again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/clock.h"
#include "base/ctx.h"
#include "base/limits.h"
#include "books/isbn.h"
#include "plan_rules.h"
#include "seeder/invent.h"

#define NOW 1772445600000 /* 2026-03-02T10:00:00Z */

static struct arena arena;
static const struct plan *plan;
static const struct invention *invention;
static struct book_facts *books;
static struct member_facts *members;

static int invent_all(void **state)
{
    (void)state;
    struct plan_request request = {
        .books = 5000, .members = 1000, .borrows = 2250, .months = 3, .now = NOW, .random_seed = 42};
    give_rules(&request, 5, 14);
    clock_set_zone("UTC");
    arena_init(&arena, ARENA_IMPORT_MAX);
    plan = plan_make(&arena, &request);
    invention = invent_prepare(&arena, lexicon_read(&arena), plan, 42, NOW);
    books = arena_alloc_array(&arena, plan->book_count, sizeof *books);
    members = arena_alloc_array(&arena, plan->member_count, sizeof *members);
    for (uint32_t i = 0; i < plan->book_count; i++)
        books[i] = invent_book(&arena, invention, i);
    for (uint32_t i = 0; i < plan->member_count; i++)
        members[i] = invent_member(&arena, invention, i);
    return 0;
}

static int forget_all(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t count_alike(const char **texts, size_t count)
{
    size_t alike = 0;
    qsort(texts, count, sizeof *texts, compare_texts);
    for (size_t i = 1; i < count; i++)
        alike += strcmp(texts[i - 1], texts[i]) == 0;
    return alike;
}

static void test_invent__gives_valid_isbns_to_nearly_all(void **state)
{
    (void)state;
    size_t with = 0;
    for (size_t i = 0; i < plan->book_count; i++) {
        char normal[ISBN_TEXT_MAX + 1];
        if (!books[i].isbn)
            continue;
        with++;
        assert_int_equal(isbn_normalise(books[i].isbn, normal), ISBN_VALID);
        assert_string_equal(normal, books[i].isbn);
    }
    assert_in_range(with, 4600, 4950);
}

static void test_invent__gives_no_isbn_twice(void **state)
{
    (void)state;
    const char **isbns = arena_alloc_array(&arena, plan->book_count, sizeof *isbns);
    size_t count = 0;
    for (size_t i = 0; i < plan->book_count; i++)
        if (books[i].isbn)
            isbns[count++] = books[i].isbn;
    assert_int_equal(count_alike(isbns, count), 0);
}

static void test_invent__gives_no_title_twice(void **state)
{
    (void)state;
    const char **titles = arena_alloc_array(&arena, plan->book_count, sizeof *titles);
    for (size_t i = 0; i < plan->book_count; i++)
        titles[i] = books[i].title;
    assert_int_equal(count_alike(titles, plan->book_count), 0);
}

static void test_invent__keeps_the_bounds_of_a_title(void **state)
{
    (void)state;
    for (size_t i = 0; i < plan->book_count; i++) {
        assert_in_range(text_length(books[i].title), 1, BOOK_TITLE_MAX);
        assert_in_range(text_length(books[i].author), 2, BOOK_AUTHOR_MAX);
        assert_true(books[i].year >= 1960 && books[i].year <= 2026);
        assert_non_null(books[i].language);
        assert_non_null(books[i].publisher);
        assert_in_range(books[i].categories.count, 1, 2);
        assert_in_range(books[i].total_copies, 1, 9);
    }
}

static void test_invent__lets_authors_write_several_books(void **state)
{
    (void)state;
    const char **authors = arena_alloc_array(&arena, plan->book_count, sizeof *authors);
    for (size_t i = 0; i < plan->book_count; i++)
        authors[i] = books[i].author;
    size_t distinct = plan->book_count - count_alike(authors, plan->book_count);
    assert_in_range(distinct, 1000, 2500);
}

static void test_invent__writes_in_many_scripts(void **state)
{
    (void)state;
    size_t english = 0, beyond_latin = 0, titles_beyond_latin = 0;
    for (size_t i = 0; i < plan->book_count; i++) {
        english += strcmp(books[i].language, "en") == 0;
        titles_beyond_latin += (unsigned char)books[i].title[0] >= 0xce;
    }
    for (size_t i = 0; i < plan->member_count; i++)
        beyond_latin += (unsigned char)members[i].name[0] >= 0xce;
    assert_in_range(english, 2500, 3000);
    assert_true(titles_beyond_latin > 500);
    assert_true(beyond_latin > 150);
}

static void test_invent__gives_no_address_twice(void **state)
{
    (void)state;
    const char **emails = arena_alloc_array(&arena, plan->member_count, sizeof *emails);
    size_t count = 0;
    for (size_t i = 0; i < plan->member_count; i++) {
        if (!members[i].email)
            continue;
        const char *at = strchr(members[i].email, '@');
        assert_true(at && at > members[i].email);
        assert_true(strncmp(at, "@example.", 9) == 0);
        emails[count++] = members[i].email;
    }
    assert_in_range(count, 750, 880);
    assert_int_equal(count_alike(emails, count), 0);
}

static void test_invent__keeps_the_bounds_of_a_member(void **state)
{
    (void)state;
    for (size_t i = 0; i < plan->member_count; i++) {
        int32_t joined = clock_day_of(plan->members[i].at);
        assert_in_range(text_length(members[i].name), MEMBER_NAME_MIN, MEMBER_NAME_MAX);
        assert_true(members[i].birth_date == NO_NUMBER || members[i].birth_date < joined);
        assert_string_equal(members[i].member_type, plan_kinds[plan->members[i].kind].name);
        if (strcmp(members[i].member_type, "child") == 0)
            assert_true(members[i].birth_date > joined - 13 * 366 && members[i].group != NULL);
    }
}

static void test_invent__lets_only_those_lapse_who_never_borrow(void **state)
{
    (void)state;
    size_t lapsed = 0;
    for (size_t i = 0; i < plan->member_count; i++) {
        if (members[i].expires_on == NO_NUMBER || members[i].expires_on >= clock_day_of(NOW))
            continue;
        assert_int_equal(plan_segments[plan->members[i].segment].weight, 0);
        lapsed++;
    }
    assert_true(lapsed > 10);
}

static void test_invent__says_the_same_when_asked_again(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 500; i++) {
        struct book_facts book = invent_book(&arena, invention, i);
        struct member_facts member = invent_member(&arena, invention, i);
        assert_string_equal(book.title, books[i].title);
        assert_string_equal(book.author, books[i].author);
        assert_true(book.year == books[i].year);
        assert_string_equal(member.name, members[i].name);
        assert_true(member.expires_on == members[i].expires_on);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_invent__gives_valid_isbns_to_nearly_all),
        cmocka_unit_test(test_invent__gives_no_isbn_twice),
        cmocka_unit_test(test_invent__gives_no_title_twice),
        cmocka_unit_test(test_invent__keeps_the_bounds_of_a_title),
        cmocka_unit_test(test_invent__lets_authors_write_several_books),
        cmocka_unit_test(test_invent__writes_in_many_scripts),
        cmocka_unit_test(test_invent__gives_no_address_twice),
        cmocka_unit_test(test_invent__keeps_the_bounds_of_a_member),
        cmocka_unit_test(test_invent__lets_only_those_lapse_who_never_borrow),
        cmocka_unit_test(test_invent__says_the_same_when_asked_again),
    };
    return cmocka_run_group_tests(tests, invent_all, forget_all);
}

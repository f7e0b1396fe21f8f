/*
 * test_copy_moves.c — which status of a copy follows which: the desk may do what the table says and nothing else, and
 * docs/circulation.md shows that table. CARREL_LISTS=1 writes it anew there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/text.h"
#include "copies/copies_service.h"
#include "support/fixture.h"

static struct fixture *fixture;
static struct ctx *ctx;

static struct copy one_copy(const char *title)
{
    struct book_facts facts = BOOK_FACTS_NONE;
    struct copy copy = {0};
    struct book book;
    bool found = false;

    facts.title = title;
    facts.author = "Anonymous";
    assert_int_equal(copies_catalogue_title(ctx, &facts, &book), OK);
    assert_int_equal(copies_pick_available(ctx, book.id, &copy, &found), OK);
    assert_true(found);
    return copy;
}

/* The shortest way from available to a status, by whoever may. */
static struct copy brought_to(enum copy_status status)
{
    struct copy copy = one_copy(copy_status_name(status));

    if (status != COPY_AVAILABLE)
        assert_int_equal(copies_set_status(ctx, &copy, status), OK);
    assert_int_equal(copies_find_by_id(ctx, copy.id, &copy), OK);
    return copy;
}

static void test_copy_moves__the_desk_does_what_the_table_says_and_nothing_else(void **state)
{
    int done = 0, refused = 0;

    (void)state;
    for (int from = 0; from < COPY_STATUS_COUNT; from++) {
        for (int to = 0; to < COPY_STATUS_COUNT; to++) {
            const struct copy_move *move = copy_move_find((enum copy_status)from, (enum copy_status)to);
            struct copy copy = brought_to((enum copy_status)from);
            struct copy_facts facts = copy.facts;
            facts.status = copy_status_name((enum copy_status)to);
            enum error_kind kind = copies_update(ctx, &copy, &facts, NO_NUMBER);
            bool may = from == to || (move && move->movers & COPY_BY_DESK);
            if ((kind == OK) != may)
                print_error("%s → %s\n", copy.facts.status, facts.status);
            assert_int_equal(kind == OK, may);
            assert_int_equal(copies_find_by_id(ctx, copy.id, &copy), OK);
            assert_int_equal(copy.status, kind == OK ? to : from);
            done += kind == OK;
            refused += kind != OK;
            fixture_next(fixture);
        }
    }
    assert_int_equal(done, 6 + 11);
    assert_int_equal(refused, 36 - done);
    assert_int_equal(
        fixture_int(fixture, "SELECT count(*) FROM book b WHERE total_copies <> (SELECT count(*) FROM copy c"
                             " WHERE c.book_id = b.id AND c.status NOT IN ('lost', 'withdrawn'))"
                             " OR available_copies <> (SELECT count(*) FROM copy c"
                             " WHERE c.book_id = b.id AND c.status = 'available')"),
        0);
}

static void test_copy_moves__a_refusal_says_from_where_to_where_and_what_to_do(void **state)
{
    static const struct {
        enum copy_status from;
        const char *to, *says;
    } cases[] = {
        {COPY_ON_LOAN, "lost", "take it back first"},
        {COPY_ON_HOLD_SHELF, "lost", "cancel the hold first"},
        {COPY_ON_HOLD_SHELF, "available", "cancel the hold first"},
        {COPY_WITHDRAWN, "lost", "into the stock again first"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct copy copy = brought_to(cases[i].from);
        struct copy_facts facts = copy.facts;
        facts.status = cases[i].to;
        assert_int_equal(copies_update(ctx, &copy, &facts, NO_NUMBER), ERROR_CONFLICT);
        assert_string_equal(error_code_name(ctx->error.code), "COPY_NOT_AVAILABLE");
        assert_non_null(strstr(ctx->error.detail, cases[i].says));
        const struct error_reason *from = ctx->error.reasons->next;
        assert_string_equal(from->key, "from");
        assert_string_equal(from->text, copy_status_name(cases[i].from));
        assert_string_equal(from->next->key, "to");
        assert_string_equal(from->next->text, cases[i].to);
        fixture_next(fixture);
    }
}

static void test_copy_moves__no_move_stands_twice_and_each_has_a_mover(void **state)
{
    int count = 0;

    (void)state;
    for (const struct copy_move *move = copy_moves; move->when; move++, count++) {
        assert_ptr_equal(copy_move_find(move->from, move->to), move);
        assert_int_not_equal(move->movers, 0);
        assert_int_not_equal(move->from, move->to);
    }
    assert_true(count >= 20);
}

/* ---- the table for people ------------------------------------------------------------------------------- */

#define PAGE_FOR_PEOPLE "docs/circulation.md"
#define TABLE_BEGINS "<!-- moves of copies: written by tests/unit/copies/test_copy_moves.c -->\n"
#define TABLE_ENDS "<!-- end of the moves of copies -->\n"

static const char *movers_of(unsigned movers)
{
    static const char *const names[] = {"the desk", "lending", "returning", "holds", "a stock-take"};
    struct text_buf text;

    text_buf_init(&text, &fixture->arena);
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (movers & 1u << i)
            text_buf_printf(&text, "%s%s", text.length ? ", " : "", names[i]);
    return text_buf_string(&text);
}

static const char *table_for_people(void)
{
    struct text_buf text;

    text_buf_init(&text, &fixture->arena);
    text_buf_append(&text, "| from | to | by | when |\n|---|---|---|---|\n");
    for (const struct copy_move *move = copy_moves; move->when; move++)
        text_buf_printf(&text, "| `%s` | `%s` | %s | %s |\n", copy_status_name(move->from),
                        copy_status_name(move->to), movers_of(move->movers), move->when);
    return text_buf_string(&text);
}

static void test_copy_moves__the_table_for_people_is_the_table_of_the_program(void **state)
{
    static char page[256 * 1024];
    const char *table = table_for_people();
    FILE *file = fopen(PAGE_FOR_PEOPLE, "r");

    (void)state;
    assert_non_null(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    fclose(file);
    char *begin = strstr(page, TABLE_BEGINS);
    assert_non_null(begin);
    begin += strlen(TABLE_BEGINS);
    char *end = strstr(begin, TABLE_ENDS);
    assert_non_null(end);
    bool same = strlen(table) == (size_t)(end - begin) && memcmp(begin, table, strlen(table)) == 0;
    if (!same && getenv("CARREL_LISTS")) {
        file = fopen(PAGE_FOR_PEOPLE, "w");
        assert_non_null(file);
        fprintf(file, "%.*s%s%s", (int)(begin - page), page, table, end);
        assert_int_equal(fclose(file), 0);
    } else if (!same) {
        print_error(PAGE_FOR_PEOPLE " is not what copy_moves says; CARREL_LISTS=1 writes it anew\n");
        assert_true(same);
    }
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

#define TEST(name) cmocka_unit_test_setup_teardown(test_copy_moves__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_desk_does_what_the_table_says_and_nothing_else),
        TEST(a_refusal_says_from_where_to_where_and_what_to_do),
        TEST(no_move_stands_twice_and_each_has_a_mover),
        TEST(the_table_for_people_is_the_table_of_the_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

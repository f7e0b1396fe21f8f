/*
 * test_reading_lists_service.c — places without gaps through a thousand random acts, titles that become one and two again,
 * and numbers that are kept wrongly.
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
#include "db/engine.h"
#include "reading_lists/reading_lists_service.h"
#include "support/fixture.h"

#define BOOKS 12
#define ACTS 1000

static struct fixture *fixture;
static struct ctx *ctx;
static struct book books[BOOKS];

static int set_up(void **state)
{
    (void)state;
    fixture = fixture_new();
    ctx = &fixture->ctx;
    for (int i = 0; i < BOOKS; i++) {
        struct book_facts facts = BOOK_FACTS_NONE;
        facts.title = arena_printf(ctx->arena, "Volume %d", i);
        facts.author = "Anonymous";
        assert_int_equal(books_create(ctx, &facts, &books[i]), OK);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_free(fixture);
    return 0;
}

static struct reading_list begin(const char *name)
{
    const struct reading_list_facts facts = {.name = name};
    struct reading_list list = {0};

    assert_int_equal(reading_lists_create(ctx, &facts, &list), OK);
    return list;
}

static struct reading_list now(const struct reading_list *list)
{
    struct reading_list found = {0};

    assert_int_equal(reading_lists_find(ctx, &list->uuid, &found), OK);
    return found;
}

static enum error_kind add(const struct reading_list *list, int book)
{
    const struct list_entry_facts facts = {.book_id = books[book].uuid};
    struct reading_list found = now(list);

    return reading_lists_add(ctx, &found, &facts);
}

/* The titles of a list in order, by their numbers here. */
static const char *order(const struct reading_list *list)
{
    SQL(TITLES_TOLD, "SELECT group_concat(replace(title, 'Volume ', ''), ' ') FROM (SELECT b.title FROM"
                     " reading_list_entry e JOIN book b ON b.id = e.book_id WHERE e.reading_list_id = :list"
                     " ORDER BY e.position)");
    struct stmt *s = db_statement(ctx, &TITLES_TOLD);
    bool found;

    bind_int(s, ":list", list->id);
    assert_int_equal(db_row(s, &found), OK);
    return column_text(s, 0);
}

static void count_finding(void *argument, const char *finding)
{
    assert_non_null(strstr(finding, "reading list"));
    (*(int *)argument)++;
}

static int findings(void)
{
    int count = 0;

    assert_int_equal(reading_lists_check(ctx, count_finding, &count), OK);
    return count;
}

/* ---- order ---------------------------------------------------------------------------------------------- */

/* What the list should be, beside it. */
struct model {
    int titles[BOOKS];
    int count;
};

static int place_of(const struct model *model, int book)
{
    for (int i = 0; i < model->count; i++)
        if (model->titles[i] == book)
            return i;
    return -1;
}

static void cut(struct model *model, int place)
{
    model->count--;
    memmove(&model->titles[place], &model->titles[place + 1],
            (size_t)(model->count - place) * sizeof model->titles[0]);
}

static void put(struct model *model, int place, int book)
{
    memmove(&model->titles[place + 1], &model->titles[place],
            (size_t)(model->count - place) * sizeof model->titles[0]);
    model->titles[place] = book;
    model->count++;
}

static void act(const struct reading_list *list, struct model *model, unsigned random)
{
    struct reading_list found = now(list);
    int book = (int)(random % BOOKS);
    int place = place_of(model, book);
    int to = (int)(random / BOOKS % BOOKS);

    if (place < 0) {
        assert_int_equal(add(list, book), OK);
        put(model, model->count, book);
    } else if (random / 1000 % 4 == 0) {
        assert_int_equal(reading_lists_take_off(ctx, &found, &books[book].uuid), OK);
        cut(model, place);
    } else {
        const struct list_order_facts facts = {.book_id = books[book].uuid, .position = to + 1};
        assert_int_equal(reading_lists_move(ctx, &found, &facts), OK);
        cut(model, place);
        put(model, to < model->count ? to : model->count, book);
    }
}

static void test_reading_lists_service__keeps_its_order_through_a_thousand_acts(void **state)
{
    struct reading_list list = begin("Random");
    struct model model = {.count = 0};
    unsigned random = 20261122;

    (void)state;
    for (int i = 0; i < ACTS; i++) {
        struct arena_mark mark = arena_mark(ctx->arena);
        random = random * 1103515245u + 12345u;
        act(&list, &model, random >> 8);
        assert_int_equal(now(&list).entries, model.count);
        char expected[4 * BOOKS] = "";
        for (int p = 0; p < model.count; p++)
            snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "%s%d", p ? " " : "",
                     model.titles[p]);
        if (model.count > 0)
            assert_string_equal(order(&list), expected);
        arena_reset_to(ctx->arena, mark);
    }
    assert_int_equal(findings(), 0);
}

static void test_reading_lists_service__is_full_at_its_limit(void **state)
{
    struct reading_list list = begin("Long");

    (void)state;
    assert_int_equal(add(&list, 0), OK);
    assert_int_equal(db_exec(ctx, arena_printf(ctx->arena, "UPDATE reading_list SET entries = %d",
                                               READING_LIST_ENTRIES_MAX)),
                     OK);
    assert_int_not_equal(add(&list, 1), OK);
    assert_int_equal(ctx->error.code, ERR_READING_LIST_FULL);
}

/* ---- two titles become one ------------------------------------------------------------------------------ */

struct told {
    int64_t ids[8];
    size_t count;
};

static void tell(void *argument, int64_t id)
{
    struct told *told = argument;

    assert_true(told->count < 8);
    told->ids[told->count++] = id;
}

static void test_reading_lists_service__the_kept_title_takes_the_others_place_and_gives_it_back(void **state)
{
    struct reading_list with_one = begin("With the one that goes");
    struct reading_list with_both = begin("With both");
    struct told told = {0};

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(add(&with_one, i), OK);
    assert_int_equal(add(&with_both, 5), OK);
    assert_int_equal(add(&with_both, 1), OK);
    assert_int_equal(reading_lists_move_title(ctx, books[1].id, books[5].id, tell, &told), OK);
    assert_string_equal(order(&with_one), "0 5 2");
    assert_string_equal(order(&with_both), "5 1");
    assert_int_equal(told.count, 1);
    assert_int_equal(told.ids[0], with_one.id);
    assert_int_equal(reading_lists_move_back(ctx, told.ids[0], books[5].id, books[1].id), OK);
    assert_string_equal(order(&with_one), "0 1 2");
    assert_int_equal(reading_lists_move_back(ctx, with_both.id, books[5].id, books[1].id), OK);
    assert_string_equal(order(&with_both), "5 1");
    assert_int_equal(findings(), 0);
}

/* ---- counting ------------------------------------------------------------------------------------------- */

static void test_reading_lists_service__wrong_numbers_and_gaps_are_found_and_mended(void **state)
{
    struct reading_list list = begin("Wrong");

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(add(&list, i), OK);
    assert_int_equal(db_exec(ctx, "UPDATE reading_list SET entries = 9;"
                                  "UPDATE reading_list_entry SET position = position * 3 - position % 2 * 2"),
                     OK);
    const char *before = order(&list);
    assert_int_equal(findings(), 1);
    assert_int_equal(reading_lists_rebuild(ctx), OK);
    assert_int_equal(findings(), 0);
    assert_string_equal(order(&list), before);
    assert_int_equal(now(&list).entries, 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_reading_lists_service__keeps_its_order_through_a_thousand_acts),
        TEST(test_reading_lists_service__is_full_at_its_limit),
        TEST(test_reading_lists_service__the_kept_title_takes_the_others_place_and_gives_it_back),
        TEST(test_reading_lists_service__wrong_numbers_and_gaps_are_found_and_mended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

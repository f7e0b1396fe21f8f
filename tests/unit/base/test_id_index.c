/*
 * test_id_index.c — every id has its place, and no other number has one, whether the ids run on or not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/id_index.h"

static void fill(struct id_index *index, const int64_t *ids, size_t count)
{
    id_index_init(index, ids[0], ids[count - 1], count);
    for (size_t i = 0; i < count; i++) {
        size_t place = id_index_add(index, ids[i]);
        assert_true(place < index->places);
        assert_true(id_index_place(index, ids[i]) == place);
    }
}

static void test_id_index__ids_that_run_on_are_not_listed(void **state)
{
    static const int64_t ids[] = {5, 6, 8, 11};
    struct id_index index;

    (void)state;
    fill(&index, ids, 4);
    assert_null(index.ids);
    assert_int_equal(index.places, 7);
    assert_true(id_index_place(&index, 8) == 3);
    for (int64_t id = -20; id < 40; id++)
        if (id != 5 && id != 6 && id != 8 && id != 11)
            assert_true(id_index_place(&index, id) == ID_NOWHERE);
    assert_true(id_index_place(&index, INT64_MIN) == ID_NOWHERE);
    assert_true(id_index_place(&index, INT64_MAX) == ID_NOWHERE);
    assert_false(id_index_has(&index, 2));
    id_index_release(&index);
}

static void test_id_index__strange_ids_take_no_more_room_than_others(void **state)
{
    static const int64_t ids[] = {INT64_MIN, -7, 1, 2, 1000000000000000, INT64_MAX};
    struct id_index index;

    (void)state;
    fill(&index, ids, 6);
    assert_int_equal(index.places, 6);
    for (size_t i = 0; i < 6; i++)
        assert_true(id_index_place(&index, ids[i]) == i);
    assert_true(id_index_place(&index, 0) == ID_NOWHERE);
    assert_true(id_index_place(&index, 3) == ID_NOWHERE);
    assert_true(id_index_place(&index, INT64_MAX - 1) == ID_NOWHERE);
    id_index_fetch(&index, 3, ids, sizeof ids[0]); /* no such element: nothing is fetched */
    id_index_release(&index);
}

static void test_id_index__refuses_what_was_not_announced(void **state)
{
    struct id_index index;

    (void)state;
    id_index_init(&index, 10, 12, 2);
    assert_true(id_index_add(&index, 9) == ID_NOWHERE);
    assert_true(id_index_add(&index, 20000) == ID_NOWHERE);
    assert_true(id_index_add(&index, 10) == 0);
    assert_true(id_index_add(&index, 12) == 2);
    assert_true(id_index_add(&index, 11) == ID_NOWHERE);
    id_index_release(&index);
    id_index_init(&index, 1, INT64_MAX, 2);
    assert_true(id_index_add(&index, 50) == 0);
    assert_true(id_index_add(&index, 50) == ID_NOWHERE);
    assert_true(id_index_add(&index, 49) == ID_NOWHERE);
    id_index_release(&index);
}

static void test_id_index__an_empty_table_has_no_places(void **state)
{
    struct id_index index;

    (void)state;
    id_index_init(&index, 0, 0, 0);
    assert_int_equal(index.places, 0);
    assert_true(id_index_place(&index, 0) == ID_NOWHERE);
    assert_true(id_index_add(&index, 0) == ID_NOWHERE);
    id_index_release(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_id_index__ids_that_run_on_are_not_listed),
        cmocka_unit_test(test_id_index__strange_ids_take_no_more_room_than_others),
        cmocka_unit_test(test_id_index__refuses_what_was_not_announced),
        cmocka_unit_test(test_id_index__an_empty_table_has_no_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

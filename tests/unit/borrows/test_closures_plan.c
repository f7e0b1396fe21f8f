/*
 * test_closures_plan.c — a closure of every year is planned within the memory of one request, however many closures
 * there are already.
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
#include "base/limits.h"
#include "borrows/closures_service.h"
#include "db/engine.h"
#include "support/fixture.h"

static void test_closures_plan__of_every_year_beside_all_closures_there_can_be(void **state)
{
    struct fixture *fixture = fixture_new();
    struct closing closing = CLOSING_NONE;
    struct closure_plan plan;
    struct arena arena;
    int32_t day = 0;

    (void)state;
    assert_true(clock_day_from_civil(2026, 12, 24, &day));
    closing.facts.first_day = day;
    closing.facts.yearly = true;
    closing.facts.name = "Christmas";
    closing.move = true;
    assert_int_equal(
        db_exec(
            &fixture->ctx,
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)"
            " INSERT INTO closed_day (uuid, kind, first_day, last_day, yearly, name, created_at, created_by)"
            " SELECT randomblob(16), 'closure', 20000 + i, 20000 + i, 1, hex(zeroblob(50)), 0, 'test' FROM n"),
        OK);
    arena_init(&arena, ARENA_REQUEST_MAX);
    fixture->ctx.arena = &arena;
    assert_int_equal(closures_preview(&fixture->ctx, &closing, &plan), OK);
    assert_false(arena_exhausted(&arena));
    assert_int_equal(plan.borrows, 0);
    fixture->ctx.arena = &fixture->arena;
    arena_release(&arena);
    fixture_free(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_closures_plan__of_every_year_beside_all_closures_there_can_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

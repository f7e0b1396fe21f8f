/*
 * test_roll_over.c — groups move once each, whatever the slices; what broke off is undone before it is done again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours stands in base/error.h */

#include "base/limits.h"
#include "members/roll_over_service.h"
#include "members_support.h"

static struct roll_over_move moves[3] = {{"4", "5"}, {"5", "6"}, {"6", NULL}};

static struct roll_over_facts facts_for(bool archive)
{
    return (struct roll_over_facts){.name = "Summer",
                                    .moves = {moves, sizeof moves / sizeof moves[0]},
                                    .expires_on = NO_NUMBER,
                                    .archive_leavers = archive};
}

static void add_class(struct fixture *fixture, const char *group, int count)
{
    for (int i = 0; i < count; i++) {
        struct member_facts facts =
            facts_of(arena_printf(&fixture->arena, "Pupil %s %d", group, i), NULL, NULL);
        facts.group = group;
        add_facts(fixture, &facts);
    }
}

static int64_t in_group(struct fixture *fixture, const char *group)
{
    return fixture_int(
        fixture,
        arena_printf(&fixture->arena,
                     "SELECT count(*) FROM member WHERE group_name = '%s' AND deleted_at IS NULL", group));
}

static struct roll_over_run plan(struct fixture *fixture, bool archive)
{
    const struct roll_over_facts facts = facts_for(archive);
    struct roll_over_run run;

    assert_int_equal(roll_over_plan(&fixture->ctx, &facts, &run), OK);
    return run;
}

/* All of it; how many slices it took. */
static int do_all(struct fixture *fixture, struct roll_over_run *run)
{
    bool more = true;
    int slices = 0;

    for (; more; slices++)
        assert_int_equal(roll_over_step(&fixture->ctx, run, 0, &more), OK);
    return slices;
}

static struct roll_over_undoing undo_all(struct fixture *fixture, const struct roll_over_run *run,
                                         int *out_slices)
{
    struct roll_over_undoing undoing = {.uuid = run->roll_over.uuid};
    bool more = true;

    for (*out_slices = 0; more; ++*out_slices)
        assert_int_equal(roll_over_undo_step(&fixture->ctx, &undoing, 0, &more), OK);
    return undoing;
}

static void test_roll_over__each_member_moves_once_in_as_many_slices_as_it_takes(void **state)
{
    struct fixture *fixture = *state;
    int slices;

    add_class(fixture, "4", 50);
    add_class(fixture, "5", 45);
    add_class(fixture, "6", 40);
    add_class(fixture, "7", 5);
    struct roll_over_run run = plan(fixture, true);
    assert_int_equal(do_all(fixture, &run), 7); /* 135 by twenties */
    assert_int_equal(in_group(fixture, "4"), 0);
    assert_int_equal(in_group(fixture, "5"), 50);
    assert_int_equal(in_group(fixture, "6"), 45);
    assert_int_equal(in_group(fixture, "7"), 5);
    assert_int_equal(
        fixture_int(fixture, "SELECT count(*) FROM member WHERE deleted_at IS NOT NULL AND group_name = '6'"),
        40);
    assert_int_equal(fixture_int(fixture, "SELECT members FROM roll_over"), 135);
    assert_traces(fixture, "roll_over.done", "MembersRolledOver", 1);
    assert_traces(fixture, "member.archived", "MemberArchived", 40);
    assert_all_adds_up(fixture);

    struct roll_over_undoing undoing = undo_all(fixture, &run, &slices);
    assert_true(slices > 1);
    assert_int_equal(undoing.put_back, 135);
    assert_int_equal(undoing.left, 0);
    assert_int_equal(in_group(fixture, "4"), 50);
    assert_int_equal(in_group(fixture, "5"), 45);
    assert_int_equal(in_group(fixture, "6"), 40);
    assert_all_adds_up(fixture);
}

static void test_roll_over__a_preview_counts_and_writes_nothing(void **state)
{
    struct fixture *fixture = *state;

    add_class(fixture, "4", 3);
    add_class(fixture, "6", 2);
    run(fixture, "UPDATE member SET balance = 250 WHERE name = 'Pupil 6 0'");
    int64_t rows = fixture_int(fixture, "SELECT count(*) FROM audit_log");
    struct roll_over_run run = plan(fixture, true);
    assert_int_equal(roll_over_preview(&fixture->ctx, &run), OK);
    assert_int_equal(run.counts[0].moved, 3);
    assert_int_equal(run.counts[1].members, 0);
    assert_int_equal(run.counts[2].archived, 1);
    assert_int_equal(run.counts[2].kept, 1);
    assert_string_equal(error_code_name(run.kept->code), "HAS_BALANCE");
    assert_non_null(strstr(run.kept->detail, "2.50 is owed"));
    assert_string_equal(run.kept->name, "Pupil 6 0");
    assert_null(run.kept->next);
    assert_int_equal(in_group(fixture, "4"), 3);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM roll_over"), 0);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM audit_log"), rows);
    assert_int_equal(fixture->ctx.error.code, ERR_NONE);
}

static void test_roll_over__many_who_cannot_leave_are_named_up_to_a_limit(void **state)
{
    struct fixture *fixture = *state;
    int named = 0;

    run(fixture,
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 510)"
        " INSERT INTO member (uuid, card, name, name_key, group_name, balance, created_at, updated_at)"
        " SELECT randomblob(16), 'c' || i, 'n' || i, printf('%04d', i), '6', 100, 1, 1 FROM n");
    struct roll_over_run run = plan(fixture, true);
    do_all(fixture, &run);
    assert_int_equal(run.counts[2].kept, 510);
    for (const struct kept_leaver *kept = run.kept; kept; kept = kept->next)
        assert_string_equal(kept->name, arena_printf(&fixture->arena, "n%d", ++named));
    assert_int_equal(named, ROLL_OVER_KEPT_MAX);
    assert_int_equal(in_group(fixture, "6"), 510);
}

static void test_roll_over__one_that_broke_off_is_undone_before_another_begins(void **state)
{
    struct fixture *fixture = *state;
    int slices;
    bool more;

    add_class(fixture, "4", 30);
    add_class(fixture, "5", 30);
    struct roll_over_run broken = plan(fixture, true);
    assert_int_equal(roll_over_step(&fixture->ctx, &broken, 0, &more), OK);
    assert_true(more);
    assert_int_equal(in_group(fixture, "5"), 30 + ROLL_OVER_AT_ONCE);
    assert_int_equal(fixture_int(fixture, "SELECT members FROM roll_over WHERE finished_at IS NULL"),
                     ROLL_OVER_AT_ONCE);

    struct roll_over_run again = plan(fixture, true);
    assert_code(fixture, roll_over_step(&fixture->ctx, &again, 0, &more), ERR_CONFLICT);
    assert_non_null(strstr(fixture->ctx.error.detail, "Undo it first"));
    fixture_next(fixture);

    assert_int_equal(undo_all(fixture, &broken, &slices).put_back, ROLL_OVER_AT_ONCE);
    assert_int_equal(in_group(fixture, "4"), 30);
    /* What is undone does not go on. */
    assert_code(fixture, roll_over_step(&fixture->ctx, &broken, 0, &more), ERR_ALREADY_UNDONE);
    fixture_next(fixture);
    again = plan(fixture, true);
    do_all(fixture, &again);
    assert_int_equal(in_group(fixture, "5"), 30);
    assert_int_equal(in_group(fixture, "6"), 30);
}

static void test_roll_over__who_changes_between_two_slices_is_left_alone(void **state)
{
    struct fixture *fixture = *state;

    add_class(fixture, "4", 3);
    struct roll_over_run planned = plan(fixture, false);
    run(fixture, "UPDATE member SET group_name = 'Chess' WHERE name = 'Pupil 4 1'");
    run(fixture, "UPDATE member SET deleted_at = 1 WHERE name = 'Pupil 4 2'");
    do_all(fixture, &planned);
    assert_int_equal(in_group(fixture, "5"), 1);
    assert_int_equal(in_group(fixture, "Chess"), 1);
    assert_int_equal(planned.counts[0].moved, 1);
}

static void test_roll_over__an_undoing_that_broke_off_is_done_again(void **state)
{
    struct fixture *fixture = *state;
    struct roll_over_undoing first = {0};
    int slices;
    bool more;

    add_class(fixture, "4", 30);
    struct roll_over_run run = plan(fixture, false);
    do_all(fixture, &run);
    first.uuid = run.roll_over.uuid;
    assert_int_equal(roll_over_undo_step(&fixture->ctx, &first, 0, &more), OK);
    assert_true(more);
    struct roll_over_undoing second = undo_all(fixture, &run, &slices);
    assert_int_equal(second.put_back, 30);
    assert_int_equal(second.left, 0);
    assert_int_equal(in_group(fixture, "4"), 30);
    assert_code(fixture, roll_over_undo_step(&fixture->ctx, &first, 0, &more), ERR_ALREADY_UNDONE);
    fixture_next(fixture);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_roll_over__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_member_moves_once_in_as_many_slices_as_it_takes),
        TEST(a_preview_counts_and_writes_nothing),
        TEST(many_who_cannot_leave_are_named_up_to_a_limit),
        TEST(one_that_broke_off_is_undone_before_another_begins),
        TEST(who_changes_between_two_slices_is_left_alone),
        TEST(an_undoing_that_broke_off_is_done_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_backups_service.c — when a backup is due, and which file rotation may take away.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours stands in base/error.h */

#include "backups/backups_service.h"
#include "base/clock.h"
#include "settings/settings_service.h"
#include "support/fixture.h"

#define NOON 1772452800000 /* 2026-03-02T12:00:00Z, a Monday */
#define HOUR (MS_PER_DAY / 24)

static const struct backup_place usual = {.scheduled = true, .keep = {0, 24, 7, 8, 14}};

static int use_utc(void **state)
{
    (void)state;
    return clock_set_zone("UTC") ? 0 : -1;
}

static enum backup_kind due(int64_t daily, int64_t weekly, int64_t in_last, int64_t now)
{
    struct backup_history history = {
        .last_daily = daily, .last_weekly = weekly, .audit_id_in_last = in_last, .audit_id_now = 100};

    return backups_due(&history, &usual, now);
}

static void test_backups__the_first_is_a_weekly_one(void **state)
{
    (void)state;
    assert_int_equal(due(0, 0, -1, NOON), BACKUP_WEEKLY);
}

static void test_backups__a_weekly_one_is_due_on_the_seventh_day_whatever_the_hour(void **state)
{
    (void)state;
    assert_int_equal(due(NOON, NOON, 100, NOON + 6 * (int64_t)MS_PER_DAY + 11 * HOUR), BACKUP_DAILY);
    assert_int_equal(due(NOON, NOON, 100, NOON + 6 * (int64_t)MS_PER_DAY + 12 * HOUR), BACKUP_WEEKLY);
}

static void test_backups__a_daily_one_is_due_from_midnight_whether_or_not_anything_was_done(void **state)
{
    (void)state;
    assert_int_equal(due(NOON, NOON, 100, NOON + 12 * HOUR - 1), BACKUP_NONE);
    assert_int_equal(due(NOON, NOON, 100, NOON + 12 * HOUR), BACKUP_DAILY);
}

static void test_backups__an_hourly_one_is_due_only_when_something_was_done(void **state)
{
    struct backup_place none = usual;
    struct backup_history history = {NOON, NOON, 99, 100};

    (void)state;
    assert_int_equal(due(NOON, NOON, 100, NOON + HOUR), BACKUP_NONE);
    assert_int_equal(due(NOON, NOON, 99, NOON + HOUR), BACKUP_HOURLY);
    /* After a restore the log is shorter than it was: that is a change as well. */
    assert_int_equal(due(NOON, NOON, 101, NOON + HOUR), BACKUP_HOURLY);
    none.keep[BACKUP_HOURLY] = 0;
    assert_int_equal(backups_due(&history, &none, NOON + HOUR), BACKUP_NONE);
}

static void test_backups__without_weekly_ones_the_first_is_a_daily_one(void **state)
{
    struct backup_place place = usual;
    struct backup_history history = {0, 0, -1, 100};

    (void)state;
    place.keep[BACKUP_WEEKLY] = 0;
    assert_int_equal(backups_due(&history, &place, NOON), BACKUP_DAILY);
    place.scheduled = false;
    assert_int_equal(backups_due(&history, &place, NOON), BACKUP_NONE);
}

static void test_backups__one_from_a_day_to_come_counts_for_nothing(void **state)
{
    int64_t wrong = NOON + 3650 * (int64_t)MS_PER_DAY;

    (void)state;
    assert_int_equal(due(wrong, wrong, 100, NOON), BACKUP_WEEKLY);
    assert_int_equal(due(wrong, NOON, 100, NOON + HOUR), BACKUP_DAILY);
}

static void test_backups__are_old_after_two_days(void **state)
{
    (void)state;
    assert_true(backups_are_old(0, NOON));
    assert_false(backups_are_old(NOON, NOON + 2 * (int64_t)MS_PER_DAY));
    assert_true(backups_are_old(NOON, NOON + 2 * (int64_t)MS_PER_DAY + 1));
}

/* ---- rows and files -------------------------------------------------------------------------------------- */

static int set_up(void **state)
{
    *state = fixture_new();
    return 0;
}

static int tear_down(void **state)
{
    fixture_free(*state);
    return 0;
}

static void put_file(const char *path, const char *text)
{
    FILE *stream = fopen(path, "wb");

    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
}

/* A file of eight bytes, its manifest, its row. */
static struct backup put_backup(struct fixture *f, const char *kind, int number)
{
    char sha256[65], manifest[120];
    struct backup backup = {.uuid = uuid_new(f->ctx.now), .kind = kind, .verified = "full", .bytes = 8};

    snprintf(sha256, sizeof sha256, "%064d", number);
    backup.started_at = backup.finished_at = NOON + number * (int64_t)MS_PER_DAY;
    backup.path = arena_printf(&f->arena, "%s/library-%d.db", f->directory, number);
    backup.sha256 = arena_strdup(&f->arena, sha256);
    put_file(backup.path, "a backup");
    snprintf(manifest, sizeof manifest, "{\"sha256\":\"%s\"}", sha256);
    put_file(arena_printf(&f->arena, "%s.json", backup.path), manifest);
    assert_int_equal(backups_record(&f->ctx, &backup), OK);
    return backup;
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static bool forgotten(struct fixture *f, const struct backup *backup)
{
    bool forget = false;

    backups_remove(&f->ctx, backup, &forget);
    return forget;
}

static void
test_backups__rotation_names_all_but_the_newest_of_each_kind_and_none_that_was_asked_for(void **state)
{
    struct fixture *f = *state;
    struct backup_place place = usual;
    struct backup *surplus;
    int count = 0;

    for (int i = 0; i < 4; i++) {
        put_backup(f, "daily", i);
        put_backup(f, "weekly", 10 + i);
        put_backup(f, "manual", 20 + i);
    }
    place.keep[BACKUP_DAILY] = 3;
    place.keep[BACKUP_WEEKLY] = 2;
    assert_int_equal(backups_surplus(&f->ctx, &place, &surplus), OK);
    for (const struct backup *one = surplus; one; one = one->next, count++)
        assert_true(one->started_at == NOON || one->started_at == NOON + 10 * (int64_t)MS_PER_DAY ||
                    one->started_at == NOON + 11 * (int64_t)MS_PER_DAY);
    assert_int_equal(count, 3);
}

static void test_backups__a_file_is_removed_with_its_manifest(void **state)
{
    struct fixture *f = *state;
    struct backup backup = put_backup(f, "daily", 1);

    assert_true(forgotten(f, &backup));
    assert_false(is_there(backup.path));
    assert_false(is_there(arena_printf(&f->arena, "%s.json", backup.path)));
}

static void test_backups__a_file_that_is_not_as_it_was_made_is_left_alone(void **state)
{
    struct fixture *f = *state;
    struct backup grown = put_backup(f, "daily", 1);
    struct backup other = put_backup(f, "daily", 2);
    struct backup bare = put_backup(f, "daily", 3);

    put_file(grown.path, "somebody's own file");
    put_file(arena_printf(&f->arena, "%s.json", other.path), "{\"sha256\":\"of another file\"}");
    unlink(arena_printf(&f->arena, "%s.json", bare.path));
    assert_true(forgotten(f, &grown) && forgotten(f, &other) && forgotten(f, &bare));
    assert_true(is_there(grown.path) && is_there(other.path) && is_there(bare.path));
}

static void test_backups__what_is_on_a_stick_that_is_away_is_remembered(void **state)
{
    struct fixture *f = *state;
    struct backup second = put_backup(f, "second", 1);
    struct backup daily = put_backup(f, "daily", 2);

    unlink(second.path);
    unlink(daily.path);
    assert_false(forgotten(f, &second)); /* another stick is in its place */
    assert_true(forgotten(f, &daily));
    daily.path = "/nowhere/at/all/library.db";
    assert_false(forgotten(f, &daily));
    f->ctx.now = NOON + 400 * (int64_t)MS_PER_DAY;
    assert_true(forgotten(f, &second) && forgotten(f, &daily));
}

static void test_backups__only_the_last_failure_of_a_kind_is_kept(void **state)
{
    struct fixture *f = *state;
    struct backup failed = {0};

    put_backup(f, "daily", 1);
    for (int i = 0; i < 3; i++) {
        (void)error_set(&f->ctx, ERR_DISK_FULL, "No room, time %d", i);
        backups_failed(&f->ctx, BACKUP_DAILY, &failed);
        error_clear(&f->ctx);
        assert_int_equal(backups_record(&f->ctx, &failed), OK);
    }
    assert_int_equal(fixture_int(f, "SELECT count(*) FROM backup_run WHERE error = 'No room, time 2'"), 1);
    assert_int_equal(fixture_int(f, "SELECT count(*) FROM backup_run"), 2);
    int64_t last = 0;
    assert_int_equal(backups_last_good(&f->ctx, &last), OK);
    assert_int_equal(last, NOON + MS_PER_DAY);
}

static void test_backups__the_folder_stands_beside_the_library_unless_one_is_set(void **state)
{
    struct fixture *f = *state;
    struct backup_place place;

    assert_int_equal(backups_place(&f->ctx, &place), OK);
    assert_true(place.scheduled && place.is_default && !place.second);
    assert_string_equal(place.directory, "./backups");
    assert_int_equal(settings_set(&f->ctx, "backup_dir", "backups"), ERROR_INVALID);
    error_clear(&f->ctx);
    assert_int_equal(settings_set(&f->ctx, "backup_dir", "/srv/copies"), OK);
    assert_int_equal(settings_set(&f->ctx, "backup_second_dir", "/media/stick"), OK);
    assert_int_equal(backups_place(&f->ctx, &place), OK);
    assert_false(place.is_default);
    assert_string_equal(place.directory, "/srv/copies");
    assert_string_equal(place.second, "/media/stick");
}

/* What is asked on the writer must not wait for a stick: the folders are looked at apart. */
static void test_backups__folders_are_looked_at_apart_from_the_records(void **state)
{
    struct fixture *f = *state;
    struct backups_overview overview;

    assert_int_equal(settings_set(&f->ctx, "backup_dir", "/nowhere/copies"), OK);
    assert_int_equal(settings_set(&f->ctx, "backup_second_dir", "/tmp"), OK);
    assert_int_equal(backups_overview(&f->ctx, &overview), OK);
    assert_false(overview.second_is_there);
    backups_look_at_folders(&overview);
    assert_true(overview.second_is_there);
    assert_false(overview.folder_is_there);
    assert_int_equal(settings_set(&f->ctx, "backup_dir", ""), OK);
    assert_int_equal(backups_overview(&f->ctx, &overview), OK);
    backups_look_at_folders(&overview);
    assert_true(overview.folder_is_there); /* it is made when it is wanted */
}

#define each(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_backups__the_first_is_a_weekly_one),
        cmocka_unit_test(test_backups__a_weekly_one_is_due_on_the_seventh_day_whatever_the_hour),
        cmocka_unit_test(test_backups__a_daily_one_is_due_from_midnight_whether_or_not_anything_was_done),
        cmocka_unit_test(test_backups__an_hourly_one_is_due_only_when_something_was_done),
        cmocka_unit_test(test_backups__without_weekly_ones_the_first_is_a_daily_one),
        cmocka_unit_test(test_backups__one_from_a_day_to_come_counts_for_nothing),
        cmocka_unit_test(test_backups__are_old_after_two_days),
        each(test_backups__rotation_names_all_but_the_newest_of_each_kind_and_none_that_was_asked_for),
        each(test_backups__a_file_is_removed_with_its_manifest),
        each(test_backups__a_file_that_is_not_as_it_was_made_is_left_alone),
        each(test_backups__what_is_on_a_stick_that_is_away_is_remembered),
        each(test_backups__only_the_last_failure_of_a_kind_is_kept),
        each(test_backups__the_folder_stands_beside_the_library_unless_one_is_set),
        each(test_backups__folders_are_looked_at_apart_from_the_records),
    };
    return cmocka_run_group_tests(tests, use_utc, NULL);
}

/*
 * test_journal_folder.c — of the journal's files, those that a backup may still need stay.
 */
#include "scratch.h"

#include <sys/stat.h>

#include "db/journal_file.h"
#include "db/journal_folder.h"

/* A segment with one entry, begun at this instant. */
static void add_segment(struct scratch *scratch, const struct uuid *series, uint64_t first, int64_t begun_at)
{
    struct segment_head head = {.series = *series, .begun_at = begun_at, .version = 4};
    struct segment *segment =
        segment_begin(journal_folder_segment(&scratch->ctx, scratch->directory, series, first), &head, NULL);

    assert_non_null(segment);
    assert_true(segment_put(segment, first, begun_at, "x", 1));
    assert_true(segment_sync(segment));
    segment_end(segment);
}

/* Their first numbers, by series. */
static const char *left(struct scratch *scratch)
{
    const char *text = "";

    for (const struct segment_name *name = journal_folder_list(&scratch->ctx, scratch->directory); name;
         name = name->next)
        text = arena_printf(scratch->ctx.arena, "%s %d:%d", text, name->series.bytes[0], (int)name->first);
    return text;
}

static void test_journal_folder__prunes_what_ended_before_the_oldest_backup(void **state)
{
    const struct uuid one = {.bytes = {1}}, two = {.bytes = {2}};
    struct scratch scratch;
    int64_t removed;

    (void)state;
    scratch_init(&scratch);
    assert_int_equal(mkdir(journal_folder_path(&scratch.ctx, scratch.directory), 0700), 0);
    add_segment(&scratch, &one, 1, SCRATCH_NOW);
    add_segment(&scratch, &one, 7, SCRATCH_NOW + 100);
    add_segment(&scratch, &two, 1, SCRATCH_NOW + 200);
    add_segment(&scratch, &two, 4, SCRATCH_NOW + 300);
    journal_folder_prune(&scratch.ctx, scratch.directory, SCRATCH_NOW + 99, &removed);
    assert_int_equal(removed, 0);
    /* The next one begins in the millisecond of the backup: which was first, nobody knows. */
    journal_folder_prune(&scratch.ctx, scratch.directory, SCRATCH_NOW + 100, &removed);
    assert_int_equal(removed, 0);
    journal_folder_prune(&scratch.ctx, scratch.directory, SCRATCH_NOW + 101, &removed);
    assert_int_equal(removed, 1);
    assert_string_equal(left(&scratch), " 1:7 2:1 2:4");
    journal_folder_prune(&scratch.ctx, scratch.directory, SCRATCH_NOW + 1000, &removed);
    assert_int_equal(removed, 2);
    assert_string_equal(left(&scratch), " 2:4"); /* the last one is being written */
    scratch_remove(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_journal_folder__prunes_what_ended_before_the_oldest_backup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

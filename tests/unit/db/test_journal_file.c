/*
 * test_journal_file.c — a segment gives back what was put into it, and tells what is torn from what is damaged.
 */
#include "scratch.h"

#include <sys/stat.h>

#include "db/journal_file.h"

struct segment_test {
    struct scratch scratch;
    char path[160];
};

static const struct segment_head head = {
    .series = {.bytes = {1, 2, 3}}, .begun_at = SCRATCH_NOW, .version = 4};

static int set_up(void **state)
{
    struct segment_test *t = calloc(1, sizeof *t);

    scratch_init(&t->scratch);
    snprintf(t->path, sizeof t->path, "%s/segment", t->scratch.directory);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct segment_test *t = *state;

    scratch_remove(&t->scratch);
    free(t);
    return 0;
}

static const char *text_of(uint64_t number)
{
    static const char *const texts[] = {"", "the first change", "a second one", "and the third"};

    return texts[number % 4];
}

/* Entries 1 … count. */
static void write_segment(struct segment_test *t, uint64_t count, const struct seal_key *key)
{
    struct segment *segment = segment_begin(t->path, &head, key);

    assert_non_null(segment);
    for (uint64_t i = 1; i <= count; i++)
        assert_true(segment_put(segment, i, SCRATCH_NOW + (int64_t)i, text_of(i), strlen(text_of(i))));
    assert_true(segment_sync(segment));
    segment_end(segment);
}

/* How many entries, and how it ended. */
static uint64_t read_segment(struct segment_test *t, const struct seal_key *key,
                             enum segment_reading *out_end)
{
    struct segment_reader *reader;
    struct segment_head found;
    struct journal_change change;
    uint64_t count = 0;

    scratch_must(&t->scratch, segment_open(&t->scratch.ctx, t->path, key, true, &found, &reader));
    assert_memory_equal(found.series.bytes, head.series.bytes, UUID_BYTES);
    assert_int_equal(found.begun_at, head.begun_at);
    assert_int_equal(found.version, head.version);
    assert_int_equal(found.is_sealed, key != NULL);
    while ((*out_end = segment_next(reader, &change)) == SEGMENT_ENTRY) {
        count++;
        assert_int_equal(change.number, count);
        assert_int_equal(change.instant, SCRATCH_NOW + (int64_t)count);
        assert_int_equal(change.length, strlen(text_of(count)));
        assert_memory_equal(change.bytes, text_of(count), change.length);
    }
    arena_reset(&t->scratch.arena);
    return count;
}

static void test_journal_file__gives_back_what_was_put(void **state)
{
    struct segment_test *t = *state;
    enum segment_reading end;
    struct stat information;

    write_segment(t, 3, NULL);
    assert_int_equal(read_segment(t, NULL, &end), 3);
    assert_int_equal(end, SEGMENT_END);
    assert_int_equal(stat(t->path, &information), 0);
    assert_int_equal(information.st_mode & 077, 0);
}

static void test_journal_file__is_never_begun_over_one_that_is_there(void **state)
{
    struct segment_test *t = *state;

    write_segment(t, 1, NULL);
    assert_null(segment_begin(t->path, &head, NULL));
}

static void test_journal_file__cut_off_anywhere_is_torn_and_what_is_whole_counts(void **state)
{
    struct segment_test *t = *state;
    enum segment_reading end;

    write_segment(t, 3, NULL);
    struct bytes bytes = file_bytes(t->path);
    for (size_t length = 49; length < bytes.length; length++) {
        uint64_t whole = 0;
        for (size_t at = 48; at < length; whole += at <= length)
            at += 28 + strlen(text_of(whole + 1)) + 32;
        file_write(t->path, bytes.at, length);
        uint64_t count = read_segment(t, NULL, &end);
        assert_int_equal(count, whole);
        size_t used = 48;
        for (uint64_t i = 1; i <= whole; i++)
            used += 28 + strlen(text_of(i)) + 32;
        assert_int_equal(end, used == length ? SEGMENT_END : SEGMENT_TORN);
    }
    free(bytes.at);
}

static void test_journal_file__zeros_at_the_end_are_torn(void **state)
{
    struct segment_test *t = *state;
    enum segment_reading end;

    write_segment(t, 2, NULL);
    struct bytes bytes = file_bytes(t->path);
    unsigned char *longer = calloc(1, bytes.length + 20000);
    memcpy(longer, bytes.at, bytes.length);
    file_write(t->path, longer, bytes.length + 20000);
    assert_int_equal(read_segment(t, NULL, &end), 2);
    assert_int_equal(end, SEGMENT_TORN);
    free(longer);
    free(bytes.at);
}

/* Of each bit of the first entry, which others follow. */
static void test_journal_file__a_turned_bit_in_the_middle_is_damage(void **state)
{
    struct segment_test *t = *state;
    enum segment_reading end;

    write_segment(t, 3, NULL);
    struct bytes bytes = file_bytes(t->path);
    size_t after = 48 + 28 + strlen(text_of(1)) + 32;
    for (size_t bit = (size_t)48 * 8; bit < after * 8; bit++) {
        bytes.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
        file_write(t->path, bytes.at, bytes.length);
        assert_int_equal(read_segment(t, NULL, &end), 0);
        assert_int_equal(end, SEGMENT_DAMAGED);
        bytes.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    free(bytes.at);
}

static void test_journal_file__a_turned_bit_in_its_head_is_damage(void **state)
{
    struct segment_test *t = *state;
    struct segment_reader *reader;
    struct segment_head found;
    struct journal_change change;

    write_segment(t, 2, NULL);
    struct bytes bytes = file_bytes(t->path);
    for (size_t bit = 0; bit < (size_t)48 * 8; bit++) {
        bytes.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
        file_write(t->path, bytes.at, bytes.length);
        if (segment_open(&t->scratch.ctx, t->path, NULL, true, &found, &reader) == OK)
            assert_int_equal(segment_next(reader, &change), SEGMENT_DAMAGED);
        error_clear(&t->scratch.ctx);
        arena_reset(&t->scratch.arena);
        bytes.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    free(bytes.at);
}

static void test_journal_file__sealed_says_nothing_to_who_has_no_key(void **state)
{
    struct segment_test *t = *state;
    struct ctx *ctx = &t->scratch.ctx;
    struct seal_key key = {.salt = {1}, .key = {2}}, other = {.salt = {1}, .key = {3}};
    struct segment_reader *reader;
    struct segment_head found;
    enum segment_reading end;

    write_segment(t, 3, &key);
    assert_int_equal(read_segment(t, &key, &end), 3);
    assert_int_equal(end, SEGMENT_END);
    struct bytes bytes = file_bytes(t->path);
    assert_null(memmem(bytes.at, bytes.length, "second one", 10));
    free(bytes.at);
    assert_int_not_equal(segment_open(ctx, t->path, NULL, true, &found, &reader), OK);
    assert_int_equal(ctx->error.code, ERR_PASSPHRASE_REQUIRED);
    error_clear(ctx);
    assert_int_not_equal(segment_open(ctx, t->path, &other, true, &found, &reader), OK);
    assert_int_equal(ctx->error.code, ERR_WRONG_PASSPHRASE);
    error_clear(ctx);
    /* How far it goes, anybody may see. */
    scratch_must(&t->scratch, segment_open(ctx, t->path, NULL, false, &found, &reader));
    struct journal_change change;
    for (int i = 0; i < 3; i++)
        assert_int_equal(segment_next(reader, &change), SEGMENT_ENTRY);
    assert_int_equal(segment_next(reader, &change), SEGMENT_END);
}

static void test_journal_file__sealed_entries_of_several_chunks_are_one(void **state)
{
    struct segment_test *t = *state;
    struct seal_key key = {.salt = {1}, .key = {2}};
    size_t length = 3 * SEAL_CHUNK_MAX + 17;
    unsigned char *large = malloc(length);
    struct segment_reader *reader;
    struct segment_head found;
    struct journal_change change;

    for (size_t i = 0; i < length; i++)
        large[i] = (unsigned char)(i * 7);
    struct segment *segment = segment_begin(t->path, &head, &key);
    assert_true(segment_put(segment, 1, 1, large, length));
    assert_true(segment_put(segment, 2, 2, "x", 1));
    segment_end(segment);
    scratch_must(&t->scratch, segment_open(&t->scratch.ctx, t->path, &key, true, &found, &reader));
    assert_int_equal(segment_next(reader, &change), SEGMENT_ENTRY);
    assert_int_equal(change.length, length);
    assert_memory_equal(change.bytes, large, length);
    assert_int_equal(segment_next(reader, &change), SEGMENT_ENTRY);
    assert_int_equal(change.length, 1);
    free(large);
}

static void test_journal_file__whose_folder_was_moved_is_not_synced(void **state)
{
    struct segment_test *t = *state;
    char other[200];
    struct segment *segment = segment_begin(t->path, &head, NULL);

    snprintf(other, sizeof other, "%s.moved", t->path);
    assert_true(segment_put(segment, 1, 1, "x", 1));
    assert_int_equal(rename(t->path, other), 0);
    assert_false(segment_sync(segment));
    segment_end(segment);
}

#define SEGMENT(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SEGMENT(test_journal_file__gives_back_what_was_put),
        SEGMENT(test_journal_file__is_never_begun_over_one_that_is_there),
        SEGMENT(test_journal_file__cut_off_anywhere_is_torn_and_what_is_whole_counts),
        SEGMENT(test_journal_file__zeros_at_the_end_are_torn),
        SEGMENT(test_journal_file__a_turned_bit_in_the_middle_is_damage),
        SEGMENT(test_journal_file__a_turned_bit_in_its_head_is_damage),
        SEGMENT(test_journal_file__sealed_says_nothing_to_who_has_no_key),
        SEGMENT(test_journal_file__sealed_entries_of_several_chunks_are_one),
        SEGMENT(test_journal_file__whose_folder_was_moved_is_not_synced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

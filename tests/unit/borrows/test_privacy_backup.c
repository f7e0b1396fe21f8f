/*
 * test_privacy_backup.c — what was forgotten is in no later backup: its bytes are looked through.
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

#include "db/backup.h"
#include "unit/borrows/privacy_support.h"

/* ---- backups ------------------------------------------------------------------------------------------ */

/* How often the reader's internal id stands in a file: as SQLite writes a number of three bytes. */
#define READER_ID 0x5ACE77
static const uint8_t reader_bytes[] = {0x5A, 0xCE, 0x77};

/* … and as the first of a packed period (counters/tally.h): the id times two, seven bits a byte; or with a count. */
static const uint8_t reader_packed[] = {0xEE, 0xB9, 0xD6, 0x05};
static const uint8_t reader_counted[] = {0xEF, 0xB9, 0xD6, 0x05};

static size_t occurrences(const uint8_t *bytes, size_t length, const uint8_t *wanted, size_t wanted_length)
{
    size_t found = 0;

    for (size_t i = 0; i + wanted_length <= length; i++)
        found += memcmp(bytes + i, wanted, wanted_length) == 0;
    return found;
}

/* In an answer that is kept, long enough to lie on pages of its own, which go free as a whole. */
static const char answer[] = "Amina Okafor has Dune";

struct traces {
    size_t plain, packed, answers;
};

static struct traces traces_in_backup(const char *name)
{
    struct backup_report report;
    struct traces traces;

    fixture_next(fixture);
    fixture_commit(fixture);
    const char *path = arena_printf(ctx->arena, "%s/%s", fixture->directory, name);
    assert_int_equal(backup_make(ctx, fixture->path, path, BACKUP_CHECK_QUICK, &report), OK);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    uint8_t *bytes = malloc((size_t)report.bytes);
    assert_int_equal(fread(bytes, 1, (size_t)report.bytes, file), (size_t)report.bytes);
    fclose(file);
    traces.plain = occurrences(bytes, (size_t)report.bytes, reader_bytes, sizeof reader_bytes);
    traces.packed = occurrences(bytes, (size_t)report.bytes, reader_packed, sizeof reader_packed) +
                    occurrences(bytes, (size_t)report.bytes, reader_counted, sizeof reader_counted);
    traces.answers = occurrences(bytes, (size_t)report.bytes, (const uint8_t *)answer, strlen(answer));
    free(bytes);
    return traces;
}

/* The reader's own record stays, and with it their id: the backup has exactly as many as before they borrowed. */
static void test_privacy_backup__the_next_backup_has_no_trace_of_who_had_the_book(void **state)
{
    (void)state;
    struct book books[] = {catalogue("Dune", 3), catalogue("Emma", 3), catalogue("Kim", 3)};
    run("INSERT INTO member (id, uuid, card, name, name_key, created_at, updated_at) VALUES (" /* READER_ID */
        "5951095, randomblob(16), '4711', 'Amina Okafor', 'amina okafor', 1, 1);"
        "UPDATE library_counter SET value = 1 WHERE name = 'members';"
        "UPDATE member_type SET member_count = 1 WHERE code = 'adult';"
        "INSERT INTO member_search (rowid, name, card, contact) VALUES (5951095, 'amina okafor', '4711', '')");
    assert_int_equal(READER_ID, 5951095);
    struct member reader = {0};
    bool found;
    assert_int_equal(members_find_by_card(ctx, "4711", &reader, &found), OK);
    assert_true(found);
    struct member others[] = {register_member("Ben Ito"), register_member("Chloé Roux")}; /* larger ids */
    const struct traces before = traces_in_backup("before.db");
    assert_true(before.plain > 0);
    assert_int_equal(before.packed, 0);

    for (int i = 0; i < 200; i++) { /* pages fill, split and are freed; periods are packed and packed anew */
        struct borrow borrow = lend(&books[i % 3], &reader);
        struct borrow other = lend(&books[i % 3], &others[i % 2]);
        pass_days(i % 3);
        take_back(&borrow);
        take_back(&other);
    }
    run("INSERT INTO idempotency_key (scope, route, key, body_hash, status, headers, reply, created_at, expires_at)"
        " VALUES ('local', 'POST /borrows', 'k', zeroblob(32), 201, '', CAST(replace(hex(zeroblob(500)), '00',"
        " 'Amina Okafor has Dune; ') AS BLOB), 1, 2)");
    const struct traces then = traces_in_backup("then.db");
    assert_true(then.answers >= 490);
    assert_true(then.plain > before.plain + 200);
    assert_true(then.packed > 5);

    forget_after(1);
    pass_days(3);
    for (int i = 0; i < 10; i++) /* a day that is not over is not packed */
        take_back(&(struct borrow){.copy_id = lend(&books[i % 3], &others[i % 2]).copy_id});
    assert_true(forget() >= 400);
    const struct traces after = traces_in_backup("after.db");
    assert_int_equal(after.plain, before.plain);
    assert_int_equal(after.packed, 0);
    assert_int_equal(after.answers, 0);
    assert_library_true();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_privacy_backup__the_next_backup_has_no_trace_of_who_had_the_book,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

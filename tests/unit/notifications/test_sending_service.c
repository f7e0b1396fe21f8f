/*
 * test_sending_service.c — what is made, when it is due, what is no longer true when it shall go, what goes together, and
 * what stays when a loan is forgotten.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/clock.h"
#include "db/engine.h"
#include "notifications/forgetting_service.h"
#include "notifications/making_service.h"
#include "notifications/notices_service.h"
#include "notifications/sending_service.h"
#include "settings/settings_service.h"
#include "support/fixture.h"

static struct fixture *fixture;
static struct ctx *ctx;

static const bool all_channels[NOTICE_CHANNELS] = {false, true, true};

#define TODAY 20514 /* 2026-03-02, 10:00 UTC */

static void sql(const char *text)
{
    assert_int_equal(db_exec(ctx, text), OK);
}

static void set(const char *name, const char *value)
{
    assert_int_equal(settings_set(ctx, name, value), OK);
}

/* Jane with an address; one loan of hers, due in two days, and one in three. */
static int set_up(void **state)
{
    (void)state;
    settings_forget();
    fixture = fixture_new();
    ctx = &fixture->ctx;
    clock_set_zone("UTC");
    sql("INSERT INTO book (id, uuid, title, author, title_key, author_key, created_at, updated_at)"
        " VALUES (1, randomblob(16), 'One', 'A', 'one', 'a', 1, 1), (2, randomblob(16), 'Two', 'B', 'two', 'b', 1, 1);"
        "INSERT INTO copy (id, uuid, book_id, barcode, created_at, updated_at)"
        " VALUES (1, randomblob(16), 1, 'c1', 1, 1), (2, randomblob(16), 2, 'c2', 1, 1);"
        "INSERT INTO member (id, uuid, card, name, email, name_key, created_at, updated_at)"
        " VALUES (1, randomblob(16), 'm1', 'Jane', 'jane@example.org', 'jane', 1, 1);"
        "INSERT INTO borrow (id, uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at, due_day,"
        " fine_per_day, grace_days, lent_by) SELECT 1, randomblob(16), 1, 1, 1, min(id), 1, 20516 * 86400000 + 86399999,"
        " 20516, 0, 0, 1 FROM loan_rule;"
        "INSERT INTO borrow (id, uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at, due_day,"
        " fine_per_day, grace_days, lent_by) SELECT 2, randomblob(16), 2, 2, 1, min(id), 1, 20515 * 86400000 + 86399999,"
        " 20515, 0, 0, 1 FROM loan_rule;");
    set("mail_transport", "smtp");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_free(fixture);
    return 0;
}

static struct notice_house house(void)
{
    struct notice_house read;

    assert_int_equal(notice_house_read(ctx, &read), OK);
    return read;
}

static void walk(void)
{
    struct notice_house now = house();
    struct notice_walk place = {0};
    bool more = true;

    while (more)
        assert_int_equal(notices_walk(ctx, &now, &place, &more), OK);
}

static struct notice_outgoing claimed;

static bool claim(void)
{
    struct notice_house now = house();
    bool found;
    bool more;

    assert_int_equal(sending_claim(ctx, &now, all_channels, &claimed, &found, &more), OK);
    return found;
}

static int64_t number(const char *text)
{
    return fixture_int(fixture, text);
}

static int64_t at(int32_t day, int hour, int minute)
{
    return clock_day_start(day) + (hour * 60 + minute) * 60000LL;
}

/* ---- making ------------------------------------------------------------------------------------------------- */

static void test_making__what_is_due_is_told_once_however_often_somebody_looks(void **state)
{
    (void)state;
    walk();
    walk();
    assert_int_equal(number("SELECT count(*) FROM notification"), 2);
    assert_int_equal(
        number("SELECT count(*) FROM notification WHERE channel = 'email' AND kind = 'due_soon'"), 2);
    /* Renewed, it is due on another day: that is told anew. */
    sql("UPDATE borrow SET due_day = 20516, due_at = 20516 * 86400000 + 86399999 WHERE id = 2");
    walk();
    assert_int_equal(number("SELECT count(*) FROM notification"), 3);
}

static void test_making__no_number_is_given_again_that_the_audit_log_knows(void **state)
{
    (void)state;
    sql("INSERT INTO audit_log (at, actor, action, entity, entity_id) VALUES (1, 'x', 'notification.dropped',"
        " 'notification', 900)");
    walk();
    assert_int_equal(number("SELECT min(id) FROM notification"), 901);
    assert_int_equal(number("SELECT max(id) FROM notification"), 902);
}

static void test_making__nothing_is_made_for_who_cannot_be_reached_or_does_not_want_it(void **state)
{
    (void)state;
    sql("INSERT INTO notification_preference VALUES (1, 'due_soon', 'email', 0)");
    walk();
    assert_int_equal(number("SELECT count(*) FROM notification"), 0);
    sql("DELETE FROM notification_preference; UPDATE member SET email = NULL");
    walk();
    assert_int_equal(number("SELECT count(*) FROM notification"), 0);
    /* Who can sign in is told in the program. */
    sql("INSERT INTO account (uuid, name, name_key, role, member_id, created_at, updated_at)"
        " VALUES (randomblob(16), 'jane', 'jane', 'member', 1, 1, 1)");
    walk();
    assert_int_equal(number("SELECT count(*) FROM notification WHERE channel = 'app' AND state = 'sent'"
                            " AND body IS NOT NULL"),
                     2);
}

static void test_making__an_event_is_told_to_its_reader_once(void **state)
{
    struct notice_house now = house();
    const struct consumed_event event = {.id = 1,
                                         .uuid = uuid_new(ctx->now),
                                         .at = ctx->now,
                                         .type = EVENT_BOOK_OVERDUE,
                                         .detail = "1",
                                         .book_id = 1,
                                         .member_id = 1,
                                         .borrow_id = 1};

    (void)state;
    assert_int_equal(notices_take_event(ctx, &now, &event), OK);
    assert_int_equal(notices_take_event(ctx, &now, &event), OK);
    assert_int_equal(number("SELECT count(*) FROM notification WHERE kind = 'overdue' AND borrow_id = 1"), 1);
}

static bool is_made_of(enum event_type type, const char *detail)
{
    struct notice_house now = house();
    const struct consumed_event event = {.id = 1,
                                         .uuid = uuid_new(ctx->now),
                                         .at = ctx->now,
                                         .type = type,
                                         .detail = detail,
                                         .book_id = 1,
                                         .member_id = 1};
    int64_t before = number("SELECT count(*) FROM notification");

    assert_int_equal(notices_take_event(ctx, &now, &event), OK);
    return number("SELECT count(*) FROM notification") > before;
}

static void test_making__a_hold_that_waits_again_or_the_library_cancels_is_told(void **state)
{
    (void)state;
    sql("INSERT INTO hold (uuid, book_id, member_id, status, place, placed_at, placed_by)"
        " VALUES (randomblob(16), 1, 1, 'waiting', 1, 1, 'x')");
    assert_true(is_made_of(EVENT_HOLD_WAITS_AGAIN, NULL));
    assert_true(is_made_of(EVENT_HOLD_CANCELLED, "at the desk"));
    assert_false(is_made_of(EVENT_HOLD_CANCELLED, EVENT_BY_READER));
    /* Only what is so is said: this hold waits, and is not cancelled. */
    ctx->now = at(TODAY + 1, 8, 0);
    sql("UPDATE notification SET send_at = 20515 * 86400000");
    assert_true(claim());
    assert_non_null(strstr(claimed.text, "You keep your place"));
    assert_false(claim());
    assert_int_equal(
        number("SELECT count(*) FROM notification WHERE kind = 'hold_cancelled' AND state = 'dropped'"), 1);
}

/* ---- when --------------------------------------------------------------------------------------------------- */

static int64_t next(const char *from, const char *to, int64_t moment, bool gathered)
{
    struct notice_house now = house();
    int64_t when;

    now.from = from;
    now.to = to;
    assert_int_equal(notice_next_time(ctx, &now, moment, gathered, &when), OK);
    return when;
}

static void test_house__hours_are_kept_also_over_midnight(void **state)
{
    (void)state;
    assert_int_equal(next("08:00", "20:00", at(TODAY, 7, 59), false), at(TODAY, 8, 0));
    assert_int_equal(next("08:00", "20:00", at(TODAY, 8, 0), false), at(TODAY, 8, 0));
    assert_int_equal(next("08:00", "20:00", at(TODAY, 12, 0), false), at(TODAY, 12, 0));
    assert_int_equal(next("08:00", "20:00", at(TODAY, 20, 0), false), at(TODAY + 1, 8, 0));
    assert_int_equal(next("18:00", "06:00", at(TODAY, 5, 0), false), at(TODAY, 5, 0));
    assert_int_equal(next("18:00", "06:00", at(TODAY, 12, 0), false), at(TODAY, 18, 0));
    assert_int_equal(next("18:00", "06:00", at(TODAY, 23, 0), false), at(TODAY, 23, 0));
    assert_int_equal(next("00:00", "00:00", at(TODAY, 3, 0), false), at(TODAY, 3, 0));
    /* A digest leaves when they begin. */
    assert_int_equal(next("08:00", "20:00", at(TODAY, 8, 1), true), at(TODAY + 1, 8, 0));
    assert_int_equal(next("08:00", "20:00", at(TODAY, 7, 0), true), at(TODAY, 8, 0));
}

static void test_house__an_hour_is_where_it_stands_on_a_day_of_23_or_25_hours(void **state)
{
    int32_t spring;
    int32_t autumn;

    (void)state;
    if (!clock_set_zone("Europe/Berlin"))
        skip();
    assert_true(clock_parse_day("2026-03-29", &spring));
    assert_true(clock_parse_day("2026-10-25", &autumn));
    assert_int_equal(next("08:00", "20:00", clock_day_start(spring), false) - clock_day_start(spring),
                     7 * 3600000LL);
    assert_int_equal(next("08:00", "20:00", clock_day_start(autumn), false) - clock_day_start(autumn),
                     9 * 3600000LL);
    clock_set_zone("UTC");
}

static void test_house__closed_days_are_passed_over_unless_the_library_says_otherwise(void **state)
{
    struct notice_house now;
    int64_t when;

    (void)state;
    sql("INSERT INTO calendar (day, open, costs) VALUES (20515, 0, 0), (20516, 0, 0)");
    assert_int_equal(next("08:00", "20:00", at(TODAY, 21, 0), false), at(TODAY + 3, 8, 0));
    now = house();
    now.on_closed_days = true;
    assert_int_equal(notice_next_time(ctx, &now, at(TODAY, 21, 0), false, &when), OK);
    assert_int_equal(when, at(TODAY + 1, 8, 0));
}

/* ---- sending ------------------------------------------------------------------------------------------------ */

static void test_sending__several_of_one_reader_go_in_one_message_and_end_together(void **state)
{
    (void)state;
    walk();
    ctx->now = at(TODAY + 1, 8, 0);
    assert_true(claim());
    assert_int_equal(claimed.count, 2);
    assert_string_equal(claimed.address, "jane@example.org");
    assert_non_null(strstr(claimed.text, "“One” is due"));
    assert_non_null(strstr(claimed.text, "“Two” is due"));
    assert_false(claim());
    assert_int_equal(sending_mark(ctx, &claimed, NOTICE_WENT, NULL), OK);
    assert_int_equal(number("SELECT count(*) FROM notification WHERE state = 'sent' AND tries = 1"), 2);
    assert_int_equal(number("SELECT count(DISTINCT message_id) FROM notification"), 1);
}

static struct uuid claim_and_fail(int64_t now)
{
    ctx->now = now;
    assert_true(claim());
    assert_int_equal(sending_mark(ctx, &claimed, NOTICE_AGAIN, "not now"), OK);
    return claimed.uuid;
}

static void test_sending__another_try_has_the_same_id_only_where_it_says_the_same(void **state)
{
    (void)state;
    walk();
    struct uuid first = claim_and_fail(at(TODAY + 1, 8, 0));
    struct uuid same = claim_and_fail(at(TODAY + 1, 9, 0));
    assert_memory_equal(&same, &first, sizeof first);
    sql("UPDATE borrow SET returned_at = 2, returned_day = 0 WHERE id = 1");
    struct uuid other = claim_and_fail(at(TODAY + 1, 14, 0));
    assert_int_equal(claimed.count, 1);
    assert_memory_not_equal(&other, &first, sizeof first);
}

static void test_sending__what_does_not_go_into_one_text_message_goes_into_the_next(void **state)
{
    int told = 0;
    char title[16];

    (void)state;
    set("sms_url", "http://127.0.0.1:1/?to={phone}&text={text}");
    sql("DELETE FROM borrow; UPDATE member SET phone = '+49 170 1234567', email = NULL;"
        "INSERT INTO book (id, uuid, title, author, title_key, author_key, created_at, updated_at)"
        " WITH RECURSIVE c (i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM c WHERE i < 29)"
        " SELECT i, randomblob(16), 'A title numbered ' || i, 'A', 'x', 'a', 1, 1 FROM c;"
        "INSERT INTO copy (id, uuid, book_id, barcode, created_at, updated_at)"
        " SELECT id, randomblob(16), id, 'b' || id, 1, 1 FROM book WHERE id >= 10;"
        "INSERT INTO borrow (id, uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at, due_day,"
        " fine_per_day, grace_days, lent_by) SELECT b.id, randomblob(16), b.id, b.id, 1, (SELECT min(id) FROM"
        " loan_rule), 1, 20515 * 86400000 + 86399999, 20515, 0, 0, 1 FROM book b WHERE b.id >= 10;"
        "INSERT INTO notification_preference VALUES (1, 'due_soon', 'sms', 1);");
    walk();
    ctx->now = at(TODAY + 1, 8, 0);
    while (claim()) {
        for (int i = 10; i < 30; i++) {
            snprintf(title, sizeof title, "numbered %d”", i);
            told += strstr(claimed.text, title) != NULL;
        }
        assert_int_equal(sending_mark(ctx, &claimed, NOTICE_WENT, NULL), OK);
    }
    assert_int_equal(number("SELECT count(*) FROM notification WHERE state = 'sent' AND channel = 'sms'"),
                     20);
    assert_int_equal(told, 20);
    assert_in_range(number("SELECT count(DISTINCT message_id) FROM notification"), 2, 5);
}

static void
test_sending__a_channel_that_is_shut_is_passed_over_and_the_earliest_of_the_others_goes(void **state)
{
    static const bool only[NOTICE_CHANNELS] = {[NOTICE_SMS] = true};
    struct notice_house now;
    bool found, more;

    (void)state;
    set("notice_digest", "off");
    set("sms_url", "http://127.0.0.1:1/?to={phone}&text={text}");
    sql("UPDATE member SET phone = '+49 170 1234567';"
        "INSERT INTO notification_preference VALUES (1, 'due_soon', 'sms', 1)");
    walk();
    sql("UPDATE notification SET send_at = 20514 * 86400000 + id");
    ctx->now = at(TODAY, 10, 0);
    now = house();
    assert_int_equal(sending_claim(ctx, &now, only, &claimed, &found, &more), OK);
    assert_true(found);
    assert_int_equal(claimed.channel, NOTICE_SMS);
    sql("UPDATE notification SET send_at = 20514 * 86400000 + 1000 - id WHERE state = 'waiting'");
    for (int64_t last = INT64_MAX; claim(); last = claimed.ids[0])
        assert_true(claimed.ids[0] < last);
    assert_int_equal(number("SELECT count(*) FROM notification WHERE state = 'claimed'"), 4);
}

static void test_sending__without_digests_each_goes_alone(void **state)
{
    (void)state;
    set("notice_digest", "off");
    walk();
    assert_true(claim());
    assert_int_equal(claimed.count, 1);
    assert_true(claim());
    assert_false(claim());
}

static void test_sending__what_is_no_longer_true_is_dropped_and_says_why(void **state)
{
    (void)state;
    walk();
    ctx->now = at(TODAY + 1, 8, 0);
    sql("UPDATE borrow SET returned_at = 2, returned_day = 0 WHERE id = 1;"
        "UPDATE borrow SET due_day = 20530, due_at = 20530 * 86400000 WHERE id = 2");
    assert_false(claim());
    assert_int_equal(number("SELECT count(*) FROM notification WHERE state = 'dropped'"), 2);
    assert_int_equal(number("SELECT count(*) FROM notification WHERE problem = 'It has come back.'"), 1);
    assert_int_equal(
        number("SELECT count(*) FROM notification WHERE problem = 'It is due on another day now.'"), 1);
}

static void test_sending__who_has_left_or_has_changed_their_mind_is_told_nothing(void **state)
{
    (void)state;
    walk();
    ctx->now = at(TODAY + 1, 8, 0);
    sql("INSERT INTO notification_preference VALUES (1, 'due_soon', 'email', 0)");
    assert_false(claim());
    assert_int_equal(
        number("SELECT count(*) FROM notification WHERE problem = 'The reader does not want it.'"), 2);
    sql("DELETE FROM notification_preference; UPDATE notification SET state = 'waiting', ended_at = NULL;"
        "UPDATE member SET deleted_at = 1");
    assert_false(claim());
    assert_int_equal(number("SELECT count(*) FROM notification WHERE problem = 'The reader has left.'"), 2);
}

static void test_sending__tried_again_later_and_later_and_then_no_more(void **state)
{
    (void)state;
    set("notice_from", "00:00");
    set("notice_to", "00:00");
    set("notice_on_closed_days", "on");
    walk();
    ctx->now = at(TODAY + 1, 0, 0);
    for (int tries = 1; tries <= NOTICE_TRIES; tries++) {
        assert_true(claim());
        assert_int_equal(claimed.tries, tries);
        assert_int_equal(sending_mark(ctx, &claimed, NOTICE_AGAIN, "not now"), OK);
        assert_false(claim());
        ctx->now += sending_wait_ms(tries);
    }
    assert_int_equal(
        number("SELECT count(*) FROM notification WHERE state = 'failed' AND problem = 'not now'"), 2);
    assert_int_equal(sending_wait_ms(1), NOTICE_RETRY_MS);
    assert_int_equal(sending_wait_ms(2), 3 * NOTICE_RETRY_MS);
    assert_true(sending_wait_ms(60) == NOTICE_RETRY_MAX_MS);
}

static void test_sending__claimed_when_the_program_ended_is_unsure_and_never_goes_by_itself(void **state)
{
    int64_t rows;

    (void)state;
    walk();
    ctx->now = at(TODAY + 1, 8, 0);
    assert_true(claim());
    assert_int_equal(sending_recover(ctx, ctx->now, &rows), OK);
    assert_int_equal(rows, 2);
    assert_false(claim());
    /* Its mark comes too late to change that. */
    assert_int_equal(sending_mark(ctx, &claimed, NOTICE_WENT, NULL), OK);
    assert_int_equal(number("SELECT count(*) FROM notification WHERE state = 'unsure'"), 2);
}

/* ---- forgetting --------------------------------------------------------------------------------------------- */

static void test_forgetting__a_forgotten_loan_leaves_no_words_no_name_and_no_tie(void **state)
{
    (void)state;
    walk();
    ctx->now = at(TODAY + 1, 8, 0);
    assert_true(claim());
    assert_int_equal(sending_mark(ctx, &claimed, NOTICE_WENT, NULL), OK);
    assert_int_equal(notifications_forget_borrow(ctx, 1), OK);
    assert_int_equal(number("SELECT count(*) FROM notification WHERE borrow_id = 1 AND member_id IS NULL AND"
                            " address IS NULL AND subject IS NULL AND body IS NULL AND message_id IS NULL"),
                     1);
    assert_int_equal(
        number("SELECT count(*) FROM notification WHERE borrow_id = 2 AND member_id = 1 AND body LIKE"
               " '%Two%' AND body NOT LIKE '%One%'"),
        1);
    assert_true(number("SELECT count(*) FROM notification WHERE message_id IS NOT NULL") <= 1);
}

static void test_forgetting__neither_a_complaint_nor_an_instant_says_whose_it_was(void **state)
{
    (void)state;
    walk();
    ctx->now = at(TODAY + 1, 8, 0);
    assert_true(claim());
    assert_int_equal(claimed.count, 2);
    assert_int_equal(
        sending_mark(ctx, &claimed, NOTICE_FOR_GOOD, "550 <jane@example.org>: there is nobody here"), OK);
    sql("UPDATE notification SET read_at = 1772500000123"); /* all at once, as who reads all does */
    assert_int_equal(notifications_forget_borrow(ctx, 1), OK);
    assert_int_equal(
        number(
            "SELECT count(*) FROM notification WHERE borrow_id = 1 AND coalesce(problem, '') LIKE '%jane%'"),
        0);
    assert_int_equal(
        number("SELECT count(*) FROM notification a, notification b WHERE a.borrow_id = 1 AND b.borrow_id = 2"
               " AND (a.claimed_at = b.claimed_at OR a.ended_at = b.ended_at OR a.send_at = b.send_at"
               " OR a.read_at = b.read_at)"),
        0);
    assert_int_equal(number("SELECT count(*) FROM notification WHERE borrow_id = 1 AND state = 'failed'"), 1);
}

static void test_forgetting__what_waits_about_a_forgotten_hold_is_dropped(void **state)
{
    (void)state;
    sql("INSERT INTO hold (id, uuid, book_id, member_id, status, place, copy_id, ready_at, pickup_day, placed_at, placed_by)"
        " VALUES (1, randomblob(16), 1, 1, 'ready', 1, 1, 1, 20515, 1, 'x')");
    walk();
    assert_int_equal(number("SELECT count(*) FROM notification WHERE kind = 'hold_expiring' AND hold_id = 1"),
                     1);
    assert_int_equal(notifications_forget_hold(ctx, 1), OK);
    assert_int_equal(number("SELECT count(*) FROM notification WHERE hold_id = 1 AND state = 'dropped'"
                            " AND member_id IS NULL"),
                     1);
}

static void test_forgetting__old_ones_about_a_title_alone_are_found_in_bites(void **state)
{
    struct notices_place place = {0};
    int64_t rows, all = 0;
    bool more = true;
    int slices = 0;

    (void)state;
    set("forget_loans_after_days", "30");
    ctx->now = at(TODAY, 10, 0);
    sql("INSERT INTO notification (uuid, member_id, kind, channel, state, book_id, borrow_id, body, created_at,"
        " created_by, send_at) WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 25)"
        " SELECT randomblob(16), 1, 'title_available', 'app', 'sent', 1, iif(i % 5 = 0, NULL, 1), 'One', 7, 'x', 7"
        " FROM c");
    sql("INSERT INTO notification (uuid, member_id, kind, channel, state, book_id, body, created_at, created_by,"
        " send_at) VALUES (randomblob(16), 1, 'title_available', 'app', 'sent', 1, 'One', 20500 * 86400000, 'x', 7)");
    for (; more; slices++) {
        assert_int_equal(notices_forget_titles(ctx, 10, &place, &rows, &more), OK);
        assert_true(rows <= 2);
        all += rows;
    }
    assert_int_equal(slices, 3);
    assert_int_equal(all, 5);
    assert_int_equal(number("SELECT count(*) FROM notification WHERE member_id IS NULL AND body IS NULL"), 5);
    assert_int_equal(number("SELECT count(*) FROM notification WHERE member_id = 1 AND body = 'One'"), 21);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_making__what_is_due_is_told_once_however_often_somebody_looks),
        TEST(test_making__no_number_is_given_again_that_the_audit_log_knows),
        TEST(test_making__nothing_is_made_for_who_cannot_be_reached_or_does_not_want_it),
        TEST(test_making__an_event_is_told_to_its_reader_once),
        TEST(test_making__a_hold_that_waits_again_or_the_library_cancels_is_told),
        TEST(test_house__hours_are_kept_also_over_midnight),
        TEST(test_house__an_hour_is_where_it_stands_on_a_day_of_23_or_25_hours),
        TEST(test_house__closed_days_are_passed_over_unless_the_library_says_otherwise),
        TEST(test_sending__several_of_one_reader_go_in_one_message_and_end_together),
        TEST(test_sending__another_try_has_the_same_id_only_where_it_says_the_same),
        TEST(test_sending__what_does_not_go_into_one_text_message_goes_into_the_next),
        TEST(test_sending__a_channel_that_is_shut_is_passed_over_and_the_earliest_of_the_others_goes),
        TEST(test_sending__without_digests_each_goes_alone),
        TEST(test_sending__what_is_no_longer_true_is_dropped_and_says_why),
        TEST(test_sending__who_has_left_or_has_changed_their_mind_is_told_nothing),
        TEST(test_sending__tried_again_later_and_later_and_then_no_more),
        TEST(test_sending__claimed_when_the_program_ended_is_unsure_and_never_goes_by_itself),
        TEST(test_forgetting__a_forgotten_loan_leaves_no_words_no_name_and_no_tie),
        TEST(test_forgetting__neither_a_complaint_nor_an_instant_says_whose_it_was),
        TEST(test_forgetting__old_ones_about_a_title_alone_are_found_in_bites),
        TEST(test_forgetting__what_waits_about_a_forgotten_hold_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

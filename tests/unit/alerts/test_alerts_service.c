/*
 * test_alerts_service.c — a state counts when it stays; what becomes worse is told anew; what is told is told in words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "admin/health_service.h"
#include "alerts/alert_words.h"
#include "alerts/alerts_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "db/commit_times.h"
#include "db/engine.h"
#include "settings/settings_service.h"
#include "support/fixture.h"

static struct fixture *fixture;
static struct ctx *ctx;
static struct alerts_view view;

static int set_up(void **state)
{
    char *problem = NULL;

    (void)state;
    fixture = fixture_new();
    ctx = &fixture->ctx;
    alerts_forget_looks();
    commit_times_forget();
    view = (struct alerts_view){0};
    for (int i = 0; i < HEALTH_SUBJECTS; i++)
        view.report.checks[i] = (struct health_check){.name = "other", .text = "Well."};
    view.report.checks[HEALTH_DISK].name = "disk";
    return settings_override(SETTING_DB, fixture->path, SOURCE_FLAG, &problem) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    settings_forget();
    fixture_free(fixture);
    return 0;
}

/* One look that finds the disk so; what changes is noted, as the job does it. */
static const struct alert_change *look(enum health_state state, const char *text)
{
    struct alert_change *changes;

    view.report.checks[HEALTH_DISK].state = state;
    view.report.checks[HEALTH_DISK].text = text;
    fixture_next(fixture);
    assert_int_equal(alerts_list(ctx, false, &view.open), OK);
    changes = alerts_decide(ctx, &view);
    assert_int_equal(alerts_note(ctx, changes), OK);
    return changes;
}

static void look_until_it_counts(enum health_state state, const char *text)
{
    for (int i = 0; i <= ALERT_AFTER_MS / ALERT_LOOK_MS; i++)
        (void)look(state, text);
}

static void test_alerts__what_passes_by_itself_is_none(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        assert_null(look(HEALTH_BAD, "Full."));
        assert_null(look(HEALTH_BAD, "Full."));
        assert_null(look(HEALTH_OK, "Well."));
    }
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM alert"), 0);
}

static void test_alerts__what_stays_has_one_row_until_it_is_over_as_long(void **state)
{
    (void)state;
    assert_null(look(HEALTH_WARN, "Short."));
    assert_null(look(HEALTH_WARN, "Short."));
    const struct alert_change *change = look(HEALTH_WARN, "Short.");
    assert_non_null(change);
    assert_int_equal(change->kind, ALERT_BEGAN);
    assert_string_equal(change->alert.subject, "disk");
    assert_null(look(HEALTH_WARN, "Short."));
    assert_null(look(HEALTH_OK, "Well."));
    assert_null(look(HEALTH_OK, "Well."));
    change = look(HEALTH_OK, "Well.");
    assert_int_equal(change->kind, ALERT_OVER);
    assert_null(look(HEALTH_OK, "Well."));
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM alert WHERE ended_at IS NOT NULL"), 1);
}

static void test_alerts__worse_is_told_anew_and_better_is_only_noted(void **state)
{
    struct alert alert;

    (void)state;
    look_until_it_counts(HEALTH_WARN, "Short.");
    assert_int_equal(alerts_list(ctx, false, &view.open), OK);
    assert_int_equal(alerts_see(ctx, &view.open->uuid, &alert), OK);
    assert_string_equal(alert.seen_by, "test");
    assert_null(look(HEALTH_BAD, "Full."));
    assert_null(look(HEALTH_BAD, "Full."));
    const struct alert_change *change = look(HEALTH_BAD, "Full.");
    assert_int_equal(change->kind, ALERT_WORSE);
    assert_null(change->alert.seen_by);
    assert_string_equal(change->alert.text, "Full.");
    assert_null(look(HEALTH_WARN, "Short."));
    assert_null(look(HEALTH_WARN, "Short."));
    change = look(HEALTH_WARN, "Short.");
    assert_int_equal(change->kind, ALERT_DIFFERENT);
    assert_int_equal(
        fixture_int(fixture, "SELECT count(*) FROM alert WHERE state = 'warn' AND text = 'Short.'"), 1);
    assert_null(look(HEALTH_WARN, "Short."));
    change = look(HEALTH_WARN, "Another disk is short.");
    assert_int_equal(change->kind, ALERT_DIFFERENT);
}

/* A look takes as long as folders do that do not answer: somebody may put the banner away meanwhile. */
static void test_alerts__what_is_put_away_during_a_look_stays_away(void **state)
{
    struct alert_change *changes;
    struct alert alert;

    (void)state;
    look_until_it_counts(HEALTH_WARN, "Short.");
    assert_int_equal(alerts_list(ctx, false, &view.open), OK);
    view.report.checks[HEALTH_DISK].text = "Another disk is short.";
    changes = alerts_decide(ctx, &view);
    assert_int_equal(changes->kind, ALERT_DIFFERENT);
    assert_int_equal(alerts_see(ctx, &view.open->uuid, &alert), OK);
    assert_int_equal(alerts_note(ctx, changes), OK);
    assert_int_equal(fixture_int(fixture, "SELECT seen_by = 'test' AND seen_at > 0 AND text LIKE 'Another%'"
                                          " FROM alert"),
                     1);
}

static void test_alerts__what_was_not_told_is_told_when_there_is_somebody_and_again_each_day(void **state)
{
    const struct alert_change *change;

    (void)state;
    look_until_it_counts(HEALTH_BAD, "Full.");
    assert_null(look(HEALTH_BAD, "Full."));
    view.hearers.chat_url = "http://chat.example.org/";
    change = look(HEALTH_BAD, "Full.");
    assert_int_equal(change->kind, ALERT_STAYS);
    assert_int_equal(alerts_note_told(ctx, change), OK);
    assert_null(look(HEALTH_BAD, "Full."));
    ctx->now += ALERT_AGAIN_MS - 1;
    assert_null(look(HEALTH_BAD, "Full."));
    ctx->now += 1;
    change = look(HEALTH_BAD, "Full.");
    assert_int_equal(change->kind, ALERT_STAYS);
}

static void test_alerts__one_that_nobody_was_told_of_ends_without_a_word(void **state)
{
    struct alert_telling telling;

    (void)state;
    look_until_it_counts(HEALTH_BAD, "Full.");
    (void)look(HEALTH_OK, "Well.");
    (void)look(HEALTH_OK, "Well.");
    const struct alert_change *change = look(HEALTH_OK, "Well.");
    assert_int_equal(change->kind, ALERT_OVER);
    /* Nothing listens there: who tried would fail with a problem. */
    view.hearers.chat_url = "http://127.0.0.1:1/";
    telling.chat.is_set = false;
    assert_false(alerts_tell(ctx, &view.hearers, change, &telling));
    assert_false(telling.chat.is_set);
}

static void test_alerts__a_letter_says_all_in_the_librarys_language(void **state)
{
    struct alert_change over = {.kind = ALERT_OVER, .alert = {.subject = "clock", .state = HEALTH_BAD}};
    struct alert_change began = {.kind = ALERT_BEGAN,
                                 .alert = {.subject = "backups",
                                           .state = HEALTH_BAD,
                                           .text = "There is no backup of this library. Make one."},
                                 .next = &over};
    struct alert_letter letter;

    (void)state;
    alert_letter_write(ctx->arena, "Library", "en", &began, &letter);
    assert_string_equal(letter.subject, "Library: something is not well");
    assert_string_equal(letter.text, "To be looked at today: Backups\n"
                                     "There is no backup of this library. Make one.\n\n"
                                     "Well again: Clock and time zone\n\n"
                                     "More of it in Carrel, under Settings, Health.\n");
    alert_letter_write(ctx->arena, "Library", "de-CH", &over, &letter);
    assert_string_equal(letter.subject, "Library: wieder in Ordnung");
    assert_non_null(strstr(letter.text, "Wieder gut: Uhr und Zeitzone\n"));
    assert_string_equal(alert_chat_body(ctx->arena, &(struct alert_letter){"a \"b\"", "c\n"}),
                        "{\"text\":\"a \\\"b\\\"\\n\\nc\\n\"}");
}

static void test_alerts__a_test_asks_also_a_chat_that_is_left_alone(void **state)
{
    const struct alert_hearers hearers = {
        .library = "Library", .language = "en", .chat_url = "http://127.0.0.1:1/hook"};
    struct alert_telling telling;

    (void)state;
    for (int i = 0; i <= 2 * BREAKER_FAILURES; i++) {
        alerts_try(ctx, &hearers, &telling);
        assert_string_not_equal(telling.chat.problem, net_outcome_sentence(NET_RESTING));
    }
}

static void test_alerts__every_sentence_of_health_is_known_in_german(void **state)
{
    struct health_report report;

    (void)state;
    assert_int_equal(health_look(ctx, &report), OK);
    for (int i = 0; i < HEALTH_SUBJECTS; i++)
        if (i != HEALTH_VERSIONS)
            assert_string_not_equal(alert_german(report.checks[i].text), report.checks[i].text);
}

static void test_health__a_card_is_slow_when_many_commits_are(void **state)
{
    struct health_report report;
    int64_t now = clock_monotonic_ms();

    (void)state;
    commit_times_note(900000, now);
    commit_times_note(900000, now);
    assert_int_equal(health_look(ctx, &report), OK);
    assert_int_equal(report.checks[HEALTH_CARD].state, HEALTH_OK);
    commit_times_note(900000, now);
    assert_int_equal(health_look(ctx, &report), OK);
    assert_int_equal(report.checks[HEALTH_CARD].state, HEALTH_WARN);
    /* Of 300 commits three slow ones are one in a hundred: 99 of 100 are fast. */
    for (int i = 0; i < 300; i++)
        commit_times_note(2000, now);
    assert_int_equal(health_look(ctx, &report), OK);
    assert_int_equal(report.checks[HEALTH_CARD].state, HEALTH_OK);
}

static void test_commit_times__only_the_last_minutes_count(void **state)
{
    struct commit_times times;

    (void)state;
    commit_times_note(5000, 1000);
    commit_times_note(7000, 2000);
    commit_times_note(900000, 3000);
    commit_times_look(2000, 500, &times);
    assert_int_equal(times.count, 2);
    assert_int_equal(times.slow, 1);
    assert_int_equal(times.p99_ms, 900);
    commit_times_look(3001, 500, &times);
    assert_int_equal(times.count, 0);
    assert_int_equal(times.p99_ms, 0);
}

static void insert_message(const char *state, const char *channel, int64_t send_at, int tries)
{
    const char *sql = arena_printf(
        ctx->arena,
        "INSERT INTO notification (uuid, kind, channel, state, created_at, created_by, send_at, tries)"
        " VALUES (randomblob(16), 'message', '%s', '%s', %lld, 'test', %lld, %d)",
        channel, state, (long long)(ctx->now - 2 * (int64_t)HEALTH_MESSAGE_LATE_MS), (long long)send_at,
        tries);

    assert_int_equal(db_exec(ctx, sql), OK);
}

static void assert_mail(enum health_state expected)
{
    struct health_report report;

    assert_int_equal(health_look(ctx, &report), OK);
    assert_int_equal(report.checks[HEALTH_MAIL].state, expected);
}

static void test_health__messages_that_wait_too_long_or_are_given_up_are_told_of(void **state)
{
    (void)state;
    assert_int_equal(settings_set(ctx, "mail_transport", "smtp"), OK);
    insert_message("waiting", "email", ctx->now + MS_PER_DAY, 0);
    insert_message("waiting", "app", ctx->now - MS_PER_DAY, 0);
    insert_message("failed", "email", ctx->now, 1); /* one address that is none: the others are reached */
    assert_mail(HEALTH_OK);
    insert_message("waiting", "email", ctx->now - HEALTH_MESSAGE_LATE_MS, 0);
    assert_mail(HEALTH_BAD);
    insert_message("sent", "sms", ctx->now, 1);
    assert_mail(HEALTH_WARN);
    assert_int_equal(db_exec(ctx, "DELETE FROM notification WHERE state = 'waiting'"), OK);
    assert_mail(HEALTH_OK);
    insert_message("failed", "email", ctx->now, NOTICE_TRIES);
    assert_mail(HEALTH_WARN);
    assert_int_equal(db_exec(ctx, "DELETE FROM notification WHERE state = 'failed'"), OK);
    insert_message("waiting", "email", ctx->now + 1, 3);
    assert_mail(HEALTH_WARN);
    /* Somebody has switched it off: what waits for it waits for ever, and that is no trouble. */
    assert_int_equal(settings_set(ctx, "mail_transport", "off"), OK);
    assert_mail(HEALTH_OK);
    insert_message("waiting", "sms", ctx->now - HEALTH_MESSAGE_LATE_MS, 0);
    assert_mail(HEALTH_OK);
    assert_int_equal(settings_set(ctx, "sms_url", "http://gateway.example.org/?{phone}{text}"), OK);
    assert_mail(HEALTH_WARN);
}

static void assert_webhooks(enum health_state expected)
{
    struct health_report report;

    assert_int_equal(health_look(ctx, &report), OK);
    assert_int_equal(report.checks[HEALTH_WEBHOOKS].state, expected);
}

static void insert_webhook(void)
{
    assert_int_equal(
        db_exec(ctx,
                "INSERT INTO webhook (id, uuid, name, name_key, url, events, secret, created_at, updated_at)"
                " VALUES (1, randomblob(16), 'Door', 'door', 'http://door/', '*', randomblob(32), 1, 1)"),
        OK);
}

static void insert_delivery(const char *event_uuid, const char *state)
{
    assert_int_equal(
        db_exec(ctx,
                arena_printf(ctx->arena,
                             "INSERT INTO webhook_delivery (uuid, webhook_id, event_uuid, type, body, state,"
                             " next_try_at, created_at) VALUES (randomblob(16), 1, %s, 'x', '{}', '%s', 1,"
                             " %lld)",
                             event_uuid, state, (long long)ctx->now)),
        OK);
}

static void test_health__deliveries_that_were_given_up_are_told_of_for_a_day(void **state)
{
    (void)state;
    insert_webhook();
    insert_delivery("NULL", "dead"); /* somebody has tried a wrong address: who did knows */
    assert_webhooks(HEALTH_OK);
    insert_delivery("randomblob(16)", "dead");
    assert_webhooks(HEALTH_WARN);
    ctx->now += MS_PER_DAY + 1;
    assert_webhooks(HEALTH_OK);
}

/* Of many that wait, each is tried once in a while: it takes days before one is dead. */
static void test_health__a_webhook_that_takes_nothing_is_told_of_while_its_deliveries_wait(void **state)
{
    (void)state;
    insert_webhook();
    insert_delivery("randomblob(16)", "waiting");
    assert_int_equal(db_exec(ctx, "UPDATE webhook SET failures = 3"), OK);
    ctx->now += HEALTH_MESSAGE_LATE_MS - 1;
    assert_webhooks(HEALTH_OK);
    ctx->now += 1;
    assert_webhooks(HEALTH_WARN);
    ctx->now += 3 * MS_PER_DAY;
    assert_webhooks(HEALTH_WARN);
    assert_int_equal(db_exec(ctx, "UPDATE webhook SET enabled = 0"), OK);
    assert_webhooks(HEALTH_OK);
    assert_int_equal(db_exec(ctx, "UPDATE webhook SET enabled = 1, failures = 0"), OK);
    assert_webhooks(HEALTH_OK);
    assert_int_equal(
        db_exec(ctx, arena_printf(ctx->arena, "UPDATE webhook SET failures = %d", WEBHOOK_TRIES)), OK);
    assert_int_equal(db_exec(ctx, "UPDATE webhook_delivery SET state = 'dead'"), OK);
    assert_webhooks(HEALTH_WARN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_alerts__what_passes_by_itself_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_alerts__what_stays_has_one_row_until_it_is_over_as_long, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_alerts__worse_is_told_anew_and_better_is_only_noted, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_alerts__what_is_put_away_during_a_look_stays_away, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            test_alerts__what_was_not_told_is_told_when_there_is_somebody_and_again_each_day, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(test_alerts__one_that_nobody_was_told_of_ends_without_a_word, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_alerts__a_letter_says_all_in_the_librarys_language, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_alerts__a_test_asks_also_a_chat_that_is_left_alone, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_alerts__every_sentence_of_health_is_known_in_german, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_health__a_card_is_slow_when_many_commits_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_commit_times__only_the_last_minutes_count, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_health__messages_that_wait_too_long_or_are_given_up_are_told_of,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_health__deliveries_that_were_given_up_are_told_of_for_a_day,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            test_health__a_webhook_that_takes_nothing_is_told_of_while_its_deliveries_wait, set_up,
            tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

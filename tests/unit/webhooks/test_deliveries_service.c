/*
 * test_deliveries_service.c — what webhooks are told, when again, and when no more.
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
#include "base/limits.h"
#include "db/engine.h"
#include "events/events_service.h"
#include "support/fixture.h"
#include "webhooks/deliveries_service.h"
#include "webhooks/webhook_message.h"
#include "webhooks/webhooks_service.h"

static int set_up(void **state)
{
    struct fixture *fixture = fixture_new();

    assert_int_equal(db_exec(&fixture->ctx,
                             "INSERT INTO member (id, uuid, card, name, name_key, created_at, updated_at)"
                             " VALUES (7, randomblob(16), 'c', 'n', 'n', 1, 1)"),
                     OK);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    fixture_free(*state);
    return 0;
}

static struct webhook add(struct fixture *fixture, const char *name)
{
    struct webhook webhook;
    const char *secret;
    struct webhook_facts facts = {.name = name, .url = "http://127.0.0.1:9/", .enabled = true};

    assert_int_equal(webhooks_add(&fixture->ctx, &facts, &webhook, &secret), OK);
    assert_non_null(secret);
    return webhook;
}

static void tell(struct fixture *fixture, enum event_type type, int64_t member_id)
{
    assert_int_equal(events_record(&fixture->ctx, &(struct event_fact){.type = type, .member_id = member_id}),
                     OK);
}

static void meet_all(struct fixture *fixture)
{
    bool more = true;

    while (more)
        assert_int_equal(webhooks_meet_events(&fixture->ctx, &more), OK);
}

static struct delivery next_of(struct fixture *fixture, const struct webhook *webhook, bool *out_found)
{
    struct delivery delivery = {0};
    struct webhook now;

    assert_int_equal(deliveries_next(&fixture->ctx, webhook->id, &now, &delivery, out_found), OK);
    return delivery;
}

static const struct delivery_outcome away = {.is_away = true, .status = NO_NUMBER, .problem = "Nobody."};
static const struct delivery_outcome took = {.is_sent = true, .status = 204};

static void test_deliveries__one_for_each_webhook_that_wants_to_know(void **state)
{
    struct fixture *fixture = *state;
    struct webhook all = add(fixture, "All"), some = add(fixture, "Some");
    const char *types[] = {"BookMerged"};
    struct webhook_facts facts = some.facts;
    bool found;

    facts.events = (struct text_list){types, 1};
    assert_int_equal(webhooks_update(&fixture->ctx, &some, &facts, NO_NUMBER), OK);
    tell(fixture, EVENT_MEMBER_REGISTERED, 7);
    tell(fixture, EVENT_BOOK_MERGED, 0);
    meet_all(fixture);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM webhook_delivery"), 3);
    assert_string_equal(next_of(fixture, &all, &found).type, "MemberRegistered");
    assert_string_equal(next_of(fixture, &some, &found).type, "BookMerged");
    meet_all(fixture);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM webhook_delivery"), 3);
}

static void test_deliveries__a_webhook_that_is_away_rests_and_keeps_the_order_after_it(void **state)
{
    struct fixture *fixture = *state;
    struct webhook webhook = add(fixture, "Away");
    bool found;

    tell(fixture, EVENT_BOOK_MERGED, 0);
    tell(fixture, EVENT_CALENDAR_CHANGED, 0);
    meet_all(fixture);
    struct delivery first = next_of(fixture, &webhook, &found);
    assert_int_equal(deliveries_note(&fixture->ctx, &first, &away), OK);
    (void)next_of(fixture, &webhook, &found);
    assert_false(found);
    fixture->ctx.now += 2 * WEBHOOK_RETRY_MS;
    assert_string_equal(next_of(fixture, &webhook, &found).type, "CalendarChanged");
    assert_true(found);
}

static void test_deliveries__an_answer_ends_the_rest(void **state)
{
    struct fixture *fixture = *state;
    struct webhook webhook = add(fixture, "Back");
    bool found;

    tell(fixture, EVENT_BOOK_MERGED, 0);
    meet_all(fixture);
    struct delivery delivery = next_of(fixture, &webhook, &found);
    assert_int_equal(deliveries_note(&fixture->ctx, &delivery, &away), OK);
    assert_int_equal(fixture_int(fixture, "SELECT failures FROM webhook"), 1);
    fixture->ctx.now += 2 * WEBHOOK_RETRY_MS;
    delivery = next_of(fixture, &webhook, &found);
    assert_int_equal(deliveries_note(&fixture->ctx, &delivery, &took), OK);
    assert_int_equal(fixture_int(fixture, "SELECT failures = 0 AND rest_until IS NULL AND last_ok_at > 0"
                                          " FROM webhook"),
                     1);
    assert_int_equal(
        fixture_int(fixture, "SELECT state = 'sent' AND tries = 2 AND status = 204 FROM webhook_delivery"),
        1);
    /* A post that was under way twice tells nothing new. */
    assert_int_equal(deliveries_note(&fixture->ctx, &delivery, &away), OK);
    assert_int_equal(fixture_int(fixture, "SELECT failures FROM webhook"), 0);
}

/* Somebody has put the address right, or knows by a test that the receiver is back. */
static void test_deliveries__what_waits_is_tried_at_once_when_its_webhook_is_put_right(void **state)
{
    struct fixture *fixture = *state;
    struct webhook webhook = add(fixture, "Wrong");
    bool found;

    tell(fixture, EVENT_BOOK_MERGED, 0);
    tell(fixture, EVENT_CALENDAR_CHANGED, 0);
    meet_all(fixture);
    for (int i = 0; i < 6; i++) {
        struct delivery delivery = next_of(fixture, &webhook, &found);
        assert_true(found);
        assert_int_equal(deliveries_note(&fixture->ctx, &delivery, &away), OK);
        fixture->ctx.now += i < 5 ? 2 * WEBHOOK_RETRY_MAX_MS : 1;
    }
    (void)next_of(fixture, &webhook, &found);
    assert_false(found);
    assert_int_equal(webhooks_find(&fixture->ctx, &webhook.uuid, &webhook), OK);
    struct webhook_facts facts = webhook.facts;
    facts.url = "http://127.0.0.1:8/";
    assert_int_equal(webhooks_update(&fixture->ctx, &webhook, &facts, NO_NUMBER), OK);
    for (int i = 0; i < 2; i++) {
        struct delivery delivery = next_of(fixture, &webhook, &found);
        assert_true(found);
        assert_string_equal(delivery.type, i == 0 ? "BookMerged" : "CalendarChanged");
        if (i == 0)
            assert_int_equal(deliveries_note(&fixture->ctx, &delivery, &took), OK);
        else
            assert_int_equal(deliveries_note(&fixture->ctx, &delivery, &away), OK);
    }
    struct delivery test;
    assert_int_equal(deliveries_make_test(&fixture->ctx, &webhook, &test), OK);
    assert_int_equal(deliveries_keep_test(&fixture->ctx, &webhook, &test, &took), OK);
    assert_string_equal(next_of(fixture, &webhook, &found).type, "CalendarChanged");
    assert_true(found);
}

static void test_deliveries__retries_grow_and_end(void **state)
{
    (void)state;
    for (uint64_t dice = 0; dice < 50; dice++) {
        int64_t first = webhook_retry_ms(1, dice * 12345), last = webhook_retry_ms(40, dice * 54321);
        assert_in_range(first, WEBHOOK_RETRY_MS * 8 / 10, WEBHOOK_RETRY_MS * 12 / 10);
        assert_in_range(last, WEBHOOK_RETRY_MAX_MS * 8 / 10, WEBHOOK_RETRY_MAX_MS * 12 / 10);
        assert_true(webhook_retry_ms(3, dice) > webhook_retry_ms(1, dice));
    }
}

static void test_deliveries__past_the_last_try_one_is_dead(void **state)
{
    struct fixture *fixture = *state;
    struct webhook webhook = add(fixture, "Dead");
    bool found;

    tell(fixture, EVENT_BOOK_MERGED, 0);
    meet_all(fixture);
    for (int tries = 0; tries < WEBHOOK_TRIES; tries++) {
        struct delivery delivery = next_of(fixture, &webhook, &found);
        assert_true(found);
        assert_int_equal(deliveries_note(&fixture->ctx, &delivery, &away), OK);
        fixture->ctx.now += 2 * WEBHOOK_RETRY_MAX_MS;
    }
    (void)next_of(fixture, &webhook, &found);
    assert_false(found);
    assert_int_equal(fixture_int(fixture, "SELECT state = 'dead' AND problem = 'Nobody.' AND ended_at > 0"
                                          " FROM webhook_delivery"),
                     1);
}

static void test_deliveries__of_too_many_that_wait_the_oldest_die(void **state)
{
    struct fixture *fixture = *state;
    struct webhook webhook = add(fixture, "Full");
    const char *fill = arena_printf(
        &fixture->arena,
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
        " INSERT INTO webhook_delivery (uuid, webhook_id, type, body, state, next_try_at, created_at)"
        " SELECT randomblob(16), %lld, 'BookAdded', '{}', 'waiting', i, i FROM n",
        WEBHOOK_WAITING_MAX, (long long)webhook.id);

    assert_int_equal(db_exec(&fixture->ctx, fill), OK);
    tell(fixture, EVENT_BOOK_MERGED, 0);
    meet_all(fixture);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM webhook_delivery WHERE state = 'waiting'"),
                     WEBHOOK_WAITING_MAX);
    assert_int_equal(fixture_int(fixture, "SELECT next_try_at FROM webhook_delivery WHERE state = 'dead'"),
                     1);
}

static void test_deliveries__forget_with_their_event(void **state)
{
    struct fixture *fixture = *state;
    int64_t from = 0;
    bool more;

    add(fixture, "Forgetful");
    tell(fixture, EVENT_BOOK_ISSUED, 7);
    tell(fixture, EVENT_MEMBER_UPDATED, 7);
    meet_all(fixture);
    assert_int_equal(db_exec(&fixture->ctx, "UPDATE event SET member_id = NULL WHERE type = 'BookIssued'"),
                     OK);
    do
        assert_int_equal(deliveries_forget_members(&fixture->ctx, &from, 1, &more), OK);
    while (more);
    assert_int_equal(
        fixture_int(fixture,
                    "SELECT count(*) FROM webhook_delivery WHERE type = 'BookIssued' AND member_id IS NULL"
                    " AND json_valid(body) AND json_extract(body, '$.member_id') IS NULL"
                    " AND json_extract(body, '$.type') = 'BookIssued'"
                    " AND length(json_extract(body, '$.delivery_id')) = 36"),
        1);
    assert_int_equal(fixture_int(fixture,
                                 "SELECT count(*) FROM webhook_delivery WHERE type = 'MemberUpdated'"
                                 " AND member_id = 7 AND length(json_extract(body, '$.member_id')) = 36"),
                     1);
}

static void test_deliveries__go_when_they_are_old(void **state)
{
    struct fixture *fixture = *state;
    int64_t removed;

    add(fixture, "Old");
    tell(fixture, EVENT_BOOK_MERGED, 0);
    meet_all(fixture);
    fixture->ctx.now += (int64_t)WEBHOOK_KEEP_DAYS * MS_PER_DAY;
    assert_int_equal(deliveries_prune(&fixture->ctx, 10, &removed), OK);
    assert_int_equal(removed, 0);
    fixture->ctx.now += 1;
    assert_int_equal(deliveries_prune(&fixture->ctx, 10, &removed), OK);
    assert_int_equal(removed, 1);
}

static void test_webhooks__that_are_all_off_hold_no_events_back(void **state)
{
    struct fixture *fixture = *state;
    struct webhook webhook = add(fixture, "Off");
    struct webhook_facts facts = webhook.facts;
    int64_t removed;
    bool have;

    facts.enabled = false;
    assert_int_equal(webhooks_update(&fixture->ctx, &webhook, &facts, NO_NUMBER), OK);
    tell(fixture, EVENT_BOOK_MERGED, 0);
    assert_int_equal(webhooks_have_events(&fixture->ctx, &have), OK);
    assert_false(have);
    assert_int_equal(deliveries_prune(&fixture->ctx, 10, &removed), OK);
    tell(fixture, EVENT_BOOK_MERGED, 0);
    assert_int_equal(events_prune(&fixture->ctx, fixture->ctx.now + 1, 10, &removed), OK);
    assert_int_equal(removed, 1);
}

static void test_webhook_message__is_signed_as_receivers_check_it(void **state)
{
    struct fixture *fixture = *state;
    unsigned char secret[WEBHOOK_SECRET_BYTES];

    for (size_t i = 0; i < sizeof secret; i++)
        secret[i] = (unsigned char)i;
    assert_string_equal(
        webhook_signature(&fixture->arena, secret, "0190", 1614265330, "{\"test\": 2432232314}"),
        "v1,/G+Ij3CNIwPhFYUZ5dwrkC9R+eO/Drwt1DsQhQtPxXE=");
    assert_string_equal(webhook_secret_text(&fixture->arena, secret),
                        "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(deliveries__one_for_each_webhook_that_wants_to_know),
        TEST(deliveries__a_webhook_that_is_away_rests_and_keeps_the_order_after_it),
        TEST(deliveries__an_answer_ends_the_rest),
        TEST(deliveries__what_waits_is_tried_at_once_when_its_webhook_is_put_right),
        cmocka_unit_test(test_deliveries__retries_grow_and_end),
        TEST(deliveries__past_the_last_try_one_is_dead),
        TEST(deliveries__of_too_many_that_wait_the_oldest_die),
        TEST(deliveries__forget_with_their_event),
        TEST(deliveries__go_when_they_are_old),
        TEST(webhooks__that_are_all_off_hold_no_events_back),
        TEST(webhook_message__is_signed_as_receivers_check_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

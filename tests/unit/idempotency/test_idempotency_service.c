/*
 * test_idempotency_service.c — an answer is kept for a day, or what a desk tells later for a month; for one asker, one route and one request.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/clock.h"
#include "base/limits.h"
#include "idempotency/idempotency_service.h"
#include "support/fixture.h"

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

static struct reply_key key_for(const char *scope, const char *route, const char *key, const char *request)
{
    return (struct reply_key){
        .scope = scope, .route = route, .key = key, .request = digest_of(request, strlen(request))};
}

static void keep(struct fixture *fixture, const struct reply_key *key, const char *body)
{
    struct kept_reply reply = {
        .status = 201, .headers = "Location: /x\n", .body = body, .length = strlen(body)};

    assert_int_equal(idempotency_keep(&fixture->ctx, key, &reply), OK);
}

static bool finds(struct fixture *fixture, const struct reply_key *key, struct kept_reply *out_reply)
{
    bool found = false;

    assert_int_equal(idempotency_find(&fixture->ctx, key, out_reply, &found), OK);
    return found;
}

static void test_idempotency_service__gives_back_what_was_kept(void **state)
{
    struct fixture *fixture = *state;
    struct reply_key key = key_for("account 1", "POST /borrows", "k", "body");
    struct kept_reply reply;

    assert_false(finds(fixture, &key, &reply));
    keep(fixture, &key, "{\"a\":1}");
    assert_true(finds(fixture, &key, &reply));
    assert_int_equal(reply.status, 201);
    assert_string_equal(reply.headers, "Location: /x\n");
    assert_int_equal(reply.length, 7);
    assert_memory_equal(reply.body, "{\"a\":1}", 7);
    assert_false(reply.too_long);
    assert_true(reply.kept_at == fixture->ctx.now);
}

static void test_idempotency_service__an_empty_answer_is_an_answer(void **state)
{
    struct fixture *fixture = *state;
    struct reply_key key = key_for("account 1", "POST /x", "k", "");
    struct kept_reply reply;

    keep(fixture, &key, "");
    assert_true(finds(fixture, &key, &reply));
    assert_int_equal(reply.length, 0);
    assert_false(reply.too_long);
}

static void test_idempotency_service__askers_routes_and_keys_do_not_meet(void **state)
{
    struct fixture *fixture = *state;
    struct reply_key key = key_for("account 1", "POST /borrows", "k", "body");
    const struct reply_key others[] = {key_for("account 2", "POST /borrows", "k", "body"),
                                       key_for("account 1", "POST /books", "k", "body"),
                                       key_for("account 1", "POST /borrows", "K", "body")};
    struct kept_reply reply;

    keep(fixture, &key, "x");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(finds(fixture, &others[i], &reply));
}

static void test_idempotency_service__another_request_under_the_same_key_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct reply_key key = key_for("account 1", "POST /borrows", "k", "body");
    struct reply_key other = key_for("account 1", "POST /borrows", "k", "another body");
    struct kept_reply reply;
    bool found;

    keep(fixture, &key, "x");
    assert_int_equal(idempotency_find(&fixture->ctx, &other, &reply, &found), ERROR_INVALID);
    assert_int_equal(fixture->ctx.error.code, ERR_IDEMPOTENCY_KEY_REUSED);
}

static void test_idempotency_service__of_a_long_answer_only_that_it_was_given_is_known(void **state)
{
    struct fixture *fixture = *state;
    static char bytes[IDEMPOTENCY_REPLY_MAX + 2];
    struct kept_reply reply;

    memset(bytes, 'x', IDEMPOTENCY_REPLY_MAX);
    for (int over = 0; over <= 1; over++) {
        struct reply_key key = key_for("account 1", "POST /x", over ? "long" : "just", "");
        bytes[IDEMPOTENCY_REPLY_MAX] = over ? 'x' : '\0';
        keep(fixture, &key, bytes);
        assert_true(finds(fixture, &key, &reply));
        assert_int_equal(reply.too_long, over);
        assert_int_equal(reply.status, 201);
        assert_int_equal(reply.length, over ? 0 : IDEMPOTENCY_REPLY_MAX);
    }
}

static void test_idempotency_service__after_a_day_the_key_is_free(void **state)
{
    struct fixture *fixture = *state;
    struct reply_key key = key_for("account 1", "POST /borrows", "k", "body");
    struct reply_key other = key_for("account 1", "POST /borrows", "k", "another body");
    struct kept_reply reply;

    keep(fixture, &key, "x");
    fixture->ctx.now += IDEMPOTENCY_KEEP_MS - 1;
    assert_true(finds(fixture, &key, &reply));
    fixture->ctx.now += 1;
    assert_false(finds(fixture, &key, &reply));
    assert_false(finds(fixture, &other, &reply));
    keep(fixture, &other, "y");
    assert_true(finds(fixture, &other, &reply));
    assert_memory_equal(reply.body, "y", 1);
}

static void test_idempotency_service__of_an_act_told_later_it_is_kept_longer(void **state)
{
    struct fixture *fixture = *state;
    struct reply_key key = key_for("account 1", "POST /borrows", "k", "body");
    struct kept_reply reply;

    key.told_later = true;
    keep(fixture, &key, "x");
    fixture->ctx.now += IDEMPOTENCY_KEEP_DESK_MS - 1;
    assert_true(finds(fixture, &key, &reply));
    fixture->ctx.now += 1;
    assert_false(finds(fixture, &key, &reply));
    /* The desk may try for as long as the act is taken at all. */
    assert_true(IDEMPOTENCY_KEEP_DESK_MS > (int64_t)OCCURRED_AT_PAST_DAYS * MS_PER_DAY);
}

static void test_idempotency_service__what_is_over_is_removed_in_slices(void **state)
{
    struct fixture *fixture = *state;
    int64_t removed;

    for (int i = 0; i < 5; i++) {
        struct reply_key key = key_for("account 1", "POST /x", arena_printf(fixture->ctx.arena, "%d", i), "");
        keep(fixture, &key, "x");
        fixture->ctx.now += 1000;
    }
    fixture->ctx.now += IDEMPOTENCY_KEEP_MS - 2000; /* the last one's second is not over */
    assert_int_equal(idempotency_prune(&fixture->ctx, 3, &removed), OK);
    assert_int_equal(removed, 3);
    assert_int_equal(idempotency_prune(&fixture->ctx, 3, &removed), OK);
    assert_int_equal(removed, 1);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM idempotency_key WHERE key = '4'"), 1);
}

static void test_idempotency_service__forgets_what_was_kept_before_an_instant(void **state)
{
    struct fixture *fixture = *state;
    int64_t removed;

    for (int i = 0; i < 4; i++) {
        struct reply_key key = key_for("account 1", "POST /x", arena_printf(fixture->ctx.arena, "%d", i), "");
        key.told_later = i % 2 == 0;
        keep(fixture, &key, "x");
        fixture->ctx.now += 1000;
    }
    assert_int_equal(idempotency_forget(&fixture->ctx, fixture->ctx.now - 2000, 2, &removed), OK);
    assert_int_equal(removed, 2);
    assert_int_equal(idempotency_forget(&fixture->ctx, fixture->ctx.now - 2000, 2, &removed), OK);
    assert_int_equal(removed, 1);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM idempotency_key WHERE key = '3'"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_idempotency_service__gives_back_what_was_kept, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_idempotency_service__an_empty_answer_is_an_answer, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_idempotency_service__askers_routes_and_keys_do_not_meet, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            test_idempotency_service__another_request_under_the_same_key_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            test_idempotency_service__of_a_long_answer_only_that_it_was_given_is_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_idempotency_service__after_a_day_the_key_is_free, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_idempotency_service__of_an_act_told_later_it_is_kept_longer,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_idempotency_service__what_is_over_is_removed_in_slices, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_idempotency_service__forgets_what_was_kept_before_an_instant,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_rate_limit.c — who is counted for what, and what the refusal says. The clock stands still until it is set.
 */
#include <stdio.h>

#include "http_support.h"

#include "http/rate_limit.h"
#include "http/router.h"

#define PER_MINUTE 5

static int64_t now_ms;

static int64_t fake_clock(void)
{
    return now_ms;
}

static enum error_kind say_nothing(struct request *req, struct response *res)
{
    (void)req;
    (void)res;
    return OK;
}

static const struct route routes[] = {
    {GET, "/books", ANYONE, UNMANAGED, LIMIT_SEARCH, say_nothing, "Search"},
    {GET, "/books/{id}", ANYONE, UNMANAGED, LIMIT_READ, say_nothing, "Show"},
    {POST, "/borrows", ANYONE, UNMANAGED, LIMIT_WRITE, say_nothing, "Lend"},
    {POST, "/import", ANYONE, UNMANAGED, LIMIT_UPLOAD, say_nothing, "Import"},
    {GET, "/suggestions", ANYONE, UNMANAGED, LIMIT_TYPING, say_nothing, "Suggest"},
    {GET, "/health", ANYONE, UNMANAGED, LIMIT_NONE, say_nothing, "Health"},
    {GET, "/settings", ADMIN, UNMANAGED, LIMIT_SEARCH, say_nothing, "Settings"},
    {0},
};

static const struct route *const tables[] = {routes, NULL};

static const struct actor stranger = {.access = ANYONE, .name = "anonymous"};
static const struct actor librarian = {.access = LIBRARIAN, .name = "lia", .account_id = 4};

struct limit_test {
    struct http_test http;
    struct router router;
};

static struct limit_test begin(int per_minute)
{
    struct limit_test t;

    now_ms = 5000000;
    assert_true(router_init(&t.router, tables, NULL, NULL));
    t.router.rate_limit = rate_limit_new(per_minute, fake_clock);
    return t;
}

static void end(struct limit_test *t)
{
    rate_limit_free(t->router.rate_limit);
    router_release(&t->router);
}

/* The status of one request; *out_retry_after (may be NULL) lives until the next. */
static int ask(struct limit_test *t, enum http_method method, const char *path, const struct actor *actor,
               const char *address, const char **out_retry_after)
{
    static char retry_after[16];

    http_test_begin(&t->http);
    t->http.ctx.actor = *actor;
    t->http.req.remote_address = address;
    t->http.req.method = method;
    t->http.req.path = path;
    router_dispatch(&t->router, &t->http.req, &t->http.res);
    const char *told = response_header_value(&t->http.res, "Retry-After");
    snprintf(retry_after, sizeof retry_after, "%s", told ? told : "");
    if (out_retry_after)
        *out_retry_after = retry_after;
    int status = t->http.res.status;
    http_test_end(&t->http);
    return status;
}

/* How many of `count` requests are let through. */
static int let_through(struct limit_test *t, const char *path, const struct actor *actor, const char *address,
                       int count)
{
    int through = 0;

    for (int i = 0; i < count; i++)
        through +=
            ask(t, strcmp(path, "/api/v1/borrows") == 0 ? POST : GET, path, actor, address, NULL) < 300;
    return through;
}

static void test_rate_limit__says_how_long_to_wait_to_the_second(void **state)
{
    struct limit_test t = begin(PER_MINUTE);
    const char *wait;

    (void)state;
    assert_int_equal(let_through(&t, "/api/v1/books", &stranger, "10.0.0.1", PER_MINUTE), PER_MINUTE);
    assert_int_equal(ask(&t, GET, "/api/v1/books", &stranger, "10.0.0.1", &wait), 429);
    assert_string_equal(wait, "60");
    now_ms += 58001;
    assert_int_equal(ask(&t, GET, "/api/v1/books", &stranger, "10.0.0.1", &wait), 429);
    assert_string_equal(wait, "2");
    now_ms += 1998;
    assert_int_equal(ask(&t, GET, "/api/v1/books", &stranger, "10.0.0.1", &wait), 429);
    assert_string_equal(wait, "1");
    now_ms += 1;
    assert_int_equal(ask(&t, GET, "/api/v1/books", &stranger, "10.0.0.1", &wait), 204);
    end(&t);
}

static void test_rate_limit__the_refusal_tells_people_and_programs(void **state)
{
    struct limit_test t = begin(1);
    int64_t per_minute = 0;

    (void)state;
    assert_int_equal(let_through(&t, "/api/v1/books", &stranger, "10.0.0.1", 1), 1);
    http_test_begin(&t.http);
    t.http.ctx.actor = stranger;
    t.http.req.remote_address = "10.0.0.1";
    t.http.req.path = "/api/v1/books";
    router_dispatch(&t.router, &t.http.req, &t.http.res);
    const struct json_value *body = http_test_json(&t.http);
    assert_string_equal(http_test_text(&t.http, body, "error_code"), "RATE_LIMITED");
    assert_true(text_starts_with(http_test_text(&t.http, body, "detail"), "Rate limit exceeded"));
    assert_true(json_get_int(json_member(json_member(body, "reason"), "per_minute"), &per_minute));
    assert_int_equal(per_minute, 1);
    http_test_end(&t.http);
    end(&t);
}

static void test_rate_limit__searches_and_changes_are_counted_together_and_pages_not_at_all(void **state)
{
    struct limit_test t = begin(PER_MINUTE);

    (void)state;
    assert_int_equal(let_through(&t, "/api/v1/books/1", &stranger, "10.0.0.1", 500), 500);
    assert_int_equal(let_through(&t, "/api/v1/health", &stranger, "10.0.0.1", 500), 500);
    assert_int_equal(ask(&t, POST, "/api/v1/borrows", &stranger, "10.0.0.1", NULL), 204);
    assert_int_equal(ask(&t, POST, "/api/v1/import", &stranger, "10.0.0.1", NULL), 204);
    assert_int_equal(let_through(&t, "/api/v1/books", &stranger, "10.0.0.1", 10), PER_MINUTE - 2);
    assert_int_equal(let_through(&t, "/api/v1/books", &stranger, "10.0.0.2", 1), 1);
    end(&t);
}

static void test_rate_limit__a_member_is_counted_by_address_and_a_librarian_by_account(void **state)
{
    const struct actor member = {.access = MEMBER, .name = "mia", .account_id = 9};
    struct limit_test t = begin(PER_MINUTE);

    (void)state;
    assert_int_equal(let_through(&t, "/api/v1/books", &member, "10.0.0.1", 3), 3);
    assert_int_equal(let_through(&t, "/api/v1/books", &stranger, "10.0.0.1", 3), 2);
    assert_int_equal(let_through(&t, "/api/v1/borrows", &librarian, "10.0.0.1", 700), 700);
    assert_int_equal(let_through(&t, "/api/v1/borrows", &librarian, "10.0.0.2", 700), RATE_LIMIT_STAFF - 700);
    end(&t);
}

static void test_rate_limit__keys_and_the_unsigned_administrator_have_a_count_of_their_own(void **state)
{
    const struct actor script = {.access = LIBRARIAN, .name = "API key shelf"};
    const struct actor other = {.access = ADMIN, .name = "API key door"};
    struct limit_test t = begin(PER_MINUTE);

    (void)state;
    assert_int_equal(let_through(&t, "/api/v1/books", &script, "10.0.0.1", RATE_LIMIT_STAFF + 9),
                     RATE_LIMIT_STAFF);
    assert_int_equal(let_through(&t, "/api/v1/books", &other, "10.0.0.1", 1), 1);
    end(&t);
}

static void test_rate_limit__typing_is_counted_apart(void **state)
{
    struct limit_test t = begin(PER_MINUTE);

    (void)state;
    assert_int_equal(let_through(&t, "/api/v1/suggestions", &stranger, "10.0.0.1", 700), RATE_LIMIT_TYPING);
    assert_int_equal(let_through(&t, "/api/v1/books", &stranger, "10.0.0.1", 1), 1);
    assert_int_equal(let_through(&t, "/api/v1/suggestions", &librarian, "10.0.0.1", 700), RATE_LIMIT_TYPING);
    end(&t);
}

static void test_rate_limit__a_setting_above_the_others_raises_them(void **state)
{
    struct limit_test t = begin(2000);

    (void)state;
    assert_int_equal(let_through(&t, "/api/v1/books", &librarian, "10.0.0.1", 2100), 2000);
    assert_int_equal(let_through(&t, "/api/v1/suggestions", &stranger, "10.0.0.1", 2100), 2000);
    end(&t);
}

static void test_rate_limit__whoever_may_not_pass_is_not_counted(void **state)
{
    struct limit_test t = begin(PER_MINUTE);

    (void)state;
    for (int i = 0; i < 50; i++)
        assert_int_equal(ask(&t, GET, "/api/v1/settings", &stranger, "10.0.0.1", NULL), 401);
    assert_int_equal(let_through(&t, "/api/v1/books", &stranger, "10.0.0.1", 1), 1);
    end(&t);
}

static void test_rate_limit__the_local_socket_and_no_limit_are_free(void **state)
{
    struct limit_test t = begin(1);

    (void)state;
    for (int i = 0; i < 10; i++) {
        http_test_begin(&t.http);
        t.http.req.local_socket = true;
        t.http.req.remote_address = "local";
        t.http.req.path = "/api/v1/books";
        router_dispatch(&t.router, &t.http.req, &t.http.res);
        assert_int_equal(t.http.res.status, 204);
        http_test_end(&t.http);
    }
    struct rate_limit *limit = t.router.rate_limit;
    t.router.rate_limit = NULL;
    assert_int_equal(let_through(&t, "/api/v1/books", &stranger, "10.0.0.1", 100), 100);
    t.router.rate_limit = limit;
    end(&t);
}

static bool count_alike(const char *a, const char *b)
{
    struct rate_key left = rate_key_of_address(a);
    struct rate_key right = rate_key_of_address(b);

    return left.parts[0] == right.parts[0] && left.parts[1] == right.parts[1] && left.kind == right.kind;
}

static void test_rate_limit__ipv6_counts_by_its_first_64_bits(void **state)
{
    (void)state;
    assert_true(count_alike("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
    assert_false(count_alike("2001:db8:1:2::1", "2001:db8:1:3::1"));
    assert_true(count_alike("fe80::1%eth0", "fe80::2"));
    assert_true(count_alike("::ffff:10.0.0.1", "10.0.0.1"));
    assert_false(count_alike("::ffff:10.0.0.1", "::ffff:10.0.0.2"));
    assert_false(count_alike("10.0.0.1", "10.0.0.2"));
    assert_false(count_alike("0.0.0.0", "::"));
    assert_true(count_alike("", "nonsense"));
    assert_false(count_alike("", "10.0.0.1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rate_limit__says_how_long_to_wait_to_the_second),
        cmocka_unit_test(test_rate_limit__the_refusal_tells_people_and_programs),
        cmocka_unit_test(test_rate_limit__searches_and_changes_are_counted_together_and_pages_not_at_all),
        cmocka_unit_test(test_rate_limit__a_member_is_counted_by_address_and_a_librarian_by_account),
        cmocka_unit_test(test_rate_limit__keys_and_the_unsigned_administrator_have_a_count_of_their_own),
        cmocka_unit_test(test_rate_limit__typing_is_counted_apart),
        cmocka_unit_test(test_rate_limit__a_setting_above_the_others_raises_them),
        cmocka_unit_test(test_rate_limit__whoever_may_not_pass_is_not_counted),
        cmocka_unit_test(test_rate_limit__the_local_socket_and_no_limit_are_free),
        cmocka_unit_test(test_rate_limit__ipv6_counts_by_its_first_64_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

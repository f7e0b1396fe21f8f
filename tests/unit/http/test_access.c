/*
 * test_access.c — who gets past the door, with a door that knows four tokens.
 */
#include <stdlib.h>

#include "http_support.h"

#include "base/log.h"
#include "db/engine.h"
#include "db/pool.h"
#include "db/writer.h"
#include "http/router.h"
#include "support/fixture.h"

#define ANNA "018f4f6e-0000-7000-8000-00000000000a"
#define BERT "018f4f6e-0000-7000-8000-00000000000b"
#define NOBODY "00000000-0000-0000-0000-000000000000"

static bool needs_setup;
static bool is_public;
static bool are_open;
static int asked; /* how often the door was asked who that is */

static enum error_kind fake_identify(struct ctx *ctx, const struct credential *credential,
                                     struct identity *out_identity)
{
    asked++;
    assert_non_null(ctx->db);
    if (strcmp(credential->token, "expired") == 0)
        return fail(ctx, TOKEN_EXPIRED, "This has expired.");
    if (strcmp(credential->token, "busy") == 0)
        return fail(ctx, BUSY, "Later.");
    if (strcmp(credential->token, "anna") == 0) {
        ctx->actor.access = MEMBER;
        ctx->actor.member_id = 7;
        assert_true(uuid_parse(ANNA, &out_identity->member_uuid));
        return OK;
    }
    if (strcmp(credential->token, "memberless") == 0 || strcmp(credential->token, "librarian") == 0) {
        ctx->actor.access = *credential->token == 'm' ? MEMBER : LIBRARIAN;
        ctx->actor.account_id = 3;
        return OK;
    }
    return fail(ctx, UNAUTHENTICATED, "Nobody has this.");
}

static bool fake_needs_setup(void)
{
    return needs_setup;
}

static bool fake_is_public(void)
{
    return is_public;
}

static bool fake_are_open(void)
{
    return are_open;
}

static const struct door door = {.identify = fake_identify,
                                 .needs_setup = fake_needs_setup,
                                 .catalogue_is_public = fake_is_public,
                                 .metrics_are_open = fake_are_open};

static enum error_kind say_level(struct request *req, struct response *res)
{
    json_object_begin(response_json(res));
    json_member_int(response_json(res), "access", req->ctx->actor.access);
    json_object_end(response_json(res));
    return OK;
}

static const struct route routes[] = {
    {GET, "/me", ANYONE, UNMANAGED, LIMIT_READ, say_level, "Me", .during_setup = true},
    {GET, "/books", ANYONE, UNMANAGED, LIMIT_READ, say_level, "Books", .catalogue = true},
    {POST, "/login", ANYONE, UNMANAGED, LIMIT_WRITE, say_level, "Log in"},
    {GET, "/members/{id}", MEMBER, UNMANAGED, LIMIT_READ, say_level, "Member", .own = "id"},
    {GET, "/loans", MEMBER, UNMANAGED, LIMIT_READ, say_level, "Loans"},
    {POST, "/loans", LIBRARIAN, UNMANAGED, LIMIT_WRITE, say_level, "Lend"},
    {GET, "/figures", ADMIN, UNMANAGED, LIMIT_NONE, say_level, "Figures", .for_monitors = true},
    {POST, "/settings", ADMIN, UNMANAGED, LIMIT_WRITE, say_level, "Settings"},
    {0},
};

static const struct route *const tables[] = {routes, NULL};

struct access_test {
    struct http_test http;
    struct router router;
    struct fixture *fixture;
    struct pool *pool;
};

static int begin(void **state)
{
    struct access_test *t = calloc(1, sizeof *t);

    t->fixture = fixture_new();
    assert_int_equal(pool_open(&t->fixture->ctx, t->fixture->path, &t->pool), OK);
    assert_true(router_init(&t->router, tables, t->pool, NULL));
    t->router.door = &door;
    needs_setup = false;
    is_public = true;
    are_open = false;
    asked = 0;
    *state = t;
    return 0;
}

static int end(void **state)
{
    struct access_test *t = *state;

    router_release(&t->router);
    pool_close(t->pool);
    fixture_free(t->fixture);
    free(t);
    return 0;
}

enum by { BY_NOTHING, BY_COOKIE, BY_BEARER };

struct answer {
    int status;
    enum error_code code;
    int level; /* of the actor whom the handler saw */
};

/* One request over TCP with this token; `csrf`: with the header that belongs to it. */
static struct answer ask(struct access_test *t, enum http_method method, const char *path, enum by by,
                         const char *token, bool csrf)
{
    struct name_value headers[2];
    struct answer answer;
    int64_t level = 0;

    http_test_begin(&t->http);
    t->http.ctx.actor.access = ANYONE;
    t->http.req.method = method;
    t->http.req.path = path;
    t->http.req.headers = headers;
    if (by == BY_COOKIE)
        headers[t->http.req.header_count++] =
            (struct name_value){"Cookie", arena_printf(&t->http.arena, "carrel_session=%s", token)};
    if (by == BY_BEARER)
        headers[t->http.req.header_count++] =
            (struct name_value){"Authorization", arena_printf(&t->http.arena, "Bearer %s", token)};
    if (csrf)
        headers[t->http.req.header_count++] =
            (struct name_value){"X-CSRF-Token", session_csrf_token(&t->http.arena, token)};
    router_dispatch(&t->router, &t->http.req, &t->http.res);
    assert_null(t->http.ctx.db);
    answer.status = t->http.res.status;
    answer.code = t->http.ctx.error.code;
    if (answer.status < 300)
        json_get_int(json_member(http_test_json(&t->http), "access"), &level);
    answer.level = (int)level;
    http_test_end(&t->http);
    return answer;
}

#define EXPECT_ANSWER(got, wanted_status, wanted_code)   \
    do {                                                 \
        struct answer answer_ = (got);                   \
        assert_int_equal(answer_.status, wanted_status); \
        assert_int_equal(answer_.code, wanted_code);     \
    } while (0)

static void test_access__a_stranger_is_not_looked_up(void **state)
{
    struct access_test *t = *state;

    EXPECT_ANSWER(ask(t, GET, "/api/v1/books", BY_NOTHING, NULL, false), 200, ERR_NONE);
    EXPECT_ANSWER(ask(t, GET, "/api/v1/loans", BY_NOTHING, NULL, false), 401, ERR_UNAUTHENTICATED);
    EXPECT_ANSWER(ask(t, POST, "/api/v1/loans", BY_NOTHING, NULL, false), 401, ERR_UNAUTHENTICATED);
    assert_int_equal(asked, 0);
}

static void test_access__the_presented_identity_acts(void **state)
{
    struct access_test *t = *state;

    assert_int_equal(ask(t, GET, "/api/v1/me", BY_COOKIE, "librarian", false).level, LIBRARIAN);
    assert_int_equal(ask(t, POST, "/api/v1/loans", BY_BEARER, "librarian", false).level, LIBRARIAN);
    assert_int_equal(asked, 2);
    EXPECT_ANSWER(ask(t, POST, "/api/v1/settings", BY_BEARER, "librarian", false), 403, ERR_FORBIDDEN);
    EXPECT_ANSWER(ask(t, POST, "/api/v1/loans", BY_BEARER, "anna", false), 403, ERR_FORBIDDEN);
}

static void test_access__a_dead_cookie_is_a_stranger_and_a_dead_header_is_refused(void **state)
{
    struct access_test *t = *state;

    assert_int_equal(ask(t, GET, "/api/v1/books", BY_COOKIE, "expired", false).level, ANYONE);
    assert_int_equal(ask(t, POST, "/api/v1/login", BY_COOKIE, "unknown", false).level, ANYONE);
    EXPECT_ANSWER(ask(t, GET, "/api/v1/loans", BY_COOKIE, "expired", false), 401, ERR_TOKEN_EXPIRED);
    EXPECT_ANSWER(ask(t, GET, "/api/v1/loans", BY_COOKIE, "unknown", false), 401, ERR_UNAUTHENTICATED);
    EXPECT_ANSWER(ask(t, GET, "/api/v1/books", BY_BEARER, "expired", false), 401, ERR_TOKEN_EXPIRED);
    EXPECT_ANSWER(ask(t, GET, "/api/v1/books", BY_BEARER, "unknown", false), 401, ERR_UNAUTHENTICATED);
    EXPECT_ANSWER(ask(t, GET, "/api/v1/books", BY_BEARER, "a b", false), 401, ERR_INVALID_TOKEN);
    EXPECT_ANSWER(ask(t, GET, "/api/v1/books", BY_COOKIE, "busy", false), 503, ERR_BUSY);
}

static void test_access__a_cookie_alone_changes_nothing(void **state)
{
    struct access_test *t = *state;

    EXPECT_ANSWER(ask(t, POST, "/api/v1/loans", BY_COOKIE, "librarian", false), 403, ERR_CSRF_TOKEN_MISSING);
    EXPECT_ANSWER(ask(t, POST, "/api/v1/loans", BY_COOKIE, "librarian", true), 200, ERR_NONE);
    EXPECT_ANSWER(ask(t, POST, "/api/v1/login", BY_COOKIE, "anna", false), 403, ERR_CSRF_TOKEN_MISSING);
    EXPECT_ANSWER(ask(t, GET, "/api/v1/loans", BY_COOKIE, "librarian", false), 200, ERR_NONE);
    EXPECT_ANSWER(ask(t, POST, "/api/v1/loans", BY_BEARER, "librarian", false), 200, ERR_NONE);
}

static void test_access__members_see_their_own_data_only(void **state)
{
    struct access_test *t = *state;

    EXPECT_ANSWER(ask(t, GET, "/api/v1/members/" ANNA, BY_COOKIE, "anna", false), 200, ERR_NONE);
    EXPECT_ANSWER(ask(t, GET, "/api/v1/members/" BERT, BY_COOKIE, "anna", false), 403, ERR_FORBIDDEN);
    EXPECT_ANSWER(ask(t, GET, "/api/v1/members/x", BY_COOKIE, "anna", false), 403, ERR_FORBIDDEN);
    EXPECT_ANSWER(ask(t, GET, "/api/v1/members/" NOBODY, BY_COOKIE, "memberless", false), 403, ERR_FORBIDDEN);
    EXPECT_ANSWER(ask(t, GET, "/api/v1/members/" BERT, BY_COOKIE, "librarian", false), 200, ERR_NONE);
    EXPECT_ANSWER(ask(t, GET, "/api/v1/members/" ANNA, BY_NOTHING, NULL, false), 401, ERR_UNAUTHENTICATED);
}

static void test_access__the_catalogue_may_be_for_members_alone(void **state)
{
    struct access_test *t = *state;

    is_public = false;
    EXPECT_ANSWER(ask(t, GET, "/api/v1/books", BY_NOTHING, NULL, false), 401, ERR_UNAUTHENTICATED);
    EXPECT_ANSWER(ask(t, GET, "/api/v1/books", BY_COOKIE, "expired", false), 401, ERR_UNAUTHENTICATED);
    EXPECT_ANSWER(ask(t, GET, "/api/v1/books", BY_COOKIE, "anna", false), 200, ERR_NONE);
    EXPECT_ANSWER(ask(t, GET, "/api/v1/me", BY_NOTHING, NULL, false), 200, ERR_NONE);
}

static void test_access__before_there_is_an_administrator_only_setup_answers(void **state)
{
    struct access_test *t = *state;

    needs_setup = true;
    EXPECT_ANSWER(ask(t, GET, "/api/v1/books", BY_NOTHING, NULL, false), 403, ERR_SETUP_REQUIRED);
    EXPECT_ANSWER(ask(t, POST, "/api/v1/loans", BY_BEARER, "librarian", false), 403, ERR_SETUP_REQUIRED);
    EXPECT_ANSWER(ask(t, GET, "/api/v1/me", BY_NOTHING, NULL, false), 200, ERR_NONE);
    EXPECT_ANSWER(ask(t, GET, "/api/v1/nothing", BY_NOTHING, NULL, false), 404, ERR_NOT_FOUND);
}

static void test_access__the_local_socket_passes(void **state)
{
    struct access_test *t = *state;
    struct name_value headers[] = {{"Cookie", "carrel_session=expired"}};

    needs_setup = true;
    http_test_begin(&t->http);
    t->http.ctx.actor.access = LOCAL_ADMIN;
    t->http.req.local_socket = true;
    t->http.req.method = POST;
    t->http.req.path = "/api/v1/settings";
    t->http.req.headers = headers;
    t->http.req.header_count = 1;
    router_dispatch(&t->router, &t->http.req, &t->http.res);
    assert_int_equal(t->http.res.status, 200);
    assert_int_equal(asked, 0);
    http_test_end(&t->http);
}

static int watch_from(struct access_test *t, const char *address, const char *header)
{
    struct name_value headers[1] = {{header, "203.0.113.9"}};

    http_test_begin(&t->http);
    t->http.ctx.actor.access = ANYONE;
    t->http.req.method = GET;
    t->http.req.path = "/api/v1/figures";
    t->http.req.remote_address = address;
    t->http.req.headers = headers;
    t->http.req.header_count = header ? 1 : 0;
    router_dispatch(&t->router, &t->http.req, &t->http.res);
    int status = t->http.res.status;
    http_test_end(&t->http);
    return status;
}

/* A proxy on the same machine asks for somebody, who may be anybody. */
static void test_access__figures_are_for_this_machine_or_for_all_when_they_are_open(void **state)
{
    struct access_test *t = *state;

    assert_int_equal(watch_from(t, "127.0.0.1", NULL), 200);
    assert_int_equal(watch_from(t, "127.9.9.9", NULL), 200);
    assert_int_equal(watch_from(t, "::1", NULL), 200);
    assert_int_equal(watch_from(t, "127.0.0.1", "X-Forwarded-For"), 401);
    assert_int_equal(watch_from(t, "::1", "Forwarded"), 401);
    assert_int_equal(watch_from(t, "192.168.0.7", NULL), 401);
    assert_int_equal(watch_from(t, "2001:db8::1", NULL), 401);
    assert_int_equal(watch_from(t, "no address", NULL), 401);
    are_open = true;
    assert_int_equal(watch_from(t, "192.168.0.7", NULL), 200);
    assert_int_equal(watch_from(t, "127.0.0.1", "X-Forwarded-For"), 200);
    needs_setup = true;
    assert_int_equal(watch_from(t, "127.0.0.1", NULL), 403);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_access__a_stranger_is_not_looked_up, begin, end),
        cmocka_unit_test_setup_teardown(test_access__the_presented_identity_acts, begin, end),
        cmocka_unit_test_setup_teardown(test_access__a_dead_cookie_is_a_stranger_and_a_dead_header_is_refused,
                                        begin, end),
        cmocka_unit_test_setup_teardown(test_access__a_cookie_alone_changes_nothing, begin, end),
        cmocka_unit_test_setup_teardown(test_access__members_see_their_own_data_only, begin, end),
        cmocka_unit_test_setup_teardown(test_access__the_catalogue_may_be_for_members_alone, begin, end),
        cmocka_unit_test_setup_teardown(test_access__before_there_is_an_administrator_only_setup_answers,
                                        begin, end),
        cmocka_unit_test_setup_teardown(test_access__the_local_socket_passes, begin, end),
        cmocka_unit_test_setup_teardown(
            test_access__figures_are_for_this_machine_or_for_all_when_they_are_open, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

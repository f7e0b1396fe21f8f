/*
 * test_dispatch.c — writing routes end to end, on a writer and a pool of their own: what is kept, what is
 * forgotten, and when the answer is true.
 */
#include "http_support.h"

#include "base/clock.h"
#include "base/log.h"
#include "db/engine.h"
#include "db/pool.h"
#include "db/writer.h"
#include "http/router.h"
#include "support/fixture.h"

static enum error_kind say_nothing(struct request *req, struct response *res)
{
    (void)req;
    (void)res;
    return OK;
}

/* The first slices are written; the third fails. */
static enum error_kind break_off(struct request *req, struct response *res)
{
    int *calls = req->state;

    if (++*calls == 3)
        return fail(req->ctx, DISK_FULL, "The disk is full. Nothing was changed.");
    res->more = true;
    return OK;
}

static enum error_kind say_now(struct request *req, struct response *res)
{
    json_object_begin(response_json(res));
    json_member_int(response_json(res), "now", req->ctx->now);
    json_object_end(response_json(res));
    return OK;
}

/* What the desk was told is kept, though the answer is a refusal: a failed login, say. */
static enum error_kind refuse_and_remember(struct request *req, struct response *res)
{
    TRY(db_exec(req->ctx, "INSERT INTO sequence (name, value) VALUES ('refusals', 1) "
                          "ON CONFLICT (name) DO UPDATE SET value = value + 1"));
    res->refuse_and_commit = true;
    response_header(res, "Retry-After", "17");
    return fail(req->ctx, TOO_MANY_ATTEMPTS, "Wait a little.");
}

static enum error_kind refuse_and_forget(struct request *req, struct response *res)
{
    enum error_kind kind = refuse_and_remember(req, res);

    res->refuse_and_commit = false;
    return kind;
}

static int64_t refusals_seen;

/* Reads what is durable; on the worker, where ctx->db is a snapshot. */
static enum error_kind note_refusals(struct request *req, struct response *res)
{
    (void)res;
    return db_pragma_int(req->ctx, "SELECT coalesce((SELECT value FROM sequence WHERE name = 'refusals'), 0)",
                         &refusals_seen);
}

static enum error_kind count_and_say(struct request *req, struct response *res)
{
    TRY(db_exec(req->ctx, "INSERT INTO sequence (name, value) VALUES ('refusals', 100)"));
    return say_now(req, res);
}

/* The steps of a read that asks others in between, and who of them had a connection: "P+C-H+". */
static char steps[16];

static enum error_kind note_step(struct request *req, char step)
{
    size_t at = strlen(steps);

    steps[at] = step;
    steps[at + 1] = req->ctx->db ? '+' : '-';
    return OK;
}

static enum error_kind prepare_asking(struct request *req, struct response *res)
{
    (void)res;
    return note_step(req, 'P');
}

static enum error_kind ask_others(struct request *req, struct response *res)
{
    (void)res;
    return note_step(req, 'C');
}

static enum error_kind refuse_asking(struct request *req, struct response *res)
{
    (void)ask_others(req, res);
    return fail(req->ctx, BUSY, "Others ask just now.");
}

static enum error_kind answer_asking(struct request *req, struct response *res)
{
    (void)note_step(req, 'H');
    return say_now(req, res);
}

static const struct route write_routes[] = {
    {GET, "/asks", ANYONE, READS, LIMIT_READ, answer_asking, "Asks", .prepare = prepare_asking,
     .compute = ask_others},
    {GET, "/asks-in-vain", ANYONE, READS, LIMIT_READ, answer_asking, "Asks", .prepare = prepare_asking,
     .compute = refuse_asking},
    {POST, "/remembered", ANYONE, WRITES, LIMIT_WRITE, refuse_and_remember, "Remembered"},
    {POST, "/forgotten", ANYONE, WRITES, LIMIT_WRITE, refuse_and_forget, "Forgotten"},
    {POST, "/counted", ANYONE, WRITES, LIMIT_WRITE, count_and_say, "Counted", .committed = note_refusals},
    {GET, "/refusals", ANYONE, READS, LIMIT_READ, note_refusals, "How many"},
    {POST, "/bulk", ANYONE, BULK, LIMIT_WRITE, break_off, "Break off", .prepare = say_nothing},
    {POST, "/now", ANYONE, WRITES, LIMIT_WRITE, say_now, "Now"},
    {0},
};

static const struct route *const write_tables[] = {write_routes, NULL};

struct write_test {
    struct http_test http;
    struct router router;
    struct fixture *fixture;
    struct writer *writer;
    struct pool *pool;
};

static void ask(struct write_test *t, enum http_method method, const char *path)
{
    t->http.req.method = method;
    t->http.req.path = path;
    router_dispatch(&t->router, &t->http.req, &t->http.res);
}

static const char *member(struct write_test *t, const char *name)
{
    return http_test_text(&t->http, http_test_json(&t->http), name);
}

static void begin(struct write_test *t)
{
    struct ctx *ctx;

    t->fixture = fixture_new();
    ctx = &t->fixture->ctx;
    refusals_seen = 0;
    assert_int_equal(db_exec(ctx, "COMMIT"), OK);
    struct db *db = ctx->db;
    ctx->db = NULL;
    assert_int_equal(writer_start(ctx, db, &t->writer), OK);
    assert_int_equal(pool_open(ctx, t->fixture->path, &t->pool), OK);
    http_test_begin(&t->http);
    assert_true(router_init(&t->router, write_tables, t->pool, t->writer));
}

static void end(struct write_test *t)
{
    router_release(&t->router);
    http_test_end(&t->http);
    pool_close(t->pool);
    writer_stop(t->writer);
    fixture_free(t->fixture);
}

static void test_dispatch__a_read_asks_others_with_no_connection_in_hand(void **state)
{
    struct write_test t;

    (void)state;
    begin(&t);
    memset(steps, 0, sizeof steps);
    ask(&t, GET, "/api/v1/asks");
    assert_int_equal(t.http.res.status, 200);
    assert_string_equal(steps, "P+C-H+");
    end(&t);
}

static void test_dispatch__a_read_that_is_refused_in_between_goes_no_further(void **state)
{
    struct write_test t;

    (void)state;
    begin(&t);
    memset(steps, 0, sizeof steps);
    ask(&t, GET, "/api/v1/asks-in-vain");
    assert_int_equal(t.http.res.status, 503);
    assert_string_equal(steps, "P+C-");
    end(&t);
}

static void test_dispatch__does_not_say_that_nothing_was_changed_after_a_slice(void **state)
{
    struct write_test t;
    int calls = 0;

    (void)state;
    begin(&t);
    log_set_level(LOG_OFF);
    t.http.req.state = &calls;
    ask(&t, POST, "/api/v1/bulk");
    log_set_level(LOG_INFO);
    assert_int_equal(calls, 3);
    assert_string_equal(member(&t, "error_code"), "DISK_FULL");
    assert_non_null(strstr(member(&t, "detail"), "is kept"));
    assert_null(strstr(member(&t, "detail"), "Nothing was changed"));
    end(&t);
}

static int64_t count_refusals(struct write_test *t)
{
    http_test_end(&t->http);
    http_test_begin(&t->http);
    refusals_seen = -1; /* nobody has looked */
    ask(t, GET, "/api/v1/refusals");
    assert_int_equal(t->http.res.status, 204);
    return refusals_seen;
}

static void test_dispatch__a_refusal_that_must_be_remembered_is_committed(void **state)
{
    struct write_test t;

    (void)state;
    begin(&t);
    for (int i = 1; i <= 2; i++) {
        ask(&t, POST, "/api/v1/remembered");
        assert_int_equal(t.http.res.status, 429);
        assert_string_equal(member(&t, "error_code"), "TOO_MANY_ATTEMPTS");
        assert_string_equal(response_header_value(&t.http.res, "Retry-After"), "17");
        assert_int_equal(count_refusals(&t), i);
        http_test_end(&t.http);
        http_test_begin(&t.http);
    }
    ask(&t, POST, "/api/v1/forgotten");
    assert_int_equal(t.http.res.status, 429);
    assert_int_equal(count_refusals(&t), 2);
    end(&t);
}

static void test_dispatch__what_is_kept_in_memory_hears_of_it_after_the_commit(void **state)
{
    struct write_test t;

    (void)state;
    begin(&t);
    ask(&t, POST, "/api/v1/counted");
    assert_int_equal(t.http.res.status, 200);
    assert_int_equal(refusals_seen, 100);
    /* The second breaks the primary key: nothing was committed, nobody hears of it. */
    refusals_seen = 0;
    http_test_end(&t.http);
    http_test_begin(&t.http);
    log_set_level(LOG_OFF);
    ask(&t, POST, "/api/v1/counted");
    log_set_level(LOG_INFO);
    assert_true(t.http.res.status >= 400);
    assert_int_equal(refusals_seen, 0);
    end(&t);
}

static void test_dispatch__now_is_when_it_is_written(void **state)
{
    struct write_test t;
    int64_t now = 0;
    int64_t before = clock_now_ms();

    (void)state;
    begin(&t);
    t.http.ctx.now = before - 60000; /* its body took a minute to come */
    ask(&t, POST, "/api/v1/now");
    json_get_int(json_member(http_test_json(&t.http), "now"), &now);
    assert_true(now >= before);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dispatch__does_not_say_that_nothing_was_changed_after_a_slice),
        cmocka_unit_test(test_dispatch__a_read_asks_others_with_no_connection_in_hand),
        cmocka_unit_test(test_dispatch__a_read_that_is_refused_in_between_goes_no_further),
        cmocka_unit_test(test_dispatch__a_refusal_that_must_be_remembered_is_committed),
        cmocka_unit_test(test_dispatch__what_is_kept_in_memory_hears_of_it_after_the_commit),
        cmocka_unit_test(test_dispatch__now_is_when_it_is_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_replay.c — a POST that is sent again: done once, answered twice; on a real library and its writer.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "http_support.h"

#include "db/engine.h"
#include "db/pool.h"
#include "db/writer.h"
#include "http/router.h"
#include "idempotency/idempotency_service.h"
#include "support/fixture.h"

static atomic_int acts;     /* how often a handler did something */
static atomic_int prepared; /* how often it was prepared */
static bool refuse;

/* In the library too, so that a rollback can be seen. */
static enum error_kind act(struct request *req, struct response *res)
{
    TRY(db_exec(req->ctx, "INSERT INTO sequence (name, value) VALUES ('acts', 1) "
                          "ON CONFLICT (name) DO UPDATE SET value = value + 1"));
    if (refuse)
        return fail(req->ctx, BORROW_LIMIT_EXCEEDED, "No.");
    response_header(res, "Location", "/api/v1/acts/1");
    json_object_begin(response_json(res));
    json_member_int(response_json(res), "act", atomic_fetch_add(&acts, 1) + 1);
    json_object_end(response_json(res));
    return OK;
}

static enum error_kind act_at_length(struct request *req, struct response *res)
{
    TRY(act(req, res));
    for (int i = 0; i < IDEMPOTENCY_REPLY_MAX / 16; i++)
        text_buf_append(&res->body, "                ");
    return OK;
}

static enum error_kind act_in_slices(struct request *req, struct response *res)
{
    int *slices = req->state;

    if (++*slices < 3) {
        res->more = true;
        return OK;
    }
    return act(req, res);
}

static enum error_kind prepare_slices(struct request *req, struct response *res)
{
    (void)res;
    atomic_fetch_add(&prepared, 1);
    req->state = arena_alloc(req->ctx->arena, sizeof(int));
    return OK;
}

static struct route_figures figures;

static const struct route routes[] = {
    {POST, "/acts", ANYONE, WRITES, LIMIT_WRITE, act, "Act", .status = 201, .figures = &figures},
    {POST, "/acts/{id}/again", ANYONE, WRITES, LIMIT_WRITE, act, "Act again"},
    {PUT, "/acts/{id}/again", ANYONE, WRITES, LIMIT_WRITE, act, "Act again (PUT)"},
    {POST, "/secrets", ANYONE, WRITES, LIMIT_WRITE, act, "Act in secret", .secret = true},
    {POST, "/long", ANYONE, WRITES, LIMIT_WRITE, act_at_length, "Act at length"},
    {POST, "/bulk", ANYONE, BULK, LIMIT_WRITE, act_in_slices, "Act in slices", .prepare = prepare_slices},
    {0},
};

static const struct route *const tables[] = {routes, NULL};
static const struct reply_store store = {idempotency_find, idempotency_keep};

struct replay_test {
    struct fixture *fixture;
    struct writer *writer;
    struct pool *pool;
    struct router router;
};

static int begin(void **state)
{
    struct replay_test *t = calloc(1, sizeof *t);
    struct ctx *ctx;

    t->fixture = fixture_new();
    ctx = &t->fixture->ctx;
    assert_int_equal(db_exec(ctx, "COMMIT"), OK);
    struct db *db = ctx->db;
    ctx->db = NULL;
    assert_int_equal(writer_start(ctx, db, &t->writer), OK);
    assert_int_equal(pool_open(ctx, t->fixture->path, &t->pool), OK);
    assert_true(router_init(&t->router, tables, t->pool, t->writer));
    t->router.replies = &store;
    atomic_store(&acts, 0);
    atomic_store(&prepared, 0);
    atomic_store(&figures.succeeded, 0);
    refuse = false;
    *state = t;
    return 0;
}

static int end(void **state)
{
    struct replay_test *t = *state;

    router_release(&t->router);
    pool_close(t->pool);
    writer_stop(t->writer);
    fixture_free(t->fixture);
    free(t);
    return 0;
}

struct asked {
    enum http_method method;
    const char *path;
    const char *key; /* NULL: none */
    const char *query;
    const char *body;
    struct actor actor;
    const char *address;
};

struct answer {
    int status;
    enum error_code code;
    int act;
    bool replayed;
    bool has_location;
};

static struct answer ask(struct replay_test *t, const struct asked *asked)
{
    struct name_value header = {"idempotency-key", asked->key};
    struct http_test http;
    struct answer answer = {0};
    int64_t number = 0;

    http_test_begin(&http);
    http.ctx.actor = asked->actor;
    http.req.remote_address = asked->address ? asked->address : "10.0.0.1";
    http.req.method = asked->method;
    http.req.path = asked->path;
    http.req.headers = &header;
    http.req.header_count = asked->key ? 1 : 0;
    http.req.body = asked->body;
    http.req.body_length = asked->body ? strlen(asked->body) : 0;
    if (asked->query)
        http.req.query[http.req.query_count++] = (struct name_value){"q", asked->query};
    router_dispatch(&t->router, &http.req, &http.res);
    const struct json_value *body = http_test_json(&http);
    answer.status = http.res.status;
    answer.code = http.ctx.error.code;
    json_get_int(json_member(body, "act"), &number);
    answer.act = (int)number;
    answer.replayed = response_header_value(&http.res, "Idempotency-Replayed") != NULL;
    const char *location = response_header_value(&http.res, "Location");
    answer.has_location = location && strcmp(location, "/api/v1/acts/1") == 0;
    http_test_end(&http);
    return answer;
}

static const struct actor lia = {.access = LIBRARIAN, .name = "lia", .account_id = 4};

static struct asked post(const char *path, const char *key)
{
    return (struct asked){.method = POST, .path = path, .key = key, .actor = lia};
}

static void expect_act(struct answer answer, int status, int number, bool replayed)
{
    assert_int_equal(answer.status, status);
    assert_int_equal(answer.act, number);
    assert_int_equal(answer.replayed, replayed);
    assert_true(answer.has_location);
}

static void test_replay__the_same_again_is_answered_and_not_done(void **state)
{
    struct asked asked = post("/api/v1/acts", "k1");

    expect_act(ask(*state, &asked), 201, 1, false);
    expect_act(ask(*state, &asked), 201, 1, true);
    expect_act(ask(*state, &asked), 201, 1, true);
    assert_int_equal(atomic_load(&figures.succeeded), 1);
    asked.key = "k2";
    expect_act(ask(*state, &asked), 201, 2, false);
    asked.key = NULL;
    expect_act(ask(*state, &asked), 201, 3, false);
    expect_act(ask(*state, &asked), 201, 4, false);
}

static void test_replay__another_body_query_or_path_under_the_same_key_is_refused(void **state)
{
    struct asked first = post("/api/v1/acts/1/again", "k");
    struct asked others[] = {first, first, first};

    expect_act(ask(*state, &first), 200, 1, false);
    others[0].body = "{}";
    others[1].query = "x";
    others[2].path = "/api/v1/acts/2/again";
    for (size_t i = 0; i < COUNT(others); i++) {
        struct answer answer = ask(*state, &others[i]);
        assert_int_equal(answer.status, 422);
        assert_int_equal(answer.code, ERR_IDEMPOTENCY_KEY_REUSED);
    }
    assert_int_equal(atomic_load(&acts), 1);
}

static void test_replay__who_asks_has_keys_of_their_own(void **state)
{
    const struct actor actors[] = {lia,
                                   {.access = LIBRARIAN, .name = "max", .account_id = 5},
                                   {.access = LIBRARIAN, .name = "scanner"},
                                   {.access = LIBRARIAN, .name = "kiosk"},
                                   {.access = ANYONE, .name = "anonymous"}};
    struct asked asked = post("/api/v1/acts", "k");

    for (size_t i = 0; i < COUNT(actors); i++) {
        asked.actor = actors[i];
        expect_act(ask(*state, &asked), 201, (int)i + 1, false);
    }
    asked.address = "10.0.0.2";
    expect_act(ask(*state, &asked), 201, COUNT(actors) + 1, false);
    expect_act(ask(*state, &asked), 201, COUNT(actors) + 1, true);
    asked.path = "/api/v1/acts/1/again";
    expect_act(ask(*state, &asked), 200, COUNT(actors) + 2, false);
}

static void test_replay__a_refusal_did_nothing_and_is_judged_anew(void **state)
{
    struct replay_test *t = *state;
    struct asked asked = post("/api/v1/acts", "k");

    refuse = true;
    assert_int_equal(ask(t, &asked).status, 409);
    refuse = false;
    expect_act(ask(t, &asked), 201, 1, false);
    refuse = true;
    expect_act(ask(t, &asked), 201, 1, true);
}

static void test_replay__keys_that_are_none_are_refused(void **state)
{
    char longest[IDEMPOTENCY_KEY_MAX + 2];
    const char *const wrong[] = {"", "a\tb", "k\xc3\xa9y", longest};

    memset(longest, 'k', IDEMPOTENCY_KEY_MAX + 1);
    longest[IDEMPOTENCY_KEY_MAX + 1] = '\0';
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct asked asked = post("/api/v1/acts", wrong[i]);
        assert_int_equal(ask(*state, &asked).status, 400);
    }
    assert_int_equal(atomic_load(&acts), 0);
    longest[IDEMPOTENCY_KEY_MAX] = '\0';
    struct asked asked = post("/api/v1/acts", longest);
    expect_act(ask(*state, &asked), 201, 1, false);
}

static void test_replay__secrets_and_other_methods_are_not_kept(void **state)
{
    struct replay_test *t = *state;
    struct asked secret = post("/api/v1/secrets", "k");
    struct asked put = post("/api/v1/acts/1/again", "k");

    put.method = PUT;
    expect_act(ask(t, &secret), 200, 1, false);
    expect_act(ask(t, &secret), 200, 2, false);
    expect_act(ask(t, &put), 200, 3, false);
    expect_act(ask(t, &put), 200, 4, false);
    assert_int_equal(pool_take(t->pool, &t->fixture->ctx), OK);
    assert_int_equal(fixture_int(t->fixture, "SELECT count(*) FROM idempotency_key"), 0);
    pool_give(t->pool, &t->fixture->ctx);
}

static void test_replay__of_a_long_answer_it_says_that_it_was_done(void **state)
{
    struct asked asked = post("/api/v1/long", "k");

    expect_act(ask(*state, &asked), 200, 1, false);
    struct answer again = ask(*state, &asked);
    assert_int_equal(again.status, 409);
    assert_int_equal(again.code, ERR_REPLY_NOT_KEPT);
    assert_int_equal(atomic_load(&acts), 1);
}

static void test_replay__bulk_work_is_kept_with_its_last_slice_and_not_even_prepared_again(void **state)
{
    struct asked asked = post("/api/v1/bulk", "k");

    expect_act(ask(*state, &asked), 200, 1, false);
    expect_act(ask(*state, &asked), 200, 1, true);
    assert_int_equal(atomic_load(&prepared), 1);
}

/* ---- at the same moment -------------------------------------------------------------------------------- */

#define THREADS 8

struct at_once {
    struct replay_test *t;
    const char *path;
    pthread_barrier_t barrier;
    atomic_int sum;
    atomic_int replayed;
};

static void *ask_at_once(void *argument)
{
    struct at_once *all = argument;
    struct asked asked = post(all->path, "same");

    pthread_barrier_wait(&all->barrier);
    struct answer answer = ask(all->t, &asked);
    atomic_fetch_add(&all->sum, answer.act);
    atomic_fetch_add(&all->replayed, answer.replayed);
    return NULL;
}

static void test_replay__of_many_at_once_one_acts_and_all_get_its_answer(void **state)
{
    static const char *const paths[] = {"/api/v1/acts", "/api/v1/bulk"};
    struct replay_test *t = *state;
    pthread_t threads[THREADS];

    for (size_t i = 0; i < COUNT(paths); i++) {
        struct at_once all = {.t = t, .path = paths[i]};
        atomic_store(&acts, 0);
        pthread_barrier_init(&all.barrier, NULL, THREADS);
        for (int j = 0; j < THREADS; j++)
            assert_int_equal(pthread_create(&threads[j], NULL, ask_at_once, &all), 0);
        for (int j = 0; j < THREADS; j++)
            pthread_join(threads[j], NULL);
        pthread_barrier_destroy(&all.barrier);
        assert_int_equal(atomic_load(&acts), 1);
        assert_int_equal(atomic_load(&all.sum), THREADS);
        assert_int_equal(atomic_load(&all.replayed), THREADS - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_replay__the_same_again_is_answered_and_not_done, begin, end),
        cmocka_unit_test_setup_teardown(test_replay__another_body_query_or_path_under_the_same_key_is_refused,
                                        begin, end),
        cmocka_unit_test_setup_teardown(test_replay__who_asks_has_keys_of_their_own, begin, end),
        cmocka_unit_test_setup_teardown(test_replay__a_refusal_did_nothing_and_is_judged_anew, begin, end),
        cmocka_unit_test_setup_teardown(test_replay__keys_that_are_none_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(test_replay__secrets_and_other_methods_are_not_kept, begin, end),
        cmocka_unit_test_setup_teardown(test_replay__of_a_long_answer_it_says_that_it_was_done, begin, end),
        cmocka_unit_test_setup_teardown(
            test_replay__bulk_work_is_kept_with_its_last_slice_and_not_even_prepared_again, begin, end),
        cmocka_unit_test_setup_teardown(test_replay__of_many_at_once_one_acts_and_all_get_its_answer, begin,
                                        end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

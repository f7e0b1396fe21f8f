/*
 * test_csv_stream.c — a whole list in pieces: every row once, each piece in a snapshot of its own.
 */
#include "http_support.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "db/pool.h"
#include "http/router.h"
#include "support/fixture.h"

#define ROWS 2500
#define PIECE_ROWS 1000 /* of rows that are small (csv_stream.c) */
#define LONG_TEXT 3000

static const struct column columns[] = {
    {"n", COLUMN_INTEGER, false, "n", "Number"}, {"text", COLUMN_TEXT, false, "t", "Text"}, {0}};
static const struct listing numbers = {.name = "Number", .columns = columns};

static int calls;
static int fail_at_call; /* 0: never */
static const char *text;

/* A list as db/list would make it: pages by cursor. */
static enum error_kind list_numbers(struct request *req, struct response *res)
{
    struct row_sink *sink = response_page(res);
    int64_t from = req->list.cursor ? strtoll(req->list.cursor, NULL, 10) : req->list.offset;
    int64_t to = from + req->list.limit < ROWS ? from + req->list.limit : ROWS;
    const struct page_meta meta = {.has_more = to < ROWS,
                                   .next_cursor = arena_printf(req->ctx->arena, "%lld", (long long)to)};

    assert_non_null(req->ctx->db);
    if (++calls == fail_at_call)
        return fail(req->ctx, BUSY, "Interrupted.");
    for (int64_t i = from; i < to; i++) {
        const struct column_value row[] = {{.number = i}, {.text = text}};
        sink->row(sink, columns, row);
    }
    sink->page(sink, &meta);
    return OK;
}

static const struct route routes[] = {
    {GET, "/numbers", ANYONE, READS, LIMIT_READ, list_numbers, "Numbers", .list = &numbers},
    {GET, "/numbers/export/csv", ANYONE, READS, LIMIT_READ, list_numbers, "Numbers", .list = &numbers,
     .as_csv = true},
    {0},
};

/* The other end: counts what arrives. */
struct receiver {
    int64_t lines, bytes, pieces;
    int64_t most_lines; /* in one piece */
    bool gone;
    char first_line[64];
};

static bool receive(void *connection, struct response *res, const char *bytes, size_t length)
{
    struct receiver *receiver = connection;

    assert_null(res->ctx->db);
    assert_int_equal(res->status, 200);
    if (receiver->pieces++ == 0)
        snprintf(receiver->first_line, sizeof receiver->first_line, "%.*s", (int)strcspn(bytes, "\r"), bytes);
    receiver->bytes += (int64_t)length;
    int64_t lines = 0;
    for (size_t i = 0; i < length; i++)
        lines += bytes[i] == '\n';
    receiver->lines += lines;
    receiver->most_lines = lines > receiver->most_lines ? lines : receiver->most_lines;
    return !receiver->gone;
}

struct stream_test {
    struct http_test http;
    struct router router;
    struct fixture *fixture;
    struct pool *pool;
    struct receiver receiver;
};

static void begin(struct stream_test *t)
{
    static const struct route *const tables[] = {routes, NULL};

    calls = 0;
    fail_at_call = 0;
    text = "x";
    log_set_level(LOG_OFF);
    http_test_begin(&t->http);
    t->fixture = fixture_new();
    t->receiver = (struct receiver){0};
    assert_int_equal(pool_open(&t->http.ctx, t->fixture->path, &t->pool), OK);
    assert_true(router_init(&t->router, tables, t->pool, NULL));
    t->http.res.send_chunk = receive;
    t->http.res.connection = &t->receiver;
}

static void end(struct stream_test *t)
{
    router_release(&t->router);
    pool_close(t->pool);
    fixture_free(t->fixture);
    http_test_end(&t->http);
}

static void ask(struct stream_test *t, const char *path, const char *accept)
{
    static struct name_value headers[1];

    headers[0] = (struct name_value){"Accept", accept};
    t->http.req.headers = headers;
    t->http.req.header_count = 1;
    t->http.req.path = path;
    router_dispatch(&t->router, &t->http.req, &t->http.res);
}

static void test_csv_stream__sends_every_row_and_one_header(void **state)
{
    struct stream_test t;

    (void)state;
    begin(&t);
    ask(&t, "/api/v1/numbers", "text/csv");
    assert_true(t.http.res.streamed);
    assert_false(t.http.res.broken);
    assert_int_equal(t.receiver.lines, ROWS + 1);
    assert_int_equal(t.receiver.pieces, 3);
    assert_int_equal(t.receiver.most_lines, PIECE_ROWS + 1);
    assert_string_equal(t.receiver.first_line, "n,text");
    assert_string_equal(t.http.res.content_type, "text/csv; charset=utf-8");
    assert_string_equal(response_header_value(&t.http.res, "Content-Disposition"),
                        "attachment; filename=\"numbers.csv\"");
    end(&t);
}

static void test_csv_stream__answers_json_unless_csv_is_wanted(void **state)
{
    static const struct {
        const char *path;
        const char *accept;
        bool csv;
    } cases[] = {
        {"/api/v1/numbers", "*/*", false},
        {"/api/v1/numbers", "application/json, text/csv;q=0.5", false},
        {"/api/v1/numbers", "text/csv, application/json;q=0.5", true},
        {"/api/v1/numbers/export/csv", "application/json", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct stream_test t;
        begin(&t);
        ask(&t, cases[i].path, cases[i].accept);
        assert_int_equal(t.http.res.streamed, cases[i].csv);
        if (!cases[i].csv)
            (void)http_test_json(&t.http);
        end(&t);
    }
}

static void test_csv_stream__makes_smaller_pieces_of_large_rows(void **state)
{
    static char long_text[LONG_TEXT + 1];
    struct stream_test t;

    (void)state;
    memset(long_text, 'a', LONG_TEXT);
    begin(&t);
    text = long_text;
    ask(&t, "/api/v1/numbers", "text/csv");
    assert_true(t.http.res.streamed);
    assert_false(t.http.res.broken);
    assert_int_equal(t.receiver.lines, ROWS + 1);
    assert_true(t.receiver.bytes > (int64_t)ROWS * LONG_TEXT);
    assert_true(t.receiver.most_lines < PIECE_ROWS);
    assert_true(t.receiver.pieces > ROWS / PIECE_ROWS + 1);
    end(&t);
}

static void test_csv_stream__answers_an_error_while_nothing_was_sent(void **state)
{
    struct stream_test t;

    (void)state;
    begin(&t);
    fail_at_call = 1;
    ask(&t, "/api/v1/numbers", "text/csv");
    assert_false(t.http.res.streamed);
    assert_int_equal(t.http.res.status, 503);
    assert_int_equal(t.receiver.pieces, 0);
    end(&t);
}

static void test_csv_stream__breaks_off_visibly_after_that(void **state)
{
    struct stream_test t;

    (void)state;
    begin(&t);
    fail_at_call = 2;
    ask(&t, "/api/v1/numbers", "text/csv");
    assert_true(t.http.res.streamed);
    assert_true(t.http.res.broken);
    assert_int_equal(t.receiver.pieces, 1);
    end(&t);
}

static void test_csv_stream__stops_when_the_client_has_gone(void **state)
{
    struct stream_test t;

    (void)state;
    begin(&t);
    t.receiver.gone = true;
    ask(&t, "/api/v1/numbers", "text/csv");
    assert_true(t.http.res.broken);
    assert_int_equal(calls, 1);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv_stream__sends_every_row_and_one_header),
        cmocka_unit_test(test_csv_stream__answers_json_unless_csv_is_wanted),
        cmocka_unit_test(test_csv_stream__makes_smaller_pieces_of_large_rows),
        cmocka_unit_test(test_csv_stream__answers_an_error_while_nothing_was_sent),
        cmocka_unit_test(test_csv_stream__breaks_off_visibly_after_that),
        cmocka_unit_test(test_csv_stream__stops_when_the_client_has_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

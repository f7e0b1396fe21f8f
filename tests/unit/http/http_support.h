/*
 * http_support.h — one request and its reply, without a server.
 */
#ifndef CARREL_TESTS_HTTP_SUPPORT_H
#define CARREL_TESTS_HTTP_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* ours (base/error.h) has the name */

#include "base/json_read.h"
#include "base/limits.h"
#include "base/text.h"
#include "http/request.h"
#include "http/response.h"

#define FAIL_TEST(...)             \
    do {                           \
        print_error(__VA_ARGS__);  \
        print_error("\n");         \
        _fail(__FILE__, __LINE__); \
    } while (0)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct http_test {
    struct arena arena;
    struct ctx ctx;
    struct request req;
    struct response res;
};

/* A GET of / by an administrator, with an empty reply. */
static void http_test_begin(struct http_test *t)
{
    arena_init(&t->arena, ARENA_REQUEST_MAX);
    t->ctx = (struct ctx){.arena = &t->arena,
                          .currency_exponent = 2,
                          .actor = {.access = ADMIN, .name = "test", .address = "local"}};
    t->req = (struct request){.ctx = &t->ctx, .method = GET, .path = "/", .correlation_id = "id-1"};
    response_init(&t->res, &t->ctx);
}

static void http_test_end(struct http_test *t)
{
    arena_release(&t->arena);
}

static inline const char *http_test_body(struct http_test *t)
{
    return t->res.static_body ? t->res.static_body : text_buf_string(&t->res.body);
}

/* The reply's body, which must be JSON. */
static inline const struct json_value *http_test_json(struct http_test *t)
{
    const char *why = NULL;
    const char *body = http_test_body(t);
    const struct json_value *json = json_parse(&t->arena, body, strlen(body), &why);

    if (!json)
        FAIL_TEST("not JSON (%s): %s", why, body);
    return json;
}

static inline const char *http_test_text(struct http_test *t, const struct json_value *object,
                                         const char *name)
{
    return json_get_text(&t->arena, json_member(object, name));
}

#endif

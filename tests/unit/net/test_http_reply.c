/*
 * test_http_reply.c — replies as servers send them, and as none should; URLs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#undef fail /* ours (base/error.h) has the name */

#include "base/arena.h"
#include "base/limits.h"
#include "net/http_reply.h"
#include "net/url.h"

#define BODY_MAX 1000

static struct arena arena;
static struct http_reply reply;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_REQUEST_MAX);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static enum net_outcome read_in_pieces(const char *text, size_t piece)
{
    size_t length = strlen(text);

    http_reply_init(&reply, &arena, BODY_MAX);
    for (size_t at = 0; at < length; at += piece) {
        enum net_outcome outcome =
            http_reply_feed(&reply, text + at, length - at < piece ? length - at : piece);
        if (outcome != NET_OK || reply.phase == HTTP_REPLY_DONE)
            return outcome;
    }
    return http_reply_end(&reply);
}

/* However it comes: at once, in odd pieces, byte by byte. What the last of them left is looked at. */
static enum net_outcome read_reply(const char *text)
{
    enum net_outcome whole = read_in_pieces(text, strlen(text) + 1);

    assert_int_equal(read_in_pieces(text, 7), whole);
    assert_int_equal(read_in_pieces(text, 1), whole);
    return whole;
}

static void assert_body(const char *text, int status, const char *body)
{
    assert_int_equal(read_reply(text), NET_OK);
    assert_int_equal(reply.status, status);
    assert_string_equal(text_buf_string(&reply.body), body);
}

#define OK_LINE "HTTP/1.1 200 OK\r\n"

static void test_http_reply__a_body_ends_by_length_by_chunks_or_by_hanging_up(void **state)
{
    (void)state;
    assert_body(OK_LINE "Content-Length: 5\r\n\r\nhello and what comes after", 200, "hello");
    assert_body(OK_LINE "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX: y\r\n\r\n",
                200, "hello!");
    assert_body("HTTP/1.0 404 Not Found\nServer: old\n\ntext", 404, "text");
    assert_body("HTTP/1.1 204 No Content\r\n\r\n", 204, "");
    assert_body("HTTP/1.1 100 Continue\r\n\r\n" OK_LINE "Content-Length: 1\r\n\r\nx", 200, "x");
}

static void test_http_reply__headers_are_found_whatever_their_letters(void **state)
{
    (void)state;
    assert_body(
        "HTTP/1.1 302 Found\r\nlOCATION:  /there \r\nCONTENT-type: text/xml\r\ncontent-length: 0\r\n\r\n",
        302, "");
    assert_string_equal(reply.location, "/there");
    assert_string_equal(reply.content_type, "text/xml");
}

static void test_http_reply__two_ways_of_saying_the_length_are_refused(void **state)
{
    static const char *const wrong[] = {
        OK_LINE "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        OK_LINE "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        OK_LINE "Transfer-Encoding: gzip, chunked\r\n\r\n",
        OK_LINE "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        OK_LINE "Content-Length: -5\r\n\r\n",
        OK_LINE "Content-Length: 5 5\r\n\r\n",
        OK_LINE "Content-Length:\r\n\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(read_reply(wrong[i]), NET_UNREADABLE);
}

static void test_http_reply__what_is_no_reply_is_refused(void **state)
{
    static const char *const wrong[] = {
        OK_LINE "Content-Encoding: gzip\r\n\r\n",
        OK_LINE "Folded: x\r\n goes on\r\n\r\n",
        OK_LINE "No colon\r\n\r\n",
        OK_LINE "Transfer-Encoding: chunked\r\n\r\nhello\r\n",
        OK_LINE "Transfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n",
        OK_LINE "Transfer-Encoding: chunked\r\n\r\n\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "SSH-2.0",
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(read_reply(wrong[i]), NET_UNREADABLE);
}

static void test_http_reply__nothing_is_longer_than_its_limit(void **state)
{
    struct text_buf text;

    (void)state;
    assert_int_equal(read_reply(OK_LINE "Content-Length: 1001\r\n\r\n"), NET_TOO_LARGE);
    assert_int_equal(read_reply(OK_LINE "Content-Length: 999999999999999999\r\n\r\n"), NET_TOO_LARGE);
    assert_int_equal(read_reply(OK_LINE "Transfer-Encoding: chunked\r\n\r\n3e9\r\n"), NET_TOO_LARGE);
    assert_int_equal(read_reply(OK_LINE "Transfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n"),
                     NET_TOO_LARGE);
    text_buf_init(&text, &arena);
    text_buf_append(&text, OK_LINE "\r\n");
    for (int i = 0; i <= BODY_MAX; i++)
        text_buf_append_char(&text, 'x');
    assert_int_equal(read_reply(text.bytes), NET_TOO_LARGE);
    text_buf_clear(&text);
    text_buf_append(&text, OK_LINE);
    for (int i = 0; i <= NET_HEADERS_MAX; i++)
        text_buf_append(&text, "A: b\r\n");
    text_buf_append(&text, "\r\n");
    assert_int_equal(read_reply(text.bytes), NET_TOO_LARGE);
    text_buf_clear(&text);
    text_buf_append(&text, OK_LINE "A: ");
    for (int i = 0; i <= NET_HEAD_MAX; i++)
        text_buf_append_char(&text, 'x');
    assert_int_equal(read_reply(text.bytes), NET_TOO_LARGE);
}

static void test_http_reply__a_cut_reply_is_known_as_cut(void **state)
{
    static const char *const cut[] = {"",
                                      "HTTP/1.1 200",
                                      OK_LINE,
                                      OK_LINE "Content-Length: 5\r\n\r\nhell",
                                      OK_LINE "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                                      OK_LINE "Transfer-Encoding: chunked\r\n\r\n0\r\n"};

    (void)state;
    for (size_t i = 0; i < sizeof cut / sizeof cut[0]; i++)
        assert_int_equal(read_reply(cut[i]), NET_BROKEN_OFF);
}

static void test_url__parts_are_found(void **state)
{
    struct net_url url;

    (void)state;
    assert_true(net_url_parse(&arena, "HTTPS://Example.ORG:8443/a/b?c=d#e=f", &url));
    assert_true(url.is_https);
    assert_string_equal(url.host, "example.org");
    assert_int_equal(url.port, 8443);
    assert_string_equal(url.target, "/a/b?c=d");
    assert_string_equal(url.fragment, "e=f");
    assert_true(net_url_parse(&arena, "http://[2001:DB8::1]?x", &url));
    assert_string_equal(url.host, "2001:db8::1");
    assert_int_equal(url.port, 80);
    assert_string_equal(url.target, "/?x");
    assert_string_equal(net_url_authority(&arena, &url, false), "[2001:db8::1]");
    assert_string_equal(net_url_authority(&arena, &url, true), "[2001:db8::1]:80");
}

static void test_url__what_is_none_is_refused(void **state)
{
    static const char *const wrong[] = {"",
                                        "http://",
                                        "ftp://a/",
                                        "http://a b/",
                                        "http://a@b/",
                                        "http://a:0/",
                                        "http://a:65536/",
                                        "http://a:1x/",
                                        "http://[::1",
                                        "http://[::1]x/",
                                        "http://[1]/",
                                        "http://a/\r\nHost: b",
                                        "http://\xc3\xb6/",
                                        "http://a%41/",
                                        "//a/",
                                        "javascript:alert(1)"};
    struct net_url url;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(net_url_parse(&arena, wrong[i], &url));
}

static void test_url__a_location_is_followed_from_where_it_was_said(void **state)
{
    struct net_url from, url;

    (void)state;
    assert_true(net_url_parse(&arena, "https://example.org:8443/a/b", &from));
    assert_true(net_url_follow(&arena, &from, "/c?d", &url));
    assert_string_equal(url.target, "/c?d");
    assert_int_equal(url.port, 8443);
    assert_true(url.is_https);
    assert_true(net_url_follow(&arena, &from, "//other.example/x", &url));
    assert_true(url.is_https && url.port == 443);
    assert_true(net_url_follow(&arena, &from, "http://other.example/x", &url));
    assert_false(url.is_https);
    assert_false(net_url_follow(&arena, &from, "file:///etc/passwd", &url));
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(test_http_reply__a_body_ends_by_length_by_chunks_or_by_hanging_up),
        WITH_ARENA(test_http_reply__headers_are_found_whatever_their_letters),
        WITH_ARENA(test_http_reply__two_ways_of_saying_the_length_are_refused),
        WITH_ARENA(test_http_reply__what_is_no_reply_is_refused),
        WITH_ARENA(test_http_reply__nothing_is_longer_than_its_limit),
        WITH_ARENA(test_http_reply__a_cut_reply_is_known_as_cut),
        WITH_ARENA(test_url__parts_are_found),
        WITH_ARENA(test_url__what_is_none_is_refused),
        WITH_ARENA(test_url__a_location_is_followed_from_where_it_was_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_server.c — the running server against bytes that a library client would never send, and the local
 * client against the running server.
 */
#include "http_support.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/local_client.h"
#include "http/server.h"

#define HOST "Host: 127.0.0.1\r\n"
#define THREADS 8

static struct router router;
static struct server *server;
static char directory[] = "/tmp/carrel-test-server-XXXXXX";
static char socket_path[64];

/* ---- routes -------------------------------------------------------------------------------------------- */

static enum error_kind say_hello(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);

    json_object_begin(w);
    json_member_text(w, "hello", req->remote_address);
    json_member_text(w, "actor", req->ctx->actor.name);
    json_object_end(w);
    return OK;
}

static enum error_kind say_size(struct request *req, struct response *res)
{
    json_object_begin(response_json(res));
    json_member_int(response_json(res), "size", (int64_t)req->body_length);
    json_object_end(response_json(res));
    return OK;
}

static enum error_kind take_a_while(struct request *req, struct response *res)
{
    clock_sleep_ms(300);
    return say_hello(req, res);
}

static enum error_kind split_the_reply(struct request *req, struct response *res)
{
    response_header(res, "X-Bad", "a\r\nX-Injected: b");
    return say_hello(req, res);
}

static const struct route routes[] = {
    {GET, "/hello", ANYONE, UNMANAGED, LIMIT_READ, say_hello, "Hello"},
    {GET, "/slow", ANYONE, UNMANAGED, LIMIT_READ, take_a_while, "Slow"},
    {GET, "/split", ANYONE, UNMANAGED, LIMIT_READ, split_the_reply, "Split"},
    {POST, "/size", ANYONE, UNMANAGED, LIMIT_WRITE, say_size, "Size"},
    {POST, "/upload", ANYONE, UNMANAGED, LIMIT_UPLOAD, say_size, "Upload", .takes_csv = true},
    {GET, "/local", LOCAL_ADMIN, UNMANAGED, LIMIT_READ, say_hello, "Local"},
    {0},
};

static enum error_kind start(struct ctx *ctx, const char *listen, const char *path,
                             struct server **out_server)
{
    const struct server_options options = {.listen = listen,
                                           .socket_path = path,
                                           .threads = THREADS,
                                           .tcp_access = ADMIN,
                                           .currency_exponent = 2,
                                           .router = &router};

    return server_start(ctx, &options, out_server);
}

static int start_server(void **state)
{
    static const struct route *const tables[] = {routes, NULL};
    struct http_test t;

    (void)state;
    log_set_level(LOG_OFF);
    http_test_begin(&t);
    if (!mkdtemp(directory) || !router_init(&router, tables, NULL, NULL))
        return -1;
    snprintf(socket_path, sizeof socket_path, "%s/library.db.sock", directory);
    enum error_kind kind = start(&t.ctx, "127.0.0.1:0", socket_path, &server);
    http_test_end(&t);
    return kind == OK ? 0 : -1;
}

static int stop_server(void **state)
{
    (void)state;
    server_stop(server);
    router_release(&router);
    return access(socket_path, F_OK) == 0 || rmdir(directory) != 0 ? -1 : 0;
}

/* ---- talking ------------------------------------------------------------------------------------------- */

static int open_connection(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)server_port(server))};
    const struct timeval patience = {.tv_sec = 5};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    assert_int_equal(connect(connection, (struct sockaddr *)&address, sizeof address), 0);
    return connection;
}

static void say(int connection, const char *bytes, size_t length)
{
    assert_int_equal(send(connection, bytes, length, MSG_NOSIGNAL), (ssize_t)length);
}

/* What the server says to `request` until it closes. */
static void converse(const char *request, char *reply, size_t size)
{
    int connection = open_connection();
    size_t used = 0;

    say(connection, request, strlen(request));
    for (;;) {
        ssize_t got = recv(connection, reply + used, size - 1 - used, 0);
        if (got <= 0)
            break;
        used += (size_t)got;
    }
    reply[used] = '\0';
    close(connection);
}

static int status_of(const char *reply)
{
    return strncmp(reply, "HTTP/1.1 ", 9) == 0 ? (int)strtol(reply + 9, NULL, 10) : 0;
}

static int status_for(const char *request)
{
    static char reply[64 * 1024];

    converse(request, reply, sizeof reply);
    return status_of(reply);
}

static void test_server__answers_with_every_header_it_promises(void **state)
{
    static const char *const headers[] = {
        "\r\nContent-Type: application/json; charset=utf-8\r\n",
        "\r\nContent-Length: ",
        "\r\nConnection: close\r\n",
        "\r\nCache-Control: no-store\r\n",
        "\r\nX-Correlation-ID: desk-7\r\n",
        "\r\nX-Process-Time: 0.",
        "\r\nX-Content-Type-Options: nosniff\r\n",
        "\r\nContent-Security-Policy: default-src 'self';",
        "frame-ancestors 'none'",
        "\r\nReferrer-Policy: same-origin\r\n",
        "\r\nCross-Origin-Opener-Policy: same-origin\r\n",
        "\r\nCross-Origin-Resource-Policy: same-origin\r\n",
        "\r\nPermissions-Policy: ",
    };
    char reply[4096];

    (void)state;
    converse("GET /api/v1/hello HTTP/1.1\r\n" HOST "X-Correlation-ID: desk-7\r\nConnection: close\r\n\r\n",
             reply, sizeof reply);
    assert_int_equal(status_of(reply), 200);
    for (size_t i = 0; i < COUNT(headers); i++) {
        if (!strstr(reply, headers[i]))
            FAIL_TEST("no %s in %s", headers[i], reply);
    }
    assert_null(strstr(reply, "\r\nServer:"));
    assert_null(strstr(reply, "Access-Control-"));
    assert_non_null(strstr(reply, "{\"hello\":\"127.0.0.1\",\"actor\":\"anonymous\"}"));
}

static void test_server__refuses_what_its_library_would_forgive(void **state)
{
    static const char *const bad[] = {
        "GET /api/v1/hello HTTP/1.1\nHost: 127.0.0.1\n\n",
        "GET /api/v1/hello HTTP/1.1\r\nHost: 127.0.0.1\nX-A: b\r\n\r\n",
        "GET /api/v1/hello HTTP/1.1\r\n" HOST "X-A: a\r\n folded\r\n\r\n",
        "GET /api/v1/hello HTTP/1.1\r\n" HOST "X-A: a\r\n\tfolded\r\n\r\n",
        "GET /api/v1/hello HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n",
        "GET /api/v1/hello HTTP/1.1\r\n" HOST "X A: b\r\n\r\n",
        "GET /api/v1/hello HTTP/1.1\r\n" HOST ": b\r\n\r\n",
        "GET /api/v1/hello HTTP/1.1\r\n" HOST "nonsense\r\n\r\n",
        "GET /api/v1/hello HTTP/1.1\r\n\r\n",
        "GET /api/v1/hello HTTP/1.1\r\n" HOST HOST "\r\n",
        "GET /api/v1/he%00llo HTTP/1.1\r\n" HOST "\r\n",
        "GET /api/v1/he%0allo HTTP/1.1\r\n" HOST "\r\n",
        "GET /api/v1%2fhello HTTP/1.1\r\n" HOST "\r\n",
        "POST /api/v1/size HTTP/1.1\r\n" HOST
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /api/v1/size HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "POST /api/v1/size HTTP/1.1\r\n" HOST "Content-Length: +1\r\n\r\na",
        "POST /api/v1/size HTTP/1.1\r\n" HOST "Content-Length: 1a\r\n\r\na",
        "POST /api/v1/size HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST /api/v1/size HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\na",
        "GET http://evil.example/api/v1/hello HTTP/1.1\r\n" HOST "\r\n",
        "OPTIONS * HTTP/1.1\r\n" HOST "\r\n",
        "BREW /api/v1/hello HTTP/1.1\r\n" HOST "\r\n",
        "GET /api/v1/hello HTTP/9.9\r\n" HOST "\r\n",
        "\x16\x03\x01\x02\r\n\r\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        int status = status_for(bad[i]);
        if (status != 400)
            FAIL_TEST("%d for %s", status, bad[i]);
    }
}

static void test_server__bounds_the_head(void **state)
{
    static char request[HTTP_HEAD_BYTES_MAX + 1024];
    size_t used = (size_t)snprintf(request, sizeof request, "GET /api/v1/hello HTTP/1.1\r\n" HOST);

    (void)state;
    for (int i = 0; i < HTTP_HEADERS_MAX; i++)
        used += (size_t)snprintf(request + used, sizeof request - used, "X-%d: 1\r\n", i);
    snprintf(request + used, sizeof request - used, "\r\n");
    assert_int_equal(status_for(request), 400);
    used = (size_t)snprintf(request, sizeof request, "GET /api/v1/hello HTTP/1.1\r\n" HOST "X: ");
    memset(request + used, 'a', HTTP_HEAD_BYTES_MAX);
    snprintf(request + used + HTTP_HEAD_BYTES_MAX, 5, "\r\n\r\n");
    assert_int_equal(status_for(request), 400);
}

static void test_server__keeps_a_connection_and_takes_pipelined_requests(void **state)
{
    char reply[8192];
    const char *first;
    const char *second;

    (void)state;
    converse("POST /api/v1/size HTTP/1.1\r\n" HOST
             "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
             "HEAD /api/v1/hello HTTP/1.1\r\n" HOST "\r\n"
             "POST /api/v1/size HTTP/1.1\r\n" HOST "Content-Length: 4\r\nConnection: close\r\n\r\nabcd",
             reply, sizeof reply);
    first = strstr(reply, "{\"size\":5}");
    assert_non_null(first);
    second = strstr(first, "{\"size\":4}");
    assert_non_null(second);
    assert_null(strstr(reply, "hello"));
}

static void test_server__refuses_a_large_body_without_reading_it(void **state)
{
    (void)state;
    /* Only the head is ever sent. */
    assert_int_equal(status_for("POST /api/v1/size HTTP/1.1\r\n" HOST "Content-Length: 65537\r\n\r\n"), 413);
    assert_int_equal(status_for("POST /api/v1/upload HTTP/1.1\r\n" HOST "Content-Length: 33554433\r\n\r\n"),
                     413);
    assert_int_equal(status_for("GET /api/v1/hello HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\n"), 413);
    assert_int_equal(
        status_for("POST /api/v1/size HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999\r\n\r\n"),
        413);
}

static void test_server__counts_the_bytes_of_chunks(void **state)
{
    static char request[HTTP_BODY_MAX + 8192];
    size_t used = (size_t)snprintf(
        request, sizeof request, "POST /api/v1/size HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");

    (void)state;
    for (int i = 0; i < HTTP_BODY_MAX / 4096 + 1; i++) {
        used += (size_t)snprintf(request + used, sizeof request - used, "1000\r\n");
        if (used + 4098 >= sizeof request)
            break;
        memset(request + used, 'a', 4096);
        memcpy(request + used + 4096, "\r\n", 2);
        used += 4098;
    }
    request[used] = '\0';
    assert_int_equal(status_for(request), 413);
}

static void test_server__says_continue_to_who_waits_for_it(void **state)
{
    char reply[4096];

    (void)state;
    converse("POST /api/v1/size HTTP/1.1\r\n" HOST
             "Expect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab",
             reply, sizeof reply);
    assert_int_equal(status_of(reply), 100);
    assert_non_null(strstr(reply, "\r\n\r\nHTTP/1.1 200 OK\r\n"));
}

static void test_server__takes_a_file_from_a_form(void **state)
{
    static const char form[] =
        "--XX\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\na,b\r\n1,2\r\n--XX--\r\n";
    char request[1024];
    char reply[4096];

    (void)state;
    snprintf(request, sizeof request,
             "POST /api/v1/upload HTTP/1.1\r\n" HOST "Connection: close\r\nContent-Length: %zu\r\n"
             "Content-Type: multipart/form-data; boundary=XX\r\n\r\n%s",
             sizeof form - 1, form);
    converse(request, reply, sizeof reply);
    assert_int_equal(status_of(reply), 200);
    assert_non_null(strstr(reply, "{\"size\":8}"));
    assert_int_equal(status_for("POST /api/v1/upload HTTP/1.1\r\n" HOST
                                "Connection: close\r\nContent-Length: 2\r\n"
                                "Content-Type: application/pdf\r\n\r\nab"),
                     415);
}

static void test_server__drops_a_header_that_would_split_the_reply(void **state)
{
    char reply[4096];

    (void)state;
    converse("GET /api/v1/split HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", reply, sizeof reply);
    assert_int_equal(status_of(reply), 200);
    assert_null(strstr(reply, "X-Injected"));
}

static void test_server__knows_the_machines_owner_by_the_local_socket(void **state)
{
    struct http_test t;
    struct local_reply reply;
    struct stat status;

    (void)state;
    http_test_begin(&t);
    assert_int_equal(stat(socket_path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(
        local_client_send(&t.ctx, socket_path, "GET", "/api/v1/local", NULL, NULL, 0, 5000, &reply), OK);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.body, "{\"hello\":\"local\",\"actor\":\"local administrator\"}");
    assert_int_equal(reply.body_length, strlen(reply.body));
    assert_int_equal(status_for("GET /api/v1/local HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"), 403);
    http_test_end(&t);
}

static void test_local_client__sends_bodies_and_reads_refusals(void **state)
{
    struct http_test t;
    struct local_reply reply;

    (void)state;
    http_test_begin(&t);
    assert_int_equal(local_client_send(&t.ctx, socket_path, "POST", "/api/v1/upload", "text/csv", "a,b\r\n",
                                       5, 5000, &reply),
                     OK);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.body, "{\"size\":5}");
    static char large[HTTP_BODY_MAX * 8];
    assert_int_equal(local_client_send(&t.ctx, socket_path, "POST", "/api/v1/size", "text/plain", large,
                                       sizeof large, 5000, &reply),
                     OK);
    assert_int_equal(reply.status, 413);
    http_test_end(&t);
}

static void test_local_client__says_when_nobody_is_there(void **state)
{
    struct http_test t;
    struct local_reply reply;

    (void)state;
    http_test_begin(&t);
    assert_int_equal(
        local_client_send(&t.ctx, "/tmp/carrel-no-such.sock", "GET", "/", NULL, NULL, 0, 1000, &reply),
        ERROR_BUSY);
    error_clear(&t.ctx);
    /* Somebody is, and is slow: who takes that for nobody would open the library beside him. */
    assert_int_equal(local_client_send(&t.ctx, socket_path, "GET", "/api/v1/slow", NULL, NULL, 0, 50, &reply),
                     ERROR_CONFLICT);
    http_test_end(&t);
}

/* A listener that says `text` to its first client. */
static void *say_text_once(void *text)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    char request[1024];

    snprintf(address.sun_path, sizeof address.sun_path, "%s/odd.sock", directory);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 1) != 0)
        return NULL;
    int client = accept(listener, NULL, NULL);
    if (recv(client, request, sizeof request, 0) > 0)
        send(client, text, strlen(text), MSG_NOSIGNAL);
    close(client);
    close(listener);
    unlink(address.sun_path);
    return NULL;
}

static void test_local_client__tells_http_from_other_things(void **state)
{
    static const struct {
        const char *text;
        enum error_kind kind;
        const char *body;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n", OK,
         "abc0123456789"},
        {"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nab", OK, "ab"},
        {"HTTP/1.1 204 No Content\r\n\r\n", OK, ""},
        {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", ERROR_CONFLICT, NULL},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", ERROR_CONFLICT, NULL},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\nabc\r\n0\r\n\r\n",
         ERROR_INTERNAL, NULL},
        {"HTTP/1.1 x00 OK\r\n\r\n", ERROR_INTERNAL, NULL},
        {"220 mail.example ESMTP\r\n", ERROR_INTERNAL, NULL},
    };
    char path[96];

    (void)state;
    snprintf(path, sizeof path, "%s/odd.sock", directory);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_test t;
        struct local_reply reply;
        pthread_t thread;
        http_test_begin(&t);
        assert_int_equal(pthread_create(&thread, NULL, say_text_once, (void *)(uintptr_t)cases[i].text), 0);
        enum error_kind kind = ERROR_BUSY;
        for (int attempt = 0; attempt < 100 && kind == ERROR_BUSY; attempt++) {
            clock_sleep_ms(10);
            error_clear(&t.ctx);
            kind = local_client_send(&t.ctx, path, "GET", "/", NULL, NULL, 0, 2000, &reply);
        }
        assert_int_equal(pthread_join(thread, NULL), 0);
        if (kind != cases[i].kind)
            FAIL_TEST("case %zu", i);
        if (cases[i].body)
            assert_string_equal(reply.body, cases[i].body);
        http_test_end(&t);
    }
}

static void test_server__serves_while_others_only_hold_the_line(void **state)
{
    int idle[THREADS * 4];
    char reply[4096];

    (void)state;
    for (size_t i = 0; i < COUNT(idle); i++)
        idle[i] = open_connection();
    int64_t begin = clock_monotonic_ms();
    converse("GET /api/v1/hello HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", reply, sizeof reply);
    assert_int_equal(status_of(reply), 200);
    assert_true(clock_monotonic_ms() - begin < 4000);
    for (size_t i = 0; i < COUNT(idle); i++)
        close(idle[i]);
}

static void test_server__says_what_is_wrong_with_an_address(void **state)
{
    static const char *const bad[] = {"localhost:8000",  "8000",     "127.0.0.1",     "127.0.0.1:",
                                      "127.0.0.1:70000", "::1:8000", "127.0.0.1:80s", ""};
    struct http_test t;
    struct server *other = NULL;

    (void)state;
    http_test_begin(&t);
    for (size_t i = 0; i < COUNT(bad); i++) {
        error_clear(&t.ctx);
        assert_int_not_equal(start(&t.ctx, bad[i], NULL, &other), OK);
        assert_non_null(strstr(t.ctx.error.detail, "numeric address"));
    }
    error_clear(&t.ctx);
    const char *taken = arena_printf(&t.arena, "127.0.0.1:%d", server_port(server));
    assert_int_not_equal(start(&t.ctx, taken, NULL, &other), OK);
    assert_string_equal(
        t.ctx.error.detail,
        arena_printf(&t.arena, "cannot listen on %s: address already in use; choose another with --listen",
                     taken));
    assert_null(other);
    http_test_end(&t);
}

static void test_server__says_what_is_wrong_with_a_socket_path(void **state)
{
    char long_path[200];
    char file_path[96];
    struct http_test t;
    struct server *other = NULL;

    (void)state;
    memset(long_path, 'a', sizeof long_path);
    long_path[0] = '/';
    long_path[sizeof long_path - 1] = '\0';
    snprintf(file_path, sizeof file_path, "%s/file", directory);
    FILE *file = fopen(file_path, "w");
    assert_non_null(file);
    fclose(file);
    http_test_begin(&t);
    assert_int_not_equal(start(&t.ctx, "127.0.0.1:0", long_path, &other), OK);
    assert_non_null(strstr(t.ctx.error.detail, "longer than"));
    error_clear(&t.ctx);
    assert_int_not_equal(start(&t.ctx, "127.0.0.1:0", file_path, &other), OK);
    assert_int_equal(access(file_path, F_OK), 0);
    error_clear(&t.ctx);
    assert_int_not_equal(start(&t.ctx, "127.0.0.1:0", "/tmp/a,b", &other), OK);
    http_test_end(&t);
    unlink(file_path);
}

static void *ask_slowly(void *status)
{
    *(int *)status = status_for("GET /api/v1/slow HTTP/1.1\r\n" HOST "\r\n");
    return NULL;
}

static void test_server__finishes_open_requests_when_it_stops(void **state)
{
    struct http_test t;
    struct server *first = server;
    pthread_t thread;
    int status = 0;

    (void)state;
    http_test_begin(&t);
    assert_int_equal(start(&t.ctx, "127.0.0.1:0", NULL, &server), OK);
    int idle = open_connection();
    assert_int_equal(pthread_create(&thread, NULL, ask_slowly, &status), 0);
    clock_sleep_ms(100);
    int64_t begin = clock_monotonic_ms();
    server_stop(server);
    assert_true(clock_monotonic_ms() - begin < 5000);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(status, 200);
    close(idle);
    server = first;
    http_test_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_server__answers_with_every_header_it_promises),
        cmocka_unit_test(test_server__refuses_what_its_library_would_forgive),
        cmocka_unit_test(test_server__bounds_the_head),
        cmocka_unit_test(test_server__keeps_a_connection_and_takes_pipelined_requests),
        cmocka_unit_test(test_server__refuses_a_large_body_without_reading_it),
        cmocka_unit_test(test_server__counts_the_bytes_of_chunks),
        cmocka_unit_test(test_server__says_continue_to_who_waits_for_it),
        cmocka_unit_test(test_server__takes_a_file_from_a_form),
        cmocka_unit_test(test_server__drops_a_header_that_would_split_the_reply),
        cmocka_unit_test(test_server__knows_the_machines_owner_by_the_local_socket),
        cmocka_unit_test(test_local_client__sends_bodies_and_reads_refusals),
        cmocka_unit_test(test_local_client__says_when_nobody_is_there),
        cmocka_unit_test(test_local_client__tells_http_from_other_things),
        cmocka_unit_test(test_server__serves_while_others_only_hold_the_line),
        cmocka_unit_test(test_server__says_what_is_wrong_with_an_address),
        cmocka_unit_test(test_server__says_what_is_wrong_with_a_socket_path),
        cmocka_unit_test(test_server__finishes_open_requests_when_it_stops),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}

/*
 * server.c — civetweb does sockets and threads; everything a client can see is ours.
 *
 * begin_request answers every request and says so, so that nothing of civetweb's own (files, CORS, digests)
 * is ever reached; http_error does the same for heads it cannot read. What it reads more kindly than the guard
 * allows is looked up in its buffer, which it parses in place: see strict_head.h. Deadlines it does not have
 * are the reaper's.
 *
 * This file is long because it is the only one that may know civetweb.
 */
#include "http/server.h"

#include <civetweb.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/trace.h"
#include "http/body.h"
#include "http/crowd.h"
#include "http/guard.h"
#include "http/metrics.h"
#include "http/problem.h"
#include "http/reaper.h"
#include "http/redirect.h"
#include "http/reply.h"
#include "http/request_log.h"
#include "http/socket_name.h"
#include "http/spool.h"
#include "http/strict_head.h"

#define UNIX_SOCKET_ADDRESS "*"           /* what civetweb calls a client of the Unix socket */
#define SLOWEST_BYTES_PER_MS 16           /* of a body or reply, beyond HTTP_REQUEST_TIMEOUT_MS */
#define UNWATCHED_REPLY_BYTES (64 * 1024) /* fits a socket's buffer: written without waiting for the client */
#define DRAIN_MS 1000                     /* for a client to stop sending a body that was refused */
#define CONNECTION_QUEUE "128"            /* accepted, waiting for a worker */
#define LISTEN_BACKLOG "511"
#define START_ERROR_SIZE 256

struct server {
    struct server_options options;
    struct mg_context *civetweb;
    struct reaper *reaper;
    struct crowd *crowd;
    char *socket_path;
    int socket_folder; /* -1, or what its name begins with (http/socket_name.h) */
    int port;
    atomic_int next_slot;
    atomic_int open_requests;
    atomic_int uploads; /* of open_requests */
    atomic_bool stopping;
    bool started;
    char start_error[START_ERROR_SIZE];
};

/* What a worker thread keeps from request to request. */
struct worker {
    struct arena arena;
    int slot;
    bool attached; /* to the reaper: a connection is open, or being made */
    bool refused;  /* this connection's last request was answered without being read */
    bool crowded;  /* this connection's address holds half of the workers already */
    int socket;    /* of this or the last connection: a good guess for the next */
};

/* One request while it is being answered. */
struct exchange {
    struct server *server;
    struct worker *worker;
    struct mg_connection *conn;
    struct ctx ctx;
    struct request req;
    struct response res;
    struct reply_facts facts;
    struct trace trace;
    int64_t bytes_sent;
    bool body_unread;
    bool redirected; /* to https: no route was looked for */
    bool uploads;    /* one of HTTP_UPLOADS_MAX */
};

static struct server *server_of(const struct mg_connection *conn)
{
    return mg_get_user_data(mg_get_context(conn));
}

/* ---- replies ------------------------------------------------------------------------------------------- */

static bool write_all(struct exchange *x, const void *bytes, size_t length)
{
    if (length == 0)
        return true;
    if (length > UNWATCHED_REPLY_BYTES)
        reaper_writing(x->server->reaper, x->worker->slot,
                       HTTP_REQUEST_TIMEOUT_MS + (int64_t)(length / SLOWEST_BYTES_PER_MS));
    int written = mg_write(x->conn, bytes, length);
    x->bytes_sent += written > 0 ? written : 0;
    if (length > UNWATCHED_REPLY_BYTES)
        reaper_working(x->server->reaper, x->worker->slot);
    return written >= 0 && (size_t)written == length;
}

/* Mirrors what civetweb will do by itself, and adds our own reasons to close. */
static bool must_close(const struct exchange *x)
{
    const char *wish = request_header(&x->req, "Connection");
    const char *version = mg_get_request_info(x->conn)->http_version;

    if (x->body_unread || x->worker->crowded || reaper_is_busy(x->server->reaper) ||
        atomic_load(&x->server->stopping))
        return true;
    return wish ? strcasestr(wish, "keep-alive") == NULL : strcmp(version, "1.1") != 0;
}

static void close_after_reply(struct exchange *x)
{
    x->facts.close = true;
    mg_disable_connection_keep_alive(x->conn);
}

static bool send_head(struct exchange *x, char head[REPLY_HEAD_SIZE], size_t *out_length)
{
    if (must_close(x))
        close_after_reply(x);
    *out_length = reply_head(head, &x->req, &x->res, &x->facts);
    if (*out_length > 0)
        return true;
    LOG(ERROR, "the headers of a reply do not fit");
    close_after_reply(x);
    return false;
}

static void send_reply(struct exchange *x)
{
    char bytes[REPLY_HEAD_SIZE + UNWATCHED_REPLY_BYTES / 4];
    size_t length;
    size_t body_length;
    const void *body = reply_body(&x->res, &body_length);

    if (!send_head(x, bytes, &length))
        return;
    if (x->req.head_only)
        body_length = 0;
    /* One write where it fits: one segment on the wire. */
    if (body_length <= sizeof bytes - length) {
        memcpy(bytes + length, body, body_length);
        length += body_length;
        body_length = 0;
    }
    if (!write_all(x, bytes, length) || !write_all(x, body, body_length))
        close_after_reply(x);
}

/* struct response's send_chunk. */
static bool send_piece(void *connection, struct response *res, const char *bytes, size_t length)
{
    struct exchange *x = connection;
    bool old_client = strcmp(mg_get_request_info(x->conn)->http_version, "1.0") == 0;
    char head[REPLY_HEAD_SIZE];
    char size_line[24];
    size_t head_length;

    if (!res->streamed && !x->facts.chunked && !x->facts.until_close) {
        x->facts.chunked = !old_client;
        x->facts.until_close = old_client;
        if (!send_head(x, head, &head_length) || !write_all(x, head, head_length))
            return false;
    }
    if (x->req.head_only || length == 0)
        return true;
    if (x->facts.until_close)
        return write_all(x, bytes, length);
    int size_length = snprintf(size_line, sizeof size_line, "%zx\r\n", length);
    return write_all(x, size_line, (size_t)size_length) && write_all(x, bytes, length) &&
           write_all(x, "\r\n", 2);
}

/* struct response's is_over. */
static bool is_over(void *connection)
{
    const struct exchange *x = connection;

    return atomic_load(&x->server->stopping) || socket_has_gone(x->worker->socket);
}

static void end_stream(struct exchange *x)
{
    bool whole = !x->res.broken;

    if (whole && x->facts.chunked && !x->req.head_only)
        whole = write_all(x, "0\r\n\r\n", 5);
    if (!whole || x->facts.until_close)
        close_after_reply(x);
}

/* ---- requests ------------------------------------------------------------------------------------------ */

static struct raw_request describe(struct arena *arena, const struct mg_request_info *info)
{
    size_t count = info->num_headers > 0 ? (size_t)info->num_headers : 0;
    struct raw_request raw = {.method = info->request_method, .header_count = count};

    raw.headers = arena_alloc_array(arena, count + 1, sizeof *raw.headers);
    for (size_t i = 0; i < count; i++)
        raw.headers[i] =
            (struct name_value){.name = info->http_headers[i].name, .value = info->http_headers[i].value};
    /* As it was sent: a whole URL, which could name another host than Host does, is no path to the guard. */
    raw.target = info->query_string ? arena_printf(arena, "%s?%s", info->request_uri, info->query_string)
                                    : info->request_uri;
    return raw;
}

static int read_from_civetweb(void *connection, char *out, size_t size)
{
    return mg_read(connection, out, size);
}

/* Of a body that may take long: as long as it goes on. */
static int read_for_file(void *connection, char *out, size_t size)
{
    struct exchange *x = connection;

    reaper_reading(x->server->reaper, x->worker->slot, HTTP_REQUEST_TIMEOUT_MS);
    return mg_read(x->conn, out, size);
}

static enum error_kind begin_upload(struct exchange *x)
{
    x->uploads = true;
    if (atomic_fetch_add(&x->server->uploads, 1) >= HTTP_UPLOADS_MAX)
        return fail(&x->ctx, BUSY, "%d files are being taken in already. Try again in a moment.",
                    HTTP_UPLOADS_MAX);
    if (x->req.route->limit == LIMIT_UPLOAD)
        x->worker->arena.max = ARENA_IMPORT_MAX;
    return OK;
}

static enum error_kind receive_body(struct exchange *x, size_t max)
{
    const char *expect = request_header(&x->req, "Expect");

    if (!body_is_announced(&x->req))
        return OK;
    x->body_unread = true;
    if (max == 0)
        return fail(&x->ctx, BODY_TOO_LARGE, "This request takes no body.");
    bool is_file = x->req.route->limit == LIMIT_FILE;
    if (is_file || x->req.route->limit == LIMIT_UPLOAD)
        TRY(begin_upload(x));
    if (expect && strcasecmp(expect, "100-continue") == 0)
        (void)mg_write(x->conn, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    reaper_reading(x->server->reaper, x->worker->slot,
                   (x->worker->crowded ? HTTP_CROWDED_BODY_MS : HTTP_REQUEST_TIMEOUT_MS) +
                       (int64_t)(max / SLOWEST_BYTES_PER_MS));
    enum error_kind kind =
        is_file ? spool_read(&x->req, x->server->options.router->spool_folder, max, read_for_file, x)
                : body_read(&x->req, max, read_from_civetweb, x->conn);
    reaper_working(x->server->reaper, x->worker->slot);
    x->body_unread = kind != OK;
    return kind;
}

/* Everything up to the dispatcher; what it refuses has not been read to its end. */
static enum error_kind receive(struct exchange *x, const struct raw_request *raw)
{
    size_t body_max;

    x->body_unread = true;
    TRY(guard_request(&x->req, raw, x->server->options.host_names));
    x->redirected = x->server->options.tls && !x->req.secure && !x->req.local_socket;
    if (x->redirected)
        return redirect_to_https(&x->req, &x->res, raw->target, x->server->port);
    address_of_client(&x->req, x->server->options.proxies);
    if (!head_is_strict(raw->headers, raw->header_count))
        return fail(&x->ctx, BAD_REQUEST, "The headers are malformed.");
    x->body_unread = body_is_announced(&x->req);
    if (atomic_load(&x->server->stopping))
        return fail(&x->ctx, BUSY, "The server is stopping. Try again in a moment.");
    TRY(router_admit(x->server->options.router, &x->req, &x->res, &body_max));
    return receive_body(x, body_max);
}

/* A socket closed while bytes wait in it is reset, and the client may lose the reply that says why. */
static void drain(struct exchange *x)
{
    char bytes[UNWATCHED_REPLY_BYTES / 4];
    int64_t until = clock_monotonic_ms() + DRAIN_MS;

    reaper_reading(x->server->reaper, x->worker->slot, DRAIN_MS);
    while (clock_monotonic_ms() < until && mg_read(x->conn, bytes, sizeof bytes) > 0)
        continue;
    reaper_working(x->server->reaper, x->worker->slot);
}

static void introduce(struct exchange *x, const struct mg_request_info *info)
{
    bool local = strcmp(info->remote_addr, UNIX_SOCKET_ADDRESS) == 0;

    x->ctx = (struct ctx){
        .arena = &x->worker->arena,
        .now = clock_library_now(0),
        .currency_exponent = x->server->options.currency_exponent,
        .actor = {.access = local ? LOCAL_ADMIN : x->server->options.tcp_access,
                  .name = local ? "local administrator" : "anonymous",
                  .address = local ? "local" : info->remote_addr},
    };
    x->req = (struct request){.ctx = &x->ctx,
                              .local_socket = local,
                              .remote_address = x->ctx.actor.address,
                              .secure = info->is_ssl != 0};
    x->facts.hsts_s = x->req.secure ? x->server->options.hsts_s : 0;
    response_init(&x->res, &x->ctx);
    x->res.send_chunk = send_piece;
    x->res.is_over = is_over;
    x->res.connection = x;
}

static void note_end(const struct exchange *x, const char *method)
{
    int64_t took_us = clock_monotonic_us() - x->facts.started_us;

    bool followed = x->res.streamed && x->req.route && x->req.route->follows;

    http_metrics_end(x->server->options.router->metrics, &x->req, x->res.status, followed ? -1 : took_us,
                     x->bytes_sent);
    request_log_write(&x->req, method, x->res.status, took_us, x->bytes_sent);
    request_log_trace(&x->req, &x->trace, x->res.status, x->facts.started_us);
}

static void answer(struct exchange *x, const struct mg_request_info *info)
{
    struct raw_request raw = describe(&x->worker->arena, info);

    introduce(x, info);
    http_metrics_begin(x->server->options.router->metrics);
    enum error_kind kind = receive(x, &raw);
    log_set_correlation_id(x->req.correlation_id);
    request_log_begin_trace(&x->req, &x->trace);
    if (kind == OK && !x->redirected)
        router_dispatch(x->server->options.router, &x->req, &x->res);
    else if (kind != OK)
        problem_write(&x->req, &x->res, kind);
    if (x->res.streamed)
        end_stream(x);
    else
        send_reply(x);
    if (x->body_unread && body_is_announced(&x->req))
        drain(x);
    note_end(x, info->request_method);
    log_set_correlation_id(NULL);
    trace_set(NULL);
}

/* ---- civetweb's callbacks ------------------------------------------------------------------------------ */

static struct exchange begin_exchange(struct mg_connection *conn)
{
    return (struct exchange){.server = server_of(conn),
                             .worker = mg_get_thread_pointer(conn),
                             .conn = conn,
                             .facts = {.started_us = clock_monotonic_us()}};
}

static void end_exchange(struct exchange *x)
{
    arena_reset(&x->worker->arena);
    x->worker->arena.max = ARENA_REQUEST_MAX;
    if (x->uploads)
        atomic_fetch_sub(&x->server->uploads, 1);
    reaper_idle(x->server->reaper, x->worker->slot);
}

static int begin_request(struct mg_connection *conn)
{
    struct exchange x = begin_exchange(conn);

    atomic_fetch_add(&x.server->open_requests, 1);
    reaper_working(x.server->reaper, x.worker->slot);
    answer(&x, mg_get_request_info(conn));
    end_exchange(&x);
    atomic_fetch_sub(&x.server->open_requests, 1);
    /* Anything but 0: "it is answered". */
    return 1;
}

/* A head that civetweb could not read: nothing of it may be looked at. It closes the connection by itself. */
static int answer_unreadable(struct mg_connection *conn, int status, const char *message)
{
    static const struct raw_request nothing = {.method = "", .target = ""};
    static const struct mg_request_info nobody = {.remote_addr = ""};
    struct exchange x = begin_exchange(conn);

    introduce(&x, &nobody);
    x.worker->refused = true;
    x.body_unread = true;
    /* It refuses, of course; but it also gives the reply its correlation id. */
    enum error_kind kind;
    if (guard_request(&x.req, &nothing, NULL) != OK)
        error_clear(&x.ctx);
    if (status == 413)
        kind = fail(&x.ctx, BODY_TOO_LARGE, "The request's head is too large.");
    else
        kind = fail(&x.ctx, BAD_REQUEST, "This is not a request this server can read.");
    problem_write(&x.req, &x.res, kind);
    send_reply(&x);
    http_metrics_refused(x.server->options.router->metrics, REFUSED_UNREADABLE);
    LOG(DEBUG, "unreadable request", LOG_TEXT("why", message));
    end_exchange(&x);
    return 0;
}

/* Its socket is made known to the reaper, and its address to the crowd. */
static void meet(struct server *server, struct worker *worker, const struct mg_request_info *info)
{
    worker->crowded = false;
    if (strcmp(info->remote_addr, UNIX_SOCKET_ADDRESS) == 0)
        return;
    worker->socket = socket_find(info->remote_addr, info->remote_port, info->server_port, worker->socket);
    reaper_watch(server->reaper, worker->slot, worker->socket);
    worker->crowded = !crowd_enter(server->crowd, worker->slot, info->remote_addr);
    if (worker->crowded)
        http_metrics_refused(server->options.router->metrics, REFUSED_CROWD);
    if (worker->crowded && !crowd_has_head(worker->socket, info->is_ssl))
        shutdown(worker->socket, SHUT_RDWR);
}

static int connection_opened(const struct mg_connection *conn, void **conn_data)
{
    struct server *server = server_of(conn);
    struct worker *worker = mg_get_thread_pointer(conn);

    (void)conn_data;
    worker->refused = false;
    if (worker->attached)
        reaper_idle(server->reaper, worker->slot);
    else
        reaper_attach(server->reaper, worker->slot);
    worker->attached = true;
    meet(server, worker, mg_get_request_info(conn));
    return 0;
}

/*
 * A connection over TLS holds its worker from here on, long before it is opened: a client that stops in the middle of a
 * handshake is as idle as any other. (TLS 1.3 starts again for what follows the handshake.)
 */
static void handshake_steps(const SSL *ssl, int where, int result)
{
    const struct mg_connection *conn = SSL_get_app_data(ssl);
    struct worker *worker = conn ? mg_get_thread_pointer(conn) : NULL;

    (void)result;
    if (!(where & SSL_CB_HANDSHAKE_START) || !worker || worker->attached)
        return;
    reaper_attach(server_of(conn)->reaper, worker->slot);
    worker->attached = true;
    worker->refused = true; /* until the connection is opened there is nothing to answer */
    worker->socket = SSL_get_fd(ssl);
    reaper_watch(server_of(conn)->reaper, worker->slot, worker->socket);
}

static void connection_closes(const struct mg_connection *conn)
{
    struct worker *worker = mg_get_thread_pointer(conn);
    const struct mg_request_info *info = mg_get_request_info(conn);

    /* "*" and other servers' URLs make civetweb hang up without a word; this is the last moment for one. */
    if (worker->attached && info && info->request_uri && !info->local_uri && !worker->refused)
        (void)answer_unreadable((struct mg_connection *)(uintptr_t)conn, 400, "not a path");
    crowd_leave(server_of(conn)->crowd, worker->slot);
    if (worker->attached)
        reaper_detach(server_of(conn)->reaper, worker->slot);
    worker->attached = false;
}

static void *worker_starts(const struct mg_context *context, int thread_type)
{
    struct server *server = mg_get_user_data(context);

    if (thread_type != 1)
        return NULL;
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        abort();
    arena_init(&worker->arena, ARENA_REQUEST_MAX);
    worker->slot = atomic_fetch_add(&server->next_slot, 1);
    worker->socket = -1;
    return worker;
}

static void worker_ends(const struct mg_context *context, int thread_type, void *thread_pointer)
{
    struct worker *worker = thread_pointer;

    (void)context;
    if (thread_type != 1 || !worker)
        return;
    arena_release(&worker->arena);
    free(worker);
}

/* The first complaint while starting is the cause; later ones are its consequences, or gossip. */
static int take_message(const struct mg_connection *conn, const char *message)
{
    struct server *server = server_of(conn);

    if (!server->started && server->start_error[0] == '\0')
        snprintf(server->start_error, sizeof server->start_error, "%s", message);
    LOG(DEBUG, "civetweb", LOG_TEXT("detail", message));
    return 1;
}

/* Asked for once at the start and, so that it lets it live, at the end: 1 is "it is not yours". */
static int give_tls_context(void **out_context, void *user_data)
{
    const struct server *server = user_data;

    if (!server->options.tls)
        return 0;
    *out_context = server->options.tls;
    return 1;
}

static const struct mg_callbacks callbacks = {
    .begin_request = begin_request,
    .http_error = answer_unreadable,
    .init_connection = connection_opened,
    .connection_close = connection_closes,
    .init_thread = worker_starts,
    .exit_thread = worker_ends,
    .log_message = take_message,
    .external_ssl_ctx = give_tls_context,
};

/* ---- start and stop ------------------------------------------------------------------------------------ */

static enum error_kind start_civetweb(struct ctx *ctx, struct server *server)
{
    const struct server_options *options = &server->options;
    const char *socket_name =
        options->socket_path ? socket_short_path(ctx, options->socket_path, &server->socket_folder) : NULL;
    const struct listeners listeners = {options->listen, options->redirect, socket_name,
                                        options->tls != NULL};
    /* clang-format off */
    const char *settings[] = {
        "listening_ports", listeners_text(ctx->arena, &listeners),
        "num_threads", arena_printf(ctx->arena, "%d", options->threads),
        "enable_keep_alive", "yes",
        "keep_alive_timeout_ms", arena_printf(ctx->arena, "%d", HTTP_KEEP_ALIVE_MS),
        "request_timeout_ms", arena_printf(ctx->arena, "%d", HTTP_REQUEST_TIMEOUT_MS),
        "max_request_size", arena_printf(ctx->arena, "%d", HTTP_HEAD_BYTES_MAX),
        "connection_queue", CONNECTION_QUEUE,
        "listen_backlog", LISTEN_BACKLOG,
        "tcp_nodelay", "1",
        "decode_url", "no",                  /* once, by the guard */
        "enable_auth_domain_check", "no",    /* the guard looks at Host */
        "access_control_allow_origin", "",   /* empty: no CORS */
        "access_control_allow_methods", "",
        "access_control_allow_headers", "",
        NULL,
    };
    /* clang-format on */
    struct mg_init_data init = {
        .callbacks = &callbacks, .user_data = server, .configuration_options = settings};

    /* The socket's file is made inside: it must never be open to others, not even for a moment. */
    mode_t old_mask = umask(077);
    server->civetweb = mg_start2(&init, NULL);
    umask(old_mask);
    if (!server->civetweb)
        return listeners_explain(ctx, &listeners, server->start_error);
    server->started = true;
    if (options->socket_path && chmod(options->socket_path, 0600) != 0)
        return fail(ctx, INTERNAL, "cannot protect the socket %s: %s", options->socket_path, strerror(errno));
    return OK;
}

static void free_server(struct server *server)
{
    if (server->civetweb)
        mg_stop(server->civetweb);
    if (server->reaper)
        reaper_stop(server->reaper);
    crowd_free(server->crowd);
    mg_exit_library();
    if (server->socket_folder >= 0)
        close(server->socket_folder);
    free(server->socket_path);
    free(server);
}

enum error_kind server_start(struct ctx *ctx, const struct server_options *options,
                             struct server **out_server)
{
    struct mg_server_port ports[REAPER_PORTS_MAX] = {0};

    if (options->listen)
        TRY(socket_check_address(ctx, options->listen));
    if (options->redirect)
        TRY(socket_check_address(ctx, options->redirect));
    if (options->socket_path)
        TRY(socket_clear_path(ctx, options->socket_path));
    struct server *server = calloc(1, sizeof *server);
    if (!server)
        abort();
    server->options = *options;
    server->socket_folder = -1;
    server->socket_path = options->socket_path ? strdup(options->socket_path) : NULL;
    (void)mg_init_library(0);
    server->crowd = crowd_new(options->threads, options->proxies);
    if (options->tls)
        SSL_CTX_set_info_callback(options->tls, handshake_steps);
    server->reaper = reaper_start(options->threads);
    enum error_kind kind = server->reaper ? start_civetweb(ctx, server)
                                          : fail(ctx, INTERNAL, "cannot start a thread: %s", strerror(errno));
    if (kind != OK) {
        free_server(server);
        return kind;
    }
    int count = mg_get_server_ports(server->civetweb, REAPER_PORTS_MAX, ports);
    for (int i = 0; i < count; i++)
        reaper_watch_port(server->reaper, ports[i].port);
    server->port = ports[0].port; /* 0 when there is the Unix socket only */
    *out_server = server;
    return OK;
}

int server_port(const struct server *server)
{
    return server->port;
}

void server_stop(struct server *server)
{
    int64_t until = clock_monotonic_ms() + HTTP_STOP_MS;

    if (!server)
        return;
    /* New requests are refused from here on, idle connections cut; what is being answered is answered. */
    atomic_store(&server->stopping, true);
    reaper_close_idle(server->reaper);
    while (atomic_load(&server->open_requests) > 0 && clock_monotonic_ms() < until)
        clock_sleep_ms(10);
    if (server->socket_path)
        (void)unlink(server->socket_path);
    free_server(server);
}

/*
 * load.c — the clients of `make bench`: as many threads as clients, a keep-alive connection each, no think time.
 *
 *     load lend PORT CLIENTS SECONDS FILE    lends and takes back; FILE has a line "barcode card" for each client
 *     load get PORT CLIENTS SECONDS FILE     asks for the targets in FILE, one a line, over and over
 *     load each PORT REPEATS FILE            asks for each target so often before it goes on to the next
 *     load walk PORT PAGES MS FILE           follows each target's next_cursor so far, or for so long
 *     load fsync FILE SECONDS                the disk's own rate: 4 KiB written and fdatasync, again and again
 *
 * LOAD_HEADERS in the environment goes with every request: header lines, each ended by CR LF.
 *
 * Prints one JSON object (each and walk: one a line for each target). Latencies are the client's; `server_…` is
 * what X-Process-Time says; `worst` has the slowest of each tenth of a second since `started_ms` (since 1970).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define REPLY_MAX (1024 * 1024)
#define REQUEST_MAX 8192 /* a target with a cursor behind it, and LOAD_HEADERS */
#define HEADERS_MAX 1024 /* of LOAD_HEADERS */
#define LINE_MAX_BYTES 2048
#define SAMPLES_MAX 4000000
#define SLOT_US 100000
#define SLOTS_MAX 6000
#define REPEATS_MAX 1000
#define EACH_US_MAX 200000 /* a slow target is asked less often */

struct samples {
    float *ms;
    size_t count;
};

struct client {
    pthread_t thread;
    int socket_fd;
    int port;
    bool lends;
    char **lines;
    size_t line_count, first_line;
    int64_t until_us;
    struct samples seen, server;
    float *worst; /* by SLOT_US since started_us */
    int64_t started_us;
    int64_t good, refused, broken, reconnects;
};

static const char *more_headers = "";

static void die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void add(struct samples *samples, double ms)
{
    if (!samples->ms && !(samples->ms = malloc(SAMPLES_MAX / 32 * sizeof *samples->ms)))
        die("malloc");
    if (samples->count < SAMPLES_MAX / 32)
        samples->ms[samples->count++] = (float)ms;
}

static int connect_to(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int one = 1;
    int socket_fd = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (socket_fd < 0 || connect(socket_fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("connect");
    setsockopt(socket_fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return socket_fd;
}

static void reconnect(struct client *client)
{
    close(client->socket_fd);
    client->socket_fd = connect_to(client->port);
    client->reconnects++;
}

/* Chunks end with an empty one (RFC 9112, 7.1); no line of JSON has a CR in it. */
static int ends_with_last_chunk(const char *reply, size_t held)
{
    static const char last[] = "\r\n0\r\n\r\n";

    return held >= sizeof last - 1 && memcmp(reply + held - (sizeof last - 1), last, sizeof last - 1) == 0;
}

/* One request, its whole reply. The status, or -1 when the connection broke. A busy server asks us to close. */
static int ask(struct client *client, const char *request, size_t length, char *reply, double *out_server_ms)
{
    int socket_fd = client->socket_fd;
    size_t held = 0;
    size_t wanted = 0;
    int chunked = 0;

    if (send(socket_fd, request, length, MSG_NOSIGNAL) != (ssize_t)length)
        return -1;
    for (;;) {
        ssize_t got = recv(socket_fd, reply + held, REPLY_MAX - 1 - held, 0);
        if (got <= 0)
            return -1;
        held += (size_t)got;
        reply[held] = '\0';
        const char *end = wanted ? NULL : strstr(reply, "\r\n\r\n");
        if (end) {
            const char *content = strcasestr(reply, "\r\nContent-Length:");
            const char *took = strcasestr(reply, "\r\nX-Process-Time:");
            chunked = !content && strcasestr(reply, "\r\nTransfer-Encoding: chunked") != NULL;
            wanted = (size_t)(end - reply) + 4 + (content ? strtoul(content + 17, NULL, 10) : 0);
            *out_server_ms = took ? strtod(took + 17, NULL) * 1000 : -1;
        }
        if (wanted && held >= wanted && (!chunked || ends_with_last_chunk(reply, held))) {
            if (strcasestr(reply, "\r\nConnection: close"))
                reconnect(client);
            return (int)strtol(reply + 9, NULL, 10);
        }
        if (held == REPLY_MAX - 1)
            return -1;
    }
}

static int post(struct client *client, const char *path, const char *body, char *reply, double *out_server_ms)
{
    char request[REQUEST_MAX];
    int length = snprintf(request, sizeof request,
                          "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                          "Content-Length: %zu\r\n%s\r\n%s",
                          path, strlen(body), more_headers, body);

    return ask(client, request, (size_t)length, reply, out_server_ms);
}

static void count(struct client *client, int status, int64_t started, double server_ms)
{
    float ms = (float)(now_us() - started) / 1000;
    int64_t slot = (started - client->started_us) / SLOT_US;

    if (client->worst && slot >= 0 && slot < SLOTS_MAX && ms > client->worst[slot])
        client->worst[slot] = ms;
    add(&client->seen, (double)(now_us() - started) / 1000);
    if (server_ms >= 0)
        add(&client->server, server_ms);
    if (status >= 200 && status < 300)
        client->good++;
    else if (status > 0)
        client->refused++;
    else
        client->broken++;
}

static void lend_and_return(struct client *client, char *reply)
{
    char barcode[64];
    char card[64];
    char body[256];
    double server_ms = -1;

    if (sscanf(client->lines[client->first_line], "%63s %63s", barcode, card) != 2)
        die("a line must be: barcode card");
    snprintf(body, sizeof body, "{\"barcode\":\"%s\",\"card\":\"%s\"}", barcode, card);
    int64_t started = now_us();
    int status = post(client, "/api/v1/borrows", body, reply, &server_ms);
    count(client, status, started, server_ms);
    snprintf(body, sizeof body, "{\"barcode\":\"%s\"}", barcode);
    started = now_us();
    status = post(client, "/api/v1/borrows/return", body, reply, &server_ms);
    count(client, status, started, server_ms);
}

static int get_once(struct client *client, const char *target, char *reply, double *out_server_ms)
{
    char request[REQUEST_MAX];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n", target, more_headers);

    return ask(client, request, (size_t)length, reply, out_server_ms);
}

static void get(struct client *client, char *reply, size_t turn)
{
    double server_ms = -1;
    const char *target = client->lines[(client->first_line + turn) % client->line_count];
    int64_t started = now_us();
    int status = get_once(client, target, reply, &server_ms);

    count(client, status, started, server_ms);
}

static void *run(void *argument)
{
    struct client *client = argument;
    char *reply = malloc(REPLY_MAX);

    if (!reply)
        die("malloc");
    client->socket_fd = connect_to(client->port);
    for (size_t turn = 0; now_us() < client->until_us; turn++) {
        int64_t broken = client->broken;
        if (client->lends)
            lend_and_return(client, reply);
        else
            get(client, reply, turn);
        if (client->broken > broken)
            reconnect(client);
    }
    close(client->socket_fd);
    free(reply);
    return NULL;
}

/* ---- figures --------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    float left = *(const float *)a;
    float right = *(const float *)b;

    return (left > right) - (left < right);
}

static void print_quantiles(const char *prefix, struct samples *samples)
{
    if (samples->count == 0)
        return;
    qsort(samples->ms, samples->count, sizeof *samples->ms, compare);
    printf(", \"%sp50_ms\": %.4f, \"%sp99_ms\": %.4f, \"%smax_ms\": %.4f", prefix,
           (double)samples->ms[samples->count / 2], prefix, (double)samples->ms[samples->count * 99 / 100],
           prefix, (double)samples->ms[samples->count - 1]);
}

static void merge(struct samples *into, const struct samples *from)
{
    into->ms = realloc(into->ms, (into->count + from->count + 1) * sizeof *into->ms);
    if (!into->ms)
        die("realloc");
    if (from->count)
        memcpy(into->ms + into->count, from->ms, from->count * sizeof *into->ms);
    into->count += from->count;
}

static void print_worst(struct client *clients, size_t client_count, double seconds)
{
    struct timespec now;
    int64_t slots = (int64_t)(seconds * 1e6) / SLOT_US;

    clock_gettime(CLOCK_REALTIME, &now);
    printf(", \"started_ms\": %.0f, \"worst\": [", (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6 - seconds * 1e3);
    for (int64_t slot = 0; slot < slots && slot < SLOTS_MAX; slot++) {
        float worst = 0;
        for (size_t i = 0; i < client_count; i++)
            worst = clients[i].worst[slot] > worst ? clients[i].worst[slot] : worst;
        printf("%s%.1f", slot ? "," : "", (double)worst);
    }
    printf("]");
}

static void print_figures(struct client *clients, size_t client_count, double seconds)
{
    struct samples seen = {0};
    struct samples server = {0};
    int64_t good = 0;
    int64_t refused = 0;
    int64_t broken = 0;
    int64_t reconnects = 0;

    for (size_t i = 0; i < client_count; i++) {
        merge(&seen, &clients[i].seen);
        merge(&server, &clients[i].server);
        good += clients[i].good;
        refused += clients[i].refused;
        broken += clients[i].broken;
        reconnects += clients[i].reconnects;
    }
    printf("{\"done\": %lld, \"refused\": %lld, \"broken\": %lld, \"reconnects\": %lld, \"seconds\": %.3f, "
           "\"per_second\": %.1f",
           (long long)good, (long long)refused, (long long)broken, (long long)reconnects, seconds,
           (double)good / seconds);
    print_quantiles("", &seen);
    print_quantiles("server_", &server);
    if (clients[0].lends)
        print_worst(clients, client_count, seconds);
    printf("}\n");
}

/* ---- modes ------------------------------------------------------------------------------------------ */

static char **read_lines(const char *path, size_t *out_count)
{
    char line[LINE_MAX_BYTES];
    char **lines = NULL;
    size_t line_count = 0;
    FILE *file = fopen(path, "r");

    if (!file)
        die(path);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        lines = realloc(lines, (line_count + 1) * sizeof *lines);
        if (!lines || !(lines[line_count++] = strdup(line)))
            die("realloc");
    }
    fclose(file);
    *out_count = line_count;
    return lines;
}

static int run_clients(bool lends, int port, size_t client_count, double seconds, const char *path)
{
    size_t line_count;
    char **lines = read_lines(path, &line_count);
    struct client *clients = calloc(client_count, sizeof *clients);

    if (!clients || line_count == 0 || (lends && line_count < client_count))
        die("too few lines for so many clients");
    int64_t started = now_us();
    for (size_t i = 0; i < client_count; i++) {
        clients[i] = (struct client){.port = port,
                                     .lends = lends,
                                     .lines = lines,
                                     .line_count = line_count,
                                     .first_line = i % line_count,
                                     .worst = calloc(SLOTS_MAX, sizeof(float)),
                                     .started_us = started,
                                     .until_us = started + (int64_t)(seconds * 1e6)};
        if (!clients[i].worst || pthread_create(&clients[i].thread, NULL, run, &clients[i]) != 0)
            die("pthread_create");
    }
    for (size_t i = 0; i < client_count; i++)
        pthread_join(clients[i].thread, NULL);
    print_figures(clients, client_count, (double)(now_us() - started) / 1e6);
    return 0;
}

/* The member's text, or "" when it is null or not there. */
static void text_member(const char *reply, const char *name, char *out, size_t size)
{
    const char *at = strstr(reply, name);
    size_t length = at ? strcspn(at + strlen(name), "\"") : 0;

    snprintf(out, size, "%.*s", (int)length, at ? at + strlen(name) : "");
}

static void ask_each(struct client *client, const char *target, int repeats, char *reply)
{
    float times[REPEATS_MAX];
    char cursor[LINE_MAX_BYTES];
    double server_ms = -1;
    int64_t until_us = now_us() + EACH_US_MAX;
    int status = 0;
    int asked = 0;

    do {
        status = get_once(client, target, reply, &server_ms);
        times[asked++] = (float)server_ms;
    } while (asked < repeats && now_us() < until_us);
    text_member(reply, "\"next_cursor\":\"", cursor, sizeof cursor);
    qsort(times, (size_t)asked, sizeof *times, compare);
    printf("{\"status\": %d, \"server_p50_ms\": %.4f, \"server_min_ms\": %.4f, \"cursor\": \"%s\"}\n", status,
           (double)times[asked / 2], (double)times[0], cursor);
}

/* The cursor that leads to page `pages` + 1, or the last there is. */
static void walk(struct client *client, const char *target, int pages, int64_t ms, char *reply)
{
    char next[LINE_MAX_BYTES] = "";
    char reached[LINE_MAX_BYTES] = "";
    char request[LINE_MAX_BYTES * 2];
    int64_t until_us = now_us() + ms * 1000;
    double server_ms;
    int page = 0;

    do {
        snprintf(reached, sizeof reached, "%s", next);
        snprintf(request, sizeof request, "%s%s%s", target, *next ? "&cursor=" : "", next);
        if (page == pages || get_once(client, request, reply, &server_ms) != 200)
            break;
        page++;
        text_member(reply, "\"next_cursor\":\"", next, sizeof next);
    } while (*next && now_us() < until_us);
    printf("{\"pages\": %d, \"cursor\": \"%s\"}\n", page, *next ? next : reached);
}

static int run_alone(int port, int repeats, int64_t walk_ms, const char *path)
{
    struct client client = {.port = port, .socket_fd = connect_to(port)};
    char *reply = malloc(REPLY_MAX);
    size_t line_count;
    char **lines = read_lines(path, &line_count);

    if (!reply || repeats < 1 || (walk_ms == 0 && repeats > REPEATS_MAX))
        die("repeats");
    for (size_t i = 0; i < line_count; i++) {
        if (walk_ms > 0)
            walk(&client, lines[i], repeats, walk_ms, reply);
        else
            ask_each(&client, lines[i], repeats, reply);
    }
    close(client.socket_fd);
    free(reply);
    return 0;
}

static int run_fsync(const char *path, double seconds)
{
    static char page[4096];
    struct client one = {0};
    int descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    int64_t started = now_us();

    if (descriptor < 0)
        die(path);
    while (now_us() < started + (int64_t)(seconds * 1e6)) {
        int64_t before = now_us();
        if (pwrite(descriptor, page, sizeof page, (off_t)(one.good % 4096) * 4096) != (ssize_t)sizeof page ||
            fdatasync(descriptor) != 0)
            die(path);
        count(&one, 200, before, -1);
    }
    print_figures(&one, 1, (double)(now_us() - started) / 1e6);
    close(descriptor);
    unlink(path);
    return 0;
}

int main(int argument_count, char **arguments)
{
    const char *mode = argument_count > 1 ? arguments[1] : "";

    if (getenv("LOAD_HEADERS"))
        more_headers = getenv("LOAD_HEADERS");
    if (strlen(more_headers) > HEADERS_MAX) {
        fprintf(stderr, "load: LOAD_HEADERS is too long\n");
        return 1;
    }
    if (strcmp(mode, "fsync") == 0 && argument_count == 4)
        return run_fsync(arguments[2], strtod(arguments[3], NULL));
    if ((strcmp(mode, "lend") == 0 || strcmp(mode, "get") == 0) && argument_count == 6)
        return run_clients(strcmp(mode, "lend") == 0, (int)strtol(arguments[2], NULL, 10),
                           strtoul(arguments[3], NULL, 10), strtod(arguments[4], NULL), arguments[5]);
    if (strcmp(mode, "each") == 0 && argument_count == 5)
        return run_alone((int)strtol(arguments[2], NULL, 10), (int)strtol(arguments[3], NULL, 10), 0, arguments[4]);
    if (strcmp(mode, "walk") == 0 && argument_count == 6)
        return run_alone((int)strtol(arguments[2], NULL, 10), (int)strtol(arguments[3], NULL, 10),
                         strtol(arguments[4], NULL, 10), arguments[5]);
    fprintf(stderr, "usage: load lend|get PORT CLIENTS SECONDS FILE | load each PORT REPEATS FILE | "
                    "load walk PORT PAGES MS FILE | load fsync FILE SECONDS\n");
    return 2;
}

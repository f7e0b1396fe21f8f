/*
 * socket_name.c — addresses are numeric: looking up names would load shared objects into a static binary.
 */
#include "http/socket_name.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

#define DESCRIPTORS_MAX 4096
#define TCP_STATE_ESTABLISHED 1 /* only <netinet/tcp.h> has a name for it, and lacks the newer counters */
/* The HTTP library wants an "x" before the path and room for a NUL behind it. */
#define SOCKET_PATH_MAX (sizeof(((struct sockaddr_un *)0)->sun_path) - 2)

static enum error_kind bad_address(struct ctx *ctx, const char *listen)
{
    return fail(
        ctx, INVALID_PARAMETER,
        "cannot listen on \"%s\": say a numeric address and a port, like 127.0.0.1:8000, 0.0.0.0:8000 or "
        "[::1]:8000",
        listen);
}

enum error_kind socket_check_address(struct ctx *ctx, const char *listen)
{
    const char *colon = strrchr(listen, ':');
    struct in6_addr address;
    int64_t port;

    if (!colon || strspn(colon + 1, "0123456789") != strlen(colon + 1) || !text_to_int64(colon + 1, &port) ||
        port > UINT16_MAX)
        return bad_address(ctx, listen);
    size_t length = (size_t)(colon - listen);
    bool bracketed = length > 2 && listen[0] == '[' && colon[-1] == ']';
    const char *host = bracketed ? arena_strndup(ctx->arena, listen + 1, length - 2)
                                 : arena_strndup(ctx->arena, listen, length);
    if (inet_pton(bracketed ? AF_INET6 : AF_INET, host, &address) != 1)
        return bad_address(ctx, listen);
    return OK;
}

static bool is_plain(const char *path)
{
    return strlen(path) <= SOCKET_PATH_MAX && !strpbrk(path, ",:");
}

const char *socket_short_path(struct ctx *ctx, const char *path, int *out_folder)
{
    const char *slash = strrchr(path, '/');

    *out_folder = -1;
    if (is_plain(path) || !slash || slash == path)
        return path;
    int folder =
        open(arena_strndup(ctx->arena, path, (size_t)(slash - path)), O_PATH | O_DIRECTORY | O_CLOEXEC);
    const char *name = arena_printf(ctx->arena, "/proc/self/fd/%d%s", folder, slash);
    const char *link = arena_strndup(ctx->arena, name, (size_t)(strrchr(name, '/') - name));
    if (folder < 0 || !is_plain(name) || access(link, F_OK) != 0) {
        if (folder >= 0)
            close(folder);
        return path;
    }
    *out_folder = folder;
    return name;
}

/* Once more as it will be named, so that the words are of what cannot be helped. */
static bool can_be_named(struct ctx *ctx, const char *path)
{
    int folder;

    (void)socket_short_path(ctx, path, &folder);
    if (folder >= 0)
        close(folder);
    return folder >= 0;
}

enum error_kind socket_clear_path(struct ctx *ctx, const char *path)
{
    struct stat status;
    bool is_helped = !is_plain(path) && can_be_named(ctx, path);

    if (!is_helped && strlen(path) > SOCKET_PATH_MAX)
        return fail(
            ctx, INVALID_PARAMETER,
            "cannot make the socket %s: its path is longer than %zu bytes; move the library to a folder with "
            "a shorter path",
            path, SOCKET_PATH_MAX);
    /* The HTTP library takes its listeners as one text, with commas between and colons before ports. */
    if (path[0] != '/' || (!is_helped && strpbrk(path, ",:")))
        return fail(
            ctx, INVALID_PARAMETER,
            "cannot make the socket %s: its path must begin with / and have no comma or colon; move the "
            "library",
            path);
    if (lstat(path, &status) != 0)
        return errno == ENOENT ? OK
                               : fail(ctx, INTERNAL, "cannot make the socket %s: %s", path, strerror(errno));
    if (!S_ISSOCK(status.st_mode))
        return fail(ctx, CONFLICT,
                    "cannot make the socket %s: there is another file of that name; move it away", path);
    if (unlink(path) != 0)
        return fail(ctx, INTERNAL, "cannot remove the old socket %s: %s", path, strerror(errno));
    return OK;
}

/* The numeric text without an interface ("fe80::1%eth0" → "fe80::1"), and the port. */
static bool describe(const struct sockaddr_storage *address, char out[INET6_ADDRSTRLEN], int *out_port)
{
    if (address->ss_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)address;
        *out_port = ntohs(four->sin_port);
        return inet_ntop(AF_INET, &four->sin_addr, out, INET6_ADDRSTRLEN) != NULL;
    }
    if (address->ss_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
        *out_port = ntohs(six->sin6_port);
        return inet_ntop(AF_INET6, &six->sin6_addr, out, INET6_ADDRSTRLEN) != NULL;
    }
    return false;
}

static bool is_connection(int descriptor, const char *remote_address, int remote_port, int local_port)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;
    char text[INET6_ADDRSTRLEN];
    int port = 0;

    if (getpeername(descriptor, (struct sockaddr *)&address, &length) != 0 ||
        !describe(&address, text, &port) || port != remote_port)
        return false;
    size_t shown = strlen(text);
    if (strncmp(text, remote_address, shown) != 0 ||
        (remote_address[shown] != '\0' && remote_address[shown] != '%'))
        return false;
    length = sizeof address;
    return getsockname(descriptor, (struct sockaddr *)&address, &length) == 0 &&
           describe(&address, text, &port) && port == local_port;
}

int socket_find(const char *remote_address, int remote_port, int local_port, int hint)
{
    if (hint >= 0 && is_connection(hint, remote_address, remote_port, local_port))
        return hint;
    for (int descriptor = STDERR_FILENO + 1; descriptor < DESCRIPTORS_MAX; descriptor++) {
        if (is_connection(descriptor, remote_address, remote_port, local_port))
            return descriptor;
    }
    return -1;
}

/* The kernel counts for us. Between the look and the cut a descriptor could become another connection's: that
   client tries again. */
static bool is_silent(int descriptor, int local_port, int64_t silent_ms)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;
    char text[INET6_ADDRSTRLEN];
    struct tcp_info info = {0};
    int port = 0;

    if (getsockname(descriptor, (struct sockaddr *)&address, &length) != 0 ||
        !describe(&address, text, &port) || port != local_port)
        return false;
    length = sizeof info;
    return getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length) == 0 &&
           info.tcpi_state == TCP_STATE_ESTABLISHED && info.tcpi_bytes_received == 0 &&
           info.tcpi_last_data_recv >= silent_ms;
}

void socket_cut_silent(int local_port, int64_t silent_ms)
{
    for (int descriptor = STDERR_FILENO + 1; descriptor < DESCRIPTORS_MAX; descriptor++) {
        if (is_silent(descriptor, local_port, silent_ms))
            shutdown(descriptor, SHUT_RDWR);
    }
}

/* "cannot bind to 127.0.0.1:80: 13 (Permission denied)" → 13 */
static int errno_of(const char *message)
{
    const char *colon = NULL;

    for (const char *p = message; (p = strstr(p, ": ")) != NULL; p += 2)
        colon = p;
    return colon ? (int)strtol(colon + 2, NULL, 10) : 0;
}

static enum error_kind explain(struct ctx *ctx, const char *listen, const char *flag, const char *message)
{
    switch (errno_of(message)) {
    case EADDRINUSE:
        return fail(ctx, CONFLICT, "cannot listen on %s: address already in use; choose another with %s",
                    listen, flag);
    case EADDRNOTAVAIL:
        return fail(ctx, INTERNAL,
                    "cannot listen on %s: this machine does not have that address; choose another with %s",
                    listen, flag);
    case EACCES:
        return fail(
            ctx, INTERNAL,
            "cannot listen on %s: permission denied (ports below 1024 need it); choose another with %s",
            listen, flag);
    default:
        return fail(ctx, INTERNAL, "cannot listen on %s: %s", listen,
                    *message ? message : "the server did not start");
    }
}

/* "cannot bind to 0.0.0.0:80: 13 (Permission denied)" names which of them it was. */
enum error_kind listeners_explain(struct ctx *ctx, const struct listeners *listeners, const char *message)
{
    if (listeners->redirect && strstr(message, listeners->redirect))
        return explain(ctx, listeners->redirect, "--redirect-listen", message);
    return explain(ctx, listeners->main ? listeners->main : listeners->socket_path, "--listen", message);
}

/* The address people are told is the first; the socket is the last, for a colon before it is taken for a port's. */
const char *listeners_text(struct arena *arena, const struct listeners *listeners)
{
    struct text_buf list;

    text_buf_init(&list, arena);
    if (listeners->main)
        text_buf_printf(&list, "%s%s", listeners->main, listeners->main_is_tls ? "s" : "");
    if (listeners->redirect)
        text_buf_printf(&list, ",%s", listeners->redirect);
    if (listeners->socket_path)
        text_buf_printf(&list, "%sx%s", list.length > 0 ? "," : "", listeners->socket_path);
    return text_buf_string(&list);
}

bool socket_has_gone(int socket)
{
    struct pollfd watched = {.fd = socket, .events = POLLRDHUP};

    return socket >= 0 && poll(&watched, 1, 0) > 0 &&
           (watched.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

/*
 * service_manager.c — a few bytes to a Unix socket. What cannot be told is not worth an end: it is logged.
 */
#include "service_manager.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

#define MESSAGE_BYTES 512
#define US_PER_MS 1000
#define A_DAY_US "86400000000" /* nothing that opens a library takes so long */

static bool is_opening; /* has been told */

static void tell(const char *message)
{
    const char *name = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (!name || (*name != '/' && *name != '@'))
        return;
    size_t length = strlen(name);
    if (length < 2 || length >= sizeof address.sun_path) {
        LOG(WARN, "the service manager's socket has an impossible name");
        return;
    }
    memcpy(address.sun_path, name, length);
    if (*name == '@')
        address.sun_path[0] = '\0';
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    if (descriptor < 0 || sendto(descriptor, message, strlen(message), MSG_NOSIGNAL,
                                 (const struct sockaddr *)&address, size) < 0)
        LOG(WARN, "the service manager cannot be told", LOG_TEXT("error", strerror(errno)));
    if (descriptor >= 0)
        close(descriptor);
}

void service_manager_ready(const char *status)
{
    char message[MESSAGE_BYTES];

    snprintf(message, sizeof message, "READY=1\nSTATUS=%s", status);
    tell(message);
    if (is_opening) {
        snprintf(message, sizeof message, "WATCHDOG_USEC=%s", getenv("WATCHDOG_USEC"));
        tell(message);
    }
    is_opening = false;
}

void service_manager_opening(void)
{
    is_opening = service_manager_watch_ms() > 0;
    if (is_opening)
        tell("STATUS=Opening the library\nWATCHDOG_USEC=" A_DAY_US);
}

void service_manager_stopping(void)
{
    tell("STOPPING=1");
}

void service_manager_alive(void)
{
    tell("WATCHDOG=1");
}

int64_t service_manager_watch_ms(void)
{
    const char *pid = getenv("WATCHDOG_PID");
    const char *us = getenv("WATCHDOG_USEC");

    if (!us || (pid && strtoll(pid, NULL, 10) != getpid()))
        return 0;
    int64_t ms = strtoll(us, NULL, 10) / US_PER_MS / 4;
    return ms > 0 ? ms : 0;
}

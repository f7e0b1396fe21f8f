/*
 * url.c — strict where a URL comes from a stranger (Location), and no less so where an administrator wrote it.
 */
#include "net/url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/text.h"

static bool is_plain(const char *text)
{
    size_t length = strlen(text);

    if (length == 0 || length > NET_URL_MAX)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] <= ' ' || text[i] >= 0x7f || strchr("\"<>\\^`{|}", text[i]))
            return false;
    }
    return true;
}

/* Digits from `at` to `end`, as a port. None at all leaves the default. */
static bool read_port(const char *at, const char *end, uint16_t *io_port)
{
    int64_t port = 0;

    if (at == end)
        return true;
    if (end - at > 5)
        return false;
    for (; at < end; at++) {
        if (*at < '0' || *at > '9')
            return false;
        port = port * 10 + (*at - '0');
    }
    *io_port = (uint16_t)port;
    return port > 0 && port <= UINT16_MAX;
}

static const char *lower(struct arena *arena, const char *at, size_t length)
{
    char *copy = arena_strndup(arena, at, length);

    for (char *c = copy; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

static bool is_host(const char *host)
{
    if (!host[0] || strlen(host) > NET_HOST_MAX)
        return false;
    for (const char *at = host; *at; at++) {
        if (!isalnum((unsigned char)*at) && !strchr("-._", *at))
            return false;
    }
    return true;
}

/* host, host:port or [v6]:port, from `at` to `end`. */
static bool read_authority(struct arena *arena, const char *at, const char *end, struct net_url *url)
{
    const char *port = end;
    struct in6_addr v6;

    if (at < end && *at == '[') {
        const char *bracket = memchr(at, ']', (size_t)(end - at));
        if (!bracket || (bracket + 1 < end && bracket[1] != ':'))
            return false;
        url->host = lower(arena, at + 1, (size_t)(bracket - at - 1));
        port = bracket + 1 < end ? bracket + 2 : end;
        return inet_pton(AF_INET6, url->host, &v6) == 1 && read_port(port, end, &url->port);
    }
    const char *colon = memchr(at, ':', (size_t)(end - at));
    if (colon)
        port = colon + 1;
    url->host = lower(arena, at, (size_t)((colon ? colon : end) - at));
    return is_host(url->host) && read_port(port, end, &url->port);
}

bool net_url_parse(struct arena *arena, const char *text, struct net_url *out_url)
{
    struct net_url url = {.is_https = strncasecmp(text, "https://", 8) == 0};

    if (!is_plain(text) || (!url.is_https && strncasecmp(text, "http://", 7) != 0))
        return false;
    const char *at = text + (url.is_https ? 8 : 7);
    const char *end = at + strcspn(at, "/?#");
    url.port = url.is_https ? 443 : 80;
    if (memchr(at, '@', (size_t)(end - at)) || !read_authority(arena, at, end, &url))
        return false;
    size_t length = strcspn(end, "#");
    const char *target = arena_strndup(arena, end, length);
    url.target = target[0] == '/' ? target : arena_printf(arena, "/%s", target);
    url.fragment = end[length] == '#' ? arena_strdup(arena, end + length + 1) : NULL;
    *out_url = url;
    return true;
}

const char *net_url_authority(struct arena *arena, const struct net_url *url, bool with_port)
{
    const char *host = strchr(url->host, ':') ? arena_printf(arena, "[%s]", url->host) : url->host;
    bool is_usual = url->port == (url->is_https ? 443 : 80);

    return is_usual && !with_port ? host : arena_printf(arena, "%s:%u", host, (unsigned)url->port);
}

bool net_url_follow(struct arena *arena, const struct net_url *from, const char *location,
                    struct net_url *out_url)
{
    if (location[0] != '/')
        return net_url_parse(arena, location, out_url);
    const char *scheme = from->is_https ? "https:" : "http:";
    if (location[1] == '/')
        return net_url_parse(arena, arena_printf(arena, "%s%s", scheme, location), out_url);
    return net_url_parse(
        arena, arena_printf(arena, "%s//%s%s", scheme, net_url_authority(arena, from, true), location),
        out_url);
}

void net_url_encode(struct text_buf *out, const char *value)
{
    static const char digits[] = "0123456789ABCDEF";

    for (const char *at = value; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte < 0x80 && (isalnum(byte) || strchr("-._~", byte))) {
            text_buf_append_char(out, *at);
        } else {
            text_buf_append_char(out, '%');
            text_buf_append_char(out, digits[byte >> 4]);
            text_buf_append_char(out, digits[byte & 15]);
        }
    }
}

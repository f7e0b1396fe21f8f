/*
 * resolve.c — c-ares asks, here stands the loop around its sockets, with a deadline.
 */
#include "net/resolve.h"

#include <ares.h>
#include <arpa/inet.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define TRY_MS 1500 /* of one name server, before the next is asked … */
#define TRIES 2     /* … and all of them once more */
#define LOOK_MS 100 /* how often c-ares sees what it is waiting for */

socklen_t net_address_length(const union net_address *address)
{
    return address->any.sa_family == AF_INET6 ? sizeof address->v6 : sizeof address->v4;
}

static enum net_reach reach_of_v4(uint32_t address)
{
    if (address >> 24 == 127 || address >> 24 == 0)
        return NET_REACH_MACHINE;
    if (address >> 16 == 0xa9fe) /* 169.254/16 */
        return NET_REACH_LINK;
    bool is_house = address >> 24 == 10 || address >> 20 == 0xac1 || address >> 16 == 0xc0a8 ||
                    address >> 22 == 0x191; /* 172.16/12, 192.168/16, 100.64/10 */
    return is_house ? NET_REACH_HOUSE : NET_REACH_WORLD;
}

enum net_reach net_address_reach(const union net_address *address)
{
    static const uint8_t translated[12] = {0, 0x64, 0xff, 0x9b}; /* 64:ff9b::/96, RFC 6052 */
    const struct in6_addr *v6 = &address->v6.sin6_addr;
    uint32_t v4;

    if (address->any.sa_family != AF_INET6)
        return reach_of_v4(ntohl(address->v4.sin_addr.s_addr));
    if (IN6_IS_ADDR_LOOPBACK(v6) || IN6_IS_ADDR_UNSPECIFIED(v6))
        return NET_REACH_MACHINE;
    if (IN6_IS_ADDR_LINKLOCAL(v6))
        return NET_REACH_LINK;
    if (IN6_IS_ADDR_V4MAPPED(v6) || memcmp(v6, translated, sizeof translated) == 0) {
        memcpy(&v4, v6->s6_addr + sizeof translated, sizeof v4);
        return reach_of_v4(ntohl(v4));
    }
    return (v6->s6_addr[0] & 0xfe) == 0xfc || IN6_IS_ADDR_SITELOCAL(v6) ? NET_REACH_HOUSE : NET_REACH_WORLD;
}

static void add_v4(struct net_addresses *to, struct in_addr address, uint16_t port)
{
    if (to->count < NET_ADDRESSES_MAX)
        to->items[to->count++].v4 =
            (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = address};
}

static void add_v6(struct net_addresses *to, struct in6_addr address, uint16_t port)
{
    if (to->count < NET_ADDRESSES_MAX)
        to->items[to->count++].v6 =
            (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = address};
}

/* What needs no name server. */
static bool is_known(const char *host, uint16_t port, struct net_addresses *out_addresses)
{
    struct in_addr v4;
    struct in6_addr v6;

    if (inet_pton(AF_INET, host, &v4) == 1) {
        add_v4(out_addresses, v4, port);
    } else if (inet_pton(AF_INET6, host, &v6) == 1) {
        add_v6(out_addresses, v6, port);
    } else if (text_equals_ignoring_case(host, "localhost")) {
        add_v4(out_addresses, (struct in_addr){htonl(INADDR_LOOPBACK)}, port);
        add_v6(out_addresses, in6addr_loopback, port);
    }
    return out_addresses->count > 0;
}

/* Letters, digits, hyphens and what some use besides; parts of at most 63. */
static bool is_name(const char *host)
{
    size_t length = strlen(host);
    size_t part = 0;

    if (length == 0 || length > NET_HOST_MAX)
        return false;
    for (const char *at = host; *at; at++) {
        bool is_letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');
        if (*at == '.' ? part == 0 : !is_letter && !(*at >= '0' && *at <= '9') && *at != '-' && *at != '_')
            return false;
        part = *at == '.' ? 0 : part + 1;
        if (part > 63)
            return false;
    }
    return true;
}

struct asking {
    struct net_addresses *addresses;
    uint16_t port;
    int status;
    bool done;
};

static void take_answer(void *argument, int status, int timeouts, struct ares_addrinfo *answer)
{
    struct asking *asking = argument;

    (void)timeouts;
    asking->done = true;
    asking->status = status;
    if (status != ARES_SUCCESS)
        return;
    for (const struct ares_addrinfo_node *node = answer->nodes; node; node = node->ai_next) {
        const union net_address *address = (const void *)node->ai_addr;
        if (node->ai_family == AF_INET && node->ai_addrlen >= sizeof address->v4)
            add_v4(asking->addresses, address->v4.sin_addr, asking->port);
        else if (node->ai_family == AF_INET6 && node->ai_addrlen >= sizeof address->v6)
            add_v6(asking->addresses, address->v6.sin6_addr, asking->port);
    }
    ares_freeaddrinfo(answer);
}

/*
 * Once round: waits until a socket has something, or a while, after which c-ares sees whether it wants to ask again. How
 * long that is it would say in a struct timeval, whose size is another one in a 32-bit Debian's libraries than in ours.
 */
static void step(ares_channel channel, int64_t wait_ms)
{
    ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
    struct pollfd polled[ARES_GETSOCK_MAXNUM];
    int bits = ares_getsock(channel, sockets, ARES_GETSOCK_MAXNUM);
    nfds_t count = 0;

    for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
        short events = (short)((ARES_GETSOCK_READABLE(bits, i) ? POLLIN : 0) |
                               (ARES_GETSOCK_WRITABLE(bits, i) ? POLLOUT : 0));
        if (events)
            polled[count++] = (struct pollfd){.fd = sockets[i], .events = events};
    }
    (void)poll(polled, count, wait_ms < LOOK_MS ? (int)wait_ms + 1 : LOOK_MS);
    for (nfds_t i = 0; i < count; i++)
        ares_process_fd(channel,
                        polled[i].revents & (POLLIN | POLLERR | POLLHUP) ? polled[i].fd : ARES_SOCKET_BAD,
                        polled[i].revents & POLLOUT ? polled[i].fd : ARES_SOCKET_BAD);
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); /* what has waited too long */
}

static enum net_outcome outcome_of(const struct asking *asking)
{
    if (asking->status == ARES_SUCCESS)
        return asking->addresses->count > 0 ? NET_OK : NET_NO_ADDRESS;
    if (asking->status == ARES_ENOTFOUND || asking->status == ARES_ENODATA ||
        asking->status == ARES_EBADNAME || asking->status == ARES_EFORMERR)
        return NET_NO_ADDRESS;
    return NET_NO_NAME_SERVER;
}

static enum net_outcome ask(ares_channel channel, const char *host, uint16_t port, int64_t deadline,
                            struct net_addresses *out_addresses)
{
    struct asking asking = {.addresses = out_addresses, .port = port};
    struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};

    ares_getaddrinfo(channel, host, NULL, &hints, take_answer, &asking);
    while (!asking.done) {
        int64_t rest = deadline - clock_monotonic_ms();
        if (rest <= 0)
            ares_cancel(channel); /* take_answer() is told */
        else
            step(channel, rest);
    }
    return outcome_of(&asking);
}

enum net_outcome net_resolve_at(const char *server, const char *host, uint16_t port, int64_t deadline,
                                struct net_addresses *out_addresses)
{
    struct ares_options options = {.timeout = TRY_MS, .tries = TRIES};
    struct net_addresses found = {0};
    ares_channel channel;
    int64_t latest = clock_monotonic_ms() + NET_RESOLVE_MS;
    enum net_outcome outcome = NET_NO_NAME_SERVER;

    if (is_known(host, port, &found)) {
        *out_addresses = found;
        return NET_OK;
    }
    if (!is_name(host))
        return NET_BAD_ADDRESS;
    if (ares_init_options(&channel, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES) != ARES_SUCCESS)
        return NET_NO_NAME_SERVER;
    if (!server || ares_set_servers_ports_csv(channel, server) == ARES_SUCCESS)
        outcome = ask(channel, host, port, deadline < latest ? deadline : latest, &found);
    ares_destroy(channel);
    if (outcome == NET_OK)
        *out_addresses = found;
    return outcome;
}

enum net_outcome net_resolve(const char *host, uint16_t port, int64_t deadline,
                             struct net_addresses *out_addresses)
{
    return net_resolve_at(NULL, host, port, deadline, out_addresses);
}

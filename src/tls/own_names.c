/*
 * own_names.c — asks the kernel, never a name service: names are not looked up, and none may be up yet.
 */
#include "tls/own_names.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#define HOST_NAME_SIZE 65 /* hostname(7): 64 characters */
#define LABEL_MAX 63      /* RFC 1035 §2.3.4 */
#define DNS_NAME_MAX 253

/* What may stand in a certificate's list of names, where a comma would begin another one. */
static bool is_dns_name(const char *name)
{
    size_t label = 0;

    if (*name == '\0' || strlen(name) > DNS_NAME_MAX)
        return false;
    for (const char *p = name; *p; p++) {
        if (*p == '.' && label == 0)
            return false;
        label = *p == '.' ? 0 : label + 1;
        if (label > LABEL_MAX || (*p != '.' && *p != '-' && !isalnum((unsigned char)*p)))
            return false;
    }
    return label > 0 && *name != '-';
}

static bool is_in(const char *const *list, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i], text) == 0)
            return true;
    }
    return false;
}

static void add(const char **list, size_t *count, const char *text)
{
    if (*count < TLS_NAMES_MAX && !is_in(list, *count, text))
        list[(*count)++] = text;
}

static char *lower(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);

    for (char *p = copy; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return copy;
}

static void add_name(struct ctx *ctx, struct tls_names *names, const char *name)
{
    struct in_addr address;

    if (inet_pton(AF_INET, name, &address) != 1 && is_dns_name(name))
        add(names->dns, &names->dns_count, lower(ctx->arena, name));
}

void own_names_of_host(struct ctx *ctx, const char *host, const char *const *also,
                       struct tls_names *out_names)
{
    struct tls_names names = {.host = is_dns_name(host) ? lower(ctx->arena, host) : ""};

    add_name(ctx, &names, "localhost");
    if (*names.host) {
        size_t label = strcspn(names.host, ".");
        add_name(ctx, &names, names.host);
        add_name(ctx, &names, arena_printf(ctx->arena, "%.*s.local", (int)label, names.host));
    }
    for (; also && *also; also++)
        add_name(ctx, &names, *also);
    add(names.addresses, &names.address_count, "127.0.0.1");
    add(names.addresses, &names.address_count, "::1");
    *out_names = names;
}

static bool has_prefix(const unsigned char *bytes, unsigned char first, unsigned char second,
                       unsigned second_mask)
{
    return bytes[0] == first && (bytes[1] & second_mask) == second;
}

bool own_names_is_private(const char *address)
{
    static const unsigned char loopback[16] = {[15] = 1};
    unsigned char bytes[16];

    if (inet_pton(AF_INET, address, bytes) == 1)
        return bytes[0] == 10 || bytes[0] == 127 || has_prefix(bytes, 172, 16, 0xf0) ||
               has_prefix(bytes, 192, 168, 0xff) || has_prefix(bytes, 169, 254, 0xff);
    if (inet_pton(AF_INET6, address, bytes) == 1)
        return (bytes[0] & 0xfe) == 0xfc || memcmp(bytes, loopback, sizeof loopback) == 0;
    return false;
}

static bool describe(const struct sockaddr *address, char out[INET6_ADDRSTRLEN])
{
    if (!address)
        return false;
    if (address->sa_family == AF_INET)
        return inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, out,
                         INET6_ADDRSTRLEN) != NULL;
    if (address->sa_family == AF_INET6)
        return inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, out,
                         INET6_ADDRSTRLEN) != NULL;
    return false;
}

void own_names_list(struct ctx *ctx, const char *const *also, struct tls_names *out_names)
{
    char host[HOST_NAME_SIZE] = "";
    char text[INET6_ADDRSTRLEN];
    struct ifaddrs *interfaces = NULL;

    if (gethostname(host, sizeof host - 1) != 0)
        host[0] = '\0';
    own_names_of_host(ctx, host, also, out_names);
    if (getifaddrs(&interfaces) != 0)
        return;
    for (const struct ifaddrs *one = interfaces; one; one = one->ifa_next) {
        if (describe(one->ifa_addr, text) && own_names_is_private(text))
            add(out_names->addresses, &out_names->address_count, arena_strdup(ctx->arena, text));
    }
    freeifaddrs(interfaces);
}

/*
 * static_libc.c — what the libraries get in place of libc functions that load shared objects at run time.
 *
 * A static glibc program that calls getaddrinfo, getnameinfo or getpwnam opens libnss_*.so when it runs; dlopen
 * opens whatever it is asked for. In an empty root folder that fails, and on a machine with another glibc it may
 * crash. Our code never calls them (src/base/banned.h). OpenSSL, civetweb and c-ares contain calls, so the static program
 * brings its own versions: the linker then leaves libc's out, and "cannot happen" is true by construction.
 * Addresses are numeric here; names are resolved elsewhere, before a library sees them.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * libcrypto looks for engines and providers in files; ours are compiled in. This one comes in by the linker's
 * --wrap=dlopen, because parts of libc itself (character set conversion, never reached) bring the real one along.
 */
void *__wrap_dlopen(const char *file, int mode);
void *__wrap_dlopen(const char *file, int mode)
{
    (void)file;
    (void)mode;
    return NULL;
}

/* civetweb's run_as_user, which we do not use. */
struct passwd *getpwnam(const char *name)
{
    (void)name;
    return NULL;
}

/* c-ares, for names of ports, which nobody hands it. */
struct servent *getservbyname(const char *name, const char *protocol)
{
    (void)name;
    (void)protocol;
    return NULL;
}

int getservbyport_r(int port, const char *protocol, struct servent *restrict room, char *restrict text,
                    size_t size, struct servent **restrict out_found)
{
    (void)port, (void)protocol, (void)room, (void)text, (void)size;
    *out_found = NULL;
    return 0;
}

/* libcrypto's old BIO interface. */
struct hostent *gethostbyname(const char *name)
{
    (void)name;
    h_errno = HOST_NOT_FOUND;
    return NULL;
}

/* One answer in one block of memory, so that freeing is one call. */
struct numeric_answer {
    struct addrinfo info;
    union {
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address;
};

static int parse_v6(const char *node, struct sockaddr_in6 *out_address)
{
    char text[INET6_ADDRSTRLEN];
    const char *zone = strchr(node, '%');
    size_t length = zone ? (size_t)(zone - node) : strlen(node);

    if (length >= sizeof(text)) {
        return 0;
    }
    memcpy(text, node, length);
    text[length] = '\0';
    if (inet_pton(AF_INET6, text, &out_address->sin6_addr) != 1) {
        return 0;
    }
    if (zone && (out_address->sin6_scope_id = if_nametoindex(zone + 1)) == 0) {
        return 0;
    }
    return 1;
}

static int parse_port(const char *service, in_port_t *out_port)
{
    char *end;
    unsigned long port;

    if (!service) {
        *out_port = 0;
        return 1;
    }
    port = strtoul(service, &end, 10);
    if (service[0] < '0' || service[0] > '9' || *end || port > 65535) {
        return 0;
    }
    *out_port = htons((in_port_t)port);
    return 1;
}

/* getaddrinfo for numeric addresses and ports; a name is not found. */
int getaddrinfo(const char *restrict node, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict out_list)
{
    int family = hints ? hints->ai_family : AF_UNSPEC;
    int passive = hints && (hints->ai_flags & AI_PASSIVE);
    struct numeric_answer *answer;
    in_port_t port;

    if (!node && !service) {
        return EAI_NONAME;
    }
    if (!parse_port(service, &port)) {
        return EAI_SERVICE;
    }
    answer = calloc(1, sizeof(*answer));
    if (!answer) {
        return EAI_MEMORY;
    }
    if (family != AF_INET6 &&
        (node ? inet_pton(AF_INET, node, &answer->address.v4.sin_addr) == 1
              : (answer->address.v4.sin_addr.s_addr = htonl(passive ? INADDR_ANY : INADDR_LOOPBACK), 1))) {
        answer->address.v4.sin_family = AF_INET;
        answer->address.v4.sin_port = port;
        answer->info.ai_family = AF_INET;
        answer->info.ai_addrlen = sizeof(answer->address.v4);
    } else if (family != AF_INET &&
               (node ? parse_v6(node, &answer->address.v6)
                     : (answer->address.v6.sin6_addr = passive ? in6addr_any : in6addr_loopback, 1))) {
        answer->address.v6.sin6_family = AF_INET6;
        answer->address.v6.sin6_port = port;
        answer->info.ai_family = AF_INET6;
        answer->info.ai_addrlen = sizeof(answer->address.v6);
    } else {
        free(answer);
        return EAI_NONAME;
    }
    answer->info.ai_flags = hints ? hints->ai_flags : 0;
    answer->info.ai_socktype = hints && hints->ai_socktype ? hints->ai_socktype : SOCK_STREAM;
    answer->info.ai_protocol = hints ? hints->ai_protocol : 0;
    answer->info.ai_addr = (struct sockaddr *)&answer->address;
    *out_list = &answer->info;
    return 0;
}

void freeaddrinfo(struct addrinfo *list)
{
    free(list);
}

/* getnameinfo that always answers in numbers, whatever the flags say. */
int getnameinfo(const struct sockaddr *restrict address, socklen_t length, char *restrict host,
                socklen_t host_size, char *restrict service, socklen_t service_size, int flags)
{
    const void *bytes;
    in_port_t port;
    unsigned zone = 0;

    (void)flags;
    if (length >= sizeof(struct sockaddr_in) && address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)address;

        bytes = &v4->sin_addr;
        port = ntohs(v4->sin_port);
    } else if (length >= sizeof(struct sockaddr_in6) && address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)address;

        bytes = &v6->sin6_addr;
        port = ntohs(v6->sin6_port);
        if (IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr)) {
            zone = v6->sin6_scope_id;
        }
    } else {
        return EAI_FAMILY;
    }
    if (host && host_size > 0) {
        char name[IF_NAMESIZE];
        size_t used;

        if (!inet_ntop(address->sa_family, bytes, host, host_size)) {
            return EAI_OVERFLOW;
        }
        used = strlen(host);
        if (zone && if_indextoname(zone, name) &&
            snprintf(host + used, host_size - used, "%%%s", name) >= (int)(host_size - used)) {
            return EAI_OVERFLOW;
        }
    }
    if (service && service_size > 0 &&
        snprintf(service, service_size, "%u", (unsigned)port) >= (int)service_size) {
        return EAI_OVERFLOW;
    }
    return 0;
}

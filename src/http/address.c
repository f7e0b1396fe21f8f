/*
 * address.c — X-Forwarded-For is read from its end: each proxy appends whom it was asked by, so only what stands
 * behind the last stranger was written by somebody to be believed.
 */
#include "http/address.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"
#include "http/request.h"

#define ADDRESS_BITS 128
#define IPV4_BITS 32

bool address_parse(const char *text, struct in6_addr *out_address)
{
    static const uint8_t mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    size_t length = strcspn(text, "%");
    char plain[INET6_ADDRSTRLEN] = "";
    struct in_addr four;

    if (length >= sizeof plain)
        return false;
    memcpy(plain, text, length);
    if (inet_pton(AF_INET, plain, &four) != 1)
        return inet_pton(AF_INET6, plain, out_address) == 1;
    memcpy(out_address->s6_addr, mapped, sizeof mapped);
    memcpy(out_address->s6_addr + sizeof mapped, &four, sizeof four);
    return true;
}

/* ---- lists --------------------------------------------------------------------------------------------- */

static bool has_prefix(const struct in6_addr *address, const struct address_prefix *prefix)
{
    int whole = prefix->bits / 8;
    int rest = prefix->bits % 8;

    if (memcmp(address, &prefix->address, (size_t)whole) != 0)
        return false;
    return rest == 0 || (address->s6_addr[whole] ^ prefix->address.s6_addr[whole]) >> (8 - rest) == 0;
}

bool address_is_in(const struct in6_addr *address, const struct address_prefix *list)
{
    for (; list && list->bits >= 0; list++) {
        if (has_prefix(address, list))
            return true;
    }
    return false;
}

static bool parse_prefix(struct arena *arena, const char *text, struct address_prefix *out_prefix)
{
    size_t length = strcspn(text, "/");
    int64_t bits = ADDRESS_BITS;

    if (!address_parse(arena_strndup(arena, text, length), &out_prefix->address))
        return false;
    if (text[length] == '/') {
        /* A prefix of an IPv4 address is said in its own 32 bits. */
        int64_t most = strchr(text, ':') ? ADDRESS_BITS : IPV4_BITS;
        if (!text_to_int64(text + length + 1, &bits) || bits < 0 || bits > most)
            return false;
        bits += ADDRESS_BITS - most;
    }
    out_prefix->bits = (int)bits;
    return true;
}

enum error_kind address_read_list(struct ctx *ctx, const char *text, const struct address_prefix **out_list)
{
    static const char between[] = ", ";
    struct address_prefix *list = arena_alloc_array(ctx->arena, strlen(text) / 2 + 2, sizeof *list);
    size_t count = 0;

    for (const char *at = text + strspn(text, between); *at; at += strspn(at, between)) {
        size_t length = strcspn(at, between);
        const char *one = arena_strndup(ctx->arena, at, length);
        if (!parse_prefix(ctx->arena, one, &list[count++]))
            return fail(ctx, INVALID_PARAMETER,
                        "\"%s\" is no numeric address or prefix, like 127.0.0.1 or 10.0.0.0/8", one);
        at += length;
    }
    list[count].bits = -1;
    *out_list = list;
    return OK;
}

/* ---- behind a proxy ------------------------------------------------------------------------------------ */

/* "[2001:db8::1]:443" and "192.0.2.7:443" without what does not belong to the address. */
static const char *without_port(struct arena *arena, const char *text)
{
    const char *colon = strchr(text, ':');

    if (*text == '[')
        return arena_strndup(arena, text + 1, strcspn(text + 1, "]"));
    return colon && !strchr(colon + 1, ':') ? arena_strndup(arena, text, (size_t)(colon - text)) : text;
}

/* The part of `text` behind its last comma, which it loses; NULL when nothing is left. */
static const char *take_last(struct arena *arena, char *text)
{
    if (*text == '\0')
        return NULL;
    char *comma = strrchr(text, ',');
    const char *part = text_clean(arena, comma ? comma + 1 : text, strlen(comma ? comma + 1 : text));
    *(comma ? comma : text) = '\0';
    return part ? part : "";
}

/* All headers of this name as one list (RFC 9110 §5.3). */
static char *join_headers(const struct request *req, const char *name)
{
    struct text_buf list;

    text_buf_init(&list, req->ctx->arena);
    for (size_t i = 0; i < req->header_count; i++) {
        if (text_equals_ignoring_case(req->headers[i].name, name))
            text_buf_printf(&list, "%s%s", list.length > 0 ? "," : "", req->headers[i].value);
    }
    return arena_strdup(req->ctx->arena, text_buf_string(&list));
}

void address_of_client(struct request *req, const struct address_prefix *proxies)
{
    struct arena *arena = req->ctx->arena;
    struct in6_addr address;
    const char *hop;

    if (!proxies || proxies->bits < 0 || req->local_socket || !address_parse(req->remote_address, &address) ||
        !address_is_in(&address, proxies))
        return;
    const char *proto = take_last(arena, join_headers(req, "X-Forwarded-Proto"));
    req->secure = proto ? text_equals_ignoring_case(proto, "https") : req->secure;
    char *hops = join_headers(req, "X-Forwarded-For");
    while (address_is_in(&address, proxies) && (hop = take_last(arena, hops)) != NULL) {
        hop = without_port(arena, hop);
        if (!address_parse(hop, &address))
            return;
        req->remote_address = req->ctx->actor.address = arena_strndup(arena, hop, strcspn(hop, "%"));
    }
}

/*
 * http_reply.c — replies of strangers' HTTP servers, and URLs they send on to: in one piece or byte by byte, a reply is the
 * same; nothing is longer than its reader allows.
 */
#include "fuzz.h"

#include "net/http_reply.h"
#include "net/url.h"

#define BODY_MAX 4096

static enum net_outcome read_in_pieces(struct fuzz *fuzz, const char *bytes, size_t length, size_t piece,
                                       struct http_reply *out_reply)
{
    http_reply_init(out_reply, &fuzz->arena, BODY_MAX);
    for (size_t at = 0; at < length; at += piece) {
        enum net_outcome outcome =
            http_reply_feed(out_reply, bytes + at, length - at < piece ? length - at : piece);
        if (outcome != NET_OK)
            return outcome;
        if (out_reply->phase == HTTP_REPLY_DONE)
            return NET_OK;
    }
    return http_reply_end(out_reply);
}

static bool same_text(const char *one, const char *other)
{
    return one && other ? strcmp(one, other) == 0 : one == other;
}

static void check_location(struct fuzz *fuzz, const char *location)
{
    struct net_url from = {.is_https = true, .host = "example.org", .port = 443, .target = "/"};
    struct net_url url, again;

    if (!net_url_follow(&fuzz->arena, &from, location, &url))
        return;
    MUST(url.port > 0 && url.target[0] == '/' && url.host[0]);
    MUST(strcspn(url.target, " \r\n\t") == strlen(url.target));
    MUST(strcspn(url.host, "/@?#\r\n ") == strlen(url.host));
    const char *text = arena_printf(&fuzz->arena, "%s://%s%s", url.is_https ? "https" : "http",
                                    net_url_authority(&fuzz->arena, &url, true), url.target);
    if (strlen(text) > NET_URL_MAX)
        return;
    MUST(net_url_parse(&fuzz->arena, text, &again));
    MUST(again.port == url.port && strcmp(again.host, url.host) == 0 &&
         strcmp(again.target, url.target) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    struct http_reply whole, single;
    struct fuzz fuzz;

    fuzz_begin(&fuzz);
    enum net_outcome outcome = read_in_pieces(&fuzz, bytes, size, size ? size : 1, &whole);
    MUST(read_in_pieces(&fuzz, bytes, size, 1, &single) == outcome);
    MUST(whole.body.length <= BODY_MAX);
    if (outcome == NET_OK) {
        MUST(whole.phase == HTTP_REPLY_DONE && whole.status >= 200 && whole.status <= 999);
        MUST(whole.status == single.status && whole.body.length == single.body.length);
        MUST(whole.body.length == 0 || memcmp(whole.body.bytes, single.body.bytes, whole.body.length) == 0);
        MUST(same_text(whole.content_type, single.content_type));
        MUST(same_text(whole.location, single.location));
        if (whole.location)
            check_location(&fuzz, whole.location);
    }
    return fuzz_end(&fuzz);
}

/*
 * assets.c — files that are part of the program, found by their path and never in a file system.
 */
#include "http/assets.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/log.h"

#define INDEX_PATH "/index.html"

static int compare_path(const void *path, const void *asset)
{
    return strcmp(path, ((const struct asset *)asset)->path);
}

static const struct asset *find_asset(const char *path)
{
    return bsearch(path, asset_table, asset_count, sizeof asset_table[0], compare_path);
}

static bool has_file_ending(const char *path)
{
    return strchr(strrchr(path, '/'), '.') != NULL;
}

/* An address of the application itself ("/books/…"): its own router shows what is there. */
static bool is_page(const struct request *req)
{
    const char *accept = request_header(req, "Accept");

    return accept && strstr(accept, "text/html") && !request_is_api(req) && !has_file_ending(req->path);
}

static bool accepts_gzip(const struct request *req)
{
    const char *header = request_header(req, "Accept-Encoding");
    const char *gzip = header ? strstr(header, "gzip") : NULL;

    return gzip && strncmp(gzip, "gzip;q=0", 8) != 0;
}

#define GZIP_WINDOW (16 + MAX_WBITS) /* zlib.h, inflateInit2: a gzip header is expected */

/* The bytes of an asset that is kept as gzip; NULL when they are not what was compiled in. */
static const void *inflate_asset(struct arena *arena, const struct asset *asset)
{
    unsigned char *plain = arena_alloc(arena, asset->plain_length);
    z_stream stream = {.next_in = (z_const Bytef *)asset->bytes,
                       .avail_in = (uInt)asset->length,
                       .next_out = plain,
                       .avail_out = (uInt)asset->plain_length};

    if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
        return NULL;
    bool whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0;
    inflateEnd(&stream);
    return whole ? plain : NULL;
}

/* Browsers all take gzip; who does not gets the bytes made anew each time. */
static bool send_asset(const struct request *req, struct response *res, const struct asset *asset)
{
    bool compressed = asset->is_gzip && accepts_gzip(req);

    res->content_type = asset->type;
    res->static_body = asset->is_gzip && !compressed ? inflate_asset(req->ctx->arena, asset) : asset->bytes;
    res->static_length = compressed ? asset->length : asset->plain_length;
    if (!res->static_body) {
        LOG(ERROR, "a page that is compiled in cannot be read", LOG_TEXT("path", asset->path));
        return false;
    }
    response_header(res, "ETag", asset->etag);
    response_header(res, "Cache-Control",
                    asset->immutable ? "public, max-age=31536000, immutable" : "no-cache");
    response_header(res, "Vary", "Accept-Encoding");
    if (compressed)
        response_header(res, "Content-Encoding", "gzip");
    return true;
}

bool assets_respond(const struct request *req, struct response *res)
{
    const struct asset *asset = find_asset(strcmp(req->path, "/") == 0 ? INDEX_PATH : req->path);

    if (!asset && is_page(req))
        asset = find_asset(INDEX_PATH);
    return asset && send_asset(req, res, asset);
}

size_t assets_bytes(void)
{
    size_t bytes = 0;

    for (size_t i = 0; i < asset_count; i++)
        bytes += asset_table[i].length;
    return bytes;
}

/*
 * manifest.c — a small JSON file, written once the backup has its name.
 */
#include "db/manifest.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/text.h"
#include "base/version.h"
#include "db/files.h"

#define MANIFEST_MAX 8192

const char *manifest_path(struct ctx *ctx, const char *backup)
{
    return arena_printf(ctx->arena, "%s.json", backup);
}

static void write_counts(struct json_writer *json, const struct backup_report *report)
{
    json_key(json, "counts");
    json_object_begin(json);
    json_member_int(json, "titles", report->books);
    json_member_int(json, "copies", report->copies);
    json_member_int(json, "members", report->members);
    json_member_int(json, "loans", report->borrows);
    json_member_int(json, "open_loans", report->open_borrows);
    json_object_end(json);
}

enum error_kind manifest_write(struct ctx *ctx, const struct backup_report *report, const char *kind,
                               enum backup_check check)
{
    const char *slash = strrchr(report->path, '/');
    char hex[DIGEST_HEX_SIZE];
    struct text_buf text;
    struct json_writer json;

    digest_format(&report->digest, hex);
    text_buf_init(&text, ctx->arena);
    json_writer_init(&json, &text);
    json_object_begin(&json);
    json_member_text(&json, "file", slash ? slash + 1 : report->path);
    json_member_text(&json, "library", report->library);
    json_member_text(&json, "kind", kind);
    json_member_instant(&json, "made_at", report->made_at ? report->made_at : ctx->now);
    json_member_int(&json, "bytes", report->bytes);
    json_member_text(&json, "sha256", hex);
    json_member_bool(&json, "sealed", report->sealed);
    json_member_text(&json, "verified", check == BACKUP_CHECK_FULL ? "full" : "quick");
    json_member_text(&json, "carrel_version", CARREL_VERSION);
    json_member_int(&json, "schema_version", report->version);
    write_counts(&json, report);
    json_object_end(&json);
    text_buf_append(&text, "\n");
    return file_write_whole(ctx, manifest_path(ctx, report->path), text.bytes, text.length);
}

/* NULL: there is none that can be read. */
static const struct json_value *read_json(struct ctx *ctx, const char *backup)
{
    char bytes[MANIFEST_MAX];
    const char *why;
    int descriptor = open(manifest_path(ctx, backup), O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (descriptor < 0)
        return NULL;
    ssize_t length = read(descriptor, bytes, sizeof bytes);
    close(descriptor);
    return length > 0 ? json_parse(ctx->arena, bytes, (size_t)length, &why) : NULL;
}

static int64_t number_of(const struct json_value *object, const char *name)
{
    int64_t value = 0;

    json_get_int(json_member(object, name), &value);
    return value;
}

bool manifest_read(struct ctx *ctx, const char *backup, struct manifest *out_manifest)
{
    const struct json_value *json = read_json(ctx, backup);
    const struct json_value *counts = json_member(json, "counts");
    struct manifest manifest = {.library = json_get_text(ctx->arena, json_member(json, "library")),
                                .kind = json_get_text(ctx->arena, json_member(json, "kind")),
                                .verified = json_get_text(ctx->arena, json_member(json, "verified")),
                                .bytes = number_of(json, "bytes"),
                                .version = number_of(json, "schema_version"),
                                .books = number_of(counts, "titles"),
                                .copies = number_of(counts, "copies"),
                                .members = number_of(counts, "members"),
                                .borrows = number_of(counts, "loans"),
                                .open_borrows = number_of(counts, "open_loans")};
    const char *made_at = json_get_text(ctx->arena, json_member(json, "made_at"));

    json_get_bool(json_member(json, "sealed"), &manifest.sealed);
    if (!made_at || !clock_parse_instant(made_at, &manifest.made_at) || manifest.bytes <= 0)
        return false;
    *out_manifest = manifest;
    return true;
}

bool manifest_digest(struct ctx *ctx, const char *backup, char out_hex[DIGEST_HEX_SIZE])
{
    const struct json_value *json = read_json(ctx, backup);
    const char *hex = json_get_text(ctx->arena, json_member(json, "sha256"));
    if (!hex || strlen(hex) != DIGEST_HEX_SIZE - 1)
        return false;
    memcpy(out_hex, hex, DIGEST_HEX_SIZE);
    return true;
}

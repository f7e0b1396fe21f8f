/*
 * journal_folder.c — names of segments, read and written in one place.
 */
#include "db/journal_folder.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "db/journal_file.h"

#define SUBFOLDER "journal"
#define ENDING ".journal"
#define SERIES_DIGITS 32
#define NUMBER_DIGITS 12
#define NAME_LENGTH (SERIES_DIGITS + 1 + NUMBER_DIGITS + sizeof ENDING - 1)
#define TIME_BYTES 6 /* of a UUID of version 7, at its beginning */

const char *journal_folder_path(struct ctx *ctx, const char *folder)
{
    return arena_printf(ctx->arena, "%s/" SUBFOLDER, folder);
}

const char *journal_folder_segment(struct ctx *ctx, const char *folder, const struct uuid *series,
                                   uint64_t first)
{
    char digits[SERIES_DIGITS + 1];

    for (size_t i = 0; i < UUID_BYTES; i++)
        snprintf(digits + 2 * i, 3, "%02x", series->bytes[i]);
    return arena_printf(ctx->arena, "%s/" SUBFOLDER "/%s-%0*" PRIu64 ENDING, folder, digits, NUMBER_DIGITS,
                        first);
}

static bool read_digit(char c, uint8_t *out)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c) : NULL;

    if (at)
        *out = (uint8_t)(at - digits);
    return at != NULL;
}

static bool read_name(const char *name, struct segment_name *out)
{
    char *end;

    if (strlen(name) != NAME_LENGTH || name[SERIES_DIGITS] != '-')
        return false;
    for (size_t i = 0; i < UUID_BYTES; i++) {
        uint8_t high, low;
        if (!read_digit(name[2 * i], &high) || !read_digit(name[2 * i + 1], &low))
            return false;
        out->series.bytes[i] = (uint8_t)(high << 4 | low);
    }
    if (name[SERIES_DIGITS + 1] < '0' || name[SERIES_DIGITS + 1] > '9')
        return false;
    out->first = strtoull(name + SERIES_DIGITS + 1, &end, 10);
    return strcmp(end, ENDING) == 0;
}

static int compare(const struct segment_name *a, const struct segment_name *b)
{
    int order = memcmp(a->series.bytes, b->series.bytes, UUID_BYTES);

    return order != 0 ? order : (a->first > b->first) - (a->first < b->first);
}

static void insert(struct segment_name **list, struct segment_name *name)
{
    while (*list && compare(*list, name) < 0)
        list = &(*list)->next;
    name->next = *list;
    *list = name;
}

struct segment_name *journal_folder_list(struct ctx *ctx, const char *folder)
{
    const char *path = journal_folder_path(ctx, folder);
    struct segment_name *list = NULL, found = {0};
    DIR *directory = opendir(path);
    const struct dirent *entry;

    while (directory && (entry = readdir(directory))) {
        if (!read_name(entry->d_name, &found))
            continue;
        struct segment_name *name = arena_memdup(ctx->arena, &found, sizeof found);
        name->path = arena_printf(ctx->arena, "%s/%s", path, entry->d_name);
        insert(&list, name);
    }
    if (directory)
        closedir(directory);
    return list;
}

struct segment_name *journal_folder_list_of(struct ctx *ctx, const char *folder, const struct uuid *series)
{
    struct segment_name *list = journal_folder_list(ctx, folder), **at = &list;

    while (*at) {
        if (memcmp((*at)->series.bytes, series->bytes, UUID_BYTES) == 0)
            at = &(*at)->next;
        else
            *at = (*at)->next;
    }
    return list;
}

static uint64_t last_of_segment(struct ctx *ctx, const struct segment_name *name, int64_t version)
{
    struct segment_reader *reader;
    struct segment_head head;
    struct journal_change change;
    uint64_t last = 0;

    if (segment_open(ctx, name->path, NULL, false, &head, &reader) == OK && head.version == version)
        while (segment_next(reader, &change) == SEGMENT_ENTRY)
            last = change.number;
    error_clear(ctx);
    return last;
}

uint64_t journal_folder_last(struct ctx *ctx, const char *folder, const struct uuid *series, int64_t version)
{
    uint64_t last = 0;

    /* Of a later one that has no whole entry, nothing is lost: the one before may still be the last. */
    for (const struct segment_name *name = journal_folder_list_of(ctx, folder, series); name;
         name = name->next) {
        struct arena_mark mark = arena_mark(ctx->arena);
        if (!name->next || !name->next->next) {
            uint64_t found = last_of_segment(ctx, name, version);
            last = found > last ? found : last;
        }
        arena_reset_to(ctx->arena, mark);
    }
    return last;
}

int64_t journal_series_began(const struct uuid *series)
{
    int64_t instant = 0;

    for (size_t i = 0; i < TIME_BYTES; i++)
        instant = instant << 8 | series->bytes[i];
    return instant;
}

static bool begun_at(struct ctx *ctx, const struct segment_name *name, int64_t *out_instant)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct segment_reader *reader;
    struct segment_head head;
    bool is_whole = segment_open(ctx, name->path, NULL, false, &head, &reader) == OK;

    error_clear(ctx);
    arena_reset_to(ctx->arena, mark);
    if (is_whole)
        *out_instant = head.begun_at;
    return is_whole;
}

void journal_folder_prune(struct ctx *ctx, const char *folder, int64_t needed_from, int64_t *out_removed)
{
    int64_t next_begun;

    *out_removed = 0;
    /*
     * Sorted by series, and a series by its time: the next one's beginning is this one's end. Where that is the very
     * moment, the end may hold what was done after the backup.
     */
    for (const struct segment_name *name = journal_folder_list(ctx, folder); name && name->next;
         name = name->next) {
        if (!begun_at(ctx, name->next, &next_begun) || next_begun >= needed_from)
            continue;
        if (unlink(name->path) == 0)
            (*out_removed)++;
        else
            LOG(WARN, "a file of the journal could not be removed", LOG_TEXT("file", name->path),
                LOG_INT("errno", errno));
    }
}

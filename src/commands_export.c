/*
 * commands_export.c — leaving with everything: lists of the library into files, as long as they are. The owner of the
 * library is asked as a browser asks it; what comes is written as it comes, beside the file that it becomes, which is
 * there whole or not at all.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/text.h"
#include "commands.h"
#include "http/local_client.h"

#define CSV_OF_TITLES "/api/v1/books/export/csv?sort_by=created_at&order=asc"

/* What can be taken along. Oldest first: what is imported in this order can be exported in it again. */
static const struct list {
    const char *kind, *target;
} lists[] = {
    {"titles", CSV_OF_TITLES},
    {"copies", "/api/v1/copies/export/csv?sort_by=created_at&order=asc"},
    {"members", "/api/v1/members/export/csv?sort_by=created_at&order=asc"},
    {"loans", "/api/v1/borrows/export/csv?status=borrowed&sort_by=borrowed_at&order=asc"},
};

#define LIST_COUNT (sizeof lists / sizeof lists[0])
#define MARC_ISO_2709 "/api/v1/books/export/marc?format=iso2709"
#define MARC_XML "/api/v1/books/export/marc?format=marcxml"

static int complain_of(const char *path, const char *why)
{
    fprintf(stderr, "carrel: %s: %s.\n", path, why);
    return 1;
}

/* ---- one file ------------------------------------------------------------------------------------------- */

struct sink {
    FILE *file;
    bool is_csv;
    bool tabs;         /* cells are parted by tabs, not commas */
    bool copies_apart; /* the column with the number of copies says that they stand in a file of their own */
    bool in_quotes;
    int64_t rows, bytes;
    struct arena arena;
    struct text_buf cell; /* as it stands in the CSV, quotes and all */
};

static bool put(struct sink *sink, const char *bytes, size_t length)
{
    sink->bytes += (int64_t)length;
    return fwrite(bytes, 1, length, sink->file) == length;
}

/* Commas need no quotes any more, tabs do. */
static bool put_cell(struct sink *sink)
{
    static const char number_of_copies[] = "total_copies";
    const char *cell = text_buf_string(&sink->cell);
    size_t length = sink->cell.length;
    bool quoted = length > 0 && cell[0] == '"';
    bool done;

    if (sink->copies_apart && sink->rows == 0 && strcmp(cell, number_of_copies) == 0)
        done = put(sink, "copies_apart", strlen("copies_apart"));
    else if (sink->tabs && !quoted && strchr(cell, '\t'))
        done = put(sink, "\"", 1) && put(sink, cell, length) && put(sink, "\"", 1);
    else
        done = put(sink, cell, length);
    arena_reset(&sink->arena);
    text_buf_init(&sink->cell, &sink->arena);
    return done;
}

static bool take_csv(struct sink *sink, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        sink->in_quotes ^= c == '"';
        bool ends = !sink->in_quotes && (c == ',' || c == '\n');
        if (!ends) {
            if (sink->in_quotes || c != '\r')
                text_buf_append_char(&sink->cell, c);
            continue;
        }
        if (!put_cell(sink) || !put(sink, c == '\n' ? "\r\n" : sink->tabs ? "\t" : ",", c == '\n' ? 2 : 1))
            return false;
        sink->rows += c == '\n';
    }
    return !arena_exhausted(&sink->arena);
}

static bool take(void *argument, const char *bytes, size_t length)
{
    struct sink *sink = argument;

    return sink->is_csv ? take_csv(sink, bytes, length) : put(sink, bytes, length);
}

/* So that the name stands in the folder after a power cut. */
static bool sync_folder_of(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');

    if (!slash)
        snprintf(folder, sizeof folder, ".");
    else
        snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    bool done = fsync(descriptor) == 0;
    close(descriptor);
    return done;
}

/* The parts are on the disk before they have the name. */
static bool put_in_place(struct sink *sink, const char *part, const char *path)
{
    bool done = fflush(sink->file) == 0 && fsync(fileno(sink->file)) == 0;

    done = fclose(sink->file) == 0 && done;
    return done && rename(part, path) == 0 && sync_folder_of(path);
}

static int receive_into(struct sink *sink, const char *target, const char *part, const char *path)
{
    const struct local_taker taker = {take, sink};
    const struct question question = {.method = "GET", .target = target, .taker = &taker};

    arena_init(&sink->arena, ARENA_REQUEST_MAX);
    text_buf_init(&sink->cell, &sink->arena);
    int status = ask_and_receive(&question);
    arena_release(&sink->arena);
    if (status != 0)
        fclose(sink->file);
    else if (!put_in_place(sink, part, path))
        status = complain_of(path, strerror(errno));
    if (status != 0)
        unlink(part);
    return status;
}

static int write_list(const char *target, const char *path, struct sink *sink)
{
    char part[PATH_MAX];

    if (snprintf(part, sizeof part, "%s.part", path) >= (int)sizeof part)
        return complain_of(path, strerror(ENAMETOOLONG));
    /* What an export that was killed has left is nobody's. */
    unlink(part);
    int descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return complain_of(part, strerror(errno));
    sink->file = fdopen(descriptor, "wb");
    if (!sink->file)
        abort(); /* out of memory: as the arena does */
    int status = receive_into(sink, target, part, path);
    if (status == 0 && sink->is_csv)
        printf("%s: %" PRId64 " rows, %.1f MB\n", path, sink->rows - 1, (double)sink->bytes / 1e6);
    else if (status == 0)
        printf("%s: %.1f MB\n", path, (double)sink->bytes / 1e6);
    return status;
}

/* ---- which ------------------------------------------------------------------------------------------------ */

static const struct list *find_list(const char *kind)
{
    for (size_t i = 0; i < LIST_COUNT; i++)
        if (strcmp(lists[i].kind, kind) == 0)
            return &lists[i];
    return NULL;
}

static bool is_folder(const char *path)
{
    struct stat information;
    size_t length = strlen(path);

    return (length > 0 && path[length - 1] == '/') ||
           (stat(path, &information) == 0 && S_ISDIR(information.st_mode));
}

static int export_all(const char *folder)
{
    char path[PATH_MAX];
    int status = 0;

    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return complain_of(folder, strerror(errno));
    const char *slash = folder[strlen(folder) - 1] == '/' ? "" : "/";
    for (size_t i = 0; i < LIST_COUNT && status == 0; i++) {
        struct sink sink = {.is_csv = true, .copies_apart = i == 0};
        snprintf(path, sizeof path, "%s%s%s.csv", folder, slash, lists[i].kind);
        status = write_list(lists[i].target, path, &sink);
    }
    if (status == 0) {
        struct sink sink = {0};
        snprintf(path, sizeof path, "%s%stitles.mrc", folder, slash);
        status = write_list(MARC_ISO_2709, path, &sink);
    }
    return status;
}

static int export_file(const struct command_line *line)
{
    const char *dot = strrchr(line->argument, '.');
    const char *kind = line->kind ? line->kind : "titles";
    const struct list *list = find_list(kind);
    const char *end = dot ? dot : "";
    struct sink sink = {.is_csv = strcmp(end, ".csv") == 0 || strcmp(end, ".tsv") == 0,
                        .tabs = strcmp(end, ".tsv") == 0};
    bool is_marc = strcmp(end, ".mrc") == 0 || strcmp(end, ".xml") == 0;

    if (!list)
        return complain_of(kind, "only titles, copies, members and loans can be exported");
    if (is_marc && strcmp(kind, "titles") != 0)
        return complain_of(line->argument, "MARC is of titles: take .csv or .tsv");
    if (!is_marc && !sink.is_csv)
        return complain_of(line->argument, "a name that ends in .csv, .tsv, .mrc or .xml says what to write, "
                                           "one that ends in / takes everything");
    return write_list(!is_marc                   ? list->target
                      : strcmp(end, ".xml") == 0 ? MARC_XML
                                                 : MARC_ISO_2709,
                      line->argument, &sink);
}

int command_export(const struct command_line *line)
{
    if (!is_folder(line->argument))
        return export_file(line);
    if (line->kind)
        return complain_of(line->argument, "--kind is for one file: a folder takes everything");
    return export_all(line->argument);
}

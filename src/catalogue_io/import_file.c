/*
 * import_file.c — a folder of files whose names are UUIDs.
 */
#include "catalogue_io/import_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#define FOLDER_ENDING ".imports"

static char *folder;

void import_files_open(const char *library_path)
{
    free(folder);
    folder = NULL;
    if (!library_path)
        return;
    size_t size = strlen(library_path) + sizeof FOLDER_ENDING;
    folder = malloc(size);
    if (!folder)
        abort();
    snprintf(folder, size, "%s" FOLDER_ENDING, library_path);
}

const char *import_files_folder(void)
{
    return folder;
}

static const char *path_of(struct arena *arena, const struct uuid *batch)
{
    char name[UUID_TEXT_SIZE];

    uuid_format(batch, name);
    return arena_printf(arena, "%s/%s", folder, name);
}

/* What was written or renamed is on the disk. */
static bool sync_path(const char *path, int flags)
{
    int descriptor = open(path, flags | O_RDONLY | O_CLOEXEC);

    if (descriptor < 0)
        return false;
    bool done = fsync(descriptor) == 0;
    return close(descriptor) == 0 && done;
}

enum error_kind import_file_take(struct ctx *ctx, const char *path, const struct uuid *batch)
{
    if (!sync_path(path, 0) || rename(path, path_of(ctx->arena, batch)) != 0 ||
        !sync_path(folder, O_DIRECTORY))
        return fail(ctx, CONFLICT, "The file could not be kept: %s.", strerror(errno));
    return OK;
}

enum error_kind import_file_open(struct ctx *ctx, const struct uuid *batch, int *out_descriptor)
{
    int descriptor = folder ? open(path_of(ctx->arena, batch), O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;

    if (descriptor < 0)
        return fail(ctx, IMPORT_UNREADABLE, "The file is not there any more. Bring it again.");
    *out_descriptor = descriptor;
    return OK;
}

static void remove_name(const char *name)
{
    int descriptor = open(folder, O_DIRECTORY | O_RDONLY | O_CLOEXEC);

    if (descriptor < 0)
        return;
    if (unlinkat(descriptor, name, 0) != 0 && errno != ENOENT)
        LOG(WARN, "the file of an import could not be removed", LOG_TEXT("why", strerror(errno)));
    close(descriptor);
}

void import_file_remove(const struct uuid *batch)
{
    char name[UUID_TEXT_SIZE];

    uuid_format(batch, name);
    if (folder)
        remove_name(name);
}

void import_files_sweep(bool (*is_wanted)(void *argument, const struct uuid *batch), void *argument)
{
    DIR *directory = folder ? opendir(folder) : NULL;
    struct dirent *entry;
    struct uuid uuid;

    if (!directory)
        return;
    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        if (!uuid_parse(entry->d_name, &uuid) || !is_wanted(argument, &uuid))
            remove_name(entry->d_name);
    }
    closedir(directory);
}

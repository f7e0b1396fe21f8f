/*
 * replay.c — runs files through a fuzz target without libFuzzer, so that any compiler and every build of
 * `make test` and `make sanitize` can: the seeds of corpus/ and everything that once went wrong (regression/).
 *
 *     replay_json FILE-OR-FOLDER…
 */
#include <dirent.h>
#include <errno.h>

#include "fuzz.h"

#define PATH_BYTES 1024
#define INPUT_MAX (4 * 1024 * 1024)

static int runs;

static void give_up(const char *path)
{
    fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
    exit(1);
}

static void run_file(const char *path, FILE *stream)
{
    uint8_t *room = malloc(INPUT_MAX);

    if (!room)
        abort();
    size_t length = fread(room, 1, INPUT_MAX, stream);
    if (ferror(stream) || !feof(stream))
        give_up(path);
    /* Its exact size, so that a sanitizer sees the first byte read past it. */
    uint8_t *input = malloc(length ? length : 1);
    if (!input)
        abort();
    memcpy(input, room, length);
    free(room);
    /* Stays on the screen when the target does not come back. */
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(input, length);
    free(input);
    runs++;
}

static void run_folder(const char *folder, DIR *stream)
{
    const struct dirent *entry;
    char path[PATH_BYTES];

    while ((entry = readdir(stream))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *file = fopen(path, "rb");
        if (!file)
            give_up(path);
        run_file(path, file);
        fclose(file);
    }
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        FILE *file = folder ? NULL : fopen(argv[i], "rb");
        if (folder) {
            run_folder(argv[i], folder);
            closedir(folder);
        } else if (file) {
            run_file(argv[i], file);
            fclose(file);
        } else {
            give_up(argv[i]);
        }
    }
    printf("%d inputs\n", runs);
    return runs > 0 ? 0 : 1;
}

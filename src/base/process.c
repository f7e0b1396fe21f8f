/*
 * process.c — /proc/self, read as text.
 */
#include "base/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"

#define THREADS_WORD 17 /* of /proc/self/stat, counted from what follows the name: proc(5), num_threads */

static int64_t started_ms;

void process_note_start(void)
{
    started_ms = clock_now_ms();
}

/* The first `size` bytes as text; "" when it is not there. */
static void read_text(const char *path, char *out, size_t size)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = descriptor >= 0 ? read(descriptor, out, size - 1) : 0;

    if (descriptor >= 0)
        close(descriptor);
    out[length > 0 ? length : 0] = '\0';
}

static void look_at_memory(struct process_figures *figures)
{
    char text[128];
    char *end;
    int64_t page = sysconf(_SC_PAGESIZE);

    read_text("/proc/self/statm", text, sizeof text);
    if (*text == '\0')
        return;
    figures->virtual_bytes = strtoll(text, &end, 10) * page;
    figures->resident_bytes = strtoll(end, NULL, 10) * page;
}

static void look_at_threads(struct process_figures *figures)
{
    char text[512];

    read_text("/proc/self/stat", text, sizeof text);
    const char *at = strrchr(text, ')'); /* the name may hold anything */
    for (int word = 0; at && word <= THREADS_WORD; word++)
        at = strchr(at + 1, ' ');
    if (at)
        figures->threads = strtoll(at, NULL, 10);
}

static void look_at_files(struct process_figures *figures)
{
    struct rlimit limit;
    DIR *folder = opendir("/proc/self/fd");

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        figures->open_files_max = (int64_t)limit.rlim_cur;
    if (!folder)
        return;
    figures->open_files = -3; /* ".", "..", and the folder itself */
    while (readdir(folder))
        figures->open_files++;
    closedir(folder);
}

void process_look(struct process_figures *out_figures)
{
    struct rusage usage = {0};
    struct mallinfo2 heap = mallinfo2();

    *out_figures = (struct process_figures){.resident_bytes = -1,
                                            .virtual_bytes = -1,
                                            .threads = -1,
                                            .open_files = -1,
                                            .open_files_max = -1,
                                            .started_ms = started_ms,
                                            .heap_bytes = (int64_t)(heap.uordblks + heap.hblkhd)};
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        out_figures->cpu_us = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000) +
                              usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
    look_at_memory(out_figures);
    look_at_threads(out_figures);
    look_at_files(out_figures);
}

/*
 * staging.c — the names of all files that belong to a library in the making, ready for a signal's handler.
 */
#include "staging.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "db/beside.h"

/* What stands beside a library that is being made. */
static const char *const made_suffixes[] = {"", "-wal", "-shm", "-journal", ".lock", BESIDE_SUFFIX};
#define MADE_FILES (sizeof made_suffixes / sizeof made_suffixes[0])

/* For the signal's handler, which may not build names: complete before it is set. */
static char made_names[MADE_FILES][PATH_MAX];

static void remove_made(void)
{
    for (size_t i = 0; i < MADE_FILES; i++)
        unlink(made_names[i]);
}

/* Ctrl-C: nothing half done stays behind. Then the signal does what it always does. */
static void remove_made_and_die(int number)
{
    remove_made();
    signal(number, SIG_DFL);
    raise(number);
}

static void watch_signals(void (*handler)(int number))
{
    struct sigaction action = {.sa_handler = handler};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

enum error_kind staging_begin(struct ctx *ctx, const char *path)
{
    for (size_t i = 0; i < MADE_FILES; i++)
        if (snprintf(made_names[i], PATH_MAX, "%s%s", path, made_suffixes[i]) >= PATH_MAX)
            return fail(ctx, NOT_A_LIBRARY, "%s: this name is too long.", path);
    remove_made();
    watch_signals(remove_made_and_die);
    return OK;
}

void staging_end(void)
{
    remove_made();
    watch_signals(SIG_DFL);
}

/*
 * setup_code.c — one code at a time, in memory, in a file and on the console.
 */
#include "auth/setup_code.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "auth/token.h"
#include "base/limits.h"
#include "base/log.h"

#define CODE_SIZE 32
#define CODE_ARENA_MAX (16 * 1024)

static struct {
    pthread_mutex_t lock;
    char code[CODE_SIZE]; /* "" when there is none */
    char file[PATH_MAX];
    const char *why;
    int wrong;
} setup = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* A new file every time: what is there already might be open to others, or lead elsewhere. */
static bool write_file(void)
{
    size_t length = strlen(setup.code);

    (void)unlink(setup.file);
    int file = open(setup.file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    bool whole = write(file, setup.code, length) == (ssize_t)length && write(file, "\n", 1) == 1;
    return close(file) == 0 && whole;
}

/* Holds the lock. */
static void make_code(void)
{
    struct arena arena;

    arena_init(&arena, CODE_ARENA_MAX);
    snprintf(setup.code, sizeof setup.code, "%s", code_new(&arena, SETUP_CODE_LETTERS));
    arena_release(&arena);
    setup.wrong = 0;
    printf("Setup code: %s  (%s: open the address above and enter it)\n", setup.code, setup.why);
    fflush(stdout);
    if (!write_file())
        LOG(WARN, "the file with the setup code cannot be written", LOG_TEXT("why", strerror(errno)));
}

void setup_code_start(const char *library_path, const char *why)
{
    pthread_mutex_lock(&setup.lock);
    setup.why = why;
    snprintf(setup.file, sizeof setup.file, "%s.setup-code", library_path);
    make_code();
    pthread_mutex_unlock(&setup.lock);
}

bool setup_code_matches(struct ctx *ctx, const char *typed)
{
    const struct digest given = token_hash(code_normalised(ctx->arena, typed));

    pthread_mutex_lock(&setup.lock);
    const struct digest wanted = token_hash(code_normalised(ctx->arena, setup.code));
    bool matches = setup.code[0] != '\0' && digest_equal(&given, &wanted);
    if (!matches && setup.code[0] != '\0' && ++setup.wrong >= SETUP_CODE_TRIES)
        make_code();
    pthread_mutex_unlock(&setup.lock);
    return matches;
}

void setup_code_end(void)
{
    pthread_mutex_lock(&setup.lock);
    if (setup.file[0] != '\0')
        (void)unlink(setup.file);
    setup.code[0] = '\0';
    setup.file[0] = '\0';
    pthread_mutex_unlock(&setup.lock);
}

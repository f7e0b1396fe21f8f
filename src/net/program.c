/*
 * program.c — posix_spawn() between two pipes.
 */
#include "net/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define LOOK_MS 50 /* how often it is asked whether it has ended: it may leave its output open to others */
#define OWN_VARIABLES "CARREL_"

extern char **environ;

/* ---- starting ------------------------------------------------------------------------------------------- */

/* From malloc; the texts are the environment's own. */
static char **environment_without_ours(void)
{
    size_t count = 0, kept = 0;

    while (environ[count])
        count++;
    char **copy = calloc(count + 1, sizeof *copy);
    if (!copy)
        abort();
    for (size_t i = 0; i < count; i++)
        if (strncmp(environ[i], OWN_VARIABLES, sizeof OWN_VARIABLES - 1) != 0)
            copy[kept++] = environ[i];
    return copy;
}

static bool prepare(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, int in, int said)
{
    sigset_t all, none;

    sigfillset(&all);
    sigemptyset(&none);
    return posix_spawn_file_actions_adddup2(actions, in, STDIN_FILENO) == 0 &&
           posix_spawn_file_actions_adddup2(actions, said, STDOUT_FILENO) == 0 &&
           posix_spawn_file_actions_adddup2(actions, said, STDERR_FILENO) == 0 &&
           posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1) == 0 &&
           posix_spawnattr_setsigdefault(attributes, &all) == 0 &&
           posix_spawnattr_setsigmask(attributes, &none) == 0 &&
           posix_spawnattr_setpgroup(attributes, 0) == 0 &&
           posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                                    POSIX_SPAWN_SETPGROUP) == 0;
}

static bool spawn(const char *path, const char *const *arguments, int in, int said, pid_t *out_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    char **environment = environment_without_ours();

    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    bool started =
        prepare(&actions, &attributes, in, said) &&
        posix_spawn(out_pid, path, &actions, &attributes, (char *const *)arguments, environment) == 0;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    free(environment);
    return started;
}

enum net_outcome program_start(const char *path, const char *const *arguments, int64_t deadline,
                               struct program *out_program)
{
    struct program program = {.deadline = deadline};
    int in[2], said[2];

    if (pipe2(in, O_CLOEXEC) != 0)
        return NET_NO_CONNECTION;
    if (pipe2(said, O_CLOEXEC) != 0) {
        close(in[0]);
        close(in[1]);
        return NET_NO_CONNECTION;
    }
    bool started = spawn(path, arguments, in[0], said[1], &program.pid);
    close(in[0]);
    close(said[1]);
    program.in = in[1];
    program.said = said[0];
    if (!started || fcntl(program.in, F_SETFL, O_NONBLOCK) != 0 ||
        fcntl(program.said, F_SETFL, O_NONBLOCK) != 0) {
        close(program.in);
        close(program.said);
        return NET_NO_CONNECTION;
    }
    *out_program = program;
    return NET_OK;
}

/* ---- while it runs -------------------------------------------------------------------------------------- */

static void keep(struct program *program, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length && program->text_length < PROGRAM_SAID_MAX; i++) {
        bool is_space = bytes[i] == '\n' || bytes[i] == '\r' || bytes[i] == '\t';
        program->text[program->text_length++] = (char)(is_space                             ? ' '
                                                       : bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i]
                                                                                            : '?');
    }
    program->text[program->text_length] = '\0';
}

/* What there is. False: nothing will come any more. */
static bool hear(struct program *program)
{
    char piece[512];
    ssize_t length;

    if (program->said < 0)
        return false;
    while ((length = read(program->said, piece, sizeof piece)) > 0)
        keep(program, piece, (size_t)length);
    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    close(program->said);
    program->said = -1;
    return false;
}

/* Until it reads or says something; at most `most_ms`. */
static void wait_a_little(struct program *program, bool writes, int64_t most_ms)
{
    struct pollfd polled[2] = {{.fd = program->said, .events = POLLIN},
                               {.fd = writes ? program->in : -1, .events = POLLOUT}};
    int64_t rest = program->deadline - clock_monotonic_ms();

    rest = rest < most_ms ? rest : most_ms;
    (void)poll(polled, 2, rest > 0 ? (int)rest : 0);
    (void)hear(program);
}

enum net_outcome program_write(void *argument, const char *bytes, size_t length)
{
    struct program *program = argument;

    while (length > 0) {
        if (clock_monotonic_ms() >= program->deadline)
            return NET_TIMED_OUT;
        ssize_t written = write(program->in, bytes, length);
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        } else if (written < 0 && errno == EAGAIN) {
            wait_a_little(program, true, MS_PER_SECOND);
        } else if (written < 0 && errno != EINTR) {
            return NET_BROKEN_OFF;
        }
    }
    return NET_OK;
}

/* ---- its end -------------------------------------------------------------------------------------------- */

static int status_of(int how)
{
    return WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
}

static pid_t look_for_end(const struct program *program, int *out_how, int flags)
{
    pid_t ended;

    do
        ended = waitpid(program->pid, out_how, flags);
    while (ended < 0 && errno == EINTR);
    return ended;
}

static void let_go(struct program *program)
{
    (void)hear(program);
    if (program->said >= 0)
        close(program->said);
    program->said = -1;
}

enum net_outcome program_end(struct program *program, int *out_status)
{
    enum net_outcome outcome = NET_OK;
    int how = 0;
    pid_t ended;

    close(program->in);
    program->in = -1;
    while ((ended = look_for_end(program, &how, WNOHANG)) == 0 && clock_monotonic_ms() < program->deadline)
        wait_a_little(program, false, LOOK_MS);
    if (ended == 0) {
        kill(-program->pid, SIGKILL);
        ended = look_for_end(program, &how, 0);
        outcome = NET_TIMED_OUT;
    }
    let_go(program);
    while (program->text_length > 0 && program->text[program->text_length - 1] == ' ')
        program->text[--program->text_length] = '\0';
    if (ended > 0 && outcome == NET_OK)
        *out_status = status_of(how);
    return ended > 0 ? outcome : NET_BROKEN_OFF;
}

/*
 * program.h — another program of this machine that is given bytes and says whether it took them.
 *
 * No shell: a path and its arguments as they are. It gets the environment without CARREL_… (there may be passwords in it), no
 * descriptor but its own three, signals as at the start; it is its own process group, and what of it is left after the
 * deadline is killed. Bytes are handed over while what it says is read, so that neither waits for the other.
 */
#ifndef CARREL_NET_PROGRAM_H
#define CARREL_NET_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "net/outcome.h"

#define PROGRAM_SAID_MAX 500 /* bytes of what it says on standard error and output; what is more is dropped */

struct program {
    pid_t pid;
    int in;           /* its standard input; -1: closed */
    int said;         /* its standard output and error */
    int64_t deadline; /* clock_monotonic_ms() */
    char text[PROGRAM_SAID_MAX + 1];
    size_t text_length;
};

/* `arguments` begins with the program's own name and ends with NULL. NET_NO_CONNECTION: there is no such program, or not for us. */
enum net_outcome program_start(const char *path, const char *const *arguments, int64_t deadline,
                               struct program *out_program) MUST_CHECK;

/* A sink: all of it. NET_BROKEN_OFF: it reads no more; NET_TIMED_OUT. program_end() is to be called all the same. */
enum net_outcome program_write(void *program, const char *bytes, size_t length) MUST_CHECK;

/*
 * Closes its input and waits for its end. NET_OK: *out_status is what it ended with, 128 + the signal's number when one ended
 * it. NET_TIMED_OUT: it was killed. In any case it is gone, and program->text is what it said: printable ASCII, one line.
 */
enum net_outcome program_end(struct program *program, int *out_status) MUST_CHECK;

#endif

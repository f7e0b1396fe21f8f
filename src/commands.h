/*
 * commands.h — what the command line can do besides serving. Each returns the exit status: 0 done, 1 the work
 * or check failed (one line on standard error says why), 2 wrong usage.
 *
 * Work on a library goes to its owner. While a server runs, that is the server, asked through
 * `library.db.sock`; a resting library is opened for the moment and asked in the very same way.
 */
#ifndef CARREL_COMMANDS_H
#define CARREL_COMMANDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

struct command_line {
    const char *argument; /* of the command: a file, a scenario */
    bool force;
    bool dry_run;
    bool rebuild;
    uint64_t random_seed;
};

typedef int command(const struct command_line *line);

command command_serve;
command command_seed;
command command_backup;
command command_import;
command command_check;
command command_health;
command command_config;
command command_routes;

/* Prints "carrel: …" with the error's one line; returns 1. */
int complain(const struct ctx *ctx);

#endif

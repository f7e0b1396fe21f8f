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
    bool full;
    bool repair;
    bool seal;           /* --backup: with a passphrase */
    const char *until;   /* --restore: the moment that the journal brings it to; NULL: the backup alone */
    const char *kind;    /* --import, --export: "titles", "copies" …; NULL: titles */
    const char *profile; /* --import: the name of an import profile; NULL: as the file tells of itself */
    uint64_t random_seed;
};

typedef int command(const struct command_line *line);

command command_create_admin;
command command_reset_password;
command command_serve;
command command_seed;

/* What seed_data, seed_scenario and force_seed ask for, before serving: nothing, or as --seed. Prints on standard error. */
int seed_as_set(void);

command command_backup;
command command_restore;
command command_import;
command command_export;
command command_check;
command command_compact;
command command_salvage;
command command_health;
command command_config;
command command_routes;
command command_openapi;

struct json_value;
struct local_taker;

/* One request to the owner of the library. */
struct question {
    const char *method, *target;
    const char *content_type;
    const char *body;
    size_t body_length;
    const struct local_taker *taker; /* of a GET with a long reply; NULL: the reply is kept */
};

/* Asks; the reply goes to question->taker. 0, or 1 when it was refused, which is complained about. */
int ask_and_receive(const struct question *question);

/*
 * Asks, hands the reply's JSON to `print` and returns what that does; a refusal is complained about. `may_make`: a
 * library that is not there is made.
 */
int ask_and_print(const struct question *question, bool may_make,
                  int (*print)(struct ctx *ctx, const struct json_value *reply));

/* The same with something to hand on to `take`. */
int ask_and_take(const struct question *question, bool may_make,
                 int (*take)(struct ctx *ctx, const struct json_value *reply, void *argument),
                 void *argument);

struct app;

/*
 * One of several questions of a command: `app`, initialised, keeps a resting library open from the first to
 * app_close(). *out_json is in its arena; NULL when the answer has no body.
 */
enum error_kind ask_and_keep(struct app *app, const struct question *question, bool may_make,
                             const struct json_value **out_json) MUST_CHECK;

/* Prints "carrel: …" with the error's one line; returns 1. */
int complain(const struct ctx *ctx);

#endif

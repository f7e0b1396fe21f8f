/*
 * rescue.h — what is served where a library cannot be opened: a page that says so, and a way out.
 *
 * The file is damaged, is none of ours, comes from a newer program, could not be brought forward, or has gone and left
 * its backups behind. Carrel then holds its lock and never writes to it, answers every address of the library with 503
 * LIBRARY_CLOSED, and /health with "damaged". Nobody can sign in where no account can be read: who knows the setup code
 * (auth/setup_code.h) stands at the machine, is shown the good backups, and may restore one, or begin a new library
 * where the old one has gone altogether. On the local socket, and with --auth off, no code is asked for.
 */
#ifndef CARREL_RESCUE_H
#define CARREL_RESCUE_H

#include "app.h"

/* `app` is one whose app_open() has just failed, app->is_unreadable. `wake()` is called when rescue_wants_anew(). */
enum error_kind rescue_open(struct app *app, void (*wake)(void)) MUST_CHECK;

/* Somebody wants to begin an empty library in place of one that has gone. */
bool rescue_wants_anew(void);

/* ---- for rescue_router.c: what rescue_open() has found ------------------------------------------------------- */

struct rescue_state {
    const char *reason; /* damaged, foreign, too_new, gone */
    const char *detail; /* for people */
    const char *library;
    const char *library_name;   /* as it called itself; NULL: that cannot be read either */
    const char *const *folders; /* where its backups may be; ends with NULL */
    bool may_begin_anew;        /* there is nothing at its place */
};

const struct rescue_state *rescue_state(void);
void rescue_begin_anew(void);

#endif

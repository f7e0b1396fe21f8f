/*
 * ctx.h — what every service and repository function is given first.
 *
 * One ctx lives as long as one request (or one command, or one job's slice): the database connection it
 * may use, the memory it may use, who acts, what time it is, and what went wrong. Time is injected here
 * and nowhere else, so that due dates can be tested.
 */
#ifndef CARREL_BASE_CTX_H
#define CARREL_BASE_CTX_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

struct db; /* db/engine.h */

/* "No number": a year that is not known, a deadline that is not set. SQL NULL and JSON null. */
#define NO_NUMBER INT64_MIN

/* What an actor may do: each level includes the ones before it. 0 is nobody's level, on purpose. */
enum access {
    ACCESS_UNSET = 0, /* in a route table: refuse to start */
    ANYONE,
    MEMBER,
    LIBRARIAN,
    ADMIN,
    LOCAL_ADMIN, /* the local socket or the command line: the machine's owner */
};

struct actor {
    enum access access;
    const char *name;    /* for the audit log: "anonymous", "local administrator", an account's name */
    int64_t account_id;  /* 0: none */
    int64_t member_id;   /* 0: not a member's login */
    const char *address; /* where the request came from, numeric; "local" for socket and command line */
    const char *correlation_id; /* NULL outside a request */
};

struct ctx {
    struct db *db;
    struct arena *arena;
    struct actor actor;
    int64_t now;           /* instant, ms */
    int currency_exponent; /* decimals of the library's currency (base/money.h) */
    struct error error;
};

#endif

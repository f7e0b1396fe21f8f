/*
 * fixture.h — a fresh library in a temporary directory, for unit tests of repositories and services.
 */
#ifndef CARREL_TESTS_FIXTURE_H
#define CARREL_TESTS_FIXTURE_H

#include "base/ctx.h"

struct fixture {
    struct ctx ctx; /* on a DB_WRITE connection inside a transaction; actor "test", ADMIN; EUR */
    struct arena arena;
    char directory[64];
    char path[96];
};

/* Aborts with a message when it cannot. `now` is 2026-03-02T10:00:00Z, a Monday; the zone is UTC. */
struct fixture *fixture_new(void);
void fixture_free(struct fixture *fixture);

/* Commits and opens the next transaction. */
void fixture_commit(struct fixture *fixture);

/* Forgets the last error and what the last call left in the arena's statements. */
void fixture_next(struct fixture *fixture);

/* One integer from the library, by SQL. */
int64_t fixture_int(struct fixture *fixture, const char *sql);

/* Removes a directory made by mkdtemp() and what is in it (no subdirectories). */
void remove_directory(const char *directory);

#endif

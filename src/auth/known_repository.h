/*
 * known_repository.h — keeps auth/known.h true: hears of each change to a row that somebody's being let in rests on.
 */
#ifndef CARREL_AUTH_KNOWN_REPOSITORY_H
#define CARREL_AUTH_KNOWN_REPOSITORY_H

#include "base/ctx.h"

struct db;

/* From now on callers are kept. `writer_db`: the only connection that changes the library. Before the writer starts. */
void known_repo_follow(struct db *writer_db);

/* The idle time of sessions was changed; for settings_follow(). */
enum error_kind known_repo_follow_setting(struct ctx *ctx) MUST_CHECK;

#endif

/*
 * watching.h — the settings that say what is logged and traced, brought to where that is done.
 */
#ifndef CARREL_WATCHING_H
#define CARREL_WATCHING_H

#include "base/ctx.h"

/* As they stand now; once at the start of a library. */
enum error_kind watching_begin(struct ctx *ctx) MUST_CHECK;

/* From now on whenever they change. Before there are other threads. */
void watching_follow(void);

/* The library is closed. */
void watching_end(void);

#endif

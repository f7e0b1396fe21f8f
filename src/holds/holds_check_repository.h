/*
 * holds_check_repository.h — what is wrong with holds, found by SQL; for --check.
 */
#ifndef CARREL_HOLDS_HOLDS_CHECK_REPOSITORY_H
#define CARREL_HOLDS_HOLDS_CHECK_REPOSITORY_H

#include "base/ctx.h"

/* The promises that are looked at, in the order in which they are spoken of. */
enum hold_promise {
    HOLD_SHELF_HAS_HOLDS, /* first: the barcode; second: the title */
    HOLD_READY_HAS_COPY,  /* first: the member; second: the title; so below */
    HOLD_PLACE_IS_ONES,
    HOLD_OF_LIVE_RECORDS,
    HOLD_NOT_AT_HOME,
    HOLD_PROMISES,
};

/* Calls each() for every case in which the promise is broken. Texts are valid until it returns. */
enum error_kind holds_check_repo_broken(struct ctx *ctx, enum hold_promise promise,
                                        void (*each)(void *argument, enum hold_promise promise,
                                                     const char *first, const char *second),
                                        void *argument) MUST_CHECK;

#endif

/*
 * search_rows_service.h — the full-text rows of members: for --check and --check --rebuild.
 */
#ifndef CARREL_MEMBERS_SEARCH_ROWS_SERVICE_H
#define CARREL_MEMBERS_SEARCH_ROWS_SERVICE_H

#include "base/ctx.h"

/* Calls report() with a sentence for each row that is missing, wrong or without a member. */
enum error_kind members_check_search(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                                     void *argument) MUST_CHECK;
enum error_kind members_rebuild_search(struct ctx *ctx) MUST_CHECK;

/* The lists of words that are searched, against the rows; and made anew from them. Writer only. */
enum error_kind members_check_words(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                                    void *argument) MUST_CHECK;
enum error_kind members_remake_words(struct ctx *ctx) MUST_CHECK;

#endif

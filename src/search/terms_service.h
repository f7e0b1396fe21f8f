/*
 * terms_service.h — popular queries: what readers ask the catalogue for.
 *
 * What is kept: the words, how often, and the last day. Never who. And only words that are about titles: something
 * was found by them, they are no number (an ISBN, a card) and no address; they are shown from SEARCH_TERM_SHOWN_MIN
 * times on, and within one stretch of SEARCH_TERM_WRITE_MS the same words count once, however often one person sends
 * them. All of it only while the setting popular_searches is on; when it is turned off, what was kept goes with the
 * job's next run.
 */
#ifndef CARREL_SEARCH_TERMS_SERVICE_H
#define CARREL_SEARCH_TERMS_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"
#include "search/terms_repository.h"

/* Is this fit to be kept, words aside? `folded` as text_fold() gives it. */
bool terms_are_fit(const char *folded);

/* Somebody has finished typing this, and titles were found. Notes it, if it may be. Reads only. */
enum error_kind terms_said(struct ctx *ctx, const char *typed) MUST_CHECK;

/* The most asked ones, at most `max` (up to POPULAR_QUERIES_MAX); none while the setting is off. */
enum error_kind terms_popular(struct ctx *ctx, size_t max, struct popular_query *out_queries,
                              size_t *out_count) MUST_CHECK;

/* A slice of the job: writes what was noted. Then one that removes what is old, too many, or no longer wanted. */
enum error_kind terms_write(struct ctx *ctx, int64_t *out_rows) MUST_CHECK;
enum error_kind terms_prune(struct ctx *ctx, int64_t max, int64_t *out_removed) MUST_CHECK;

#endif

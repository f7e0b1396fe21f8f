/*
 * duplicates_service.h — which titles look as if they stood in the catalogue twice.
 *
 * First all pairs with one ISBN, by ISBN; then those with one title (its sort key), by title. Of a group of titles each
 * stands in one pair: with the oldest that is like it and not said to be different. Merging the one or setting the
 * pair apart brings up the next.
 */
#ifndef CARREL_DUPLICATES_DUPLICATES_SERVICE_H
#define CARREL_DUPLICATES_DUPLICATES_SERVICE_H

#include "base/ctx.h"
#include "books/books_service.h" /* pairs are shown as titles are */
#include "duplicates/duplicates.h"

/*
 * At most `limit` pairs, after `after` (*out_next of the page before; NULL: from the first). *out_next is in the arena,
 * NULL: these were the last. INVALID_PARAMETER when `after` is none.
 */
enum error_kind duplicates_find(struct ctx *ctx, const char *after, int64_t limit,
                                struct title_pair *out_pairs, size_t *out_count,
                                const char **out_next) MUST_CHECK;

/* Two titles are different, and never shown as a pair again; or they may be. Said before, nothing changes. */
enum error_kind duplicates_set_apart(struct ctx *ctx, const struct apart_facts *facts, bool apart) MUST_CHECK;

#endif

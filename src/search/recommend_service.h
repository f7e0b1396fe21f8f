/*
 * recommend_service.h — titles that may please, and why they are named.
 *
 * From what readers have borrowed together: of the last RECOMMEND_LOANS titles that a reader had, of each the last
 * RECOMMEND_READERS others who had it, of each of these the last RECOMMEND_THEIR_LOANS loans. What several of them
 * share counts more, what everybody borrows anyway counts less. Who they are is never told, and a title is named
 * only where SHARED_MIN readers have had both: from one alone it could be guessed. A loan that has forgotten its
 * reader (forget_loans_after_days) takes no part.
 *
 * Live titles only, those that can be lent now first, never what the reader has had. Where that is not enough, it goes
 * on with what the same kind of readers borrowed lately, what is lent most, what is new; each says so.
 */
#ifndef CARREL_SEARCH_RECOMMEND_SERVICE_H
#define CARREL_SEARCH_RECOMMEND_SERVICE_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/row_sink.h"
#include "base/uuid.h"
#include "books/books.h"

enum recommend_why { WHY_READERS_ALSO, WHY_KIND, WHY_POPULAR, WHY_NEW };

struct recommendation {
    int64_t book_id;
    enum recommend_why why;
    int64_t readers;         /* of WHY_READERS_ALSO: who had both; of WHY_KIND: who had it lately; else 0 */
    struct uuid because_id;  /* of WHY_READERS_ALSO: the title they had as well … */
    const char *because;     /* … and its name; else NULL */
    const char *member_type; /* of WHY_KIND: the code of their type; else NULL */
};

/* "readers_also", "readers_like_you", "popular", "new". */
const char *recommend_why_name(enum recommend_why why);

/* The row of its title, as books_listing has it. */
enum error_kind recommend_show(struct ctx *ctx, const struct recommendation *one,
                               struct row_sink *sink) MUST_CHECK;

/* For a live member, or MEMBER_NOT_FOUND. `max` up to RECOMMENDATIONS_MAX. */
enum error_kind recommend_for_member(struct ctx *ctx, const struct uuid *member, size_t max,
                                     struct recommendation *out, size_t *out_count) MUST_CHECK;

/* What readers of a live title (or BOOK_NOT_FOUND) had as well; there may be none. */
enum error_kind recommend_similar(struct ctx *ctx, const struct uuid *book, size_t max,
                                  struct recommendation *out, size_t *out_count) MUST_CHECK;

#endif

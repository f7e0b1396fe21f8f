/*
 * reviews_service.h — who may say what they think of a title, and who sees it.
 *
 * Setting `reviews`: off, borrowers (the default: who has had the title out), members (every reader). While it is off,
 * nobody writes and nobody but the staff reads any; what there is stays. Every function that changes something keeps the
 * title's rating (counters_rating()) and leaves its row in the audit log, in the same transaction; those are for the
 * writer. `expected_version` as in books/books_service.h.
 */
#ifndef CARREL_REVIEWS_REVIEWS_SERVICE_H
#define CARREL_REVIEWS_REVIEWS_SERVICE_H

#include <stddef.h>

#include "base/ctx.h"
#include "base/row_sink.h"
#include "reviews/reviews.h"

/* ---- reading -------------------------------------------------------------------------------------------- */

/* All reviews, for the staff: a page of reviews_listing. */
enum error_kind reviews_list(struct ctx *ctx, const struct list_query *query,
                             struct row_sink *sink) MUST_CHECK;

/* Those of a title that are shown: a page of shown_reviews_listing. BOOK_NOT_FOUND, REVIEWS_ARE_OFF. */
enum error_kind reviews_list_shown(struct ctx *ctx, const struct uuid *book, const struct list_query *query,
                                   struct row_sink *sink) MUST_CHECK;

/* The own ones of the reader who asks: a page of reviews_listing. NO_MEMBER_RECORD, AUTH_IS_OFF. */
enum error_kind reviews_list_own(struct ctx *ctx, const struct list_query *query,
                                 struct row_sink *sink) MUST_CHECK;

enum error_kind reviews_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/* What the reader who asks has said of a title, or may say. */
struct own_review {
    int64_t id;          /* of their review; 0: there is none */
    const char *why_not; /* why they may not write or change one; NULL: they may */
};

/* BOOK_NOT_FOUND, NO_MEMBER_RECORD, AUTH_IS_OFF. */
enum error_kind reviews_own_of(struct ctx *ctx, const struct uuid *book,
                               struct own_review *out_own) MUST_CHECK;

/* ---- the reader's ---------------------------------------------------------------------------------------- */

/*
 * BOOK_NOT_FOUND, NO_MEMBER_RECORD, MEMBER_NOT_FOUND (archived), REVIEWS_ARE_OFF; CONFLICT for who has not had the title
 * out, where that is asked for, and for who has reviewed it already.
 */
enum error_kind reviews_write(struct ctx *ctx, const struct uuid *book, const struct review_facts *facts,
                              struct review *out_review) MUST_CHECK;

/* The reader's own, or REVIEW_NOT_FOUND: another's is as if it were not there. */
enum error_kind reviews_find_own(struct ctx *ctx, const struct uuid *uuid,
                                 struct review *out_review) MUST_CHECK;

/*
 * `facts` are the review's own with the changes laid over them. Other words wait anew; other stars alone leave its state
 * as it is; without words it is shown. REVIEWS_ARE_OFF.
 */
enum error_kind reviews_update(struct ctx *ctx, const struct review *before, const struct review_facts *facts,
                               int64_t expected_version) MUST_CHECK;
enum error_kind reviews_remove(struct ctx *ctx, const struct review *review,
                               int64_t expected_version) MUST_CHECK;

/* ---- the staff's ----------------------------------------------------------------------------------------- */

/*
 * Shown or refused, whatever it was before. REVIEW_NOT_FOUND; VALIDATION_ERROR for a refusal without a reason. Say the
 * version that was read: the words may have changed since.
 */
enum error_kind reviews_decide(struct ctx *ctx, const struct uuid *uuid,
                               const struct review_decision *decision, int64_t expected_version,
                               struct review *out_review) MUST_CHECK;

/* ---- privacy --------------------------------------------------------------------------------------------- */

/*
 * A loan of this title forgets this member (borrows/privacy_service.h): unless another loan still says that they had it,
 * their review forgets them as well, since it would say the same. It stays, with its stars and words. `names` are those
 * of the reader's own login, which the audit log then says no more. After the loan has forgotten. The same of titles that
 * this one was ever merged with, once no loan of any of them is left: the loan may have been another one's then.
 */
enum error_kind reviews_forget_loan(struct ctx *ctx, int64_t member_id, int64_t book_id,
                                    const char *const *names, size_t count) MUST_CHECK;

/* ---- when two titles become one ------------------------------------------------------------------------- */

/*
 * All reviews of the one title become the other's, and so do their stars. Who has reviewed both: the newer is the
 * other's then, the older the first's. `moved` (may be NULL) is told the internal id of each that came to `to_book`.
 */
enum error_kind reviews_move_title(struct ctx *ctx, int64_t from_book, int64_t to_book,
                                   void (*moved)(void *argument, int64_t id), void *argument) MUST_CHECK;

/*
 * Undoes that for one of these ids: it becomes `to_book`'s again; what its reader has there becomes `from_book`'s. A
 * review that is gone, or not `from_book`'s, is left as it is.
 */
enum error_kind reviews_move_back(struct ctx *ctx, int64_t id, int64_t from_book, int64_t to_book) MUST_CHECK;

#endif

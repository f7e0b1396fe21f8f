/*
 * following_service.h — a copy that goes to another title takes its loans along.
 */
#ifndef CARREL_BORROWS_FOLLOWING_SERVICE_H
#define CARREL_BORROWS_FOLLOWING_SERVICE_H

#include "base/ctx.h"

/*
 * All loans of `from_book` whose copy now belongs to `to_book` become loans of that title, whatever their state,
 * and the packed periods with them. Both titles are to be recounted by the caller. That no reader has both of
 * them at home is for the caller to see to: else CONFLICT from the table itself.
 */
enum error_kind borrows_follow_copies(struct ctx *ctx, int64_t from_book, int64_t to_book) MUST_CHECK;

#endif

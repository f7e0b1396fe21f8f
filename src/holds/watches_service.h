/*
 * watches_service.h — who wants to be told, once, when a title is on the shelf again.
 *
 * Less than a hold: nothing is put aside. A title that stands on the shelf now cannot be watched. Readers watch for
 * themselves (whom they name else is FORBIDDEN), the desk for anybody.
 */
#ifndef CARREL_HOLDS_WATCHES_SERVICE_H
#define CARREL_HOLDS_WATCHES_SERVICE_H

#include <stddef.h>

#include "base/ctx.h"
#include "holds/holds.h"

/*
 * BOOK_NOT_FOUND, MEMBER_NOT_FOUND, NO_MEMBER_RECORD (a login without a record), VALIDATION_ERROR (the desk has to
 * say who); CONFLICT when copies are available, or the member watches WATCHES_MAX titles already. Watching what one
 * watches changes nothing.
 */
enum error_kind watches_add(struct ctx *ctx, const struct uuid *book,
                            const struct watch_request *request) MUST_CHECK;

/* The same errors about book and member; not to have watched is none. */
enum error_kind watches_remove(struct ctx *ctx, const struct uuid *book,
                               const struct watch_request *request) MUST_CHECK;

/* What a member watches, newest first: WATCHES_MAX at most. MEMBER_NOT_FOUND. */
enum error_kind watches_list(struct ctx *ctx, const struct uuid *member,
                             struct title_watch **out_first) MUST_CHECK;

/* A copy of the title stands on its shelf: EVENT_TITLE_AVAILABLE for all who watch it, and their watches are over. */
enum error_kind watches_tell(struct ctx *ctx, int64_t book_id) MUST_CHECK;

/*
 * For the nightly job: the same for at most `max` watched titles that became available without having been taken in
 * here (a new copy, one that was repaired) and that nobody waits for. *out_rows fewer than `max`: none is left.
 */
enum error_kind watches_tell_due(struct ctx *ctx, size_t max, int64_t *out_rows) MUST_CHECK;

#endif

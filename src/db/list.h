/*
 * list.h — the keyset engine: runs a listing (base/listing.h) for a query and pushes the rows to a sink.
 *
 * A page is found by its neighbour's sort value and id, never by counting: page 5,000 costs what page 1
 * costs, also where thousands tie: `(sort, id) > (?, ?)` is asked in two steps that SQLite can both seek,
 * `sort = ? AND id > ?`, then `sort > ?`. (Run it inside a transaction: both must see one moment.) The
 * statement for each combination of listing, sort, direction and filters is built once per connection.
 *
 * A listing whose slice finds rows outside SQL (listing.find) is paged through within the set of rows it gives:
 * the total is the set's count, and the page either walks the index of its order past rows that are not in the
 * set, or sorts those of the set that may stand on it: whichever costs less. Both give the same page.
 *
 * A cursor is base64url of the neighbour's sort value and UUID and a hash of listing, sort, order, filters
 * and search; with others it is refused (INVALID_CURSOR). That the neighbour is gone meanwhile is no
 * obstacle. The cursor of the last rows stands nowhere: it walks back from the end. Unknown sorts, offsets past
 * LIST_OFFSET_MAX, malformed filter values: INVALID_PARAMETER.
 */
#ifndef CARREL_DB_LIST_H
#define CARREL_DB_LIST_H

#include "base/ctx.h"
#include "base/listing.h"
#include "base/uuid.h"

/*
 * Pushes the page that `query` asks for, then its meta. LIST_TOO_SLOW, with advice, when that and its total take
 * longer than LIST_TIME_CAP_MS: never, where a served entry of the listing names filters and sort. Rows may
 * have been pushed by then.
 */
enum error_kind list_run(struct ctx *ctx, const struct listing *listing, const struct list_query *query,
                         struct row_sink *sink) MUST_CHECK;

/* The filters of `query`, read and found good, for who finds rows by them without a list; ends with a NULL name. */
enum error_kind list_read_given(struct ctx *ctx, const struct listing *listing,
                                const struct list_query *query,
                                const struct list_given **out_given) MUST_CHECK;

/* Pushes the one row with this internal id (there must be one; filters do not apply). */
enum error_kind list_one(struct ctx *ctx, const struct listing *listing, int64_t id,
                         struct row_sink *sink) MUST_CHECK;

#endif

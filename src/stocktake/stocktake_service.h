/*
 * stocktake_service.h — the rules of stock-takes.
 *
 * Expected are the copies that are available or on the hold shelf when it begins, of titles that are not archived.
 * Everything but the lists and stocktake_plan() is for the writer.
 */
#ifndef CARREL_STOCKTAKE_STOCKTAKE_SERVICE_H
#define CARREL_STOCKTAKE_STOCKTAKE_SERVICE_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "copies/copies_service.h"
#include "stocktake/stocktake.h"

/* ---- beginning ------------------------------------------------------------------------------------------ */

/* A stock-take that is about to begin, with the copies it expects. */
struct stocktake_plan {
    struct stocktake_facts facts;
    struct row_set expected;
};

/* Looks for the copies to expect: on a reading thread, since it may look at each copy that there is. */
enum error_kind stocktake_plan(struct ctx *ctx, const struct stocktake_facts *facts,
                               struct stocktake_plan *out_plan) MUST_CHECK;

enum error_kind stocktake_begin(struct ctx *ctx, const struct stocktake_plan *plan,
                                struct stocktake *out_take) MUST_CHECK;

/* ---- reading -------------------------------------------------------------------------------------------- */

/* STOCKTAKE_NOT_FOUND "Stock-take not found." */
enum error_kind stocktake_find(struct ctx *ctx, const struct uuid *uuid,
                               struct stocktake *out_take) MUST_CHECK;

enum error_kind stocktake_list(struct ctx *ctx, const struct list_query *query,
                               struct row_sink *sink) MUST_CHECK;
enum error_kind stocktake_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/* What was scanned; the copies that are unseen (once it is finished: missing), in the order of their records. */
enum error_kind stocktake_list_scans(struct ctx *ctx, const struct uuid *uuid, const struct list_query *query,
                                     struct row_sink *sink) MUST_CHECK;
enum error_kind stocktake_list_missing(struct ctx *ctx, const struct uuid *uuid,
                                       const struct list_query *query, struct row_sink *sink) MUST_CHECK;

/* ---- scanning ------------------------------------------------------------------------------------------- */

struct scan_result {
    enum scan_finding finding;
    bool repeated;       /* it was scanned before: nothing is written, the finding is the one from then */
    bool restored;       /* it was lost and is available again */
    int64_t copy_id;     /* 0: no copy has the barcode */
    const char *message; /* for people: what it is, and what to do with it */
    int64_t expected, seen;
};

/*
 * STOCKTAKE_OVER when it is finished. With `restore` a lost copy becomes available (copies_update(): its errors), also
 * when it was scanned before; without, it stays lost: taking it back at the desk also settles what was charged for it.
 */
enum error_kind stocktake_scan(struct ctx *ctx, const struct uuid *uuid, const struct scan_facts *facts,
                               struct scan_result *out_result) MUST_CHECK;

/* ---- finishing ------------------------------------------------------------------------------------------ */

/* A stock-take that is being finished; begin with uuid and facts alone. */
struct finishing {
    struct uuid uuid;
    struct finish_facts facts;
    struct row_set unseen;
    bool begun;
    int64_t next_id;
    int64_t take_id;
    int64_t missing;     /* unseen copies that the desk has not had in hand since */
    int64_t marked_lost; /* of these */
    int64_t still_held;  /* of these: on the hold shelf, so left as they are; cancel the hold first */
};

/*
 * Looks at unseen copies for about `budget_ms`; *out_more: call it again, each call is a transaction of its own.
 * Missing is what is still available, on the hold shelf, or lost by now; what was lent, is in repair, withdrawn or gone
 * with its import is accounted for and leaves the list of the missing. STOCKTAKE_OVER. When it breaks off, finish it again.
 */
enum error_kind stocktake_finish_step(struct ctx *ctx, struct finishing *finishing, int64_t budget_ms,
                                      bool *out_more) MUST_CHECK;

/* ---- for --check ---------------------------------------------------------------------------------------- */

/*
 * Says where the numbers of a stock-take and its unseen copies do not go together, and where a copy that was scanned is
 * unseen. `report` as in counters_check().
 */
enum error_kind stocktake_check(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                                void *argument) MUST_CHECK;

#endif

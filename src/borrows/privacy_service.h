/*
 * privacy_service.h — loans and holds that forget whose they were (setting forget_loans_after_days; 0, the default: never).
 *
 * That many days after its return a loan loses its member, unless a charge of it is open: then it waits until that
 * is settled. It also waits until a day (IDEMPOTENCY_KEEP_MS) has passed since anybody last did anything about it:
 * by then no kept answer to a request names it any more, for a run begins with dropping those. What goes, loan by
 * loan and in one transaction:
 *
 *     borrow       member_id (lent_by and taken_by never name the reader's own login: audit_actor_id())
 *     renewal      renewed_by where that login stands there
 *     hold         the member of the hold that the loan fulfilled (holds/forgetting_service.h)
 *     review       of the member about the title, unless another loan says that they had it (reviews_forget_loan())
 *     charge       which loan and copy it was for; what was charged and paid stays the member's
 *     audit_log    of the loan's rows: the request, and who and from where if it was the reader
 *                  (audit_forget_requests(), audit_forget_actor() say why these)
 *     tally        the packed days and months that count the loan for the member
 *     counters     the member's numbers become those of their remaining loans; the library's, the title's and the
 *                  day's stay, and daily_stat.forgotten keeps those true (counters_loan_forgotten())
 *     event        the member of the loan's and the hold's events, at the end of the run; and what webhooks were told
 *                  of those events (deliveries_forget_members())
 *
 * A hold that ended without a loan, cancelled or expired, loses its member as many days after its end, but not before
 * IDEMPOTENCY_KEEP_MS; with it go the same of its audit rows and its events.
 *
 * The writer deletes securely (db/engine.c): of what was there before, nothing is left in free pages or in the gaps
 * of others, so that the next backup has no trace of it. Backups that were made before have it until they are
 * deleted; so has the library's -wal, which is in no backup, until it is written over.
 *
 * What cannot be helped: the ledger keeps the moment and the amount of a charge for lateness, which a loan's return
 * may have as well; a reason that somebody typed is kept as it was typed; and of a reader's login
 * that was renamed since, the older name stays with a hold that it placed.
 */
#ifndef CARREL_BORROWS_PRIVACY_SERVICE_H
#define CARREL_BORROWS_PRIVACY_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

enum forgetting_step {
    FORGETTING_BEGINS,
    FORGETTING_REPLIES, /* kept answers whose time is over */
    FORGETTING_BORROWS,
    FORGETTING_HOLDS, /* that ended without a loan */
    FORGETTING_EVENTS,
    FORGETTING_DELIVERIES, /* what webhooks were told of those events */
    FORGETTING_TALLIES,    /* packs what the loans left open */
    FORGETTING_ENDED,
};

/* How far a run has come. Starts as {0}; a copy of it does the last slice over. */
struct forgetting {
    enum forgetting_step step;
    int64_t days;      /* the setting; 0: nothing is forgotten */
    int64_t from;      /* where the step goes on: an id or a day */
    int64_t forgotten; /* loans, up to now */
    int64_t holds;     /* that ended without a loan, up to now */
};

/*
 * One slice of a run, bounded: a few milliseconds on the writer, each in a transaction of its own. Call it until the
 * step is FORGETTING_ENDED. The first slice reads the setting. A run that breaks off is no harm: what is left is
 * found by the next. A slice that forgot loans or holds leaves one audit row and one event, with how many.
 */
enum error_kind privacy_forget_slice(struct ctx *ctx, struct forgetting *forgetting) MUST_CHECK;

#endif

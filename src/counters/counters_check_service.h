/*
 * counters_check_service.h — every number that is kept (counters.h) against the facts, and anew from them.
 */
#ifndef CARREL_COUNTERS_COUNTERS_CHECK_SERVICE_H
#define CARREL_COUNTERS_COUNTERS_CHECK_SERVICE_H

#include "base/ctx.h"
#include "counters/counters.h"

/*
 * Compares every counter with the facts and calls `report(argument, finding)` for each that is wrong, in
 * words for people ("The book "Dune" shows 3 available copies; counting gives 2."). A finding lives until
 * report() returns. OK means that the comparison was made, not that all was well. Reads each large table once:
 * for --check, on any connection. `also` (may be NULL) sees every loan on the way, so that four million of them
 * are read once for all who have a promise to check. *out_keys_hold: each loan's title and member are there.
 */
enum error_kind counters_check(struct ctx *ctx, const struct loan_watch *also,
                               void (*report)(void *argument, const char *finding), void *argument,
                               bool *out_keys_hold) MUST_CHECK;

/*
 * Writes every counter anew from the facts; rows that are right are not touched. Afterwards
 * counters_check() finds nothing. How many members of a day are forgotten no fact says: that stays as it is kept,
 * at most as many as there are loans of that day without a member. Full-text rows belong to their own slices (members_rebuild_search() …).
 */
enum error_kind counters_rebuild(struct ctx *ctx) MUST_CHECK;

/*
 * Another zone makes other days of the same loans: when daily_stat and the packed periods were counted by days that
 * began at other times than those of the zone in force (or by an older program), they are counted anew, and nothing
 * else is. Writer only, at each start. Four million loans take some seconds, once. CONFLICT: how many members of a
 * day are forgotten would be lost. When it fails, the transaction is to be rolled back, and counters_leave_zone() to
 * be called in one of its own.
 */
enum error_kind counters_follow_zone(struct ctx *ctx) MUST_CHECK;

/*
 * What happens from now on is counted by other days than what is kept: the next counters_follow_zone() counts all
 * days anew, in whatever zone.
 */
enum error_kind counters_leave_zone(struct ctx *ctx) MUST_CHECK;

/*
 * After payments were lost with a damaged file: the next receipt gets a number that none has had, and how many are lost
 * is written down (sequence `receipts_lost`), so that --check tells their gap from one that nobody knows of.
 */
enum error_kind counters_settle_receipts(struct ctx *ctx) MUST_CHECK;

#endif

/*
 * counters_repository.h — the only writer of library_counter, daily_stat, day_zone, sequence (with
 * tallies_repository.h: of tally) and of the counter columns of book, member and member_type.
 */
#ifndef CARREL_COUNTERS_COUNTERS_REPOSITORY_H
#define CARREL_COUNTERS_COUNTERS_REPOSITORY_H

#include <stddef.h>

#include "base/ctx.h"
#include "counters/counters.h"

const char *counters_repo_name(enum library_counter counter);

enum error_kind counters_repo_add(struct ctx *ctx, enum library_counter counter, int64_t delta) MUST_CHECK;
enum error_kind counters_repo_get(struct ctx *ctx, enum library_counter counter, int64_t *out_value,
                                  bool *out_found) MUST_CHECK;
enum error_kind counters_repo_set(struct ctx *ctx, enum library_counter counter, int64_t value) MUST_CHECK;
enum error_kind counters_repo_next_number(struct ctx *ctx, enum sequence sequence, int64_t step,
                                          int64_t *out_number) MUST_CHECK;

enum error_kind counters_repo_add_copies(struct ctx *ctx, int64_t book_id, int64_t total,
                                         int64_t available) MUST_CHECK;

/* What a title's part in the library's counters depends on. No such title: all zero. */
struct book_stock {
    int64_t available;
    int64_t borrow_count;
    bool listed; /* not archived */
};

enum error_kind counters_repo_stock(struct ctx *ctx, int64_t book_id,
                                    struct book_stock *out_stock) MUST_CHECK;
enum error_kind counters_repo_book_lent(struct ctx *ctx, int64_t book_id, int64_t borrowed_at) MUST_CHECK;
enum error_kind counters_repo_book_returned(struct ctx *ctx, int64_t book_id) MUST_CHECK;
enum error_kind counters_repo_member_lent(struct ctx *ctx, int64_t member_id, int64_t borrowed_at) MUST_CHECK;
enum error_kind counters_repo_member_returned(struct ctx *ctx, int64_t member_id, bool late) MUST_CHECK;
/* An open loan is gone from its table. */
enum error_kind counters_repo_book_unlent(struct ctx *ctx, int64_t book_id) MUST_CHECK;
enum error_kind counters_repo_member_unlent(struct ctx *ctx, int64_t member_id) MUST_CHECK;

/* One loan less of a day, and one reader; a day on which nothing happened has no row. */
enum error_kind counters_repo_take_from_day(struct ctx *ctx, int64_t day, bool member_too) MUST_CHECK;

/* Open holds of a title and of a member. */
enum error_kind counters_repo_add_holds(struct ctx *ctx, int64_t book_id, int64_t member_id,
                                        int64_t delta) MUST_CHECK;
enum error_kind counters_repo_add_balance(struct ctx *ctx, int64_t member_id, int64_t delta) MUST_CHECK;
enum error_kind counters_repo_add_members(struct ctx *ctx, int64_t member_type_id, int64_t delta) MUST_CHECK;

/* One day's counts, in lists by day; in the arena. */
struct day_count {
    int64_t day;
    int64_t borrows;
    int64_t returns;
    int64_t members;   /* to whom something was lent */
    int64_t forgotten; /* of these, no loan of the day names any more */
    int64_t charges;
    int64_t payments;
    struct day_count *next;
};

enum error_kind counters_repo_add_rating(struct ctx *ctx, int64_t book_id, int64_t count,
                                         int64_t stars) MUST_CHECK;

enum error_kind counters_repo_add_day(struct ctx *ctx, const struct day_count *count) MUST_CHECK;
enum error_kind counters_repo_borrows_of_day(struct ctx *ctx, int64_t day, int64_t *out_count) MUST_CHECK;

/* One reader less whom a loan of that day names. */
enum error_kind counters_repo_day_forgot(struct ctx *ctx, int64_t day) MUST_CHECK;

/* A loan that names its member no more, already written so. */
enum error_kind counters_repo_member_forgotten(struct ctx *ctx, int64_t member_id, bool late) MUST_CHECK;

/* How often a member borrowed from one instant to another, both included. */
enum error_kind counters_repo_loans_of_member(struct ctx *ctx, int64_t member_id, int64_t from, int64_t to,
                                              int64_t *out_count) MUST_CHECK;
enum error_kind counters_repo_clear_days(struct ctx *ctx) MUST_CHECK;

/* ---- for --check and --rebuild ---------------------------------------------------------------------- */

/* Writes what was counted. */
enum error_kind counters_repo_set_book(struct ctx *ctx, int64_t id, const int64_t *counted) MUST_CHECK;
enum error_kind counters_repo_set_member(struct ctx *ctx, int64_t id, const int64_t *counted) MUST_CHECK;

/* The members of each type counted anew. */
enum error_kind counters_repo_settle_types(struct ctx *ctx) MUST_CHECK;

/* By which zone's days is counted: clock_zone_print(). */
enum error_kind counters_repo_zone(struct ctx *ctx, int64_t *out_print, bool *out_found) MUST_CHECK;
enum error_kind counters_repo_set_zone(struct ctx *ctx, int64_t print) MUST_CHECK;
enum error_kind counters_repo_clear_zone(struct ctx *ctx) MUST_CHECK;

/* As kept in daily_stat. */
enum error_kind counters_repo_days(struct ctx *ctx, struct day_count **out_days) MUST_CHECK;

/* When the first loan from `from` on was made. */
enum error_kind counters_repo_next_borrow(struct ctx *ctx, int64_t from, int64_t *out_at,
                                          bool *out_found) MUST_CHECK;

/* See counters_settle_receipts(). */
enum error_kind counters_repo_settle_receipts(struct ctx *ctx) MUST_CHECK;

#endif

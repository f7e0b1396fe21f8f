/*
 * ledger_repository.h — all facts that are counted, each table read once from its first row to its last.
 */
#ifndef CARREL_COUNTERS_LEDGER_REPOSITORY_H
#define CARREL_COUNTERS_LEDGER_REPOSITORY_H

#include "base/ctx.h"
#include "counters/counters.h"
#include "counters/ledger.h"

/* Fills an empty ledger. `also` (may be NULL) sees every loan too, in the order of their ids. */
enum error_kind ledger_repo_read(struct ctx *ctx, struct ledger *ledger,
                                 const struct loan_watch *also) MUST_CHECK;

/* A record whose counters are not what the ledger gives. */
struct miscounted {
    int64_t id;
    const char *name;                   /* title or person, for people */
    int64_t shown[RECORD_COUNTERS_MAX]; /* NO_NUMBER: NULL */
    int64_t counted[RECORD_COUNTERS_MAX];
};

/* The next of them with an id past `after_id`, at most `max`, by id. */
enum error_kind ledger_repo_miscounted(struct ctx *ctx, const struct ledger *ledger, enum counted what,
                                       int64_t after_id, struct miscounted *out_rows, size_t max,
                                       size_t *out_count) MUST_CHECK;

/* A type of members, and how many there are; valid while each() runs. */
struct counted_type {
    const char *code;
    int64_t shown, counted;
};
enum error_kind ledger_repo_types(struct ctx *ctx,
                                  void (*each)(void *argument, const struct counted_type *type),
                                  void *argument) MUST_CHECK;

/* Calls each() for the packed periods, days before months, in order; a period is valid while each() runs. */
struct packed_period {
    bool is_month;
    int64_t first_day, last_day;
    const uint8_t *bytes[COUNTED_COUNT];
    size_t lengths[COUNTED_COUNT];
};
enum error_kind ledger_repo_packed(struct ctx *ctx,
                                   void (*each)(void *argument, const struct packed_period *period),
                                   void *argument) MUST_CHECK;

/* To how many members something was lent from one instant to another, both included. */
enum error_kind ledger_repo_count_members(struct ctx *ctx, int64_t from, int64_t to,
                                          int64_t *out_count) MUST_CHECK;

#endif

/*
 * ledger.h — what lending brings with it: renewals, charges, payments, waivers, holds, each kind in order of time.
 *
 * Kept while loans are drawn, since a charge is settled and a hold ends long after it began; written and forgotten
 * table by table. Loans, titles and members are named by their number in the plan, from 0.
 */
#ifndef CARREL_SEEDER_LEDGER_H
#define CARREL_SEEDER_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define NOBODY UINT32_MAX /* or no loan, no charge */

/* Rows of one size that stay where they are; begin with {.size = sizeof (struct …)}. */
struct series {
    size_t size, count;
    uint8_t **blocks;
    size_t block_count, block_room;
};

/* One more, all zero. Its number is the count before. */
void *series_add(struct series *series);
void *series_at(const struct series *series, size_t number);
void series_release(struct series *series);

struct made_renewal {
    int64_t at;
    uint32_t loan;
    int32_t due_before, due_after;
    bool by_reader; /* else at the desk */
};

struct made_charge {
    int64_t at;
    uint32_t loan, member, book;
    uint32_t amount, settled;
    uint32_t next; /* open charge of the same member; NOBODY: none */
    int32_t day;
    uint8_t copy; /* of the title */
    bool is_lost; /* else overdue */
};

struct made_payment {
    int64_t at;
    uint32_t member, amount;
    uint32_t balance_after; /* what the member owed then */
    int32_t day;
    uint8_t method; /* of ledger_methods */
};

struct made_waiver {
    int64_t at;
    uint32_t member, charge, amount;
    int32_t day;
};

struct made_allocation {
    uint32_t charge, amount;
    uint32_t source; /* number of a payment … */
    bool is_waiver;  /* … or of a waiver */
};

enum hold_state {
    HOLD_IS_WAITING,
    HOLD_IS_READY,
    HOLD_WAS_FULFILLED,
    HOLD_WAS_CANCELLED,
    HOLD_HAS_EXPIRED,
    HOLD_STATES
};

struct made_hold {
    int64_t placed_at, ready_at, ended_at; /* 0: not yet, or never */
    uint32_t book, member;
    uint32_t loan; /* that fulfilled it; NOBODY: none */
    int32_t pickup_day;
    uint16_t place;
    uint8_t copy;   /* of the title, once ready */
    uint8_t state;  /* enum hold_state */
    bool is_pulled; /* the copy was taken off its shelf for it */
    bool puts_back; /* its end sent the copy back to its shelf */
};

/* One thing to do. Those of the same moment are in the order in which they happen. */
enum act_kind {
    ACT_CATALOGUE,
    ACT_REGISTER,
    ACT_LEND,
    ACT_RETURN, /* or the copy is lost */
    ACT_RENEW,
    ACT_WAIVE,
    ACT_PAY,
    ACT_PLACE,
    ACT_PULL,
    ACT_CANCEL,
    ACT_EXPIRE,
};

struct act {
    int64_t at;
    uint32_t index; /* of the book, the member, the loan, or in its series */
    enum act_kind kind;
};

struct ledger {
    bool keeps_acts;
    struct series acts; /* when they are kept */
    struct series renewals, charges, payments, waivers, allocations, holds;
};

/* Shares in a hundred; names as in schema.sql. */
struct ledger_method {
    const char *name;
    uint32_t share;
};
#define LEDGER_METHODS 4
extern const struct ledger_method ledger_methods[LEDGER_METHODS];

/* What terminal or mobile network said of the payment with this receipt; NULL: nothing. And why it was waived. */
const char *ledger_reference(struct arena *arena, const struct made_payment *payment, size_t receipt);
const char *ledger_reason(const struct made_waiver *waiver);

/* Goes with the arena; its series may be released before. */
struct ledger *ledger_new(struct arena *arena, bool keeps_acts);
void ledger_tell(struct ledger *ledger, int64_t at, enum act_kind kind, uint32_t index);

#endif

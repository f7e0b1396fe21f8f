/*
 * ledger.h — what the facts add up to: everything that is kept as a number, counted in one pass.
 *
 * --check and --rebuild must not look up four million loans one by one, so the large tables are streamed in
 * the order in which they lie (ledger_repository.h) and added up here, in arrays by id_index. A day keeps the
 * sums of tally_print() beside its loans: they are the same in whatever order the loans come, and those of a
 * month are those of its days, so packed periods are compared without counting them anew.
 */
#ifndef CARREL_COUNTERS_LEDGER_H
#define CARREL_COUNTERS_LEDGER_H

#include <stdbool.h>

#include "base/id_index.h"
#include "counters/counters.h"

/* The counter columns of book and of member, in the order in which they are read and written. */
enum {
    BOOK_TOTAL_COPIES,
    BOOK_AVAILABLE_COPIES,
    BOOK_OPEN_BORROWS,
    BOOK_BORROW_COUNT,
    BOOK_LAST_BORROWED,
    BOOK_OPEN_HOLDS,
    BOOK_RATING_COUNT,
    BOOK_RATING_SUM,
    BOOK_COUNTERS
};
enum {
    MEMBER_OPEN_BORROWS,
    MEMBER_BORROW_COUNT,
    MEMBER_OVERDUE_COUNT,
    MEMBER_BALANCE,
    MEMBER_LAST_BORROWED,
    MEMBER_OPEN_HOLDS,
    MEMBER_COUNTERS
};
#define RECORD_COUNTERS_MAX 8

/* The books, or the members. */
struct ledger_records {
    struct id_index ids;
    int64_t (*counted)[RECORD_COUNTERS_MAX]; /* by place; NO_NUMBER: NULL */
    bool *archived;                          /* by place */
};

struct ledger_day {
    int64_t day;
    int64_t borrows;
    int64_t returns;
    int64_t unlinked; /* loans that name no member any more */
    int64_t members;  /* whom its loans name; NO_NUMBER until somebody who knows says so */
    int64_t charges, payments;
    uint64_t prints[COUNTED_COUNT]; /* tally_print() of each loan's title and member, summed */
    bool used;
};

/* A hash table; in order after ledger_finish(). */
struct ledger_days {
    struct ledger_day *slots;
    size_t size; /* a power of two; after ledger_finish(): count */
    size_t count;
    bool full; /* more than LEDGER_DAYS_MAX: what is here is not all */
};

struct ledger {
    struct ledger_records of[COUNTED_COUNT];
    struct ledger_days days;
    int64_t library[COUNTER_COUNT];
    bool keys_hold;                /* each loan's title and member are there */
    int64_t day, day_from, day_to; /* of the fact before: most are of the same day */
};

void ledger_init(struct ledger *ledger);
void ledger_release(struct ledger *ledger);

/* `records` of `what` come next, in the order of their ids. */
void ledger_expect(struct ledger *ledger, enum counted what, int64_t first_id, int64_t last_id,
                   size_t records);

/* False: not as expected, which cannot be within one snapshot of a sound file. */
bool ledger_add_record(struct ledger *ledger, enum counted what, int64_t id, bool archived);

/* Once all books are there. `stocked`: neither withdrawn nor lost. */
void ledger_add_copy(struct ledger *ledger, int64_t book_id, bool stocked, bool available);

/* Once all books and members are there. Some at a time, so that their records can be fetched beforehand. */
void ledger_add_loans(struct ledger *ledger, const struct ledger_loan *loans, size_t count);

/* Once all books and members are there. `ending`: as for counters_hold_closed(); COUNTER_HOLDS_OPEN: it has not ended. */
void ledger_add_hold(struct ledger *ledger, int64_t book_id, int64_t member_id, enum library_counter ending);

/* Once all books are there: a review that is shown. */
void ledger_add_rating(struct ledger *ledger, int64_t book_id, int64_t stars);

/*
 * Once all members are there: `owed` is a charge's amount, or less than nothing by that of a payment or an
 * approved waiver.
 */
void ledger_add_money(struct ledger *ledger, int64_t member_id, int64_t owed);

/* The same, of a charge and of a payment, which are counted by days. */
void ledger_add_charge(struct ledger *ledger, int64_t member_id, int64_t amount, int64_t at);
void ledger_add_payment(struct ledger *ledger, int64_t member_id, int64_t amount, int64_t at);

/* After the last fact: the library's numbers, and the days in order. */
void ledger_finish(struct ledger *ledger);

/* A day on which anything is counted; NULL: nothing is. After ledger_finish(). */
struct ledger_day *ledger_find(const struct ledger *ledger, int64_t day);

/* All days from one to another, both included, in one; its members are not known. */
struct ledger_day ledger_sum(const struct ledger *ledger, int64_t from_day, int64_t to_day);

#endif

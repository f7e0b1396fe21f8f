/*
 * ledger.c — adding facts up in memory. Nothing here knows where they come from.
 */
#include "counters/ledger.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/limits.h"
#include "counters/tally.h"

#define DAY_SLOTS_MIN 8192 /* ten years of loans and half as much again before it grows */

/* No calendar goes further than the years 1 to 9999; a strange file's instants are taken for its ends. */
#define INSTANT_MIN (-62135596800000)
#define INSTANT_MAX 253402214400000

static void *zeroed(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);

    if (!memory)
        abort(); /* as the arena does */
    return memory;
}

void ledger_init(struct ledger *ledger)
{
    *ledger = (struct ledger){.keys_hold = true, .day_from = INT64_MAX, .day_to = INT64_MIN};
    ledger->days.size = DAY_SLOTS_MIN;
    ledger->days.slots = zeroed(DAY_SLOTS_MIN, sizeof *ledger->days.slots);
}

void ledger_release(struct ledger *ledger)
{
    for (int i = 0; i < COUNTED_COUNT; i++) {
        id_index_release(&ledger->of[i].ids);
        free(ledger->of[i].counted);
        free(ledger->of[i].archived);
    }
    free(ledger->days.slots);
}

/* ---- records -------------------------------------------------------------------------------------------- */

void ledger_expect(struct ledger *ledger, enum counted what, int64_t first_id, int64_t last_id, size_t count)
{
    static const int last_columns[] = {
        [COUNTED_BOOKS] = BOOK_LAST_BORROWED, [COUNTED_MEMBERS] = MEMBER_LAST_BORROWED};
    struct ledger_records *records = &ledger->of[what];

    id_index_init(&records->ids, first_id, last_id, count);
    records->counted = zeroed(records->ids.places, sizeof *records->counted);
    records->archived = zeroed(records->ids.places, sizeof *records->archived);
    for (size_t i = 0; i < records->ids.places; i++)
        records->counted[i][last_columns[what]] = NO_NUMBER;
}

bool ledger_add_record(struct ledger *ledger, enum counted what, int64_t id, bool archived)
{
    struct ledger_records *records = &ledger->of[what];
    size_t place = id_index_add(&records->ids, id);

    if (place == ID_NOWHERE)
        return false;
    records->archived[place] = archived;
    return true;
}

void ledger_add_copy(struct ledger *ledger, int64_t book_id, bool stocked, bool available)
{
    const struct ledger_records *books = &ledger->of[COUNTED_BOOKS];
    size_t place = id_index_place(&books->ids, book_id);

    ledger->library[COUNTER_COPIES] += stocked;
    if (place == ID_NOWHERE)
        return;
    books->counted[place][BOOK_TOTAL_COPIES] += stocked;
    books->counted[place][BOOK_AVAILABLE_COPIES] += available;
}

/* ---- days ----------------------------------------------------------------------------------------------- */

static struct ledger_day *slot_of(const struct ledger_days *days, int64_t day)
{
    size_t at = (size_t)((uint64_t)day * 0x9e3779b97f4a7c15u >> 32) & (days->size - 1);

    while (days->slots[at].used && days->slots[at].day != day)
        at = (at + 1) & (days->size - 1);
    return &days->slots[at];
}

static void grow(struct ledger_days *days)
{
    struct ledger_days larger = {.size = days->size * 2, .count = days->count};

    larger.slots = zeroed(larger.size, sizeof *larger.slots);
    for (size_t i = 0; i < days->size; i++)
        if (days->slots[i].used)
            *slot_of(&larger, days->slots[i].day) = days->slots[i];
    free(days->slots);
    *days = larger;
}

/* NULL: there is no room for one more. */
static struct ledger_day *day_of(struct ledger_days *days, int64_t day)
{
    struct ledger_day *found = slot_of(days, day);

    if (found->used)
        return found;
    if (days->count == LEDGER_DAYS_MAX) {
        days->full = true;
        return NULL;
    }
    if (++days->count > days->size / 2) {
        grow(days);
        found = slot_of(days, day);
    }
    *found = (struct ledger_day){.day = day, .members = NO_NUMBER, .used = true};
    return found;
}

static int64_t day_in_zone(struct ledger *ledger, int64_t instant)
{
    if (instant < ledger->day_from || instant > ledger->day_to) {
        instant = instant < INSTANT_MIN ? INSTANT_MIN : instant > INSTANT_MAX ? INSTANT_MAX : instant;
        int32_t day = clock_day_of(instant);
        ledger->day = day;
        ledger->day_from = clock_day_start(day);
        ledger->day_to = clock_day_end(day);
    }
    return ledger->day;
}

/* ---- loans ---------------------------------------------------------------------------------------------- */

/* Counts a loan for its title or its member. NULL: there is no such record. */
static int64_t *count_loan(struct ledger *ledger, enum counted what, int64_t id,
                           const struct ledger_loan *loan, int open_column, int count_column, int last_column)
{
    size_t place = id_index_place(&ledger->of[what].ids, id);

    if (place == ID_NOWHERE) {
        ledger->keys_hold = false;
        return NULL;
    }
    int64_t *counted = ledger->of[what].counted[place];
    counted[open_column] += loan->returned_at == NO_NUMBER;
    counted[count_column]++;
    if (counted[last_column] < loan->borrowed_at) /* NO_NUMBER is below every instant */
        counted[last_column] = loan->borrowed_at;
    return counted;
}

static void add_loan(struct ledger *ledger, const struct ledger_loan *loan)
{
    struct ledger_day *day = day_of(&ledger->days, day_in_zone(ledger, loan->borrowed_at));
    bool linked = loan->member_id != NO_NUMBER;
    int64_t *member = linked ? count_loan(ledger, COUNTED_MEMBERS, loan->member_id, loan, MEMBER_OPEN_BORROWS,
                                          MEMBER_BORROW_COUNT, MEMBER_LAST_BORROWED)
                             : NULL;

    (void)count_loan(ledger, COUNTED_BOOKS, loan->book_id, loan, BOOK_OPEN_BORROWS, BOOK_BORROW_COUNT,
                     BOOK_LAST_BORROWED);
    if (member)
        member[MEMBER_OVERDUE_COUNT] += loan->returned_at != NO_NUMBER && loan->returned_at > loan->due_at;
    ledger->library[COUNTER_BORROWS]++;
    ledger->library[COUNTER_BORROWS_OPEN] += loan->returned_at == NO_NUMBER;
    if (day) {
        day->borrows++;
        day->prints[COUNTED_BOOKS] += tally_print(loan->book_id);
        day->prints[COUNTED_MEMBERS] += linked ? tally_print(loan->member_id) : 0;
        day->unlinked += !linked;
    }
    if (loan->returned_at == NO_NUMBER)
        return;
    day = day_of(&ledger->days, loan->returned_day);
    if (day)
        day->returns++;
}

void ledger_add_loans(struct ledger *ledger, const struct ledger_loan *loans, size_t count)
{
    const struct ledger_records *books = &ledger->of[COUNTED_BOOKS];
    const struct ledger_records *members = &ledger->of[COUNTED_MEMBERS];

    for (size_t i = 0; i < count; i++) {
        id_index_fetch(&books->ids, loans[i].book_id, books->counted, sizeof *books->counted);
        id_index_fetch(&members->ids, loans[i].member_id, members->counted, sizeof *members->counted);
    }
    for (size_t i = 0; i < count; i++)
        add_loan(ledger, &loans[i]);
}

/* ---- holds ---------------------------------------------------------------------------------------------- */

static void count_hold(struct ledger_records *records, int64_t id, int column)
{
    size_t place = id_index_place(&records->ids, id);

    if (place != ID_NOWHERE)
        records->counted[place][column]++;
}

void ledger_add_hold(struct ledger *ledger, int64_t book_id, int64_t member_id, enum library_counter ending)
{
    ledger->library[COUNTER_HOLDS]++;
    ledger->library[ending]++;
    if (ending != COUNTER_HOLDS_OPEN)
        return;
    count_hold(&ledger->of[COUNTED_BOOKS], book_id, BOOK_OPEN_HOLDS);
    count_hold(&ledger->of[COUNTED_MEMBERS], member_id, MEMBER_OPEN_HOLDS);
}

void ledger_add_rating(struct ledger *ledger, int64_t book_id, int64_t stars)
{
    const struct ledger_records *books = &ledger->of[COUNTED_BOOKS];
    size_t place = id_index_place(&books->ids, book_id);

    if (place == ID_NOWHERE)
        return;
    books->counted[place][BOOK_RATING_COUNT]++;
    books->counted[place][BOOK_RATING_SUM] += stars;
}

void ledger_add_money(struct ledger *ledger, int64_t member_id, int64_t owed)
{
    const struct ledger_records *members = &ledger->of[COUNTED_MEMBERS];
    size_t place = id_index_place(&members->ids, member_id);

    if (place != ID_NOWHERE)
        members->counted[place][MEMBER_BALANCE] += owed;
}

void ledger_add_charge(struct ledger *ledger, int64_t member_id, int64_t amount, int64_t at)
{
    struct ledger_day *day = day_of(&ledger->days, day_in_zone(ledger, at));

    ledger_add_money(ledger, member_id, amount);
    ledger->library[COUNTER_CHARGES]++;
    if (day)
        day->charges++;
}

void ledger_add_payment(struct ledger *ledger, int64_t member_id, int64_t amount, int64_t at)
{
    struct ledger_day *day = day_of(&ledger->days, day_in_zone(ledger, at));

    ledger_add_money(ledger, member_id, -amount);
    ledger->library[COUNTER_PAYMENTS]++;
    if (day)
        day->payments++;
}

/* ---- sums ----------------------------------------------------------------------------------------------- */

static int compare_days(const void *a, const void *b)
{
    int64_t first = ((const struct ledger_day *)a)->day;
    int64_t second = ((const struct ledger_day *)b)->day;

    return (first > second) - (first < second);
}

static void finish_days(struct ledger_days *days)
{
    size_t count = 0;

    for (size_t i = 0; i < days->size; i++)
        if (days->slots[i].used)
            days->slots[count++] = days->slots[i];
    assert(count == days->count);
    qsort(days->slots, count, sizeof *days->slots, compare_days);
    days->size = count;
}

void ledger_finish(struct ledger *ledger)
{
    const struct ledger_records *books = &ledger->of[COUNTED_BOOKS];
    const struct ledger_records *members = &ledger->of[COUNTED_MEMBERS];

    for (size_t i = 0; i < books->ids.places; i++) {
        if (!id_index_has(&books->ids, i))
            continue;
        bool listed = !books->archived[i];
        const int64_t *counted = books->counted[i];
        ledger->library[listed ? COUNTER_BOOKS : COUNTER_BOOKS_ARCHIVED]++;
        ledger->library[COUNTER_BOOKS_LOW] += listed && counted[BOOK_AVAILABLE_COPIES] <= 1;
        ledger->library[COUNTER_BOOKS_OUT] += listed && counted[BOOK_AVAILABLE_COPIES] == 0;
        ledger->library[COUNTER_BOOKS_UNLENT] += listed && counted[BOOK_BORROW_COUNT] == 0;
    }
    for (size_t i = 0; i < members->ids.places; i++)
        if (id_index_has(&members->ids, i))
            ledger->library[members->archived[i] ? COUNTER_MEMBERS_ARCHIVED : COUNTER_MEMBERS]++;
    finish_days(&ledger->days);
}

/* The first slot that is not before `day`. */
static size_t seek(const struct ledger_days *days, int64_t day)
{
    size_t low = 0;
    size_t high = days->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (days->slots[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct ledger_day *ledger_find(const struct ledger *ledger, int64_t day)
{
    size_t at = seek(&ledger->days, day);

    return at < ledger->days.count && ledger->days.slots[at].day == day ? &ledger->days.slots[at] : NULL;
}

struct ledger_day ledger_sum(const struct ledger *ledger, int64_t from_day, int64_t to_day)
{
    const struct ledger_days *days = &ledger->days;
    struct ledger_day sum = {.day = from_day, .members = NO_NUMBER};

    for (size_t at = seek(days, from_day); at < days->count && days->slots[at].day <= to_day; at++) {
        sum.borrows += days->slots[at].borrows;
        sum.returns += days->slots[at].returns;
        for (int i = 0; i < COUNTED_COUNT; i++)
            sum.prints[i] += days->slots[at].prints[i];
    }
    return sum;
}

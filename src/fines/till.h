/*
 * till.h — what came in, day by day, and what a stretch of time adds up to.
 */
#ifndef CARREL_FINES_TILL_H
#define CARREL_FINES_TILL_H

#include "base/limits.h"
#include "fines/fines.h"

struct money_sum {
    int64_t count;
    int64_t amount;
};

/* What was taken on one day; only days on which something was. */
struct till_day {
    int32_t day;
    struct money_sum total;
    struct money_sum methods[PAYMENT_METHOD_COUNT];
    struct till_day *next;
};

struct till {
    int32_t from, to; /* days, both included */
    struct till_day *days;
    struct money_sum total;
    struct money_sum methods[PAYMENT_METHOD_COUNT];
};

/* The three sides of a report. */
enum till_source { TILL_CHARGES, TILL_PAYMENTS, TILL_WAIVERS, TILL_SOURCE_COUNT };

/* One month, or the part of it that was asked for. */
struct report_month {
    int32_t first_day;
    int64_t amounts[TILL_SOURCE_COUNT];
};

struct debtor {
    struct uuid uuid;
    const char *name, *card;
    int64_t balance;
};

struct fines_report {
    int32_t from, to;                           /* days, both included */
    struct money_sum totals[TILL_SOURCE_COUNT]; /* of waivers the approved ones, as below */
    struct money_sum charged_as[CHARGE_KIND_COUNT];
    struct money_sum paid_by[PAYMENT_METHOD_COUNT];
    struct money_sum waived_as[WAIVER_KIND_COUNT];
    struct report_month *months;
    size_t month_count;
    /* now, whatever the range */
    struct money_sum outstanding; /* members who owe, and how much */
    struct money_sum credit;      /* members whom the library owes, and how much */
    int64_t open_charges;
    struct debtor debtors[DEBTORS_MAX]; /* who owes most, first */
    size_t debtor_count;
};

#endif

/*
 * report_period.h — "last month" as days. A school year begins on 1 September.
 */
#ifndef CARREL_REPORTS_REPORT_PERIOD_H
#define CARREL_REPORTS_REPORT_PERIOD_H

#include <stdbool.h>
#include <stdint.h>

/* The days that a period means today, both included; false when there is no such period. Pure arithmetic. */
bool report_period(const char *period, int32_t today, int32_t *out_first, int32_t *out_last);

/* When a schedule comes next after a day: tomorrow, next Monday, on the first of the month or year; false: never. */
bool report_next_day(const char *schedule, int32_t day, int32_t *out_next);

#endif

/*
 * day_sums_sql.h — totals of lists that are filtered by `from` and `to`, from the sums that daily_stat keeps.
 *
 * SQL expressions for list_served.total (base/listing.h), which gives :from, :to (ms) and the whole days between them.
 * Whole days are summed, or those outside are, where they are fewer, and taken from all; of a day that is cut, its
 * rows are counted in an index by `at`.
 *
 *     number   a column of daily_stat: "charges"
 *     all      the library_counter that is the sum of all days
 *     table    "charge"; at: its instant, "at"
 */
#ifndef CARREL_COUNTERS_DAY_SUMS_SQL_H
#define CARREL_COUNTERS_DAY_SUMS_SQL_H

#include "base/listing.h"

#define DAY_SUM(number, days) "(SELECT coalesce(sum(" number "), 0) FROM daily_stat WHERE " days ")"
#define ALL_DAYS "((SELECT max(day) FROM daily_stat) - (SELECT min(day) FROM daily_stat))"
#define SUM_OF_FEWER(length, inside, outside, all) \
    "iif(2 * (" length ") > " ALL_DAYS ", " COUNTER(all) " - " outside ", " inside ")"
#define ROWS_BETWEEN(table, at, first, end) \
    "(SELECT count(*) FROM " table " WHERE " at " >= " first " AND " at " < " end ")"

#define TOTAL_FROM(number, all, table, at)                                                             \
    SUM_OF_FEWER("(SELECT max(day) FROM daily_stat) - :from_day", DAY_SUM(number, "day >= :from_day"), \
                 DAY_SUM(number, "day < :from_day"), all)                                              \
    " + " ROWS_BETWEEN(table, at, ":from", ":from_edge")

#define TOTAL_TO(number, all, table, at)                                                           \
    SUM_OF_FEWER(":to_day - (SELECT min(day) FROM daily_stat)", DAY_SUM(number, "day <= :to_day"), \
                 DAY_SUM(number, "day > :to_day"), all)                                            \
    " + " ROWS_BETWEEN(table, at, ":to_edge + 1", ":to + 1")

#define TOTAL_FROM_TO(number, all, table, at)                                                    \
    SUM_OF_FEWER(":to_day - :from_day", DAY_SUM(number, "day BETWEEN :from_day AND :to_day"),    \
                 DAY_SUM(number, "day < :from_day") " - " DAY_SUM(number, "day > :to_day"), all) \
    " + " ROWS_BETWEEN(table, at, ":from", "min(:from_edge, :to + 1)") " + " ROWS_BETWEEN(       \
        table, at, "max(:to_edge + 1, :from_edge)", ":to + 1")

#endif

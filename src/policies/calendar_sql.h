/*
 * calendar_sql.h — the days that cost a fine, as a piece of SQL.
 *
 * Listings show what an overdue loan costs by now, and services charge it: both say these words, so that they
 * cannot differ. The repositories of the slices above may include this header, and no other of this slice.
 */
#ifndef CARREL_POLICIES_CALENDAR_SQL_H
#define CARREL_POLICIES_CALENDAR_SQL_H

/*
 * Days that had cost by the day that counts as `due`: that day, or when the library is closed on it, the first open one
 * after. Things are never made due on a closed day, but a day may be closed later and the thing stay where it is.
 */
#define CALENDAR_DUE_COSTS(due)                                                                              \
    "(SELECT CASE WHEN open = 1 THEN costs ELSE coalesce((SELECT o.costs FROM calendar o WHERE o.day > " due \
    " AND o.open = 1 ORDER BY o.day LIMIT 1), costs) END FROM calendar WHERE day = " due ")"

/*
 * Days after `due`, up to and including `back`, that cost a fine; 0 when `back` is not after `due`. Both are SQL
 * expressions of day numbers, never NULL. Where `calendar` has no row of one of them, every day costs.
 * Two look-ups by primary key, and one more for what is due on a closed day.
 */
#define CALENDAR_FINE_DAYS(due, back)                               \
    "max(0, coalesce((SELECT costs FROM calendar WHERE day = " back \
    ") - " CALENDAR_DUE_COSTS(due) ", " back " - " due "))"

#endif

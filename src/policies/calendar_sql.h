/*
 * calendar_sql.h — the days that cost a fine, as a piece of SQL.
 *
 * Listings show what an overdue loan costs by now, and services charge it: both say these words, so that they
 * cannot differ. The repositories of the slices above may include this header, and no other of this slice.
 */
#ifndef CARREL_POLICIES_CALENDAR_SQL_H
#define CARREL_POLICIES_CALENDAR_SQL_H

/*
 * Days after `due`, up to and including `back`, that cost a fine; 0 when `back` is not after `due`. Both are SQL
 * expressions of day numbers, never NULL. Where `calendar` has no row of one of them, every day costs.
 * Two look-ups by primary key.
 */
#define CALENDAR_FINE_DAYS(due, back)                               \
    "max(0, coalesce((SELECT costs FROM calendar WHERE day = " back \
    ") - (SELECT costs FROM calendar WHERE day = " due "), " back " - " due "))"

#endif

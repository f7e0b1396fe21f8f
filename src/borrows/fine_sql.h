/*
 * fine_sql.h — what being late costs, as SQL: for lists and sums. The same in C: borrows_fine() of
 * overdue_service.h; a test holds the two equal. For repositories, after policies/calendar_sql.h.
 */
#ifndef CARREL_BORROWS_FINE_SQL_H
#define CARREL_BORROWS_FINE_SQL_H

/* Of the loan `w` if it came back on the day `back`; w.due_day is not NULL, and nor may `back` be. */
#define BORROW_FINE(back)                                                                       \
    "min(w.fine_before + max(0, " CALENDAR_FINE_DAYS("w.due_day",                               \
                                                     back) " - w.grace_days) * w.fine_per_day," \
                                                           " coalesce(w.fine_cap, 9223372036854775807))"

/* What was posted for it: its overdue charges, less what of them was taken back since. */
#define BORROW_POSTED                                                                                       \
    "(SELECT coalesce(sum(g.amount - coalesce((SELECT sum(v.amount) FROM waiver v WHERE v.charge_id = g.id" \
    " AND v.status = 'approved' AND v.kind <> 'waiver'), 0)), 0)"                                           \
    " FROM charge g WHERE g.borrow_id = w.id AND g.kind = 'overdue')"

#endif

/*
 * members_sql.h — whether a member may borrow today, as a piece of SQL: member_status_on() of members.h in other words.
 * The repositories of the slices above may include this header, and no other repository's.
 */
#ifndef CARREL_MEMBERS_MEMBERS_SQL_H
#define CARREL_MEMBERS_MEMBERS_SQL_H

/* 'active', 'expired' or 'suspended', of the member `m` on the day :today. */
#define MEMBER_STATUS_TODAY(m)                                                      \
    "CASE WHEN " m ".status = 'suspended' AND (" m ".suspended_until IS NULL OR " m \
    ".suspended_until >= :today)"                                                   \
    " THEN 'suspended' WHEN " m ".status = 'expired' OR " m                         \
    ".expires_on < :today THEN 'expired' ELSE 'active' END"

#endif

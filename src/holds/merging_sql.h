/*
 * merging_sql.h — which holds are one too many when two titles become one, as a piece of SQL.
 *
 * Whoever asks beforehand how many there will be, and the merge that cancels them (merging_service.h), say these words,
 * so that they cannot differ. The repositories of the slices above may include this header.
 */
#ifndef CARREL_HOLDS_MERGING_SQL_H
#define CARREL_HOLDS_MERGING_SQL_H

/* Has the reader of the hold `h` this title at home? */
#define HOLD_READER_HAS(book)                                                                     \
    "EXISTS (SELECT 1 FROM borrow w WHERE w.member_id = h.member_id AND w.book_id = " book " AND" \
    " w.returned_at IS NULL)"

/*
 * Of holds `h` of one title, where `other` is the other (an SQL expression): it waits, and its reader has the other at
 * home, or another hold there that is ready or was placed before.
 */
#define HOLD_IS_DOUBLED(other)                                                                               \
    "h.ended_at IS NULL AND h.status = 'waiting' AND (EXISTS (SELECT 1 FROM hold o WHERE o.member_id ="      \
    " h.member_id AND o.book_id = " other " AND o.ended_at IS NULL AND (o.status = 'ready' OR (o.placed_at," \
    " o.id) < (h.placed_at, h.id))) OR " HOLD_READER_HAS(other) ")"

#endif

-- A loan names who lent it and who took it back by number: the two names were a third of its bytes.
CREATE TABLE actor (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO actor (id, name) VALUES (1, 'a reader');
INSERT OR IGNORE INTO actor (name)
SELECT lent_by FROM borrow UNION SELECT taken_by FROM borrow WHERE taken_by IS NOT NULL;

-- SQLite cannot change the type of a column: the table is made anew (https://www.sqlite.org/lang_altertable.html, 7).
CREATE TABLE borrow_new (
    id          INTEGER PRIMARY KEY,
    uuid        BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    book_id     INTEGER NOT NULL REFERENCES book (id),
    copy_id     INTEGER NOT NULL REFERENCES copy (id),
    member_id   INTEGER REFERENCES member (id),
    rule_id     INTEGER NOT NULL REFERENCES loan_rule (id),
    borrowed_at INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    due_day     INTEGER NOT NULL,
    returned_at INTEGER,
    returned_day INTEGER,
    renewals    INTEGER NOT NULL DEFAULT 0 CHECK (renewals >= 0),
    fine_per_day INTEGER NOT NULL,
    fine_cap    INTEGER,
    grace_days  INTEGER NOT NULL,
    lent_by     INTEGER NOT NULL REFERENCES actor (id),
    taken_by    INTEGER REFERENCES actor (id),
    fine        INTEGER NOT NULL DEFAULT 0 CHECK (fine >= 0),
    fine_before INTEGER NOT NULL DEFAULT 0 CHECK (fine_before >= 0),
    overdue_step INTEGER NOT NULL DEFAULT 0 CHECK (overdue_step >= 0),
    lost        INTEGER NOT NULL DEFAULT 0 CHECK (lost IN (0, 1)),
    CHECK (due_at >= borrowed_at),
    CHECK (returned_at IS NULL OR returned_at >= borrowed_at),
    CHECK ((returned_at IS NULL) = (returned_day IS NULL)),
    CHECK (member_id IS NOT NULL OR returned_at IS NOT NULL)
) STRICT;

-- Who had the loan under their own login is “a reader”: forgetting the loan's member then forgets them there, too.
INSERT INTO borrow_new (id, uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at, due_day, returned_at,
    returned_day, renewals, fine_per_day, fine_cap, grace_days, lent_by, taken_by, fine, fine_before, overdue_step, lost)
SELECT w.id, w.uuid, w.book_id, w.copy_id, w.member_id, w.rule_id, w.borrowed_at, w.due_at, w.due_day, w.returned_at,
    w.returned_day, w.renewals, w.fine_per_day, w.fine_cap, w.grace_days,
    iif(w.lent_by = o.name, 1, (SELECT a.id FROM actor a WHERE a.name = w.lent_by)),
    iif(w.taken_by = o.name, 1, (SELECT a.id FROM actor a WHERE a.name = w.taken_by)),
    w.fine, w.fine_before, w.overdue_step, w.lost
FROM borrow w LEFT JOIN account o ON o.member_id = w.member_id ORDER BY w.id;

DROP TABLE borrow;
ALTER TABLE borrow_new RENAME TO borrow;

CREATE UNIQUE INDEX borrow_open_copy ON borrow (copy_id) WHERE returned_at IS NULL;
CREATE UNIQUE INDEX borrow_open_pair ON borrow (member_id, book_id) WHERE returned_at IS NULL;
CREATE INDEX borrow_by_borrowed  ON borrow (borrowed_at);
CREATE INDEX borrow_by_due       ON borrow (due_at);
CREATE INDEX borrow_by_returned  ON borrow (coalesce(returned_at, 0));
CREATE INDEX borrow_by_book      ON borrow (book_id, borrowed_at);
CREATE INDEX borrow_by_member    ON borrow (member_id, borrowed_at, id, book_id);
CREATE INDEX borrow_open_by_due  ON borrow (due_at) WHERE returned_at IS NULL;
CREATE INDEX borrow_open_by_borrowed ON borrow (borrowed_at, id, due_at) WHERE returned_at IS NULL;

DELETE FROM actor WHERE id <> 1 AND id NOT IN
 (SELECT lent_by FROM borrow UNION SELECT taken_by FROM borrow WHERE taken_by IS NOT NULL);

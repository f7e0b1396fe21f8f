-- 0003_circulation: renewals, holds, fines, the calendar, stock-takes, roll-overs; a loan may forget who had it.

ALTER TABLE book ADD COLUMN open_holds INTEGER NOT NULL DEFAULT 0 CHECK (open_holds >= 0);
ALTER TABLE member ADD COLUMN open_holds INTEGER NOT NULL DEFAULT 0 CHECK (open_holds >= 0);
ALTER TABLE member_type ADD COLUMN membership_months INTEGER CHECK (membership_months > 0);
CREATE INDEX member_by_balance ON member (balance, id) WHERE balance <> 0;
ALTER TABLE daily_stat ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0 CHECK (forgotten BETWEEN 0 AND members);

-- SQLite cannot take a NOT NULL away: the table is made anew (https://www.sqlite.org/lang_altertable.html, 7).
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
    lent_by     TEXT NOT NULL,
    taken_by    TEXT,
    fine        INTEGER NOT NULL DEFAULT 0 CHECK (fine >= 0),
    fine_before INTEGER NOT NULL DEFAULT 0 CHECK (fine_before >= 0),
    overdue_step INTEGER NOT NULL DEFAULT 0 CHECK (overdue_step >= 0),
    lost        INTEGER NOT NULL DEFAULT 0 CHECK (lost IN (0, 1)),
    CHECK (due_at >= borrowed_at),
    CHECK (returned_at IS NULL OR returned_at >= borrowed_at),
    CHECK ((returned_at IS NULL) = (returned_day IS NULL)),
    CHECK (member_id IS NOT NULL OR returned_at IS NOT NULL)
) STRICT;

INSERT INTO borrow_new (id, uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at, due_day, returned_at,
    returned_day, renewals, fine_per_day, fine_cap, grace_days, lent_by, taken_by, fine)
SELECT id, uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at, due_day, returned_at,
    returned_day, renewals, fine_per_day, fine_cap, grace_days, lent_by, taken_by,
    coalesce(min(max(0, returned_day - due_day - grace_days) * fine_per_day, coalesce(fine_cap, 9223372036854775807)), 0)
FROM borrow ORDER BY id;

DROP TABLE borrow;
ALTER TABLE borrow_new RENAME TO borrow;

CREATE UNIQUE INDEX borrow_open_copy ON borrow (copy_id) WHERE returned_at IS NULL;
CREATE UNIQUE INDEX borrow_open_pair ON borrow (member_id, book_id) WHERE returned_at IS NULL;
CREATE INDEX borrow_by_borrowed  ON borrow (borrowed_at, id);
CREATE INDEX borrow_by_due       ON borrow (due_at, id);
CREATE INDEX borrow_by_returned  ON borrow (coalesce(returned_at, 0), id);
CREATE INDEX borrow_by_book      ON borrow (book_id, borrowed_at, id);
CREATE INDEX borrow_by_member    ON borrow (member_id, borrowed_at, id);
CREATE INDEX borrow_open_by_due  ON borrow (due_at, id) WHERE returned_at IS NULL;
CREATE INDEX borrow_open_by_borrowed ON borrow (borrowed_at, id, due_at) WHERE returned_at IS NULL;

ALTER TABLE loan_rule ADD COLUMN deleted_at INTEGER;
DROP INDEX loan_rule_pair;
CREATE UNIQUE INDEX loan_rule_pair ON loan_rule (coalesce(member_type_id, 0), coalesce(item_type_id, 0))
    WHERE deleted_at IS NULL;

-- The same rows on new pages: what was deleted is wiped from now on, but in the gaps of old pages stands, for as long
-- as they last, who had what.
CREATE TABLE event_new (
    id        INTEGER PRIMARY KEY,
    uuid      BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    at        INTEGER NOT NULL,
    type      TEXT NOT NULL,
    book_id   INTEGER REFERENCES book (id),
    member_id INTEGER REFERENCES member (id),
    borrow_id INTEGER REFERENCES borrow (id),
    detail    TEXT
) STRICT;

INSERT INTO event_new (id, uuid, at, type, book_id, member_id, borrow_id, detail)
SELECT id, uuid, at, type, book_id, member_id, borrow_id, detail FROM event ORDER BY id;

DROP TABLE event;
ALTER TABLE event_new RENAME TO event;
CREATE INDEX event_by_time ON event (at, id);

CREATE TABLE tally_new (
    span      TEXT NOT NULL CHECK (span IN ('day', 'month')),
    first_day INTEGER NOT NULL,
    last_day  INTEGER NOT NULL CHECK (last_day >= first_day),
    books     BLOB NOT NULL,
    members   BLOB NOT NULL,
    PRIMARY KEY (span, first_day)
) STRICT;

INSERT INTO tally_new (span, first_day, last_day, books, members)
SELECT span, first_day, last_day, books, members FROM tally ORDER BY span, first_day;

DROP TABLE tally;
ALTER TABLE tally_new RENAME TO tally;

-- A rule that the library made for itself stands.
INSERT OR IGNORE INTO loan_rule (uuid, member_type_id, max_loans, loan_days, max_renewals, hold_limit, fine_per_day)
VALUES (x'00000000000070008000000000000002', 2, 3, 14, 2, 3, 100),
       (x'00000000000070008000000000000003', 3, 10, 14, 2, 10, 100);

INSERT INTO sequence (name, value) VALUES ('receipt', 0);
INSERT INTO library_counter (name, value) VALUES
    ('holds', 0), ('holds_open', 0), ('charges', 0), ('charges_open', 0), ('payments', 0), ('waivers', 0);

CREATE TABLE roll_over (
    id        INTEGER PRIMARY KEY,
    uuid      BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name      TEXT NOT NULL CHECK (name <> ''),
    members   INTEGER NOT NULL CHECK (members >= 0),
    at        INTEGER NOT NULL,
    made_by   TEXT NOT NULL,
    finished_at INTEGER,
    undone_at INTEGER,
    undone_by TEXT
) STRICT;

CREATE TABLE roll_over_change (
    roll_over_id   INTEGER NOT NULL REFERENCES roll_over (id),
    member_id      INTEGER NOT NULL REFERENCES member (id),
    group_before   TEXT,
    group_after    TEXT,
    expires_before INTEGER,
    expires_after  INTEGER,
    archived       INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
    PRIMARY KEY (roll_over_id, member_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE opening_hours (
    weekday INTEGER NOT NULL CHECK (weekday BETWEEN 0 AND 6),
    opens   INTEGER NOT NULL CHECK (opens BETWEEN 0 AND 1439),
    closes  INTEGER NOT NULL CHECK (closes BETWEEN 1 AND 1440),
    PRIMARY KEY (weekday, opens),
    CHECK (opens < closes)
) STRICT, WITHOUT ROWID;

CREATE TABLE closed_day (
    id         INTEGER PRIMARY KEY,
    uuid       BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    kind       TEXT NOT NULL CHECK (kind IN ('closure', 'opening')),
    first_day  INTEGER NOT NULL,
    last_day   INTEGER NOT NULL CHECK (last_day >= first_day),
    yearly     INTEGER NOT NULL DEFAULT 0 CHECK (yearly IN (0, 1)),
    name       TEXT NOT NULL CHECK (name <> ''),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL
) STRICT;

CREATE INDEX closed_day_by_first ON closed_day (first_day, id);

CREATE TABLE renewal (
    id             INTEGER PRIMARY KEY,
    borrow_id      INTEGER NOT NULL REFERENCES borrow (id),
    at             INTEGER NOT NULL,
    due_day_before INTEGER NOT NULL,
    due_day_after  INTEGER NOT NULL,
    fine           INTEGER NOT NULL DEFAULT 0 CHECK (fine >= 0),
    way            TEXT NOT NULL CHECK (way IN ('desk', 'reader', 'automatic')),
    renewed_by     TEXT NOT NULL
) STRICT;

CREATE INDEX renewal_by_borrow ON renewal (borrow_id, id);

CREATE TABLE hold (
    id              INTEGER PRIMARY KEY,
    uuid            BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    book_id         INTEGER NOT NULL REFERENCES book (id),
    member_id       INTEGER REFERENCES member (id),
    status          TEXT NOT NULL DEFAULT 'waiting'
                    CHECK (status IN ('waiting', 'ready', 'fulfilled', 'cancelled', 'expired')),
    place           INTEGER NOT NULL,
    suspended       INTEGER NOT NULL DEFAULT 0 CHECK (suspended IN (0, 1)),
    suspended_until INTEGER,
    copy_id         INTEGER REFERENCES copy (id),
    ready_at        INTEGER,
    pickup_day      INTEGER,
    borrow_id       INTEGER REFERENCES borrow (id),
    ended_at        INTEGER,
    ended_reason    TEXT,
    placed_at       INTEGER NOT NULL,
    placed_by       TEXT NOT NULL,
    CHECK (member_id IS NOT NULL OR ended_at IS NOT NULL),
    CHECK (status <> 'ready' OR (copy_id IS NOT NULL AND ready_at IS NOT NULL AND pickup_day IS NOT NULL)),
    CHECK ((status IN ('waiting', 'ready')) = (ended_at IS NULL))
) STRICT;

CREATE UNIQUE INDEX hold_open_pair  ON hold (member_id, book_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX hold_ready_copy ON hold (copy_id) WHERE status = 'ready';
CREATE INDEX hold_queue             ON hold (book_id, place, id, status) WHERE ended_at IS NULL;
CREATE INDEX hold_ready_by_pickup   ON hold (coalesce(pickup_day, 0), id) WHERE status = 'ready';
CREATE INDEX hold_by_placed         ON hold (placed_at, id);
CREATE INDEX hold_by_pickup         ON hold (coalesce(pickup_day, 0), id);
CREATE INDEX hold_by_place          ON hold (place, id);
CREATE INDEX hold_by_status         ON hold (status, placed_at, id);
CREATE INDEX hold_by_book           ON hold (book_id, placed_at, id);
CREATE INDEX hold_by_member         ON hold (member_id, placed_at, id);

CREATE TABLE title_watch (
    book_id    INTEGER NOT NULL REFERENCES book (id),
    member_id  INTEGER NOT NULL REFERENCES member (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (book_id, member_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX title_watch_by_member ON title_watch (member_id, created_at);

CREATE TABLE closure_move (
    id            INTEGER PRIMARY KEY,
    closed_day_id INTEGER NOT NULL REFERENCES closed_day (id),
    borrow_id     INTEGER REFERENCES borrow (id),
    hold_id       INTEGER REFERENCES hold (id),
    day_before    INTEGER NOT NULL,
    day_after     INTEGER NOT NULL,
    CHECK ((borrow_id IS NULL) <> (hold_id IS NULL))
) STRICT;

CREATE INDEX closure_move_by_closure ON closure_move (closed_day_id, id);
CREATE INDEX closure_move_by_borrow  ON closure_move (borrow_id) WHERE borrow_id IS NOT NULL;
CREATE INDEX closure_move_by_hold    ON closure_move (hold_id)   WHERE hold_id IS NOT NULL;

CREATE TABLE charge (
    id        INTEGER PRIMARY KEY,
    uuid      BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    member_id INTEGER NOT NULL REFERENCES member (id),
    kind      TEXT NOT NULL CHECK (kind IN ('overdue', 'lost', 'damage', 'fee')),
    amount    INTEGER NOT NULL CHECK (amount > 0),
    settled   INTEGER NOT NULL DEFAULT 0 CHECK (settled BETWEEN 0 AND amount),
    borrow_id INTEGER REFERENCES borrow (id),
    copy_id   INTEGER REFERENCES copy (id),
    at        INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    note      TEXT,
    made_by   TEXT NOT NULL
) STRICT;

CREATE INDEX charge_by_time   ON charge (at, id);
CREATE INDEX charge_by_day    ON charge (day, kind, amount);
CREATE INDEX charge_by_member ON charge (member_id, at, id);
CREATE INDEX charge_open      ON charge (member_id, id) WHERE settled < amount;
CREATE INDEX charge_by_borrow ON charge (borrow_id) WHERE borrow_id IS NOT NULL;
CREATE INDEX charge_open_by_time ON charge (at, id) WHERE settled < amount;
CREATE INDEX charge_apart_by_kind ON charge (kind, at, id) WHERE kind <> 'overdue';

CREATE TABLE payment (
    id        INTEGER PRIMARY KEY,
    uuid      BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    receipt   INTEGER NOT NULL UNIQUE,
    member_id INTEGER NOT NULL REFERENCES member (id),
    method    TEXT NOT NULL CHECK (method IN ('cash', 'card', 'mobile_money', 'other')),
    amount    INTEGER NOT NULL CHECK (amount > 0),
    allocated INTEGER NOT NULL DEFAULT 0 CHECK (allocated BETWEEN 0 AND amount),
    reference TEXT,
    note      TEXT,
    at        INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    taken_by  TEXT NOT NULL,
    balance_after INTEGER
) STRICT;

CREATE INDEX payment_by_time   ON payment (at, id);
CREATE INDEX payment_by_day    ON payment (day, method, amount);
CREATE INDEX payment_by_member ON payment (member_id, at, id);
CREATE INDEX payment_unused    ON payment (member_id, id) WHERE allocated < amount;

CREATE TABLE waiver (
    id          INTEGER PRIMARY KEY,
    uuid        BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    member_id   INTEGER NOT NULL REFERENCES member (id),
    charge_id   INTEGER REFERENCES charge (id),
    kind        TEXT NOT NULL CHECK (kind IN ('waiver', 'correction', 'found')),
    status      TEXT NOT NULL CHECK (status IN ('asked', 'approved', 'refused')),
    amount      INTEGER NOT NULL CHECK (amount > 0),
    allocated   INTEGER NOT NULL DEFAULT 0 CHECK (allocated BETWEEN 0 AND amount),
    reason      TEXT NOT NULL CHECK (reason <> ''),
    asked_by    TEXT NOT NULL,
    asked_at    INTEGER NOT NULL,
    decided_by  TEXT,
    decided_at  INTEGER,
    decided_day INTEGER,
    CHECK ((status = 'asked') = (decided_at IS NULL))
) STRICT;

CREATE INDEX waiver_by_time    ON waiver (asked_at, id);
CREATE INDEX waiver_by_status  ON waiver (status, asked_at, id);
CREATE INDEX waiver_by_member  ON waiver (member_id, asked_at, id);
CREATE INDEX waiver_by_day     ON waiver (decided_day, kind, amount) WHERE status = 'approved';
CREATE INDEX waiver_by_charge  ON waiver (charge_id) WHERE charge_id IS NOT NULL;
CREATE INDEX waiver_unused     ON waiver (member_id, id) WHERE status = 'approved' AND allocated < amount;

CREATE TABLE allocation (
    id         INTEGER PRIMARY KEY,
    charge_id  INTEGER NOT NULL REFERENCES charge (id),
    payment_id INTEGER REFERENCES payment (id),
    waiver_id  INTEGER REFERENCES waiver (id),
    amount     INTEGER NOT NULL CHECK (amount > 0),
    CHECK ((payment_id IS NULL) <> (waiver_id IS NULL))
) STRICT;

CREATE INDEX allocation_by_charge  ON allocation (charge_id, amount);
CREATE INDEX allocation_by_payment ON allocation (payment_id, amount) WHERE payment_id IS NOT NULL;
CREATE INDEX allocation_by_waiver  ON allocation (waiver_id, amount) WHERE waiver_id IS NOT NULL;

CREATE INDEX copy_by_shelf ON copy (shelf, barcode, id) WHERE shelf IS NOT NULL;

CREATE TABLE stocktake (
    id          INTEGER PRIMARY KEY,
    uuid        BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name        TEXT NOT NULL CHECK (name <> ''),
    shelf       TEXT,
    expected    INTEGER NOT NULL CHECK (expected >= 0),
    seen        INTEGER NOT NULL DEFAULT 0 CHECK (seen >= 0),
    started_at  INTEGER NOT NULL,
    started_by  TEXT NOT NULL,
    finished_at INTEGER,
    finished_by TEXT,
    missing     INTEGER
) STRICT;

CREATE INDEX stocktake_by_started ON stocktake (started_at, id);

CREATE TABLE stocktake_scan (
    id           INTEGER PRIMARY KEY,
    stocktake_id INTEGER NOT NULL REFERENCES stocktake (id),
    copy_id      INTEGER REFERENCES copy (id),
    barcode      TEXT NOT NULL CHECK (barcode <> ''),
    shelf        TEXT,
    finding      TEXT NOT NULL CHECK (finding IN
                 ('in_place', 'misplaced', 'on_loan', 'on_hold_shelf', 'in_repair', 'was_lost', 'was_withdrawn', 'unknown')),
    at           INTEGER NOT NULL,
    scanned_by   TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX stocktake_scan_copy    ON stocktake_scan (stocktake_id, copy_id) WHERE copy_id IS NOT NULL;
CREATE INDEX stocktake_scan_by_finding     ON stocktake_scan (stocktake_id, finding, id);
CREATE UNIQUE INDEX stocktake_scan_unknown ON stocktake_scan (stocktake_id, barcode) WHERE copy_id IS NULL;
CREATE INDEX stocktake_scan_by_id           ON stocktake_scan (stocktake_id, id);

CREATE TABLE stocktake_unseen (
    stocktake_id INTEGER NOT NULL REFERENCES stocktake (id),
    block        INTEGER NOT NULL,
    bits         BLOB NOT NULL CHECK (length(bits) = 1024),
    PRIMARY KEY (stocktake_id, block)
) STRICT, WITHOUT ROWID;

CREATE TABLE calendar (
    day   INTEGER NOT NULL PRIMARY KEY,
    open  INTEGER NOT NULL CHECK (open IN (0, 1)),
    costs INTEGER NOT NULL
) STRICT;

CREATE INDEX calendar_open ON calendar (day) WHERE open = 1;

CREATE TABLE backup_run (
    id            INTEGER PRIMARY KEY,
    uuid          BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    kind          TEXT NOT NULL CHECK (kind IN ('manual', 'hourly', 'daily', 'weekly', 'second')),
    started_at    INTEGER NOT NULL,             -- the moment that it is a copy of
    finished_at   INTEGER NOT NULL,
    error         TEXT,                         -- NULL: it went well, and all below is there
    path          TEXT,
    bytes         INTEGER NOT NULL DEFAULT 0,
    books         INTEGER NOT NULL DEFAULT 0,
    copies        INTEGER NOT NULL DEFAULT 0,
    members       INTEGER NOT NULL DEFAULT 0,
    borrows       INTEGER NOT NULL DEFAULT 0,
    open_borrows  INTEGER NOT NULL DEFAULT 0,
    last_audit_id INTEGER NOT NULL DEFAULT 0,   -- the last act that is in it
    sha256        TEXT CHECK (length(sha256) = 64),
    verified      TEXT CHECK (verified IN ('quick', 'full')),
    CHECK ((error IS NULL) = (path IS NOT NULL)),
    CHECK ((path IS NULL) = (sha256 IS NULL)),
    CHECK ((path IS NULL) = (verified IS NULL))
) STRICT;

CREATE INDEX backup_run_by_start ON backup_run (started_at, id);
CREATE INDEX backup_run_by_kind  ON backup_run (kind, started_at, id);
CREATE INDEX backup_run_good     ON backup_run (started_at, id) WHERE error IS NULL;

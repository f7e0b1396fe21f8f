-- 0001_base.sql: the first schema, frozen: what schema.sql said (and explained) when the first Carrel was given out.

PRAGMA application_id = 0x4372726c;

CREATE TABLE setting (
    name       TEXT NOT NULL PRIMARY KEY,
    value      TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE item_type (
    id   INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
) STRICT;

INSERT INTO item_type (id, code, name) VALUES
    (1, 'book', 'Book'), (2, 'periodical', 'Periodical'), (3, 'audio', 'Audio'), (4, 'video', 'Video'),
    (5, 'game', 'Game'), (6, 'reference', 'Reference work'), (7, 'other', 'Other');

CREATE TABLE book (
    id               INTEGER PRIMARY KEY,
    uuid             BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    title            TEXT NOT NULL CHECK (title <> ''),
    subtitle         TEXT,
    author           TEXT NOT NULL CHECK (author <> ''),
    isbn             TEXT,
    isbn13           TEXT CHECK (length(isbn13) = 13),
    isbn_shared      INTEGER NOT NULL DEFAULT 0 CHECK (isbn_shared IN (0, 1)),
    publisher        TEXT,
    edition          TEXT,
    year             INTEGER,
    language         TEXT,
    description      TEXT,
    item_type_id     INTEGER NOT NULL DEFAULT 1 REFERENCES item_type (id),
    title_key        TEXT NOT NULL CHECK (title_key <> ''),
    author_key       TEXT NOT NULL,
    total_copies     INTEGER NOT NULL DEFAULT 0 CHECK (total_copies >= 0),
    available_copies INTEGER NOT NULL DEFAULT 0 CHECK (available_copies >= 0),
    open_borrows     INTEGER NOT NULL DEFAULT 0 CHECK (open_borrows >= 0),
    borrow_count     INTEGER NOT NULL DEFAULT 0 CHECK (borrow_count >= 0),
    last_borrowed_at INTEGER,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    deleted_at       INTEGER,
    version          INTEGER NOT NULL DEFAULT 1,
    CHECK (available_copies <= total_copies)
) STRICT;

CREATE UNIQUE INDEX book_isbn13 ON book (isbn13) WHERE isbn13 IS NOT NULL AND isbn_shared = 0;
CREATE INDEX book_isbn ON book (isbn) WHERE isbn IS NOT NULL;

CREATE INDEX book_by_title     ON book (title_key, id)              WHERE deleted_at IS NULL;
CREATE INDEX book_by_author    ON book (author_key, id)             WHERE deleted_at IS NULL;
CREATE INDEX book_by_created   ON book (created_at, id)             WHERE deleted_at IS NULL;
CREATE INDEX book_by_year      ON book (coalesce(year, -9999), id)  WHERE deleted_at IS NULL;
CREATE INDEX book_by_available ON book (available_copies, id)       WHERE deleted_at IS NULL;
CREATE INDEX book_by_borrows   ON book (borrow_count, id)           WHERE deleted_at IS NULL;
CREATE INDEX book_archived     ON book (deleted_at, id)             WHERE deleted_at IS NOT NULL;

CREATE TABLE category (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL CHECK (name <> ''),
    name_key TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE book_category (
    book_id     INTEGER NOT NULL REFERENCES book (id),
    category_id INTEGER NOT NULL REFERENCES category (id),
    position    INTEGER NOT NULL,
    PRIMARY KEY (book_id, category_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX book_category_by_category ON book_category (category_id, book_id);

CREATE TABLE copy (
    id          INTEGER PRIMARY KEY,
    uuid        BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    book_id     INTEGER NOT NULL REFERENCES book (id),
    barcode     TEXT NOT NULL UNIQUE CHECK (barcode <> ''),
    status      TEXT NOT NULL DEFAULT 'available'
                CHECK (status IN ('available', 'on_loan', 'on_hold_shelf', 'in_repair', 'lost', 'withdrawn')),
    shelf       TEXT,
    acquired_on INTEGER,
    price       INTEGER CHECK (price >= 0),
    note        TEXT,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX copy_by_book ON copy (book_id, status, id);
CREATE INDEX copy_by_created ON copy (created_at, id);

CREATE TABLE member_type (
    id   INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
) STRICT;

INSERT INTO member_type (id, code, name) VALUES
    (1, 'adult', 'Adult'), (2, 'student', 'Student'), (3, 'faculty', 'Faculty'), (4, 'child', 'Child'),
    (5, 'staff', 'Staff');

CREATE TABLE member (
    id              INTEGER PRIMARY KEY,
    uuid            BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    card            TEXT NOT NULL UNIQUE CHECK (card <> ''),
    name            TEXT NOT NULL CHECK (name <> ''),
    email           TEXT,
    phone           TEXT,
    member_type_id  INTEGER NOT NULL DEFAULT 1 REFERENCES member_type (id),
    status          TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'expired', 'suspended')),
    status_reason   TEXT,
    suspended_until INTEGER,
    expires_on      INTEGER,
    group_name      TEXT,
    birth_date      INTEGER,
    note            TEXT,
    name_key        TEXT NOT NULL,
    email_key       TEXT UNIQUE,
    phone_key       TEXT,
    open_borrows    INTEGER NOT NULL DEFAULT 0 CHECK (open_borrows >= 0),
    borrow_count    INTEGER NOT NULL DEFAULT 0 CHECK (borrow_count >= 0),
    overdue_count   INTEGER NOT NULL DEFAULT 0 CHECK (overdue_count >= 0),
    balance         INTEGER NOT NULL DEFAULT 0,
    last_borrowed_at INTEGER,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    deleted_at      INTEGER,
    version         INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX member_by_name    ON member (name_key, id)                 WHERE deleted_at IS NULL;
CREATE INDEX member_by_created ON member (created_at, id)               WHERE deleted_at IS NULL;
CREATE INDEX member_by_email   ON member (coalesce(email_key, ''), id)  WHERE deleted_at IS NULL;
CREATE INDEX member_archived   ON member (deleted_at, id)               WHERE deleted_at IS NOT NULL;

CREATE TABLE loan_rule (
    id             INTEGER PRIMARY KEY,
    uuid           BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    member_type_id INTEGER REFERENCES member_type (id),
    item_type_id   INTEGER REFERENCES item_type (id),
    max_loans      INTEGER NOT NULL CHECK (max_loans >= 0),
    loan_days      INTEGER NOT NULL CHECK (loan_days >= 0),
    max_renewals   INTEGER NOT NULL CHECK (max_renewals >= 0),
    hold_limit     INTEGER NOT NULL CHECK (hold_limit >= 0),
    fine_per_day   INTEGER NOT NULL CHECK (fine_per_day >= 0),
    fine_cap       INTEGER CHECK (fine_cap >= 0),
    grace_days     INTEGER NOT NULL DEFAULT 0 CHECK (grace_days >= 0)
) STRICT;

CREATE UNIQUE INDEX loan_rule_pair ON loan_rule (coalesce(member_type_id, 0), coalesce(item_type_id, 0));

INSERT INTO loan_rule (id, uuid, max_loans, loan_days, max_renewals, hold_limit, fine_per_day)
VALUES (1, x'00000000000070008000000000000001', 5, 14, 2, 5, 100);

CREATE TABLE borrow (
    id          INTEGER PRIMARY KEY,
    uuid        BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    book_id     INTEGER NOT NULL REFERENCES book (id),
    copy_id     INTEGER NOT NULL REFERENCES copy (id),
    member_id   INTEGER NOT NULL REFERENCES member (id),
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
    CHECK (due_at >= borrowed_at),
    CHECK (returned_at IS NULL OR returned_at >= borrowed_at),
    CHECK ((returned_at IS NULL) = (returned_day IS NULL))
) STRICT;

CREATE UNIQUE INDEX borrow_open_copy ON borrow (copy_id) WHERE returned_at IS NULL;
CREATE UNIQUE INDEX borrow_open_pair ON borrow (member_id, book_id) WHERE returned_at IS NULL;

CREATE INDEX borrow_by_borrowed  ON borrow (borrowed_at, id);
CREATE INDEX borrow_by_due       ON borrow (due_at, id);
CREATE INDEX borrow_by_returned  ON borrow (coalesce(returned_at, 0), id);
CREATE INDEX borrow_by_book      ON borrow (book_id, borrowed_at, id);
CREATE INDEX borrow_by_member    ON borrow (member_id, borrowed_at, id);
CREATE INDEX borrow_open_by_due  ON borrow (due_at, id) WHERE returned_at IS NULL;
CREATE INDEX borrow_open_by_borrowed ON borrow (borrowed_at, id) WHERE returned_at IS NULL;

CREATE TABLE audit_log (
    id             INTEGER PRIMARY KEY,
    at             INTEGER NOT NULL,
    actor          TEXT NOT NULL,
    action         TEXT NOT NULL,
    entity         TEXT NOT NULL,
    entity_id      INTEGER,
    before         TEXT,
    after          TEXT,
    address        TEXT,
    correlation_id TEXT
) STRICT;

CREATE INDEX audit_log_by_entity ON audit_log (entity, entity_id, id);

CREATE TABLE event (
    id        INTEGER PRIMARY KEY,
    uuid      BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    at        INTEGER NOT NULL,
    type      TEXT NOT NULL,
    book_id   INTEGER REFERENCES book (id),
    member_id INTEGER REFERENCES member (id),
    borrow_id INTEGER REFERENCES borrow (id),
    detail    TEXT
) STRICT;

CREATE INDEX event_by_time ON event (at, id);

CREATE TABLE job_run (
    name        TEXT NOT NULL PRIMARY KEY,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER,
    outcome     TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE sequence (
    name  TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO sequence (name, value) VALUES ('copy_barcode', 0), ('member_card', 0);

CREATE TABLE library_counter (
    name  TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL CHECK (value >= 0)
) STRICT, WITHOUT ROWID;

INSERT INTO library_counter (name, value) VALUES
    ('books', 0), ('books_archived', 0), ('members', 0), ('members_archived', 0),
    ('copies', 0), ('borrows', 0), ('borrows_open', 0),
    ('books_low', 0), ('books_out', 0), ('books_unlent', 0);

CREATE TABLE daily_stat (
    day     INTEGER NOT NULL PRIMARY KEY,
    borrows INTEGER NOT NULL DEFAULT 0 CHECK (borrows >= 0),
    returns INTEGER NOT NULL DEFAULT 0 CHECK (returns >= 0),
    members INTEGER NOT NULL DEFAULT 0 CHECK (members >= 0) -- to whom something was lent
) STRICT;

-- Who borrowed and what was lent how often, in a day or month that is over: packed (src/counters/tally.h), so
-- that the favourites of ten years are summed in milliseconds. A period without a row is counted from its loans.
CREATE TABLE tally (
    span      TEXT NOT NULL CHECK (span IN ('day', 'month')),
    first_day INTEGER NOT NULL,
    last_day  INTEGER NOT NULL CHECK (last_day >= first_day),
    books     BLOB NOT NULL,
    members   BLOB NOT NULL,
    PRIMARY KEY (span, first_day)
) STRICT;

CREATE VIRTUAL TABLE book_search USING fts5 (
    title, author, isbn, tokenize = "unicode61 remove_diacritics 0", prefix = '2 3'
);

CREATE VIRTUAL TABLE member_search USING fts5 (
    name, card, contact, tokenize = "unicode61 remove_diacritics 0", prefix = '2 3'
);

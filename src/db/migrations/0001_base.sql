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
CREATE INDEX book_archived_by_title     ON book (title_key, id)            WHERE deleted_at IS NOT NULL;
CREATE INDEX book_archived_by_author    ON book (author_key, id)           WHERE deleted_at IS NOT NULL;
CREATE INDEX book_archived_by_created   ON book (created_at, id)           WHERE deleted_at IS NOT NULL;
CREATE INDEX book_archived_by_year      ON book (coalesce(year, -9999), id) WHERE deleted_at IS NOT NULL;
CREATE INDEX book_archived_by_available ON book (available_copies, id)     WHERE deleted_at IS NOT NULL;
CREATE INDEX book_archived_by_borrows   ON book (borrow_count, id)         WHERE deleted_at IS NOT NULL;

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
-- Neither on the shelf nor lent: few, and no loan touches these.
CREATE INDEX copy_aside_by_created ON copy (status, created_at, id) WHERE status NOT IN ('available', 'on_loan');
CREATE INDEX copy_aside_by_barcode ON copy (status, barcode, id)    WHERE status NOT IN ('available', 'on_loan');

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
CREATE INDEX member_archived_by_name    ON member (name_key, id)                WHERE deleted_at IS NOT NULL;
CREATE INDEX member_archived_by_created ON member (created_at, id)              WHERE deleted_at IS NOT NULL;
CREATE INDEX member_archived_by_email   ON member (coalesce(email_key, ''), id) WHERE deleted_at IS NOT NULL;
-- A class, a kind of reader: no loan touches these.
CREATE INDEX member_type_by_name     ON member (member_type_id, name_key, id)                WHERE deleted_at IS NULL;
CREATE INDEX member_type_by_created  ON member (member_type_id, created_at, id)              WHERE deleted_at IS NULL;
CREATE INDEX member_type_by_email    ON member (member_type_id, coalesce(email_key, ''), id) WHERE deleted_at IS NULL;
CREATE INDEX member_group_by_name    ON member (group_name, name_key, id)                WHERE deleted_at IS NULL;
CREATE INDEX member_group_by_created ON member (group_name, created_at, id)              WHERE deleted_at IS NULL;
CREATE INDEX member_group_by_email   ON member (group_name, coalesce(email_key, ''), id) WHERE deleted_at IS NULL;

CREATE TABLE account (
    id              INTEGER PRIMARY KEY,
    uuid            BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name            TEXT NOT NULL CHECK (name <> ''),
    name_key        TEXT NOT NULL UNIQUE CHECK (name_key <> ''),
    role            TEXT NOT NULL CHECK (role IN ('admin', 'librarian', 'member')),
    member_id       INTEGER UNIQUE REFERENCES member (id),
    password_hash   TEXT,
    password_set_at INTEGER,
    failed_logins   INTEGER NOT NULL DEFAULT 0 CHECK (failed_logins >= 0),
    last_failed_at  INTEGER,
    locked_until    INTEGER,
    reset_asked_at  INTEGER,
    disabled_at     INTEGER,
    last_login_at   INTEGER,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    version         INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX account_by_created ON account (created_at, id);
CREATE INDEX account_by_role    ON account (role, disabled_at);

CREATE TABLE session (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id),
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    address    TEXT,
    agent      TEXT
) STRICT;

CREATE INDEX session_by_account ON session (account_id);
CREATE INDEX session_by_expiry  ON session (expires_at);
CREATE INDEX session_by_seen    ON session (seen_at);

CREATE TABLE refresh_token (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id),
    family     BLOB NOT NULL CHECK (length(family) = 16),
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    revoked_at INTEGER
) STRICT;

CREATE INDEX refresh_token_by_family  ON refresh_token (family);
CREATE INDEX refresh_token_by_account ON refresh_token (account_id);
CREATE INDEX refresh_token_by_expiry  ON refresh_token (expires_at);

CREATE TABLE api_key (
    id           INTEGER PRIMARY KEY,
    uuid         BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name         TEXT NOT NULL CHECK (name <> ''),
    role         TEXT NOT NULL CHECK (role IN ('admin', 'librarian', 'member')),
    token_hash   BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_by   TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT;

CREATE INDEX api_key_by_created ON api_key (created_at, id);

CREATE TABLE one_time_code (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id),
    purpose    TEXT NOT NULL CHECK (purpose IN ('password_reset')),
    code_hash  BLOB NOT NULL CHECK (length(code_hash) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    tries      INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0)
) STRICT;

CREATE INDEX one_time_code_by_account ON one_time_code (account_id, purpose, id);
CREATE INDEX one_time_code_by_expiry  ON one_time_code (expires_at);

CREATE TABLE secret (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL CHECK (length(value) = 32)
) STRICT, WITHOUT ROWID;

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
-- With due_at, so that the overdue ones are told from the others without a look at the loan.
CREATE INDEX borrow_open_by_borrowed ON borrow (borrowed_at, id, due_at) WHERE returned_at IS NULL;

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
-- Nearly every row is of a loan: what is not stands apart, and no loan touches these.
CREATE INDEX audit_log_apart_by_action ON audit_log (action, id)
    WHERE action NOT IN ('borrow.lent', 'borrow.returned');
CREATE INDEX audit_log_apart_by_entity ON audit_log (entity, id) WHERE entity <> 'borrow';

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

CREATE TABLE idempotency_key (
    scope      TEXT NOT NULL,
    route      TEXT NOT NULL,
    key        TEXT NOT NULL,
    body_hash  BLOB NOT NULL CHECK (length(body_hash) = 32),
    status     INTEGER NOT NULL,
    headers    TEXT NOT NULL,
    reply      BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (scope, route, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_key_by_expiry ON idempotency_key (expires_at);

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

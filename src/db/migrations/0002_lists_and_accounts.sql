-- 0002_lists_and_accounts: an index for every list that people ask for, people who log in, replies to repeated POSTs.

DROP INDEX book_archived;
DROP INDEX member_archived;
DROP INDEX borrow_open_by_borrowed;

CREATE INDEX book_archived_by_title     ON book (title_key, id)            WHERE deleted_at IS NOT NULL;
CREATE INDEX book_archived_by_author    ON book (author_key, id)           WHERE deleted_at IS NOT NULL;
CREATE INDEX book_archived_by_created   ON book (created_at, id)           WHERE deleted_at IS NOT NULL;
CREATE INDEX book_archived_by_year      ON book (coalesce(year, -9999), id) WHERE deleted_at IS NOT NULL;
CREATE INDEX book_archived_by_available ON book (available_copies, id)     WHERE deleted_at IS NOT NULL;
CREATE INDEX book_archived_by_borrows   ON book (borrow_count, id)         WHERE deleted_at IS NOT NULL;
CREATE INDEX copy_aside_by_created ON copy (status, created_at, id) WHERE status NOT IN ('available', 'on_loan');
CREATE INDEX copy_aside_by_barcode ON copy (status, barcode, id)    WHERE status NOT IN ('available', 'on_loan');
CREATE INDEX member_archived_by_name    ON member (name_key, id)                WHERE deleted_at IS NOT NULL;
CREATE INDEX member_archived_by_created ON member (created_at, id)              WHERE deleted_at IS NOT NULL;
CREATE INDEX member_archived_by_email   ON member (coalesce(email_key, ''), id) WHERE deleted_at IS NOT NULL;
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

CREATE INDEX borrow_open_by_borrowed ON borrow (borrowed_at, id, due_at) WHERE returned_at IS NULL;
CREATE INDEX audit_log_apart_by_action ON audit_log (action, id)
    WHERE action NOT IN ('borrow.lent', 'borrow.returned');
CREATE INDEX audit_log_apart_by_entity ON audit_log (entity, id) WHERE entity <> 'borrow';

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

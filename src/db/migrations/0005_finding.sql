-- 0005_finding: imports as batches that can be undone, lookups, merged titles, reading lists, reviews, search terms.

ALTER TABLE book ADD COLUMN rating_count INTEGER NOT NULL DEFAULT 0 CHECK (rating_count >= 0);
ALTER TABLE book ADD COLUMN rating_sum INTEGER NOT NULL DEFAULT 0 CHECK (rating_sum >= 0);
CREATE INDEX book_by_updated ON book (updated_at, id);
DROP INDEX borrow_by_member;
CREATE INDEX borrow_by_member ON borrow (member_id, borrowed_at, id, book_id);


CREATE TABLE reading_list (
    id          INTEGER PRIMARY KEY,
    uuid        BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name        TEXT NOT NULL CHECK (name <> ''),
    name_key    TEXT NOT NULL,
    description TEXT,
    member_id   INTEGER REFERENCES member (id),
    shown       INTEGER NOT NULL DEFAULT 0 CHECK (shown IN (0, 1)),
    entries     INTEGER NOT NULL DEFAULT 0 CHECK (entries >= 0),
    created_at  INTEGER NOT NULL,
    created_by  TEXT NOT NULL,
    updated_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX reading_list_by_name    ON reading_list (name_key, id);
CREATE INDEX reading_list_by_updated ON reading_list (updated_at, id);
CREATE INDEX reading_list_by_member  ON reading_list (member_id, name_key, id);

CREATE TABLE reading_list_entry (
    reading_list_id INTEGER NOT NULL REFERENCES reading_list (id),
    book_id         INTEGER NOT NULL REFERENCES book (id),
    position        INTEGER NOT NULL,
    note            TEXT,
    added_at        INTEGER NOT NULL,
    PRIMARY KEY (reading_list_id, book_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX reading_list_entry_by_position ON reading_list_entry (reading_list_id, position, book_id);
CREATE INDEX reading_list_entry_by_book     ON reading_list_entry (book_id, reading_list_id);

CREATE TABLE review (
    id         INTEGER PRIMARY KEY,
    uuid       BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    book_id    INTEGER NOT NULL REFERENCES book (id),
    member_id  INTEGER REFERENCES member (id),
    stars      INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
    text       TEXT,
    status     TEXT NOT NULL CHECK (status IN ('waiting', 'shown', 'refused')),
    reason     TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    decided_at INTEGER,
    decided_by TEXT,
    version    INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE UNIQUE INDEX review_pair ON review (member_id, book_id) WHERE member_id IS NOT NULL;
CREATE INDEX review_by_created  ON review (created_at, id);
CREATE INDEX review_by_status   ON review (status, created_at, id);
CREATE INDEX review_by_book     ON review (book_id, status, created_at, id);

CREATE TABLE search_term (
    term_key TEXT NOT NULL PRIMARY KEY CHECK (term_key <> ''),
    term     TEXT NOT NULL,
    asked    INTEGER NOT NULL CHECK (asked > 0),
    asked_on INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX search_term_by_asked ON search_term (asked, term_key);
CREATE INDEX search_term_by_day   ON search_term (asked_on);

CREATE TABLE import_profile (
    id         INTEGER PRIMARY KEY,
    uuid       BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name       TEXT NOT NULL CHECK (name <> ''),
    name_key   TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL CHECK (kind IN ('titles', 'copies', 'members', 'loans')),
    encoding   TEXT,
    delimiter  TEXT,
    columns    TEXT NOT NULL,
    duplicates TEXT NOT NULL CHECK (duplicates IN ('skip', 'add_copies', 'merge')),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE import_batch (
    id          INTEGER PRIMARY KEY,
    uuid        BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    kind        TEXT NOT NULL CHECK (kind IN ('titles', 'copies', 'members', 'loans')),
    name        TEXT NOT NULL,
    status      TEXT NOT NULL CHECK (status IN
                ('reading', 'ready', 'writing', 'stopped', 'failed', 'done', 'undoing', 'undone')),
    error       TEXT,
    format      TEXT NOT NULL DEFAULT '',
    encoding    TEXT,
    delimiter   TEXT,
    columns     TEXT,
    profile     TEXT,
    duplicates  TEXT NOT NULL CHECK (duplicates IN ('skip', 'add_copies', 'merge')),
    bytes       INTEGER NOT NULL,
    rows_read   INTEGER NOT NULL DEFAULT 0,
    rows_done   INTEGER NOT NULL DEFAULT 0,
    imported    INTEGER NOT NULL DEFAULT 0,
    repaired    INTEGER NOT NULL DEFAULT 0,
    merged      INTEGER NOT NULL DEFAULT 0,
    refused     INTEGER NOT NULL DEFAULT 0,
    copies      INTEGER NOT NULL DEFAULT 0,
    summary     TEXT,
    headers     TEXT,
    fields      TEXT,
    created_at  INTEGER NOT NULL,
    created_by  TEXT NOT NULL,
    started_at  INTEGER,
    finished_at INTEGER,
    undone_at   INTEGER,
    undone_by   TEXT
) STRICT;

CREATE INDEX import_batch_by_created ON import_batch (created_at, id);
CREATE INDEX import_batch_open       ON import_batch (status, id) WHERE status IN ('reading', 'writing', 'undoing');

CREATE TABLE import_row (
    batch_id   INTEGER NOT NULL REFERENCES import_batch (id),
    row        INTEGER NOT NULL,
    outcome    TEXT NOT NULL CHECK (outcome IN ('repaired', 'duplicate', 'refused')),
    name       TEXT,
    reasons    TEXT NOT NULL,
    match_id   INTEGER,
    match_name TEXT,
    choice     TEXT CHECK (choice IN ('skip', 'add_copies', 'merge')),
    cells      TEXT,
    PRIMARY KEY (batch_id, row)
) STRICT, WITHOUT ROWID;

CREATE INDEX import_row_by_outcome ON import_row (batch_id, outcome, row);

CREATE TABLE import_made (
    batch_id INTEGER NOT NULL REFERENCES import_batch (id),
    entity   TEXT NOT NULL CHECK (entity IN ('book', 'copy', 'member', 'borrow')),
    first_id INTEGER NOT NULL,
    last_id  INTEGER NOT NULL CHECK (last_id >= first_id),
    PRIMARY KEY (batch_id, entity, first_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE import_changed (
    batch_id  INTEGER NOT NULL REFERENCES import_batch (id),
    entity    TEXT NOT NULL CHECK (entity IN ('book', 'copy', 'member')),
    entity_id INTEGER NOT NULL,
    field     TEXT NOT NULL,
    before    TEXT,
    after     TEXT,
    PRIMARY KEY (batch_id, entity, entity_id, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE lookup_target (
    id         INTEGER PRIMARY KEY,
    uuid       BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name       TEXT NOT NULL CHECK (name <> ''),
    name_key   TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL CHECK (kind IN ('z3950', 'sru', 'json')),
    address    TEXT NOT NULL,
    enabled    INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    position   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE title_merge (
    id        INTEGER PRIMARY KEY,
    uuid      BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    kept_id   INTEGER NOT NULL REFERENCES book (id),
    gone_id   INTEGER NOT NULL REFERENCES book (id),
    at        INTEGER NOT NULL,
    made_by   TEXT NOT NULL,
    undone_at INTEGER,
    undone_by TEXT
) STRICT;

CREATE INDEX title_merge_by_time ON title_merge (at, id);
CREATE INDEX title_merge_by_kept ON title_merge (kept_id, id);
CREATE INDEX title_merge_by_gone ON title_merge (gone_id, id);

CREATE TABLE title_merge_move (
    title_merge_id INTEGER NOT NULL REFERENCES title_merge (id),
    entity    TEXT NOT NULL CHECK (entity IN
              ('copy', 'borrow', 'hold', 'title_watch', 'review', 'reading_list', 'category', 'cover', 'book_marc', 'field')),
    entity_id INTEGER NOT NULL,
    before    TEXT,
    PRIMARY KEY (title_merge_id, entity, entity_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE title_pair_apart (
    first_id  INTEGER NOT NULL REFERENCES book (id),
    second_id INTEGER NOT NULL REFERENCES book (id),
    said_at   INTEGER NOT NULL,
    said_by   TEXT NOT NULL,
    PRIMARY KEY (first_id, second_id),
    CHECK (first_id < second_id)
) STRICT, WITHOUT ROWID;

-- A list of the members of one status is served from an index.
DROP INDEX member_by_name;
DROP INDEX member_by_created;
DROP INDEX member_by_email;
CREATE INDEX member_by_name    ON member (name_key, id, status, suspended_until, expires_on)                WHERE deleted_at IS NULL;
CREATE INDEX member_by_created ON member (created_at, id, status, suspended_until, expires_on)              WHERE deleted_at IS NULL;
CREATE INDEX member_by_email   ON member (coalesce(email_key, ''), id, status, suspended_until, expires_on) WHERE deleted_at IS NULL;
CREATE INDEX member_by_status  ON member (status, expires_on, suspended_until)                              WHERE deleted_at IS NULL;

-- 0004_nothing_lost: original MARC records, covers, sealed backups, the journal of changes.

CREATE TABLE book_marc (
    book_id INTEGER PRIMARY KEY REFERENCES book (id),
    format  TEXT NOT NULL CHECK (format IN ('iso2709', 'marcxml')),
    record  BLOB NOT NULL
) STRICT;

CREATE TABLE cover (
    book_id    INTEGER PRIMARY KEY REFERENCES book (id),
    media_type TEXT NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'image/webp')),
    width      INTEGER NOT NULL CHECK (width > 0),
    height     INTEGER NOT NULL CHECK (height > 0),
    sha256     BLOB NOT NULL CHECK (length(sha256) = 32),
    picture    BLOB NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- SQLite cannot change a CHECK: the table is made anew (https://www.sqlite.org/lang_altertable.html, 7).
CREATE TABLE backup_run_new (
    id            INTEGER PRIMARY KEY,
    uuid          BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    kind          TEXT NOT NULL CHECK (kind IN ('manual', 'hourly', 'daily', 'weekly', 'second', 'upgrade')),
    started_at    INTEGER NOT NULL,
    finished_at   INTEGER NOT NULL,
    error         TEXT,
    path          TEXT,
    bytes         INTEGER NOT NULL DEFAULT 0,
    books         INTEGER NOT NULL DEFAULT 0,
    copies        INTEGER NOT NULL DEFAULT 0,
    members       INTEGER NOT NULL DEFAULT 0,
    borrows       INTEGER NOT NULL DEFAULT 0,
    open_borrows  INTEGER NOT NULL DEFAULT 0,
    last_audit_id INTEGER NOT NULL DEFAULT 0,
    sha256        TEXT CHECK (length(sha256) = 64),
    verified      TEXT CHECK (verified IN ('quick', 'full')),
    sealed        INTEGER NOT NULL DEFAULT 0 CHECK (sealed IN (0, 1)),
    CHECK ((error IS NULL) = (path IS NOT NULL)),
    CHECK ((path IS NULL) = (sha256 IS NULL)),
    CHECK ((path IS NULL) = (verified IS NULL))
) STRICT;

INSERT INTO backup_run_new (id, uuid, kind, started_at, finished_at, error, path, bytes, books, copies, members,
                            borrows, open_borrows, last_audit_id, sha256, verified)
    SELECT id, uuid, kind, started_at, finished_at, error, path, bytes, books, copies, members,
           borrows, open_borrows, last_audit_id, sha256, verified FROM backup_run;
DROP TABLE backup_run;
ALTER TABLE backup_run_new RENAME TO backup_run;

CREATE INDEX backup_run_by_start ON backup_run (started_at, id);
CREATE INDEX backup_run_by_kind  ON backup_run (kind, started_at, id);
CREATE INDEX backup_run_good     ON backup_run (started_at, id) WHERE error IS NULL;

CREATE TABLE journal (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    series BLOB NOT NULL CHECK (length(series) = 16),
    number INTEGER NOT NULL CHECK (number >= 0)
) STRICT;

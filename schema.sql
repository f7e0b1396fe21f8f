-- schema.sql: the whole library, one SQLite file (long because it is all of it). Start reading here.
--
-- Every public row has an internal `id` (joins and indexes stay small; it never leaves the process) and a
-- `uuid` (UUIDv7, the only name the API shows). Instants (`…_at`) are milliseconds since 1970 UTC; days
-- (`…_day`, `…_on`) are civil days since 1970-01-01 in the library's own time zone; money is in minor units.
-- Text is UTF-8, NFC. `…_key` columns hold folded text for comparing and sorting (src/base/text.h).
-- Only the writer thread writes. Who may write which table: tests/check/layers.
--
-- Changing this file: add src/db/migrations/NNNN_name.sql that brings an older library to the same result,
-- and raise user_version below. A test holds the two equal.

PRAGMA application_id = 0x4372726c; -- "Crrl"
PRAGMA user_version = 10;

-- ==== settings =====================================================================================

-- Only what an administrator has changed; names, types, bounds and defaults stand in src/settings/settings.h.
CREATE TABLE setting (
    name       TEXT NOT NULL PRIMARY KEY,
    value      TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- ==== catalogue ====================================================================================

-- The kind of thing lent: loan rules tell them apart.
CREATE TABLE item_type (
    id   INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE, -- "book", "dvd": what the API and imports say
    name TEXT NOT NULL
) STRICT;

INSERT INTO item_type (id, code, name) VALUES
    (1, 'book', 'Book'), (2, 'periodical', 'Periodical'), (3, 'audio', 'Audio'), (4, 'video', 'Video'),
    (5, 'game', 'Game'), (6, 'reference', 'Reference work'), (7, 'other', 'Other');

-- A title: what a reader looks for. Its copies are what is lent.
CREATE TABLE book (
    id               INTEGER PRIMARY KEY,
    uuid             BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    title            TEXT NOT NULL CHECK (title <> ''),
    subtitle         TEXT,
    author           TEXT NOT NULL CHECK (author <> ''), -- several are parted by "; "
    isbn             TEXT,                      -- ISBN-13, or a local identifier as it was given
    isbn13           TEXT CHECK (length(isbn13) = 13), -- the same when it is a valid ISBN, else NULL
    isbn_shared      INTEGER NOT NULL DEFAULT 0 CHECK (isbn_shared IN (0, 1)), -- publishers do reuse them
    publisher        TEXT,
    edition          TEXT,
    year             INTEGER,                   -- of publication; negative is BCE
    language         TEXT,                      -- as given: "en", "eng", "en-US"
    description      TEXT,
    item_type_id     INTEGER NOT NULL DEFAULT 1 REFERENCES item_type (id),
    title_key        TEXT NOT NULL CHECK (title_key <> ''),
    author_key       TEXT NOT NULL,
    -- counters: kept by src/counters in the transaction of the fact, verified by --check
    total_copies     INTEGER NOT NULL DEFAULT 0 CHECK (total_copies >= 0), -- neither withdrawn nor lost
    available_copies INTEGER NOT NULL DEFAULT 0 CHECK (available_copies >= 0),
    open_borrows     INTEGER NOT NULL DEFAULT 0 CHECK (open_borrows >= 0),
    borrow_count     INTEGER NOT NULL DEFAULT 0 CHECK (borrow_count >= 0),
    last_borrowed_at INTEGER,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    deleted_at       INTEGER,                   -- archived since
    version          INTEGER NOT NULL DEFAULT 1,
    open_holds       INTEGER NOT NULL DEFAULT 0 CHECK (open_holds >= 0), -- a counter: waiting and ready
    rating_count     INTEGER NOT NULL DEFAULT 0 CHECK (rating_count >= 0), -- counters: reviews that are shown …
    rating_sum       INTEGER NOT NULL DEFAULT 0 CHECK (rating_sum >= 0),   -- … and their stars in all
    CHECK (available_copies <= total_copies)
) STRICT;

-- Two records may not share a valid ISBN, archived ones included, unless the cataloguer says so.
CREATE UNIQUE INDEX book_isbn13 ON book (isbn13) WHERE isbn13 IS NOT NULL AND isbn_shared = 0;
CREATE INDEX book_isbn ON book (isbn) WHERE isbn IS NOT NULL;

-- One index for every sort that the API offers; live and archived apart, each walked from either end.
CREATE INDEX book_by_title     ON book (title_key)              WHERE deleted_at IS NULL;
CREATE INDEX book_by_author    ON book (author_key)             WHERE deleted_at IS NULL;
CREATE INDEX book_by_created   ON book (created_at)             WHERE deleted_at IS NULL;
CREATE INDEX book_by_year      ON book (coalesce(year, -9999))  WHERE deleted_at IS NULL;
CREATE INDEX book_by_available ON book (available_copies)       WHERE deleted_at IS NULL;
CREATE INDEX book_by_borrows   ON book (borrow_count)           WHERE deleted_at IS NULL;
CREATE INDEX book_archived_by_title     ON book (title_key)            WHERE deleted_at IS NOT NULL;
CREATE INDEX book_archived_by_author    ON book (author_key)           WHERE deleted_at IS NOT NULL;
CREATE INDEX book_archived_by_created   ON book (created_at)           WHERE deleted_at IS NOT NULL;
CREATE INDEX book_archived_by_year      ON book (coalesce(year, -9999)) WHERE deleted_at IS NOT NULL;
CREATE INDEX book_archived_by_available ON book (available_copies)     WHERE deleted_at IS NOT NULL;
CREATE INDEX book_archived_by_borrows   ON book (borrow_count)         WHERE deleted_at IS NOT NULL;

-- What has changed since, live and archived alike: for those who harvest the catalogue.
CREATE INDEX book_by_updated ON book (updated_at);

-- Genres and subjects.
CREATE TABLE category (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL CHECK (name <> ''),
    name_key TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE book_category (
    book_id     INTEGER NOT NULL REFERENCES book (id),
    category_id INTEGER NOT NULL REFERENCES category (id),
    position    INTEGER NOT NULL, -- as the cataloguer ordered them
    PRIMARY KEY (book_id, category_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX book_category_by_category ON book_category (category_id, book_id);

-- The record that a title was imported from, kept whole: an export loses nothing that has no column here.
CREATE TABLE book_marc (
    book_id INTEGER PRIMARY KEY REFERENCES book (id),
    format  TEXT NOT NULL CHECK (format IN ('iso2709', 'marcxml')),
    record  BLOB NOT NULL
) STRICT;

-- A picture of a title, made small by whoever sends it: at most COVER_BYTES_MAX.
CREATE TABLE cover (
    book_id    INTEGER PRIMARY KEY REFERENCES book (id),
    media_type TEXT NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'image/webp')),
    width      INTEGER NOT NULL CHECK (width > 0),  -- pixels
    height     INTEGER NOT NULL CHECK (height > 0),
    sha256     BLOB NOT NULL CHECK (length(sha256) = 32), -- of `picture`
    picture    BLOB NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- ==== copies =======================================================================================

-- The thing on the shelf, with the barcode that the scanner reads.
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

CREATE INDEX copy_by_book ON copy (book_id, status);
CREATE INDEX copy_by_created ON copy (created_at);
-- Neither on the shelf nor lent: few, and no loan touches these.
CREATE INDEX copy_aside_by_created ON copy (status, created_at) WHERE status NOT IN ('available', 'on_loan');
CREATE INDEX copy_aside_by_barcode ON copy (status, barcode)    WHERE status NOT IN ('available', 'on_loan');
-- What stands on a shelf; no loan touches this one either.
CREATE INDEX copy_by_shelf ON copy (shelf, barcode) WHERE shelf IS NOT NULL;

-- ==== members ======================================================================================

CREATE TABLE member_type (
    id   INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    membership_months INTEGER CHECK (membership_months > 0), -- how long a membership runs; NULL: for ever
    member_count INTEGER NOT NULL DEFAULT 0 CHECK (member_count >= 0) -- of this type, archived ones left out
) STRICT;

INSERT INTO member_type (id, code, name) VALUES
    (1, 'adult', 'Adult'), (2, 'student', 'Student'), (3, 'faculty', 'Faculty'), (4, 'child', 'Child'),
    (5, 'staff', 'Staff');

-- A reader with a card.
CREATE TABLE member (
    id              INTEGER PRIMARY KEY,
    uuid            BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    card            TEXT NOT NULL UNIQUE CHECK (card <> ''),
    name            TEXT NOT NULL CHECK (name <> ''),
    email           TEXT,
    phone           TEXT,                     -- as given
    member_type_id  INTEGER NOT NULL DEFAULT 1 REFERENCES member_type (id),
    status          TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'expired', 'suspended')),
    status_reason   TEXT,
    suspended_until INTEGER,                  -- day; NULL: until lifted
    expires_on      INTEGER,                  -- day; NULL: never
    group_name      TEXT,                     -- class, family, club
    birth_date      INTEGER,                  -- day
    note            TEXT,
    name_key        TEXT NOT NULL,
    email_key       TEXT UNIQUE,              -- folded address; NULL when none was given
    phone_key       TEXT,                     -- digits only
    -- counters: as in book
    open_borrows    INTEGER NOT NULL DEFAULT 0 CHECK (open_borrows >= 0),
    borrow_count    INTEGER NOT NULL DEFAULT 0 CHECK (borrow_count >= 0),
    overdue_count   INTEGER NOT NULL DEFAULT 0 CHECK (overdue_count >= 0), -- borrows returned late
    balance         INTEGER NOT NULL DEFAULT 0, -- owed, minor units
    last_borrowed_at INTEGER,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    deleted_at      INTEGER,
    version         INTEGER NOT NULL DEFAULT 1,
    open_holds      INTEGER NOT NULL DEFAULT 0 CHECK (open_holds >= 0) -- a counter: waiting and ready
) STRICT;

-- With what the status of today follows from, so that a list of one status walks here and nowhere else.
CREATE INDEX member_by_name    ON member (name_key, id, status, suspended_until, expires_on)                WHERE deleted_at IS NULL;
CREATE INDEX member_by_created ON member (created_at, id, status, suspended_until, expires_on)              WHERE deleted_at IS NULL;
CREATE INDEX member_by_email   ON member (coalesce(email_key, ''), id, status, suspended_until, expires_on) WHERE deleted_at IS NULL;
CREATE INDEX member_by_status  ON member (status, expires_on, suspended_until)                              WHERE deleted_at IS NULL;
-- The few of them that are suspended, or were: by every sort of the list.
CREATE INDEX member_suspended_by_name    ON member (name_key)                WHERE status = 'suspended' AND deleted_at IS NULL;
CREATE INDEX member_suspended_by_created ON member (created_at)              WHERE status = 'suspended' AND deleted_at IS NULL;
CREATE INDEX member_suspended_by_email   ON member (coalesce(email_key, '')) WHERE status = 'suspended' AND deleted_at IS NULL;
CREATE INDEX member_archived_by_name    ON member (name_key)                WHERE deleted_at IS NOT NULL;
CREATE INDEX member_archived_by_created ON member (created_at)              WHERE deleted_at IS NOT NULL;
CREATE INDEX member_archived_by_email   ON member (coalesce(email_key, '')) WHERE deleted_at IS NOT NULL;
-- A class, a kind of reader: no loan touches these.
CREATE INDEX member_type_by_name     ON member (member_type_id, name_key)                WHERE deleted_at IS NULL;
CREATE INDEX member_type_by_created  ON member (member_type_id, created_at)              WHERE deleted_at IS NULL;
CREATE INDEX member_type_by_email    ON member (member_type_id, coalesce(email_key, '')) WHERE deleted_at IS NULL;
CREATE INDEX member_group_by_name    ON member (group_name, name_key)                WHERE deleted_at IS NULL;
CREATE INDEX member_group_by_created ON member (group_name, created_at)              WHERE deleted_at IS NULL;
CREATE INDEX member_group_by_email   ON member (group_name, coalesce(email_key, '')) WHERE deleted_at IS NULL;

-- Who owes most, and who has something to their credit.
CREATE INDEX member_by_balance ON member (balance) WHERE balance <> 0;

-- The school-year roll-over and its like: many memberships changed in one act that can be undone.
CREATE TABLE roll_over (
    id        INTEGER PRIMARY KEY,
    uuid      BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name      TEXT NOT NULL CHECK (name <> ''),
    members   INTEGER NOT NULL CHECK (members >= 0), -- that it changed
    at        INTEGER NOT NULL,
    made_by   TEXT NOT NULL,
    finished_at INTEGER, -- NULL: under way, or it broke off: undo it
    undone_at INTEGER,
    undone_by TEXT
) STRICT;

-- What it changed of each; undoing puts back what nobody has changed since.
CREATE TABLE roll_over_change (
    roll_over_id   INTEGER NOT NULL REFERENCES roll_over (id),
    member_id      INTEGER NOT NULL REFERENCES member (id),
    group_before   TEXT,
    group_after    TEXT,
    expires_before INTEGER,
    expires_after  INTEGER,
    archived       INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)), -- a leaver who went to the archive
    PRIMARY KEY (roll_over_id, member_id)
) STRICT, WITHOUT ROWID;

-- ==== people who log in ============================================================================

-- Who may sign in. Nothing in this section is ever shown as it is: passwords are scrypt hashes, tokens and codes
-- are kept as SHA-256 (src/auth/token.h).
CREATE TABLE account (
    id              INTEGER PRIMARY KEY,
    uuid            BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name            TEXT NOT NULL CHECK (name <> ''),
    name_key        TEXT NOT NULL UNIQUE CHECK (name_key <> ''), -- folded: what is typed at the door
    role            TEXT NOT NULL CHECK (role IN ('admin', 'librarian', 'member')),
    member_id       INTEGER UNIQUE REFERENCES member (id), -- whose loans the login may see; NULL: nobody's
    password_hash   TEXT,                     -- NULL: a password has to be set by a code first
    password_set_at INTEGER,                  -- access tokens from before no longer count
    failed_logins   INTEGER NOT NULL DEFAULT 0 CHECK (failed_logins >= 0), -- since the last that went well
    last_failed_at  INTEGER,
    locked_until    INTEGER,
    reset_asked_at  INTEGER,                  -- somebody at the login page has lost the password
    disabled_at     INTEGER,
    last_login_at   INTEGER,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    version         INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX account_by_created ON account (created_at);
CREATE INDEX account_by_role    ON account (role, disabled_at);

-- Signed in with a browser; token_hash is of the cookie's value.
CREATE TABLE session (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id),
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,              -- to a few minutes
    expires_at INTEGER NOT NULL,              -- however busy it is
    address    TEXT,
    agent      TEXT
) STRICT;

CREATE INDEX session_by_account ON session (account_id);
CREATE INDEX session_by_expiry  ON session (expires_at);
CREATE INDEX session_by_seen    ON session (seen_at);

-- Each is used once and followed by the next of its family; one that is used twice ends the family.
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

-- For programs: shown once, named, with a role of its own.
CREATE TABLE api_key (
    id           INTEGER PRIMARY KEY,
    uuid         BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name         TEXT NOT NULL CHECK (name <> ''),
    role         TEXT NOT NULL CHECK (role IN ('admin', 'librarian', 'member')),
    token_hash   BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_by   TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,                     -- to a few minutes
    revoked_at   INTEGER
) STRICT;

CREATE INDEX api_key_by_created ON api_key (created_at);

-- What a person may set a new password with, once.
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

CREATE INDEX one_time_code_by_account ON one_time_code (account_id, purpose);
CREATE INDEX one_time_code_by_expiry  ON one_time_code (expires_at);

-- Keys of the program itself: 'jwt' signs access tokens; 'backup_key' and its 'backup_salt' seal backups. In no
-- export and no answer.
CREATE TABLE secret (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL CHECK (length(value) = 32)
) STRICT, WITHOUT ROWID;

-- ==== policies =====================================================================================

-- Circulation rules: member type × item type, NULL meaning any; the most specific one decides.
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
    fine_cap       INTEGER CHECK (fine_cap >= 0), -- NULL: no cap
    grace_days     INTEGER NOT NULL DEFAULT 0 CHECK (grace_days >= 0),
    deleted_at     INTEGER -- it decides no more; loans that it decided still name it
) STRICT;

CREATE UNIQUE INDEX loan_rule_pair ON loan_rule (coalesce(member_type_id, 0), coalesce(item_type_id, 0))
    WHERE deleted_at IS NULL;

-- The rule for any member and any thing: always there. CARREL_MAX_ACTIVE_BORROWS and its like override it.
INSERT INTO loan_rule (id, uuid, max_loans, loan_days, max_renewals, hold_limit, fine_per_day)
VALUES (1, x'00000000000070008000000000000001', 5, 14, 2, 5, 100);

-- Students take fewer things, teachers more.
INSERT INTO loan_rule (id, uuid, member_type_id, max_loans, loan_days, max_renewals, hold_limit, fine_per_day)
VALUES (2, x'00000000000070008000000000000002', 2, 3, 14, 2, 3, 100),
       (3, x'00000000000070008000000000000003', 3, 10, 14, 2, 10, 100);

-- When the library is open in an ordinary week. A weekday without a row is closed; no row at all: never closed.
CREATE TABLE opening_hours (
    weekday INTEGER NOT NULL CHECK (weekday BETWEEN 0 AND 6), -- 0: Monday
    opens   INTEGER NOT NULL CHECK (opens BETWEEN 0 AND 1439), -- minutes after midnight
    closes  INTEGER NOT NULL CHECK (closes BETWEEN 1 AND 1440),
    PRIMARY KEY (weekday, opens),
    CHECK (opens < closes)
) STRICT, WITHOUT ROWID;

-- Days that differ from the ordinary week. An exceptional opening wins over every closure.
CREATE TABLE closed_day (
    id         INTEGER PRIMARY KEY,
    uuid       BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    kind       TEXT NOT NULL CHECK (kind IN ('closure', 'opening')),
    first_day  INTEGER NOT NULL,
    last_day   INTEGER NOT NULL CHECK (last_day >= first_day),
    yearly     INTEGER NOT NULL DEFAULT 0 CHECK (yearly IN (0, 1)), -- every year from the first on
    name       TEXT NOT NULL CHECK (name <> ''), -- "Christmas"
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL
) STRICT;

CREATE INDEX closed_day_by_first ON closed_day (first_day);

-- ==== circulation ==================================================================================

-- The names of who lends and takes back, as they were then: there are millions of loans, and a number is all they need.
CREATE TABLE actor (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO actor (id, name) VALUES (1, 'a reader'); -- on their own loan

-- One loan, from the moment a copy leaves to the moment it is back; it stays for ever.
CREATE TABLE borrow (
    id          INTEGER PRIMARY KEY,
    uuid        BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    book_id     INTEGER NOT NULL REFERENCES book (id),
    copy_id     INTEGER NOT NULL REFERENCES copy (id),
    member_id   INTEGER REFERENCES member (id), -- NULL: forgotten, long after it came back
    rule_id     INTEGER NOT NULL REFERENCES loan_rule (id), -- that decided when it was lent
    borrowed_at INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,           -- the end of the due day in the library's zone
    due_day     INTEGER NOT NULL,
    returned_at INTEGER,
    returned_day INTEGER,
    renewals    INTEGER NOT NULL DEFAULT 0 CHECK (renewals >= 0),
    fine_per_day INTEGER NOT NULL,          -- as the rule said when it was lent; minor units
    fine_cap    INTEGER,
    grace_days  INTEGER NOT NULL,
    lent_by     INTEGER NOT NULL REFERENCES actor (id),
    taken_by    INTEGER REFERENCES actor (id), -- who took it back
    fine        INTEGER NOT NULL DEFAULT 0 CHECK (fine >= 0), -- what lateness cost in all, once it is back
    fine_before INTEGER NOT NULL DEFAULT 0 CHECK (fine_before >= 0), -- … up to its last renewal
    overdue_step INTEGER NOT NULL DEFAULT 0 CHECK (overdue_step >= 0), -- how often the reader was urged
    lost        INTEGER NOT NULL DEFAULT 0 CHECK (lost IN (0, 1)), -- it ended because the copy is lost
    CHECK (due_at >= borrowed_at),
    CHECK (returned_at IS NULL OR returned_at >= borrowed_at),
    CHECK ((returned_at IS NULL) = (returned_day IS NULL)),
    CHECK (member_id IS NOT NULL OR returned_at IS NOT NULL)
) STRICT;

-- A copy is out at most once, and a reader has the same title at most once.
CREATE UNIQUE INDEX borrow_open_copy ON borrow (copy_id) WHERE returned_at IS NULL;
CREATE UNIQUE INDEX borrow_open_pair ON borrow (member_id, book_id) WHERE returned_at IS NULL;

CREATE INDEX borrow_by_borrowed  ON borrow (borrowed_at);
CREATE INDEX borrow_by_due       ON borrow (due_at);
CREATE INDEX borrow_by_returned  ON borrow (coalesce(returned_at, 0));
CREATE INDEX borrow_by_book      ON borrow (book_id, borrowed_at);
-- With book_id, so that what readers have borrowed together is found without a look at each loan.
CREATE INDEX borrow_by_member    ON borrow (member_id, borrowed_at, id, book_id);
CREATE INDEX borrow_open_by_due  ON borrow (due_at) WHERE returned_at IS NULL;
-- With due_at, so that the overdue ones are told from the others without a look at the loan.
CREATE INDEX borrow_open_by_borrowed ON borrow (borrowed_at, id, due_at) WHERE returned_at IS NULL;

-- A loan's new due day, each time it got one by renewing.
CREATE TABLE renewal (
    id             INTEGER PRIMARY KEY,
    borrow_id      INTEGER NOT NULL REFERENCES borrow (id),
    at             INTEGER NOT NULL,
    due_day_before INTEGER NOT NULL,
    due_day_after  INTEGER NOT NULL,
    fine           INTEGER NOT NULL DEFAULT 0 CHECK (fine >= 0), -- what the term that ended had cost
    way            TEXT NOT NULL CHECK (way IN ('desk', 'reader', 'automatic')),
    renewed_by     TEXT NOT NULL
) STRICT;

CREATE INDEX renewal_by_borrow ON renewal (borrow_id);

-- A reader's place in the queue for a title. The first of those who wait (and are not suspended) gets the next
-- copy: it goes to the hold shelf, and the hold is ready until the end of pickup_day.
CREATE TABLE hold (
    id              INTEGER PRIMARY KEY,
    uuid            BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    book_id         INTEGER NOT NULL REFERENCES book (id),
    member_id       INTEGER REFERENCES member (id), -- NULL: forgotten, long after it ended
    status          TEXT NOT NULL DEFAULT 'waiting'
                    CHECK (status IN ('waiting', 'ready', 'fulfilled', 'cancelled', 'expired')),
    place           INTEGER NOT NULL,         -- lower comes first; moving changes it
    suspended       INTEGER NOT NULL DEFAULT 0 CHECK (suspended IN (0, 1)),
    suspended_until INTEGER,                  -- day, the first on which it counts again; NULL: until lifted
    copy_id         INTEGER REFERENCES copy (id), -- on the hold shelf for it; kept when it is over
    ready_at        INTEGER,
    pickup_day      INTEGER,                  -- the last on which it may be fetched
    borrow_id       INTEGER REFERENCES borrow (id), -- the loan that fulfilled it
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
CREATE INDEX hold_by_placed         ON hold (placed_at);
CREATE INDEX hold_by_pickup         ON hold (coalesce(pickup_day, 0));
CREATE INDEX hold_by_place          ON hold (place);
CREATE INDEX hold_by_status         ON hold (status, placed_at);
CREATE INDEX hold_status_by_pickup  ON hold (status, coalesce(pickup_day, 0));
CREATE INDEX hold_status_by_place   ON hold (status, place);
CREATE INDEX hold_open_by_placed    ON hold (placed_at)               WHERE ended_at IS NULL;
CREATE INDEX hold_open_by_pickup    ON hold (coalesce(pickup_day, 0)) WHERE ended_at IS NULL;
CREATE INDEX hold_open_by_place     ON hold (place)                   WHERE ended_at IS NULL;
CREATE INDEX hold_by_book           ON hold (book_id, placed_at);
CREATE INDEX hold_by_member         ON hold (member_id, placed_at);

-- Who wants to be told, once, when a title is on the shelf again.
CREATE TABLE title_watch (
    book_id    INTEGER NOT NULL REFERENCES book (id),
    member_id  INTEGER NOT NULL REFERENCES member (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (book_id, member_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX title_watch_by_member ON title_watch (member_id, created_at);

-- What a closure that was entered later moved, so that it can be undone.
CREATE TABLE closure_move (
    id            INTEGER PRIMARY KEY,
    closed_day_id INTEGER NOT NULL REFERENCES closed_day (id),
    borrow_id     INTEGER REFERENCES borrow (id),
    hold_id       INTEGER REFERENCES hold (id),
    day_before    INTEGER NOT NULL,
    day_after     INTEGER NOT NULL,
    CHECK ((borrow_id IS NULL) <> (hold_id IS NULL))
) STRICT;

CREATE INDEX closure_move_by_closure ON closure_move (closed_day_id);
CREATE INDEX closure_move_by_borrow  ON closure_move (borrow_id) WHERE borrow_id IS NOT NULL;
CREATE INDEX closure_move_by_hold    ON closure_move (hold_id)   WHERE hold_id IS NOT NULL;

-- ==== money ========================================================================================
-- A ledger: rows are added and never changed, but for the sums that follow from later rows (settled, allocated)
-- and the decision on a waiver. What a member owes: charges - payments - approved waivers.

CREATE TABLE charge (
    id        INTEGER PRIMARY KEY,
    uuid      BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    member_id INTEGER NOT NULL REFERENCES member (id),
    kind      TEXT NOT NULL CHECK (kind IN ('overdue', 'lost', 'damage', 'fee')),
    amount    INTEGER NOT NULL CHECK (amount > 0),
    settled   INTEGER NOT NULL DEFAULT 0 CHECK (settled BETWEEN 0 AND amount), -- its allocations
    borrow_id INTEGER REFERENCES borrow (id), -- NULL: of no loan, or of a forgotten one
    copy_id   INTEGER REFERENCES copy (id),
    at        INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    note      TEXT,
    made_by   TEXT NOT NULL
) STRICT;

CREATE INDEX charge_by_time   ON charge (at);
CREATE INDEX charge_by_day    ON charge (day, kind, amount);
CREATE INDEX charge_by_member ON charge (member_id, at);
CREATE INDEX charge_open      ON charge (member_id) WHERE settled < amount;
CREATE INDEX charge_by_borrow ON charge (borrow_id) WHERE borrow_id IS NOT NULL;
CREATE INDEX charge_open_by_time ON charge (at) WHERE settled < amount;
-- Nearly every charge is for a day overdue: the others stand apart.
CREATE INDEX charge_apart_by_kind ON charge (kind, at) WHERE kind <> 'overdue';

CREATE TABLE payment (
    id        INTEGER PRIMARY KEY,
    uuid      BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    receipt   INTEGER NOT NULL UNIQUE, -- running number, from 1 and without gaps
    member_id INTEGER NOT NULL REFERENCES member (id),
    method    TEXT NOT NULL CHECK (method IN ('cash', 'card', 'mobile_money', 'other')),
    amount    INTEGER NOT NULL CHECK (amount > 0),
    allocated INTEGER NOT NULL DEFAULT 0 CHECK (allocated BETWEEN 0 AND amount),
    reference TEXT,                    -- of the card terminal or the mobile network
    note      TEXT,
    at        INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    taken_by  TEXT NOT NULL,
    balance_after INTEGER              -- what the member owed then, as the receipt says; NULL: nobody said
) STRICT;

CREATE INDEX payment_by_time   ON payment (at);
CREATE INDEX payment_by_day    ON payment (day, method, amount);
CREATE INDEX payment_by_member ON payment (member_id, at);
CREATE INDEX payment_unused    ON payment (member_id) WHERE allocated < amount;

-- Asked by a librarian, approved by an administrator. Corrections (a closure entered later, a lost copy that is
-- found) are approved ones that the program makes itself.
CREATE TABLE waiver (
    id          INTEGER PRIMARY KEY,
    uuid        BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    member_id   INTEGER NOT NULL REFERENCES member (id),
    charge_id   INTEGER REFERENCES charge (id), -- NULL: whatever is oldest
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

CREATE INDEX waiver_by_time    ON waiver (asked_at);
CREATE INDEX waiver_by_status  ON waiver (status, asked_at);
CREATE INDEX waiver_by_member  ON waiver (member_id, asked_at);
CREATE INDEX waiver_by_day     ON waiver (decided_day, kind, amount) WHERE status = 'approved';
CREATE INDEX waiver_by_charge  ON waiver (charge_id) WHERE charge_id IS NOT NULL;
CREATE INDEX waiver_unused     ON waiver (member_id) WHERE status = 'approved' AND allocated < amount;

-- Which payment or waiver settled how much of which charge: the oldest charge first.
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

-- ==== stock-take ===================================================================================

-- Walking along the shelves with a scanner: what is there, what is missing, what stands wrong.
CREATE TABLE stocktake (
    id          INTEGER PRIMARY KEY,
    uuid        BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name        TEXT NOT NULL CHECK (name <> ''),
    shelf       TEXT,                -- NULL: the whole library
    expected    INTEGER NOT NULL CHECK (expected >= 0), -- copies that should stand there when it began
    seen        INTEGER NOT NULL DEFAULT 0 CHECK (seen >= 0), -- of these, so far
    started_at  INTEGER NOT NULL,
    started_by  TEXT NOT NULL,
    finished_at INTEGER,
    finished_by TEXT,
    missing     INTEGER              -- when it was finished
) STRICT;

CREATE INDEX stocktake_by_started ON stocktake (started_at);

CREATE TABLE stocktake_scan (
    id           INTEGER PRIMARY KEY,
    stocktake_id INTEGER NOT NULL REFERENCES stocktake (id),
    copy_id      INTEGER REFERENCES copy (id), -- NULL: no copy has that barcode
    barcode      TEXT NOT NULL CHECK (barcode <> ''),
    shelf        TEXT,               -- where it was scanned
    finding      TEXT NOT NULL CHECK (finding IN
                 ('in_place', 'misplaced', 'on_loan', 'on_hold_shelf', 'in_repair', 'was_lost', 'was_withdrawn', 'unknown')),
    at           INTEGER NOT NULL,
    scanned_by   TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX stocktake_scan_copy    ON stocktake_scan (stocktake_id, copy_id) WHERE copy_id IS NOT NULL;
CREATE INDEX stocktake_scan_by_finding     ON stocktake_scan (stocktake_id, finding);
CREATE UNIQUE INDEX stocktake_scan_unknown ON stocktake_scan (stocktake_id, barcode) WHERE copy_id IS NULL;
CREATE INDEX stocktake_scan_by_id           ON stocktake_scan (stocktake_id);

-- Copies that should be there and have not been seen yet: a bit for each of 8,192 ids that follow each other.
CREATE TABLE stocktake_unseen (
    stocktake_id INTEGER NOT NULL REFERENCES stocktake (id),
    block        INTEGER NOT NULL, -- copy.id / 8192
    bits         BLOB NOT NULL CHECK (length(bits) = 1024),
    PRIMARY KEY (stocktake_id, block)
) STRICT, WITHOUT ROWID;

-- ==== finding and telling =========================================================================

-- Titles that somebody has put together: "For class 5b", "Prize winners", or a reader's own list.
CREATE TABLE reading_list (
    id          INTEGER PRIMARY KEY,
    uuid        BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name        TEXT NOT NULL CHECK (name <> ''),
    name_key    TEXT NOT NULL,
    description TEXT,
    member_id   INTEGER REFERENCES member (id), -- whose own it is; NULL: the library's
    shown       INTEGER NOT NULL DEFAULT 0 CHECK (shown IN (0, 1)), -- in the public catalogue
    entries     INTEGER NOT NULL DEFAULT 0 CHECK (entries >= 0), -- a counter
    created_at  INTEGER NOT NULL,
    created_by  TEXT NOT NULL,
    updated_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX reading_list_by_name    ON reading_list (name_key);
CREATE INDEX reading_list_by_updated ON reading_list (updated_at);
CREATE INDEX reading_list_by_member  ON reading_list (member_id, name_key);

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

-- What a reader thinks of a title: stars, and words if there are any. Only what is shown counts.
CREATE TABLE review (
    id         INTEGER PRIMARY KEY,
    uuid       BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    book_id    INTEGER NOT NULL REFERENCES book (id),
    member_id  INTEGER REFERENCES member (id), -- NULL: forgotten; the words stay
    stars      INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
    text       TEXT,
    status     TEXT NOT NULL CHECK (status IN ('waiting', 'shown', 'refused')),
    reason     TEXT,                     -- of a refusal
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    decided_at INTEGER,
    decided_by TEXT,
    version    INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE UNIQUE INDEX review_pair ON review (member_id, book_id) WHERE member_id IS NOT NULL;
CREATE INDEX review_by_created  ON review (created_at);
CREATE INDEX review_by_status   ON review (status, created_at);
CREATE INDEX review_by_book     ON review (book_id, status, created_at);

-- What the catalogue is asked for, and how often; nobody's name. Only what found something.
CREATE TABLE search_term (
    term_key TEXT NOT NULL PRIMARY KEY CHECK (term_key <> ''), -- folded
    term     TEXT NOT NULL,             -- as it was typed last
    asked    INTEGER NOT NULL CHECK (asked > 0),
    asked_on INTEGER NOT NULL           -- day of the last time
) STRICT, WITHOUT ROWID;

CREATE INDEX search_term_by_asked ON search_term (asked, term_key);
CREATE INDEX search_term_by_day   ON search_term (asked_on);

-- ==== catalogue in and out =========================================================================

-- How somebody's files are to be taken: what their columns mean, told once.
CREATE TABLE import_profile (
    id         INTEGER PRIMARY KEY,
    uuid       BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name       TEXT NOT NULL CHECK (name <> ''),
    name_key   TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL CHECK (kind IN ('titles', 'copies', 'members', 'loans')),
    encoding   TEXT,                     -- NULL: recognised; so below
    delimiter  TEXT,
    columns    TEXT NOT NULL,            -- lines "header<TAB>field"; no field: left out
    duplicates TEXT NOT NULL CHECK (duplicates IN ('skip', 'add_copies', 'merge')),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1
) STRICT;

-- One file that was brought, from its first reading to its undoing. The file itself lies beside the library
-- (src/catalogue_io/import_file.h) as long as it may be needed.
CREATE TABLE import_batch (
    id          INTEGER PRIMARY KEY,
    uuid        BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    kind        TEXT NOT NULL CHECK (kind IN ('titles', 'copies', 'members', 'loans')),
    name        TEXT NOT NULL,            -- of the file, as its owner calls it
    status      TEXT NOT NULL CHECK (status IN
                ('reading', 'ready', 'writing', 'stopped', 'failed', 'done', 'undoing', 'undone')),
    error       TEXT,                     -- why it failed
    format      TEXT NOT NULL DEFAULT '', -- "csv", "iso2709", "marcxml"; '': not read yet
    encoding    TEXT,                     -- as somebody said; NULL: recognised; so below
    delimiter   TEXT,
    columns     TEXT,
    profile     TEXT,                     -- its name
    duplicates  TEXT NOT NULL CHECK (duplicates IN ('skip', 'add_copies', 'merge')),
    bytes       INTEGER NOT NULL,         -- of the file
    rows_read   INTEGER NOT NULL DEFAULT 0,
    rows_done   INTEGER NOT NULL DEFAULT 0, -- written: where it goes on after a stop, or a power cut
    imported    INTEGER NOT NULL DEFAULT 0, -- planned while reading, then as it went
    repaired    INTEGER NOT NULL DEFAULT 0,
    merged      INTEGER NOT NULL DEFAULT 0, -- rows that went into records that were there
    refused     INTEGER NOT NULL DEFAULT 0,
    copies      INTEGER NOT NULL DEFAULT 0, -- made
    summary     TEXT,                     -- lines "reason<TAB>rows"
    headers     TEXT,                     -- of a CSV file, parted by tabs
    fields      TEXT,                     -- what each became, parted by tabs
    created_at  INTEGER NOT NULL,
    created_by  TEXT NOT NULL,
    started_at  INTEGER,
    finished_at INTEGER,
    undone_at   INTEGER,
    undone_by   TEXT
) STRICT;

CREATE INDEX import_batch_by_created ON import_batch (created_at);
CREATE INDEX import_batch_open       ON import_batch (status) WHERE status IN ('reading', 'writing', 'undoing');

-- Rows that are worth a look: refused, repaired, or in the library already. At most IMPORT_ROWS_KEPT of a batch.
CREATE TABLE import_row (
    batch_id   INTEGER NOT NULL REFERENCES import_batch (id),
    row        INTEGER NOT NULL,          -- as a spreadsheet counts: the header is 1; of MARC, the record's number
    outcome    TEXT NOT NULL CHECK (outcome IN ('repaired', 'duplicate', 'refused')),
    name       TEXT,                      -- the title, the reader, the barcode; NULL: none
    reasons    TEXT NOT NULL,             -- lines
    match_id   INTEGER,                   -- what the library has: a book's id, a member's …
    match_name TEXT,
    choice     TEXT CHECK (choice IN ('skip', 'add_copies', 'merge')), -- of this row; NULL: as the batch says
    cells      TEXT,                      -- of a refused row: as one line of CSV
    PRIMARY KEY (batch_id, row)
) STRICT, WITHOUT ROWID;

CREATE INDEX import_row_by_outcome ON import_row (batch_id, outcome, row);

-- What a batch made, by ranges of ids, and what it changed in records that were there, value by value: for undoing.
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
    before    TEXT,                       -- NULL: there was none
    after     TEXT,
    PRIMARY KEY (batch_id, entity, entity_id, field)
) STRICT, WITHOUT ROWID;

-- Other libraries' catalogues, where a title is looked up while it is catalogued.
CREATE TABLE lookup_target (
    id         INTEGER PRIMARY KEY,
    uuid       BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name       TEXT NOT NULL CHECK (name <> ''),
    name_key   TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL CHECK (kind IN ('z3950', 'sru', 'json')),
    address    TEXT NOT NULL,             -- "host:port/database", or a URL
    enabled    INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    position   INTEGER NOT NULL,          -- asked in this order
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1
) STRICT;

-- Two records of the same title made one, so that it can be undone: the one that went is archived.
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

CREATE INDEX title_merge_by_time ON title_merge (at);
CREATE INDEX title_merge_by_kept ON title_merge (kept_id);
CREATE INDEX title_merge_by_gone ON title_merge (gone_id);

-- What went over to the record that was kept, and the values that it got from the other.
CREATE TABLE title_merge_move (
    title_merge_id INTEGER NOT NULL REFERENCES title_merge (id),
    entity    TEXT NOT NULL CHECK (entity IN
              ('copy', 'borrow', 'hold', 'title_watch', 'review', 'reading_list', 'category', 'cover', 'book_marc', 'field')),
    entity_id INTEGER NOT NULL,           -- of a watch the member's id; of a field its number
    before    TEXT,                       -- of a hold its place, of a field its value
    PRIMARY KEY (title_merge_id, entity, entity_id)
) STRICT, WITHOUT ROWID;

-- Titles that look the same and are not, as a librarian said.
CREATE TABLE title_pair_apart (
    first_id  INTEGER NOT NULL REFERENCES book (id),
    second_id INTEGER NOT NULL REFERENCES book (id),
    said_at   INTEGER NOT NULL,
    said_by   TEXT NOT NULL,
    PRIMARY KEY (first_id, second_id),
    CHECK (first_id < second_id)
) STRICT, WITHOUT ROWID;

-- ==== what happened ================================================================================

-- Who did what: one row per act (or per batch of an import or seed), append-only; of a forgotten loan, who of the
-- readers did it is blanked.
-- Lends and returns are compact; edits keep what changed, before and after, as JSON objects.
CREATE TABLE audit_log (
    id             INTEGER PRIMARY KEY,
    at             INTEGER NOT NULL,
    actor          TEXT NOT NULL,
    action         TEXT NOT NULL,            -- "borrow.lent", "book.updated"
    entity         TEXT NOT NULL,            -- "book", "member", "borrow", "library"
    entity_id      INTEGER,                  -- its internal id
    before         TEXT,
    after          TEXT,
    address        TEXT,
    correlation_id TEXT
) STRICT;

CREATE INDEX audit_log_by_entity ON audit_log (entity, entity_id);
-- Nearly every row is of a loan: what is not stands apart, and no loan touches these.
CREATE INDEX audit_log_apart_by_action ON audit_log (action)
    WHERE action NOT IN ('borrow.lent', 'borrow.returned');
CREATE INDEX audit_log_apart_by_entity ON audit_log (entity) WHERE entity <> 'borrow';

-- Domain events, the outbox: written with their fact, read by those who act on them.
CREATE TABLE event (
    id        INTEGER PRIMARY KEY,
    uuid      BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    at        INTEGER NOT NULL,
    type      TEXT NOT NULL,                 -- "BookIssued", "MemberRegistered"
    book_id   INTEGER REFERENCES book (id),
    member_id INTEGER REFERENCES member (id),
    borrow_id INTEGER REFERENCES borrow (id),
    detail    TEXT                           -- a word more, where a fact has one: the new status
) STRICT;

CREATE INDEX event_by_time ON event (at);

-- How far each of those who act on events has come (src/events/events_service.h): at least once, in their order.
CREATE TABLE event_consumer (
    name       TEXT NOT NULL PRIMARY KEY, -- 'notices', 'webhooks'
    event_id   INTEGER NOT NULL,          -- the last event that was dealt with; it need not be there any more
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- ---- notifications ----------------------------------------------------------------------------------

-- Words of the library's own; what is not here is told in the words that come with the program.
CREATE TABLE notification_template (
    id         INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL,             -- 'hold_ready': src/notifications/notifications.h
    channel    TEXT NOT NULL CHECK (channel IN ('app', 'email', 'sms')),
    language   TEXT NOT NULL CHECK (language <> ''),
    subject    TEXT,                      -- of an e-mail and in the app
    body       TEXT NOT NULL CHECK (body <> ''),
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1,
    UNIQUE (kind, channel, language)
) STRICT;

-- What a reader wants to be told, and how; what is not here is as the library has set it.
CREATE TABLE notification_preference (
    member_id INTEGER NOT NULL REFERENCES member (id),
    kind      TEXT NOT NULL,
    channel   TEXT NOT NULL CHECK (channel IN ('app', 'email', 'sms')),
    wanted    INTEGER NOT NULL CHECK (wanted IN (0, 1)),
    PRIMARY KEY (member_id, kind, channel)
) STRICT, WITHOUT ROWID;

-- … and in which language. No row: the library's.
CREATE TABLE notification_reader (
    member_id INTEGER NOT NULL PRIMARY KEY REFERENCES member (id),
    language  TEXT NOT NULL CHECK (language <> '')
) STRICT, WITHOUT ROWID;

-- What is told to one reader by one channel. The words are made when it is sent, of what is true then.
CREATE TABLE notification (
    id         INTEGER PRIMARY KEY,
    uuid       BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    member_id  INTEGER REFERENCES member (id), -- NULL: forgotten, or of the library itself
    kind       TEXT NOT NULL,
    channel    TEXT NOT NULL CHECK (channel IN ('app', 'email', 'sms')),
    state      TEXT NOT NULL CHECK (state IN ('waiting', 'claimed', 'sent', 'failed', 'unsure', 'dropped')),
    dedupe     TEXT UNIQUE,               -- 'due_soon/email/<borrow>/<day>': what was told once is not told twice
    book_id    INTEGER REFERENCES book (id),
    borrow_id  INTEGER REFERENCES borrow (id),
    hold_id    INTEGER REFERENCES hold (id),
    payment_id INTEGER REFERENCES payment (id),
    detail     TEXT,                      -- a word more: the step, the day, the words of a free message
    message_id INTEGER REFERENCES notification (id), -- told together with that one, in one message
    address    TEXT,                      -- where it went; NULL: not yet, or in the app
    subject    TEXT,                      -- as it was sent; a code is left out
    body       TEXT,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,             -- the account, or 'carrel'
    send_at    INTEGER NOT NULL,          -- not before
    claimed_at INTEGER,
    ended_at   INTEGER,                   -- sent, failed for good or dropped
    read_at    INTEGER,                   -- in the app
    tries      INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    problem    TEXT                       -- why the last try failed, or why it was dropped
) STRICT;

CREATE INDEX notification_by_created ON notification (created_at);
CREATE INDEX notification_by_member  ON notification (member_id, created_at);
CREATE INDEX notification_by_state   ON notification (state, created_at);
CREATE INDEX notification_by_kind    ON notification (kind, created_at);
CREATE INDEX notification_due        ON notification (channel, send_at) WHERE state = 'waiting';
CREATE INDEX notification_claimed    ON notification (claimed_at)    WHERE state = 'claimed';
CREATE INDEX notification_unread     ON notification (member_id) WHERE channel = 'app' AND read_at IS NULL;
CREATE INDEX notification_by_borrow  ON notification (borrow_id)     WHERE borrow_id IS NOT NULL;
CREATE INDEX notification_by_hold    ON notification (hold_id)       WHERE hold_id IS NOT NULL;
CREATE INDEX notification_by_book    ON notification (book_id)       WHERE book_id IS NOT NULL;
CREATE INDEX notification_by_payment ON notification (payment_id)    WHERE payment_id IS NOT NULL;
CREATE INDEX notification_together   ON notification (message_id)    WHERE message_id IS NOT NULL;

-- ---- webhooks ---------------------------------------------------------------------------------------

-- Programs elsewhere that are told what happens. `secret` signs; it is shown once.
CREATE TABLE webhook (
    id         INTEGER PRIMARY KEY,
    uuid       BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name       TEXT NOT NULL CHECK (name <> ''),
    name_key   TEXT NOT NULL UNIQUE,
    url        TEXT NOT NULL CHECK (url <> ''),
    events     TEXT NOT NULL,             -- types, parted by commas; '*': all
    secret     BLOB NOT NULL CHECK (length(secret) = 32),
    enabled    INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    failures   INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0), -- one after the other
    rest_until INTEGER,                   -- it does not answer: nothing is sent before that
    last_ok_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE webhook_delivery (
    id          INTEGER PRIMARY KEY,
    uuid        BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16), -- the receiver knows a second try by it
    webhook_id  INTEGER NOT NULL REFERENCES webhook (id),
    event_uuid  BLOB CHECK (length(event_uuid) = 16), -- NULL: a test
    type        TEXT NOT NULL,
    member_id   INTEGER REFERENCES member (id), -- NULL: none, or forgotten
    body        TEXT NOT NULL,            -- what is sent, made when the event was met
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dead')),
    tries       INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    next_try_at INTEGER NOT NULL,
    status      INTEGER,                  -- of the last answer; NULL: there was none
    problem     TEXT,
    created_at  INTEGER NOT NULL,
    ended_at    INTEGER
) STRICT;

CREATE INDEX webhook_delivery_due        ON webhook_delivery (webhook_id, next_try_at) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_by_created ON webhook_delivery (created_at);
CREATE INDEX webhook_delivery_by_hook    ON webhook_delivery (webhook_id, created_at);
CREATE INDEX webhook_delivery_by_state   ON webhook_delivery (state, created_at);
CREATE INDEX webhook_delivery_by_member  ON webhook_delivery (member_id) WHERE member_id IS NOT NULL;

-- ---- reports ----------------------------------------------------------------------------------------

-- A report with its parameters, under a name; sent by e-mail where it says how often.
CREATE TABLE saved_report (
    id         INTEGER PRIMARY KEY,
    uuid       BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name       TEXT NOT NULL CHECK (name <> ''),
    name_key   TEXT NOT NULL,
    report     TEXT NOT NULL,             -- 'overdue': src/reports/reports.h
    parameters TEXT NOT NULL,             -- as in the address: 'period=last_month&limit=50'
    schedule   TEXT NOT NULL DEFAULT 'none' CHECK (schedule IN ('none', 'daily', 'weekly', 'monthly', 'yearly')),
    recipients TEXT NOT NULL DEFAULT '',  -- e-mail addresses, parted by commas
    next_on    INTEGER,                   -- the day it is sent next; NULL: never by itself
    claimed_on INTEGER,                   -- the last day it was begun to be sent
    last_at    INTEGER,
    problem    TEXT,                      -- of the last time; NULL: it went well
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1,
    CHECK ((schedule = 'none') = (next_on IS NULL))
) STRICT;

CREATE INDEX saved_report_by_name ON saved_report (name_key);
CREATE INDEX saved_report_due     ON saved_report (next_on) WHERE next_on IS NOT NULL;

-- People who came, as somebody counted them.
CREATE TABLE visit_count (
    day        INTEGER NOT NULL PRIMARY KEY,
    visits     INTEGER NOT NULL CHECK (visits >= 0),
    updated_at INTEGER NOT NULL
) STRICT;

-- ---- alerts -----------------------------------------------------------------------------------------

-- What is not well by itself, from when it was found until it was not there any more.
CREATE TABLE alert (
    id         INTEGER PRIMARY KEY,
    uuid       BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    subject    TEXT NOT NULL,             -- 'backups', 'disk': src/admin/health.h
    state      TEXT NOT NULL CHECK (state IN ('warn', 'bad')),
    text       TEXT NOT NULL,
    began_at   INTEGER NOT NULL,
    ended_at   INTEGER,                   -- NULL: still there
    told_at    INTEGER,                   -- by e-mail or chat; NULL: not yet, or there is nobody to tell
    seen_by    TEXT,                      -- who put the banner away
    seen_at    INTEGER
) STRICT;

CREATE INDEX alert_by_began ON alert (began_at);
CREATE UNIQUE INDEX alert_open ON alert (subject) WHERE ended_at IS NULL;

-- Answers to POSTs that named an Idempotency-Key: asked again, the same is said and nothing is done twice.
CREATE TABLE idempotency_key (
    scope      TEXT NOT NULL,                   -- who asked: "account 7", "key shelf scanner", "address …", "local"
    route      TEXT NOT NULL,                   -- "POST /borrows"
    key        TEXT NOT NULL,                   -- as the client gave it
    body_hash  BLOB NOT NULL CHECK (length(body_hash) = 32), -- SHA-256 of path, query and body
    status     INTEGER NOT NULL,
    headers    TEXT NOT NULL,                   -- lines "Name: value"
    reply      BLOB,                            -- NULL: longer than IDEMPOTENCY_REPLY_MAX
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (scope, route, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_key_by_expiry ON idempotency_key (expires_at);

-- Background jobs, one row each: when they last ran and how it went.
CREATE TABLE job_run (
    name        TEXT NOT NULL PRIMARY KEY,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER,
    outcome     TEXT
) STRICT, WITHOUT ROWID;

-- Backups: those that there are, and the last failure of each kind. A file that is taken away takes its row with it.
CREATE TABLE backup_run (
    id            INTEGER PRIMARY KEY,
    uuid          BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    kind          TEXT NOT NULL CHECK (kind IN ('manual', 'hourly', 'daily', 'weekly', 'second', 'upgrade')),
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
    sealed        INTEGER NOT NULL DEFAULT 0 CHECK (sealed IN (0, 1)), -- opened with a passphrase
    CHECK ((error IS NULL) = (path IS NOT NULL)),
    CHECK ((path IS NULL) = (sha256 IS NULL)),
    CHECK ((path IS NULL) = (verified IS NULL))
) STRICT;

CREATE INDEX backup_run_by_start ON backup_run (started_at);
CREATE INDEX backup_run_by_kind  ON backup_run (kind, started_at);
CREATE INDEX backup_run_good     ON backup_run (started_at) WHERE error IS NULL;

-- The journal of changes (src/db/journal.h): the number of the last transaction that is in it. In a backup it says
-- where the journal goes on from there. No row: there has never been a journal.
CREATE TABLE journal (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    series BLOB NOT NULL CHECK (length(series) = 16), -- another one after a change of schema, a restore or a gap
    number INTEGER NOT NULL CHECK (number >= 0)
) STRICT;

-- Running numbers: barcodes, cards and receipts.
CREATE TABLE sequence (
    name  TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO sequence (name, value) VALUES ('copy_barcode', 0), ('member_card', 0), ('receipt', 0);

-- ==== derived ======================================================================================
-- Everything below (and the counter columns above) can be rebuilt from the facts: --check --rebuild.

-- Numbers that lists and the dashboard show without counting.
CREATE TABLE library_counter (
    name  TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL CHECK (value >= 0)
) STRICT, WITHOUT ROWID;

INSERT INTO library_counter (name, value) VALUES
    ('books', 0), ('books_archived', 0), ('members', 0), ('members_archived', 0),
    ('copies', 0), ('borrows', 0), ('borrows_open', 0),
    ('books_low', 0), ('books_out', 0), ('books_unlent', 0),
    ('holds', 0), ('holds_open', 0), ('holds_fulfilled', 0), ('holds_cancelled', 0), ('holds_expired', 0),
    ('charges', 0), ('charges_open', 0), ('payments', 0), ('waivers', 0),
    ('reviews', 0), ('notifications', 0), ('webhook_deliveries', 0);

-- One row per civil day of the library on which anything was lent, taken back, charged or paid.
CREATE TABLE daily_stat (
    day     INTEGER NOT NULL PRIMARY KEY,
    borrows INTEGER NOT NULL DEFAULT 0 CHECK (borrows >= 0),
    returns INTEGER NOT NULL DEFAULT 0 CHECK (returns >= 0),
    members INTEGER NOT NULL DEFAULT 0 CHECK (members >= 0), -- to whom something was lent
    forgotten INTEGER NOT NULL DEFAULT 0 CHECK (forgotten BETWEEN 0 AND members), -- of these, no loan says so any more
    charges INTEGER NOT NULL DEFAULT 0 CHECK (charges >= 0),
    payments INTEGER NOT NULL DEFAULT 0 CHECK (payments >= 0)
) STRICT;

-- By whose days daily_stat and tally are counted. No row: they are to be counted anew, as for another zone.
CREATE TABLE day_zone (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    print INTEGER NOT NULL -- clock_zone_print(): a name would not tell what it means, nor which zone “the machine's” is
) STRICT;

-- The days of the library as opening_hours and closed_day give them, when there are any: from
-- CALENDAR_FIRST_DAY to CALENDAR_LAST_DAY (base/limits.h). No rows: every day is open and costs.
CREATE TABLE calendar (
    day   INTEGER NOT NULL PRIMARY KEY,
    open  INTEGER NOT NULL CHECK (open IN (0, 1)),
    costs INTEGER NOT NULL -- days that cost a fine, from the first up to and including this one
) STRICT;

CREATE INDEX calendar_open ON calendar (day) WHERE open = 1;

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

-- Full-text rows of already folded text (rowid = the record's id), kept by the repositories in the same
-- transaction: FTS5 may not run in triggers while trusted_schema is off.
CREATE VIRTUAL TABLE book_search USING fts5 (
    title, author, isbn, tokenize = "unicode61 remove_diacritics 0", prefix = '2 3'
);

CREATE VIRTUAL TABLE member_search USING fts5 (
    name, card, contact, tokenize = "unicode61 remove_diacritics 0", prefix = '2 3'
);

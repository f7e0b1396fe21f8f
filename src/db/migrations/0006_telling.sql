-- 0006_telling: who acts on events, notifications, webhooks, saved reports, counted visits, alerts.

CREATE TABLE event_consumer (
    name       TEXT NOT NULL PRIMARY KEY,
    event_id   INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE notification_template (
    id         INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL,
    channel    TEXT NOT NULL CHECK (channel IN ('app', 'email', 'sms')),
    language   TEXT NOT NULL CHECK (language <> ''),
    subject    TEXT,
    body       TEXT NOT NULL CHECK (body <> ''),
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1,
    UNIQUE (kind, channel, language)
) STRICT;

CREATE TABLE notification_preference (
    member_id INTEGER NOT NULL REFERENCES member (id),
    kind      TEXT NOT NULL,
    channel   TEXT NOT NULL CHECK (channel IN ('app', 'email', 'sms')),
    wanted    INTEGER NOT NULL CHECK (wanted IN (0, 1)),
    PRIMARY KEY (member_id, kind, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE notification_reader (
    member_id INTEGER NOT NULL PRIMARY KEY REFERENCES member (id),
    language  TEXT NOT NULL CHECK (language <> '')
) STRICT, WITHOUT ROWID;

CREATE TABLE notification (
    id         INTEGER PRIMARY KEY,
    uuid       BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    member_id  INTEGER REFERENCES member (id),
    kind       TEXT NOT NULL,
    channel    TEXT NOT NULL CHECK (channel IN ('app', 'email', 'sms')),
    state      TEXT NOT NULL CHECK (state IN ('waiting', 'claimed', 'sent', 'failed', 'unsure', 'dropped')),
    dedupe     TEXT UNIQUE,
    book_id    INTEGER REFERENCES book (id),
    borrow_id  INTEGER REFERENCES borrow (id),
    hold_id    INTEGER REFERENCES hold (id),
    payment_id INTEGER REFERENCES payment (id),
    detail     TEXT,
    message_id INTEGER REFERENCES notification (id),
    address    TEXT,
    subject    TEXT,
    body       TEXT,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    send_at    INTEGER NOT NULL,
    claimed_at INTEGER,
    ended_at   INTEGER,
    read_at    INTEGER,
    tries      INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    problem    TEXT
) STRICT;

CREATE INDEX notification_by_created ON notification (created_at, id);
CREATE INDEX notification_by_member  ON notification (member_id, created_at, id);
CREATE INDEX notification_by_state   ON notification (state, created_at, id);
CREATE INDEX notification_by_kind    ON notification (kind, created_at, id);
CREATE INDEX notification_due        ON notification (channel, send_at, id) WHERE state = 'waiting';
CREATE INDEX notification_claimed    ON notification (claimed_at)    WHERE state = 'claimed';
CREATE INDEX notification_unread     ON notification (member_id, id) WHERE channel = 'app' AND read_at IS NULL;
CREATE INDEX notification_by_borrow  ON notification (borrow_id)     WHERE borrow_id IS NOT NULL;
CREATE INDEX notification_by_hold    ON notification (hold_id)       WHERE hold_id IS NOT NULL;
CREATE INDEX notification_by_book    ON notification (book_id)       WHERE book_id IS NOT NULL;
CREATE INDEX notification_by_payment ON notification (payment_id)    WHERE payment_id IS NOT NULL;
CREATE INDEX notification_together   ON notification (message_id)    WHERE message_id IS NOT NULL;

CREATE TABLE webhook (
    id         INTEGER PRIMARY KEY,
    uuid       BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name       TEXT NOT NULL CHECK (name <> ''),
    name_key   TEXT NOT NULL UNIQUE,
    url        TEXT NOT NULL CHECK (url <> ''),
    events     TEXT NOT NULL,
    secret     BLOB NOT NULL CHECK (length(secret) = 32),
    enabled    INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    failures   INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    rest_until INTEGER,
    last_ok_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE webhook_delivery (
    id          INTEGER PRIMARY KEY,
    uuid        BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    webhook_id  INTEGER NOT NULL REFERENCES webhook (id),
    event_uuid  BLOB CHECK (length(event_uuid) = 16),
    type        TEXT NOT NULL,
    member_id   INTEGER REFERENCES member (id),
    body        TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dead')),
    tries       INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    next_try_at INTEGER NOT NULL,
    status      INTEGER,
    problem     TEXT,
    created_at  INTEGER NOT NULL,
    ended_at    INTEGER
) STRICT;

CREATE INDEX webhook_delivery_due        ON webhook_delivery (webhook_id, next_try_at, id) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_by_created ON webhook_delivery (created_at, id);
CREATE INDEX webhook_delivery_by_hook    ON webhook_delivery (webhook_id, created_at, id);
CREATE INDEX webhook_delivery_by_state   ON webhook_delivery (state, created_at, id);
CREATE INDEX webhook_delivery_by_member  ON webhook_delivery (member_id) WHERE member_id IS NOT NULL;

CREATE TABLE saved_report (
    id         INTEGER PRIMARY KEY,
    uuid       BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name       TEXT NOT NULL CHECK (name <> ''),
    name_key   TEXT NOT NULL,
    report     TEXT NOT NULL,
    parameters TEXT NOT NULL,
    schedule   TEXT NOT NULL DEFAULT 'none' CHECK (schedule IN ('none', 'daily', 'weekly', 'monthly', 'yearly')),
    recipients TEXT NOT NULL DEFAULT '',
    next_on    INTEGER,
    claimed_on INTEGER,
    last_at    INTEGER,
    problem    TEXT,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1,
    CHECK ((schedule = 'none') = (next_on IS NULL))
) STRICT;

CREATE INDEX saved_report_by_name ON saved_report (name_key, id);
CREATE INDEX saved_report_due     ON saved_report (next_on, id) WHERE next_on IS NOT NULL;

CREATE TABLE visit_count (
    day        INTEGER NOT NULL PRIMARY KEY,
    visits     INTEGER NOT NULL CHECK (visits >= 0),
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE alert (
    id         INTEGER PRIMARY KEY,
    uuid       BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    subject    TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('warn', 'bad')),
    text       TEXT NOT NULL,
    began_at   INTEGER NOT NULL,
    ended_at   INTEGER,
    told_at    INTEGER,
    seen_by    TEXT,
    seen_at    INTEGER
) STRICT;

CREATE INDEX alert_by_began ON alert (began_at, id);
CREATE UNIQUE INDEX alert_open ON alert (subject) WHERE ended_at IS NULL;

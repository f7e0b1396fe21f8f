-- Totals of lists that were counted row by row are kept. Those by day are counted at the next start, which knows the
-- library's zone (counters_follow_zone()).
ALTER TABLE daily_stat ADD COLUMN charges INTEGER NOT NULL DEFAULT 0 CHECK (charges >= 0);
ALTER TABLE daily_stat ADD COLUMN payments INTEGER NOT NULL DEFAULT 0 CHECK (payments >= 0);

CREATE TABLE day_zone (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    print INTEGER NOT NULL
) STRICT;

ALTER TABLE member_type ADD COLUMN member_count INTEGER NOT NULL DEFAULT 0 CHECK (member_count >= 0);
UPDATE member_type SET member_count =
 (SELECT count(*) FROM member WHERE member_type_id = member_type.id AND deleted_at IS NULL);

INSERT INTO library_counter (name, value)
SELECT 'holds_fulfilled', count(*) FROM hold WHERE status = 'fulfilled'
UNION ALL SELECT 'holds_cancelled', count(*) FROM hold WHERE status = 'cancelled'
UNION ALL SELECT 'holds_expired', count(*) FROM hold WHERE status = 'expired';

DROP INDEX hold_ready_by_pickup;
CREATE INDEX hold_status_by_pickup ON hold (status, coalesce(pickup_day, 0));
CREATE INDEX hold_status_by_place ON hold (status, place);
CREATE INDEX hold_open_by_placed ON hold (placed_at) WHERE ended_at IS NULL;
CREATE INDEX hold_open_by_pickup ON hold (coalesce(pickup_day, 0)) WHERE ended_at IS NULL;
CREATE INDEX hold_open_by_place ON hold (place) WHERE ended_at IS NULL;

CREATE INDEX member_suspended_by_name ON member (name_key) WHERE status = 'suspended' AND deleted_at IS NULL;
CREATE INDEX member_suspended_by_created ON member (created_at) WHERE status = 'suspended' AND deleted_at IS NULL;
CREATE INDEX member_suspended_by_email ON member (coalesce(email_key, ''))
 WHERE status = 'suspended' AND deleted_at IS NULL;

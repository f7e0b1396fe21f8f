-- Totals of lists that grow for years, kept beside their rows.
INSERT INTO library_counter (name, value)
SELECT 'reviews', count(*) FROM review
UNION ALL SELECT 'notifications', count(*) FROM notification
UNION ALL SELECT 'webhook_deliveries', count(*) FROM webhook_delivery;

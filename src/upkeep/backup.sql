-- What was taken back, for ever: the log of publications says so.
-- name: backup_deleted @public
SELECT kind, subject, max(at_us) FROM publication
WHERE op = 'D' AND kind IN ('video', 'comment', 'profile') AND subject > $1 GROUP BY kind, subject ORDER BY subject, kind LIMIT $2

-- name: backup_note_set @personal
INSERT INTO backup_note (what, at_us, generation, files, bytes) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (what) DO UPDATE SET at_us = excluded.at_us, generation = excluded.generation, files = excluded.files, bytes = excluded.bytes

-- name: restore_end_sessions @personal
DELETE FROM session WHERE id IN (SELECT id FROM session LIMIT $1)

-- name: restore_account_closed @personal
UPDATE account SET state = 'closed' WHERE id = $1

-- name: restore_key_count @keys
SELECT count(*) FROM user_key WHERE account = $1

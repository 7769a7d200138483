-- name: upload_add @personal
INSERT INTO upload ({upload}) VALUES ({upload:$1});

-- name: upload_by_id @personal
SELECT {upload} FROM upload WHERE id = $1 AND person = $2 AND expires_us > $3;

-- name: upload_set_received @personal
UPDATE upload SET received = $3 WHERE id = $1 AND person = $2;

-- name: upload_expired @personal
SELECT u.person, u.draft, d.state FROM upload u LEFT JOIN draft d ON d.id = u.draft
WHERE u.expires_us <= $1 ORDER BY u.expires_us LIMIT $2;

-- name: upload_remove @personal
DELETE FROM upload WHERE draft = $1 AND person = $2;

-- name: upload_tidy_drafts @personal
DELETE FROM draft WHERE state = 'published' AND NOT EXISTS (SELECT 1 FROM upload u WHERE u.draft = draft.id);

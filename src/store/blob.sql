-- Public: the same bytes are one blob, whatever became of them before.
-- name: blob_pending @personal
INSERT INTO blob (name, kind, state, bytes, content_type, created_us) VALUES ($1, 'public', 'pending', $2, $3, $4)
ON CONFLICT (name) DO UPDATE SET state = CASE WHEN blob.state = 'ready' THEN 'ready' ELSE 'pending' END

-- name: blob_state @personal
SELECT state FROM blob WHERE name = $1

-- name: blob_keep @personal
UPDATE blob SET state = 'ready' WHERE name = $1 AND kind = 'public' AND state <> 'removed'

-- name: blob_discard @personal
UPDATE blob SET state = 'removed' WHERE name = $1 AND kind = 'public' AND state = 'pending'

-- name: blob_add_personal @personal
INSERT INTO blob (name, kind, state, bytes, content_type, created_us) VALUES ($1, 'personal', 'ready', 0, '', $2)

-- name: blob_remove @personal
UPDATE blob SET state = 'removed' WHERE name = $1 AND kind = $2 AND state <> 'removed'

-- name: blob_delete @personal
DELETE FROM blob WHERE name = $1

-- name: blob_removed @personal
SELECT name, kind FROM blob WHERE state <> 'ready' AND state = 'removed' LIMIT $1

-- name: blob_unfinished @personal
SELECT name, kind FROM blob WHERE state <> 'ready' LIMIT $1

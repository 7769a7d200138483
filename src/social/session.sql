-- name: session_add @personal
INSERT INTO session ({session}) VALUES ({session:$1});

-- name: session_by_mac @personal
SELECT {session} FROM session WHERE token_mac = $1;

-- name: session_by_id @personal
SELECT {session} FROM session WHERE id = $1;

-- name: session_role @personal
SELECT a.role FROM session s JOIN account a ON a.id = s.account
WHERE s.id = $1 AND s.account = $2 AND a.state = 'active';

-- name: session_list @personal
SELECT {session} FROM session WHERE account = $1 AND expires_us > $2 ORDER BY id DESC LIMIT $3;

-- name: session_moved_on @personal
UPDATE session SET expires_us = $2, sealed = $3 WHERE id = $1;

-- name: session_remove @personal
DELETE FROM session WHERE id = $1 AND account = $2;

-- name: session_remove_all @personal
DELETE FROM session WHERE account = $1 AND id <> $2;

-- name: session_count @personal
SELECT count(*) FROM session WHERE account = $1;

-- name: session_remove_first_to_expire @personal
DELETE FROM session WHERE id = (SELECT id FROM session WHERE account = $1 ORDER BY expires_us, id LIMIT 1);

-- name: session_sweep @personal
DELETE FROM session WHERE id IN (SELECT id FROM session WHERE expires_us <= $1 LIMIT $2);

-- name: session_changed @personal
UPDATE session_change SET number = number + 1 WHERE id = 1;

-- name: session_change_number @personal
SELECT number FROM session_change WHERE id = 1;

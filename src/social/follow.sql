-- name: follow_add @personal
INSERT INTO follow ({follow}) VALUES ({follow:$1}) ON CONFLICT (person, account) DO NOTHING;

-- name: follow_has @personal
SELECT count(*) FROM follow WHERE person = $1 AND account = $2;

-- name: follow_remove @personal
DELETE FROM follow WHERE person = $1 AND account = $2;

-- name: follow_count @personal
SELECT count(*) FROM follow WHERE person = $1;

-- name: follow_list @personal
SELECT id, account FROM follow WHERE person = $1 AND id < $2 ORDER BY id DESC LIMIT $3;

-- name: follow_tidy @personal
DELETE FROM follow WHERE person = $1
AND NOT EXISTS (SELECT 1 FROM account a WHERE a.id = follow.account AND a.state <> 'closed');

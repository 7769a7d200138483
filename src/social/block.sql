-- name: block_add @personal
INSERT INTO block ({block}) VALUES ({block:$1}) ON CONFLICT (person, account) DO NOTHING;

-- name: block_has @personal
SELECT count(*) FROM block WHERE person = $1 AND account = $2;

-- name: block_remove @personal
DELETE FROM block WHERE person = $1 AND account = $2;

-- name: block_count @personal
SELECT count(*) FROM block WHERE person = $1;

-- name: block_list @personal
SELECT id, account FROM block WHERE person = $1 AND id < $2 ORDER BY id DESC LIMIT $3;

-- name: block_batch @personal
SELECT b.account FROM block b WHERE b.person = $1 AND b.account IN ($2, $3, $4, $5, $6, $7, $8, $9);

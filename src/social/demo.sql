-- name: demo_add @public
INSERT INTO demo ({demo}) VALUES ({demo:$1}) ON CONFLICT (account) DO NOTHING;

-- name: demo_remove @public
DELETE FROM demo WHERE account = $1;

-- name: demo_list @public
SELECT {demo} FROM demo ORDER BY account LIMIT $1;

-- What the account $1 published is a visitor's.
-- name: demo_count_videos @public
SELECT count(*) FROM demo d JOIN video v ON v.account = d.account JOIN profile p ON p.id = d.account
WHERE v.state = 'visible' AND p.state = 'active' AND p.handle <> $1;

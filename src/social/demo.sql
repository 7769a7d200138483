-- name: demo_add @public
INSERT INTO demo ({demo}) VALUES ({demo:$1}) ON CONFLICT (account) DO NOTHING;

-- name: demo_remove @public
DELETE FROM demo WHERE account = $1;

-- name: demo_list @public
SELECT {demo} FROM demo ORDER BY account LIMIT $1;

-- From the few demo accounts on, never from all videos (the CROSS JOIN says so).  What the account $1 published is a visitor's.
-- name: demo_count_videos @public
SELECT count(*) FROM demo d CROSS JOIN video v JOIN profile p ON p.id = d.account
WHERE v.account = d.account AND v.state = 'visible' AND p.state = 'active' AND p.handle <> $1;

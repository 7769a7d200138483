-- name: demo_add @public
INSERT INTO demo ({demo}) VALUES ({demo:$1}) ON CONFLICT (account) DO NOTHING;

-- name: demo_remove @public
DELETE FROM demo WHERE account = $1;

-- name: demo_list @public
SELECT {demo} FROM demo ORDER BY account LIMIT $1;

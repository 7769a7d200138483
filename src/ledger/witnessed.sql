-- name: witnessed_of @personal
SELECT size, root, signed_s, note FROM witnessed WHERE origin = $1

-- name: witnessed_put @personal
INSERT INTO witnessed ({witnessed}) VALUES ({witnessed:$1})
ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root, signed_s = excluded.signed_s, note = excluded.note

-- name: witnessed_newest @personal
SELECT origin, size, root, signed_s, note FROM witnessed ORDER BY origin LIMIT $1

-- name: watched_get @personal
SELECT {watched} FROM watched WHERE person = $1 AND video = $2;

-- name: watched_put @personal
INSERT INTO watched ({watched}) VALUES ({watched:$1})
ON CONFLICT (person, video) DO UPDATE SET seen = excluded.seen, sealed = excluded.sealed;

-- name: watched_remove @personal
DELETE FROM watched WHERE person = $1 AND video = $2;

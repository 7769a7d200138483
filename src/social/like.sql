-- name: like_add @personal
INSERT INTO liked ({liked}) VALUES ({liked:$1}) ON CONFLICT (person, video) DO NOTHING;

-- name: like_remove @personal
DELETE FROM liked WHERE person = $1 AND video = $2;

-- name: like_list @personal
SELECT id, video FROM liked WHERE person = $1 AND id < $2 ORDER BY id DESC LIMIT $3;

-- name: save_add @personal
INSERT INTO saved ({saved}) VALUES ({saved:$1}) ON CONFLICT (person, video) DO NOTHING;

-- name: save_remove @personal
DELETE FROM saved WHERE person = $1 AND video = $2;

-- name: save_list @personal
SELECT id, video FROM saved WHERE person = $1 AND id < $2 ORDER BY id DESC LIMIT $3;

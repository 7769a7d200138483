-- name: taste_get @personal
SELECT {taste} FROM taste WHERE person = $1;

-- name: taste_put @personal
INSERT INTO taste ({taste}) VALUES ({taste:$1}) ON CONFLICT (person) DO UPDATE SET sealed = excluded.sealed;

-- name: taste_forget @personal
DELETE FROM taste WHERE person = $1;

-- name: taste_kinds @public
SELECT v.account, v.language, v.duration_ms, t.tag FROM video v LEFT JOIN tagged t ON t.video = v.id
WHERE v.id = $1 AND v.state = 'visible' LIMIT $2;

-- None for a video that went meanwhile.
-- name: track_put @public
INSERT INTO track ({track}) SELECT $1, $2, $3 FROM video v WHERE v.id = $1
ON CONFLICT (video, language) DO UPDATE SET text = excluded.text;

-- name: track_remove @public
DELETE FROM track WHERE video = $1 AND language = $2;

-- name: track_get @public
SELECT t.text FROM track t JOIN video v ON v.id = t.video JOIN profile p ON p.id = v.account
WHERE t.video = $1 AND t.language = $2 AND v.state = 'visible' AND p.state = 'active';

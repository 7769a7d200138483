-- Without tracks, which the rows of track keep; so rows that an earlier program posted still fit.
-- name: video_add @public
INSERT INTO video (id, account, caption, language, created_us, duration_ms, width, height, src, poster, color, has_audio, bytes, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: video_set_caption @public
UPDATE video SET caption = $2 WHERE id = $1;

-- name: video_set_language @public
UPDATE video SET language = $2 WHERE id = $1;

-- name: video_remove @public
DELETE FROM video WHERE id = $1;

-- name: video_raw @public
SELECT {video:v} FROM video v WHERE v.id = $1;

-- name: video_by_id @public
SELECT {video:v}, p.handle, p.name, p.avatar,
       (SELECT t.total FROM total t WHERE t.subject = v.id AND t.kind = 'likes'),
       (SELECT t.total FROM total t WHERE t.subject = v.id AND t.kind = 'comments'),
       (SELECT t.total FROM total t WHERE t.subject = v.id AND t.kind = 'views')
FROM video v JOIN profile p ON p.id = v.account
WHERE v.id = $1 AND v.state = 'visible' AND p.state = 'active';

-- name: video_exists @public
SELECT v.id FROM video v JOIN profile p ON p.id = v.account
WHERE v.id = $1 AND v.state = 'visible' AND p.state = 'active';

-- name: video_by_account @public
SELECT {video:v}, p.handle, p.name, p.avatar,
       (SELECT t.total FROM total t WHERE t.subject = v.id AND t.kind = 'likes'),
       (SELECT t.total FROM total t WHERE t.subject = v.id AND t.kind = 'comments'),
       (SELECT t.total FROM total t WHERE t.subject = v.id AND t.kind = 'views')
FROM profile p JOIN video v ON v.account = p.id
WHERE p.id = $1 AND p.state = 'active' AND v.account = $1 AND v.state = 'visible' AND v.id < $2
ORDER BY v.id DESC LIMIT $3;

-- name: video_batch @public
SELECT {video:v}, p.handle, p.name, p.avatar,
       (SELECT t.total FROM total t WHERE t.subject = v.id AND t.kind = 'likes'),
       (SELECT t.total FROM total t WHERE t.subject = v.id AND t.kind = 'comments'),
       (SELECT t.total FROM total t WHERE t.subject = v.id AND t.kind = 'views')
FROM video v JOIN profile p ON p.id = v.account
WHERE v.id IN ($1, $2, $3, $4, $5, $6, $7, $8) AND v.state = 'visible' AND p.state = 'active';

-- name: video_shows @public
SELECT v.id FROM video v WHERE v.src = $1 OR v.poster = $1 LIMIT 1;

-- Blocks: as in feed_unwanted.
-- name: video_flags_batch @personal
SELECT 1, l.video FROM liked l WHERE l.person = $1 AND l.video IN ($2, $3, $4, $5, $6, $7, $8, $9)
UNION ALL
SELECT 2, s.video FROM saved s WHERE s.person = $1 AND s.video IN ($2, $3, $4, $5, $6, $7, $8, $9)
UNION ALL
SELECT 3, f.account FROM follow f WHERE f.person = $1 AND f.account IN ($10, $11, $12, $13, $14, $15, $16, $17)
UNION ALL
SELECT 4, b.account FROM block b WHERE b.person = $1 AND +b.account IN ($10, $11, $12, $13, $14, $15, $16, $17);

-- name: published_add @personal
INSERT INTO published ({published}) VALUES ({published:$1});

-- name: published_get @personal
SELECT {published} FROM published WHERE id = $1;

-- name: published_author @personal
SELECT p.account FROM published p JOIN account a ON a.id = p.account
WHERE p.id = $1 AND p.video = 0 AND a.state = 'active';

-- name: published_remove @personal
DELETE FROM published WHERE id = $1;

-- name: published_by_account @personal
SELECT {published} FROM published WHERE account = $1 LIMIT $2;

-- name: published_by_thread @personal
SELECT {published} FROM published WHERE thread = $1 AND thread <> 0 LIMIT $2;

-- name: published_by_video @personal
SELECT {published} FROM published WHERE video = $1 AND video <> 0 LIMIT $2;

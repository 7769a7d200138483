-- name: hashtag_add @public
INSERT INTO hashtag ({hashtag}) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING;

-- name: tagged_add @public
INSERT INTO tagged ({tagged}) VALUES ({tagged:$1}) ON CONFLICT DO NOTHING;

-- Those that go with this video.
-- name: hashtag_unfind @public
DELETE FROM search_index WHERE rowid IN (SELECT t.tag FROM tagged t JOIN hashtag h ON h.id = t.tag WHERE t.video = $1 AND h.videos = 1);

-- name: tagged_clear @public
DELETE FROM tagged WHERE video = $1;

-- name: hashtag_by_id @public
SELECT h.name, h.videos FROM hashtag h WHERE h.id = $1 AND EXISTS (
	SELECT 1 FROM tagged t JOIN video v ON v.id = t.video JOIN profile p ON p.id = v.account
	WHERE t.tag = h.id AND v.state = 'visible' AND p.state = 'active');

-- name: hashtag_batch @public
SELECT h.id, h.name, h.videos FROM hashtag h WHERE h.id IN ($1, $2, $3, $4, $5, $6, $7, $8) AND EXISTS (
	SELECT 1 FROM tagged t JOIN video v ON v.id = t.video JOIN profile p ON p.id = v.account
	WHERE t.tag = h.id AND v.state = 'visible' AND p.state = 'active');

-- name: hashtag_videos @public
SELECT t.video FROM tagged t JOIN video v ON v.id = t.video JOIN profile p ON p.id = v.account
WHERE t.tag = $1 AND t.video < $2 AND v.state = 'visible' AND p.state = 'active' ORDER BY t.video DESC LIMIT $3;

-- name: feed_newest @public
SELECT {video:v}, p.handle, p.name, p.avatar,
       (SELECT t.total FROM total t WHERE t.subject = v.id AND t.kind = 'likes'),
       (SELECT t.total FROM total t WHERE t.subject = v.id AND t.kind = 'comments'),
       (SELECT t.total FROM total t WHERE t.subject = v.id AND t.kind = 'views')
FROM video v JOIN profile p ON p.id = v.account
WHERE v.state = 'visible' AND p.state = 'active' ORDER BY v.id DESC LIMIT $1;

-- name: feed_most_liked @public
SELECT {video:v}, p.handle, p.name, p.avatar,
       (SELECT t.total FROM total t WHERE t.subject = v.id AND t.kind = 'likes'),
       (SELECT t.total FROM total t WHERE t.subject = v.id AND t.kind = 'comments'),
       (SELECT t.total FROM total t WHERE t.subject = v.id AND t.kind = 'views')
FROM (SELECT m.subject FROM total m WHERE m.kind = 'likes' AND m.total > 0 ORDER BY m.total DESC LIMIT $1) most
JOIN video v ON v.id = most.subject JOIN profile p ON p.id = v.account
WHERE v.state = 'visible' AND p.state = 'active';

-- name: feed_older @public
SELECT {video:v}, p.handle, p.name, p.avatar,
       (SELECT t.total FROM total t WHERE t.subject = v.id AND t.kind = 'likes'),
       (SELECT t.total FROM total t WHERE t.subject = v.id AND t.kind = 'comments'),
       (SELECT t.total FROM total t WHERE t.subject = v.id AND t.kind = 'views')
FROM video v JOIN profile p ON p.id = v.account
WHERE v.id < $1 AND v.state = 'visible' AND p.state = 'active' ORDER BY v.id DESC LIMIT $2;

-- name: feed_between_ids @public
SELECT v.id, v.account FROM video v WHERE v.id < $1 AND v.id > $2 AND v.state = 'visible' ORDER BY v.id DESC LIMIT $3;

-- The newest of each of sixteen accounts, older than $1.
-- name: feed_newest_of_each @public
SELECT 0, max(v.id) FROM video v WHERE v.account = $2 AND v.state = 'visible' AND v.id < $1
UNION ALL SELECT 1, max(v.id) FROM video v WHERE v.account = $3 AND v.state = 'visible' AND v.id < $1
UNION ALL SELECT 2, max(v.id) FROM video v WHERE v.account = $4 AND v.state = 'visible' AND v.id < $1
UNION ALL SELECT 3, max(v.id) FROM video v WHERE v.account = $5 AND v.state = 'visible' AND v.id < $1
UNION ALL SELECT 4, max(v.id) FROM video v WHERE v.account = $6 AND v.state = 'visible' AND v.id < $1
UNION ALL SELECT 5, max(v.id) FROM video v WHERE v.account = $7 AND v.state = 'visible' AND v.id < $1
UNION ALL SELECT 6, max(v.id) FROM video v WHERE v.account = $8 AND v.state = 'visible' AND v.id < $1
UNION ALL SELECT 7, max(v.id) FROM video v WHERE v.account = $9 AND v.state = 'visible' AND v.id < $1
UNION ALL SELECT 8, max(v.id) FROM video v WHERE v.account = $10 AND v.state = 'visible' AND v.id < $1
UNION ALL SELECT 9, max(v.id) FROM video v WHERE v.account = $11 AND v.state = 'visible' AND v.id < $1
UNION ALL SELECT 10, max(v.id) FROM video v WHERE v.account = $12 AND v.state = 'visible' AND v.id < $1
UNION ALL SELECT 11, max(v.id) FROM video v WHERE v.account = $13 AND v.state = 'visible' AND v.id < $1
UNION ALL SELECT 12, max(v.id) FROM video v WHERE v.account = $14 AND v.state = 'visible' AND v.id < $1
UNION ALL SELECT 13, max(v.id) FROM video v WHERE v.account = $15 AND v.state = 'visible' AND v.id < $1
UNION ALL SELECT 14, max(v.id) FROM video v WHERE v.account = $16 AND v.state = 'visible' AND v.id < $1
UNION ALL SELECT 15, max(v.id) FROM video v WHERE v.account = $17 AND v.state = 'visible' AND v.id < $1;

-- name: feed_newest_of @public
SELECT max(v.id) FROM video v WHERE v.account = $2 AND v.state = 'visible' AND v.id < $1;

-- People block few: their blocks are read through (the + keeps them from being looked up one by one), which for most is nothing.
-- name: feed_unwanted @personal
SELECT 0, w.video FROM watched w WHERE w.person = $1 AND w.video IN
       ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)
UNION ALL
SELECT 1, b.account FROM block b WHERE b.person = $1 AND +b.account IN
       ($34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, $62, $63, $64, $65);

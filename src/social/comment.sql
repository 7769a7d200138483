-- name: comment_put @public
INSERT INTO comment ({comment}) VALUES ({comment:$1});

-- name: comment_remove @public
DELETE FROM comment WHERE id = $1;

-- name: comment_list @public
SELECT {comment:c}, p.handle, p.name, p.avatar, a.handle,
       (SELECT t.total FROM total t WHERE t.subject = c.id AND t.kind = 'replies')
FROM comment c JOIN profile p ON p.id = c.account LEFT JOIN profile a ON a.id = c.answers AND a.state = 'active'
WHERE c.video = $1 AND c.thread = 0 AND c.id < $2 AND p.state = 'active' ORDER BY c.id DESC LIMIT $3;

-- name: comment_replies @public
SELECT {comment:c}, p.handle, p.name, p.avatar, a.handle, 0
FROM comment c JOIN profile p ON p.id = c.account LEFT JOIN profile a ON a.id = c.answers AND a.state = 'active'
WHERE c.thread = $1 AND c.thread <> 0 AND c.id > $2 AND p.state = 'active' ORDER BY c.id LIMIT $3;

-- name: comment_by_id @public
SELECT {comment:c}, p.handle, p.name, p.avatar, a.handle,
       (SELECT t.total FROM total t WHERE t.subject = c.id AND t.kind = 'replies')
FROM comment c JOIN profile p ON p.id = c.account LEFT JOIN profile a ON a.id = c.answers AND a.state = 'active'
WHERE c.id = $1 AND p.state = 'active';

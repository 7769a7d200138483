-- name: comment_add @public
INSERT INTO comment ({comment}) VALUES ({comment:$1});

-- name: comment_remove @public
DELETE FROM comment WHERE id = $1;

-- name: comment_list @public
SELECT {comment:c}, p.handle, p.name, p.avatar
FROM comment c JOIN profile p ON p.id = c.account
WHERE c.video = $1 AND c.id < $2 AND p.state = 'active' ORDER BY c.id DESC LIMIT $3;

-- name: comment_by_id @public
SELECT {comment:c}, p.handle, p.name, p.avatar
FROM comment c JOIN profile p ON p.id = c.account WHERE c.id = $1 AND p.state = 'active';

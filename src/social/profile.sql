-- name: profile_add @public
INSERT INTO profile ({profile}) VALUES ({profile:$1});

-- name: profile_set_name @public
UPDATE profile SET name = $2 WHERE id = $1;

-- name: profile_set_bio @public
UPDATE profile SET bio = $2 WHERE id = $1;

-- name: profile_set_avatar @public
UPDATE profile SET avatar = $2 WHERE id = $1;

-- name: profile_set_state @public
UPDATE profile SET state = $2 WHERE id = $1;

-- name: profile_remove @public
DELETE FROM profile WHERE id = $1;

-- name: profile_by_handle @public
SELECT {profile:p},
       (SELECT t.total FROM total t WHERE t.subject = p.id AND t.kind = 'followers'),
       (SELECT t.total FROM total t WHERE t.subject = p.id AND t.kind = 'following'),
       (SELECT t.total FROM total t WHERE t.subject = p.id AND t.kind = 'videos'),
       (SELECT t.total FROM total t WHERE t.subject = p.id AND t.kind = 'likes')
FROM profile p WHERE p.handle = $1 AND p.state = 'active';

-- name: profile_find @public
SELECT p.id FROM profile p WHERE p.handle = $1 AND p.state = 'active';

-- name: profile_by_id @public
SELECT {profile:p} FROM profile p WHERE p.id = $1 AND p.state = 'active';

-- name: profile_batch @public
SELECT p.id, p.handle, p.name, p.avatar FROM profile p
WHERE p.id IN ($1, $2, $3, $4, $5, $6, $7, $8) AND p.state = 'active';

-- name: profile_shows_avatar @public
SELECT p.id FROM profile p WHERE p.avatar = $1 AND p.avatar <> '' LIMIT 1;

-- name: draft_add @personal
INSERT INTO draft ({draft}) VALUES ({draft:$1});

-- name: draft_by_id @personal
SELECT {draft} FROM draft WHERE id = $1 AND person = $2;

-- name: draft_set @personal
UPDATE draft SET ({draft}) = ({draft:$1}) WHERE id = $1 AND person = $2 AND state = $9;

-- name: draft_queued @personal
SELECT {draft} FROM draft WHERE person = $1 AND state = 'queued' ORDER BY id;

-- name: draft_count_queued @personal
SELECT count(*) FROM draft WHERE person = $1 AND state = 'queued';

-- name: draft_view_list @personal
SELECT {draft:d}, u.id, u.received, u.length
FROM draft d LEFT JOIN upload u ON u.draft = d.id WHERE d.person = $1;

-- name: draft_view_by_id @personal
SELECT {draft:d}, u.id, u.received, u.length
FROM draft d LEFT JOIN upload u ON u.draft = d.id WHERE d.id = $1 AND d.person = $2;

-- name: draft_remove @personal
DELETE FROM draft WHERE id = $1 AND person = $2;

-- name: draft_use @personal
SELECT count(*), CAST(coalesce(sum(bytes), 0) AS BIGINT) FROM draft WHERE person = $1 AND state <> 'published';

-- name: draft_some @personal
SELECT {draft} FROM draft WHERE person = $1 LIMIT $2;

-- name: draft_remove_upload @personal
DELETE FROM upload WHERE draft = $1 AND person = $2;

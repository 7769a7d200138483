-- name: findable_all @public
SELECT (SELECT count(*) FROM profile) + (SELECT count(*) FROM video);

-- name: findable_folding @public
SELECT folding FROM findable WHERE id = 1;

-- name: findable_done @public
INSERT INTO findable ({findable}) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET folding = excluded.folding;

-- What was published before it could be found, or folded otherwise.
-- name: unfound_videos @public
SELECT v.id, v.caption FROM video v LEFT JOIN search_index i ON i.rowid = v.id
WHERE v.id > $1 AND (i.rowid IS NULL OR i.folding < $2) ORDER BY v.id LIMIT $3;

-- name: unfound_people @public
SELECT p.id, p.handle, p.name FROM profile p LEFT JOIN search_index i ON i.rowid = p.id
WHERE p.id > $1 AND (i.rowid IS NULL OR i.folding < $2) ORDER BY p.id LIMIT $3;

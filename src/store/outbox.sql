-- name: outbox_add @personal
INSERT INTO outbox (statement, vals, kind, subject, op) VALUES ($1, $2, $3, $4, $5)

-- name: outbox_after @personal
SELECT {outbox} FROM outbox WHERE id > $1 ORDER BY id LIMIT $2

-- name: outbox_last @personal
SELECT coalesce(max(id), 0) FROM outbox

-- A personal.db older than public.db (a restored backup) may not use numbers again that are applied already.  Another process that
-- starts may have seen to it meanwhile.
-- name: outbox_reserve @personal
INSERT INTO outbox (id, statement, vals, kind, subject, op) VALUES ($1, '', $2, '', 0, '') ON CONFLICT (id) DO NOTHING

-- name: outbox_delete @personal
DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE id <= $1 ORDER BY id LIMIT $2)

-- name: applied_read @public
SELECT outbox FROM applied WHERE id = 1

-- name: applied_set @public
INSERT INTO applied ({applied}) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET outbox = excluded.outbox

-- name: publication_add @public
INSERT INTO publication ({publication}) VALUES ({publication:$1}) ON CONFLICT (seq) DO NOTHING

-- name: tally_fresh_add @personal
INSERT INTO tally_fresh (subject, kind, total) VALUES ($1, $2, $3)

-- name: tally_fresh_bounds @personal
SELECT (SELECT min(id) FROM tally_fresh), (SELECT max(id) FROM tally_fresh)

-- name: tally_take @personal
INSERT INTO tally ({tally}) SELECT subject, kind, sum(total) FROM tally_fresh WHERE id <= $1 GROUP BY subject, kind
ON CONFLICT (subject, kind) DO UPDATE SET total = tally.total + excluded.total
RETURNING subject, kind, total

-- name: tally_fresh_taken @personal
DELETE FROM tally_fresh WHERE id <= $1

-- name: tally_now @personal
SELECT coalesce((SELECT total FROM tally WHERE subject = $1 AND kind = $2), 0)
	+ coalesce((SELECT sum(total) FROM tally_fresh WHERE subject = $1 AND kind = $2), 0)

-- name: total_set @public
INSERT INTO total ({total}) VALUES ({total:$1})
ON CONFLICT (subject, kind) DO UPDATE SET total = excluded.total

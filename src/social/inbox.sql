-- name: inbox_add @personal
INSERT INTO inbox ({inbox}) VALUES ({inbox:$1});

-- Likes are many, and to many: each in its recipient's place would make a page of its own dirty.  So they are put one behind the
-- other, and some thousand are sorted in at once.
-- name: inbox_fresh_add @personal
INSERT INTO inbox_fresh ({inbox_fresh}) VALUES ({inbox_fresh:$1});

-- name: inbox_fresh_sort_in @personal
INSERT INTO inbox ({inbox}) SELECT {inbox_fresh} FROM inbox_fresh ORDER BY account, id;

-- name: inbox_fresh_clear @personal
DELETE FROM inbox_fresh;

-- name: inbox_read @personal
SELECT {inbox:i} FROM (
	SELECT {inbox} FROM inbox WHERE account = $1
	UNION ALL SELECT {inbox_fresh} FROM inbox_fresh WHERE account = $1
) i ORDER BY i.id DESC LIMIT $2;

-- name: inbox_newest @personal
SELECT max(i.id) FROM (
	SELECT max(id) AS id FROM inbox WHERE account = $1
	UNION ALL SELECT max(id) AS id FROM inbox_fresh WHERE account = $1
) i;

-- Of a like or a follow; the account's few rows are looked through: an index of marks would cost each like more.
-- name: inbox_take_back @personal
DELETE FROM inbox WHERE account = $1 AND kind = $2 AND mark = $3;

-- name: inbox_fresh_take_back @personal
DELETE FROM inbox_fresh WHERE account = $1 AND kind = $2 AND mark = $3;

-- name: inbox_fresh_drop_bundle @personal
DELETE FROM inbox_fresh WHERE account = $1 AND bundle = $2;

-- name: inbox_fresh_erase @personal
DELETE FROM inbox_fresh WHERE account = $1;

-- Of what is public: the kinds from NOTICE_COMMENT on, whose marks have an index.
-- name: inbox_take_back_all @personal
DELETE FROM inbox WHERE mark = $1 AND kind >= 3 RETURNING account;

-- name: inbox_of_mark @personal
SELECT account FROM inbox WHERE mark = $1 AND kind = $2 AND kind >= 3 LIMIT $3;

-- name: inbox_drop_bundle @personal
DELETE FROM inbox WHERE account = $1 AND bundle = $2;

-- name: inbox_bound @personal
SELECT id FROM inbox WHERE account = $1 ORDER BY id DESC LIMIT 1 OFFSET $2;

-- name: inbox_trim @personal
DELETE FROM inbox WHERE account = $1 AND id < $2;

-- name: inbox_erase @personal
DELETE FROM inbox WHERE account = $1 AND id IN (SELECT i.id FROM inbox i WHERE i.account = $1 LIMIT $2);

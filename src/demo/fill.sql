-- How far a fill is, and what it counts.

-- name: fill_accounts @personal
SELECT count(*) FROM account;

-- name: fill_last_account @personal
SELECT id FROM account ORDER BY id DESC LIMIT 1;

-- name: fill_last_video @personal
SELECT id FROM published WHERE video = 0 ORDER BY id DESC LIMIT 1;

-- name: fill_last_comment @personal
SELECT id FROM published WHERE video <> 0 ORDER BY id DESC LIMIT 1;

-- Persons are filled in the order of their numbers.
-- name: fill_last_liking @personal
SELECT person FROM liked ORDER BY person DESC LIMIT 1;

-- name: fill_last_following @personal
SELECT person FROM follow ORDER BY person DESC LIMIT 1;

-- name: fill_last_watching @personal
SELECT person FROM watched ORDER BY person DESC LIMIT 1;

-- name: fill_tally @personal
INSERT INTO tally ({tally}) VALUES ($1, $2, $3) ON CONFLICT (subject, kind) DO UPDATE SET total = excluded.total;

-- name: fill_tally_shown @personal
INSERT INTO tally_fresh (subject, kind, total) VALUES ($1, $2, 0);

-- name: fill_waiting @personal
SELECT count(*) FROM tally_fresh;

-- name: erase_liked @personal
DELETE FROM liked WHERE id IN (SELECT id FROM liked WHERE person = $1 LIMIT $2) RETURNING video;

-- name: erase_saved @personal
DELETE FROM saved WHERE id IN (SELECT id FROM saved WHERE person = $1 LIMIT $2);

-- name: erase_follow @personal
DELETE FROM follow WHERE id IN (SELECT id FROM follow WHERE person = $1 LIMIT $2) RETURNING account;

-- name: erase_block @personal
DELETE FROM block WHERE id IN (SELECT id FROM block WHERE person = $1 LIMIT $2);

-- name: erase_watched @personal
DELETE FROM watched WHERE person = $1
AND video IN (SELECT w.video FROM watched w WHERE w.person = $1 LIMIT $2);

-- name: dropped_add @personal
INSERT INTO dropped ({dropped}) VALUES ({dropped:$1});

-- name: dropped_first @personal
SELECT {dropped} FROM dropped ORDER BY id LIMIT $1;

-- name: dropped_remove @personal
DELETE FROM dropped WHERE id = $1;

-- name: dropped_cancel @personal
DELETE FROM dropped WHERE hash = $1;

-- name: tally_forget @personal
DELETE FROM tally WHERE subject = $1;

-- name: tally_fresh_forget @personal
DELETE FROM tally_fresh WHERE subject = $1;

-- name: total_forget @public
DELETE FROM total WHERE subject = $1;

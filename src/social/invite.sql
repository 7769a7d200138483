-- name: invite_add @personal
INSERT INTO invite ({invite}) VALUES ({invite:$1});

-- name: invite_use @personal
UPDATE invite SET uses_left = uses_left - 1 WHERE code_mac = $1 AND uses_left > 0 AND expires_us > $2;

-- name: account_add @personal
INSERT INTO account ({account}) VALUES ({account:$1});

-- name: account_by_id @personal
SELECT {account} FROM account WHERE id = $1;

-- name: account_by_handle @personal
SELECT {account} FROM account WHERE handle = $1;

-- name: account_list @personal
SELECT {account} FROM account WHERE id < $1 ORDER BY id DESC LIMIT $2;

-- name: account_reseal @personal
UPDATE account SET sealed = $2 WHERE id = $1;

-- name: account_set_state @personal
UPDATE account SET state = $2 WHERE id = $1;

-- name: account_set_role @personal
UPDATE account SET role = $2 WHERE id = $1;

-- name: account_remove @personal
DELETE FROM account WHERE id = $1;

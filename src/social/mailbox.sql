-- name: mailbox_add @personal
INSERT INTO mailbox ({mailbox}) VALUES ({mailbox:$1}) ON CONFLICT (account) DO NOTHING;

-- name: mailbox_public @personal
SELECT public_key FROM mailbox WHERE account = $1;

-- name: mailbox_seen @personal
SELECT seen FROM mailbox WHERE account = $1;

-- name: mailbox_see @personal
UPDATE mailbox SET seen = $2 WHERE account = $1 AND seen < $2;

-- name: mailbox_remove @personal
DELETE FROM mailbox WHERE account = $1;

-- name: mailbox_key_add @personal
INSERT INTO mailbox_key ({mailbox_key}) VALUES ({mailbox_key:$1});

-- name: mailbox_key_has @personal
SELECT count(*) FROM mailbox_key WHERE id = $1;

-- name: mailbox_key_box @personal
SELECT box FROM mailbox_key WHERE id = $1 AND account = $2;

-- name: mailbox_key_trim @personal
DELETE FROM mailbox_key WHERE account = $1 AND id < $2
AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.account = $1 AND i.mailbox_key = mailbox_key.id)
AND NOT EXISTS (SELECT 1 FROM inbox_fresh f WHERE f.account = $1 AND f.mailbox_key = mailbox_key.id);

-- name: mailbox_key_remove @personal
DELETE FROM mailbox_key WHERE account = $1;

-- name: user_key_add @keys
INSERT INTO user_key ({user_key}) VALUES ({user_key:$1})

-- name: user_key_read @keys
SELECT wrapped FROM user_key WHERE account = $1

-- name: user_key_delete @keys
DELETE FROM user_key WHERE account = $1

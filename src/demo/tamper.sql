-- name: tamper_line @public
UPDATE logged SET line = $2 WHERE number = $1

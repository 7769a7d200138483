-- name: tamper_line @public
UPDATE logged SET lines = $2, packed = $3 WHERE number = $1

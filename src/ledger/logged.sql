-- Applied from the outbox, in its order: so the next number is always the one behind the last.
-- name: logged_add @public
INSERT INTO logged (number, kind, mark, line) VALUES ((SELECT coalesce(max(number), -1) + 1 FROM logged), $1, $2, $3)

-- name: logged_size @public
SELECT coalesce(max(number), -1) + 1 FROM logged

-- name: logged_lines @public
SELECT line FROM logged WHERE number >= $1 AND number < $2 ORDER BY number

-- name: logged_by_mark @public
SELECT number FROM logged WHERE mark = $1 AND mark <> 0

-- name: logged_of_kind @public
SELECT number, line FROM logged WHERE kind = $1 AND number < $2 ORDER BY number DESC LIMIT $3

-- name: logged_of_kind_from @public
SELECT number, line FROM logged WHERE kind = $1 AND number >= $2 AND number < $3 ORDER BY number LIMIT $4

-- name: logged_count @public
SELECT count(*) FROM logged WHERE kind = $1

-- Only where a log is mended (ledger/mend.h), while nothing is signed.
-- name: logged_cut @public
DELETE FROM logged WHERE number >= $1

-- name: logged_first @public
INSERT INTO logged (number, kind, mark, line) VALUES (0, $1, 0, $2)
ON CONFLICT (number) DO UPDATE SET kind = excluded.kind, mark = 0, line = excluded.line

-- name: logged_tail @public
SELECT mark, line FROM logged WHERE number >= $1 ORDER BY number LIMIT $2

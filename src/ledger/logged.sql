-- A row holds one entry, or several that were entered at once: a run.  Applied from the outbox, in its order: so the next number is
-- always the one behind the last.
-- name: logged_add @public
INSERT INTO logged (number, kind, mark, lines, count)
VALUES (coalesce((SELECT number + count FROM logged WHERE number = (SELECT max(number) FROM logged)), 0), $1, $2, $3, 1)

-- name: logged_add_run @public
INSERT INTO logged (number, kind, mark, lines, packed, count)
VALUES (coalesce((SELECT number + count FROM logged WHERE number = (SELECT max(number) FROM logged)), 0), $1, 0, $2, $3, $4)

-- Of the run that was added last: it stands before this in the outbox.
-- name: logged_mixed_add @public
INSERT INTO logged_mixed (kind, number, count) VALUES ($1, (SELECT max(number) FROM logged), $2)

-- name: logged_size @public
SELECT coalesce((SELECT number + count FROM logged WHERE number = (SELECT max(number) FROM logged)), 0)

-- The rows that reach into [$1, $2).
-- name: logged_rows @public
SELECT number, mark, lines, packed FROM logged WHERE number >= coalesce((SELECT max(number) FROM logged WHERE number <= $1), 0) AND number < $2 ORDER BY number

-- name: logged_by_mark @public
SELECT number FROM logged WHERE mark = $1 AND mark <> 0

-- name: logged_of_kind @public
SELECT number, lines, packed FROM logged WHERE kind = $1 AND number < $2
UNION ALL SELECT m.number, l.lines, l.packed FROM logged_mixed m JOIN logged l ON l.number = m.number WHERE m.kind = $1 AND m.number < $2
ORDER BY 1 DESC LIMIT $3

-- name: logged_of_kind_from @public
SELECT number, lines, packed FROM logged WHERE kind = $1 AND number >= coalesce((SELECT max(number) FROM logged WHERE number <= $2), 0) AND number < $3
UNION ALL SELECT m.number, l.lines, l.packed FROM logged_mixed m JOIN logged l ON l.number = m.number
WHERE m.kind = $1 AND m.number >= coalesce((SELECT max(number) FROM logged WHERE number <= $2), 0) AND m.number < $3
ORDER BY 1 LIMIT $4

-- Only where a log is mended (ledger/mend.h), while nothing is signed: from the beginning of a row.
-- name: logged_cut @public
DELETE FROM logged WHERE number >= $1

-- name: logged_mixed_cut @public
DELETE FROM logged_mixed WHERE number >= $1

-- A row from there on, and where the next one begins (-1: there is none), whatever it says itself.
-- name: logged_from @public
SELECT number, coalesce((SELECT min(n.number) FROM logged n WHERE n.number > l.number), -1), count, kind, lines, packed
FROM logged l WHERE number >= $1 ORDER BY number LIMIT 1

-- A row in its place, with the mark that it has.
-- name: logged_put @public
INSERT INTO logged (number, kind, mark, lines, packed, count) VALUES ($1, $2, 0, $3, $4, $5)
ON CONFLICT (number) DO UPDATE SET kind = excluded.kind, lines = excluded.lines, packed = excluded.packed, count = excluded.count

-- name: logged_mixed_drop @public
DELETE FROM logged_mixed WHERE number = $1

-- name: logged_mixed_put @public
INSERT INTO logged_mixed (number, kind, count) VALUES ($1, $2, $3)

-- name: logged_first @public
INSERT INTO logged (number, kind, mark, lines, count) VALUES (0, $1, 0, $2, 1)
ON CONFLICT (number) DO UPDATE SET kind = excluded.kind, mark = 0, lines = excluded.lines, packed = excluded.packed, count = 1

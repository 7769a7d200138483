-- name: charter_text_add @public
INSERT INTO charter_text ({charter_text}) VALUES ({charter_text:$1})

-- The entries say which versions there are; the table only keeps their bytes.
-- name: charters_entered @public
SELECT l.number, l.lines, c.bytes, c.note FROM logged l LEFT JOIN charter_text c ON c.mark = l.mark AND l.mark <> 0 WHERE l.kind = 'charter'
UNION ALL SELECT number, '', '', '' FROM logged_mixed WHERE kind = 'charter'
ORDER BY 1

-- name: charter_taken_add @personal
INSERT INTO charter_taken ({charter_taken}) VALUES ($1)

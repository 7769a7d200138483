-- Handles are ASCII in lower case: the range is exactly those that begin so.
-- name: suggest_handles @public
SELECT p.id FROM profile p WHERE p.handle >= $1 AND p.handle < $2 AND p.state = 'active' ORDER BY p.handle LIMIT $3;

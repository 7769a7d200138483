-- name: daily_add @personal
INSERT INTO daily (day, kind, total) VALUES ($1, $2, $3) ON CONFLICT (day, kind) DO UPDATE SET total = daily.total + excluded.total

-- name: daily_total @personal
SELECT coalesce(sum(total), 0) FROM daily WHERE day = $1 AND kind = $2

-- name: daily_forget @personal
DELETE FROM daily WHERE day < $1

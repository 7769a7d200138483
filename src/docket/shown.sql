-- Applied from the outbox behind the entry that it follows: whose number is found by its mark.
-- name: demand_shown_add @public
INSERT INTO demand_shown ({demand_shown}) VALUES ($1, (SELECT number FROM logged WHERE mark = $2 AND mark <> 0), $3, $4, $5, $6, $7, $8, $9,
	-1, 0, -1, 0, '', 0, 0, 0, -1, 0, -1, 0, -1, 0)

-- name: demand_shown_authenticated @public
UPDATE demand_shown SET authenticated = (SELECT number FROM logged WHERE mark = $2 AND mark <> 0), authenticated_us = $3 WHERE demand = $1

-- name: demand_shown_decided @public
UPDATE demand_shown SET decided = (SELECT number FROM logged WHERE mark = $2 AND mark <> 0), decided_us = $3, outcome = $4, rule = $5, charter = $6, given = $7
WHERE demand = $1

-- name: demand_shown_gagged @public
UPDATE demand_shown SET gagged = (SELECT number FROM logged WHERE mark = $2 AND mark <> 0), gag_us = $3 WHERE demand = $1

-- name: demand_shown_told @public
UPDATE demand_shown SET told = (SELECT number FROM logged WHERE mark = $2 AND mark <> 0), told_us = $3 WHERE demand = $1

-- name: demand_shown_held @public
UPDATE demand_shown SET held = (SELECT number FROM logged WHERE mark = $2 AND mark <> 0), hold_us = $3 WHERE demand = $1

-- name: demand_shown_one @public
SELECT {demand_shown} FROM demand_shown WHERE demand = $1

-- name: demand_shown_count @public
SELECT (SELECT coalesce(sum(count), 0) FROM logged WHERE kind = 'demand-received')
	+ (SELECT coalesce(sum(count), 0) FROM logged_mixed WHERE kind = 'demand-received')

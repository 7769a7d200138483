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

-- name: demand_shown_list @public
SELECT {demand_shown} FROM demand_shown
WHERE received < $1 AND ($2 = '' OR asker = $2) AND ($3 = 0 OR (received_us >= $3 AND received_us < $4)) ORDER BY received DESC LIMIT $5

-- name: demand_shown_count @public
SELECT count(*) FROM logged WHERE kind = 'demand-received'

-- name: demand_shown_sum @public
SELECT count(*), count(*) FILTER (WHERE authenticated >= 0), count(*) FILTER (WHERE decided >= 0),
	count(*) FILTER (WHERE outcome = 'refused-by-rule'), count(*) FILTER (WHERE outcome = 'refused'), count(*) FILTER (WHERE outcome = 'narrowed'),
	count(*) FILTER (WHERE outcome = 'complied-in-part'), count(*) FILTER (WHERE outcome = 'complied'), count(*) FILTER (WHERE outcome = 'withdrawn'),
	count(*) FILTER (WHERE basis = 'emergency'), count(*) FILTER (WHERE kind = 'preservation'),
	coalesce(sum(accounts), 0), coalesce(sum(given), 0), count(*) FILTER (WHERE given > 0), count(*) FILTER (WHERE told >= 0)
FROM demand_shown

-- name: demand_shown_by_rule @public
SELECT rule, count(*) FROM demand_shown WHERE outcome = 'refused-by-rule' GROUP BY rule ORDER BY rule

-- name: demand_shown_rules @public
SELECT count(DISTINCT rule) FROM demand_shown WHERE outcome = 'refused-by-rule'

-- The same of one half-year, by asker.
-- name: demand_shown_half @public
SELECT count(*), count(*) FILTER (WHERE authenticated >= 0), count(*) FILTER (WHERE decided >= 0),
	count(*) FILTER (WHERE outcome = 'refused-by-rule'), count(*) FILTER (WHERE outcome = 'refused'), count(*) FILTER (WHERE outcome = 'narrowed'),
	count(*) FILTER (WHERE outcome = 'complied-in-part'), count(*) FILTER (WHERE outcome = 'complied'), count(*) FILTER (WHERE outcome = 'withdrawn'),
	count(*) FILTER (WHERE basis = 'emergency'), count(*) FILTER (WHERE kind = 'preservation'),
	coalesce(sum(accounts), 0), coalesce(sum(given), 0), count(*) FILTER (WHERE given > 0), count(*) FILTER (WHERE told >= 0), asker
FROM demand_shown WHERE received_us >= $1 AND received_us < $2 GROUP BY asker ORDER BY asker

-- name: demand_shown_took @public
SELECT decided_us - received_us FROM demand_shown WHERE asker = $1 AND received_us >= $2 AND received_us < $3 AND decided >= 0
ORDER BY decided_us - received_us LIMIT 1 OFFSET $4

-- name: demand_shown_first @public
SELECT coalesce(min(received_us), 0) FROM demand_shown

-- name: demand_shown_last @public
SELECT coalesce(max(received_us), 0) FROM demand_shown

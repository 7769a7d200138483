-- name: demand_add @personal
INSERT INTO demand ({demand}) VALUES ({demand:$1})

-- name: demand_set @personal
INSERT INTO demand ({demand}) VALUES ({demand:$1}) ON CONFLICT (id) DO UPDATE SET
	state = excluded.state, received_us = excluded.received_us, residence = excluded.residence, home = excluded.home, accounts = excluded.accounts,
	settled = excluded.settled, authenticated_us = excluded.authenticated_us, decided_us = excluded.decided_us, outcome = excluded.outcome,
	rule = excluded.rule, charter = excluded.charter, due_us = excluded.due_us, gag_us = excluded.gag_us, gag_entered = excluded.gag_entered,
	notice_us = excluded.notice_us, told_us = excluded.told_us, effect = excluded.effect, hold_us = excluded.hold_us, sealed = excluded.sealed

-- name: demand_by_id @personal
SELECT {demand} FROM demand WHERE id = $1

-- name: demand_by_name @personal
SELECT {demand} FROM demand WHERE demand = $1

-- name: demand_list @personal
SELECT {demand} FROM demand WHERE id < $1 ORDER BY id DESC LIMIT $2

-- name: demand_unentered @personal
SELECT id FROM demand WHERE state = 'unentered' AND id > $1 ORDER BY id LIMIT $2

-- name: demand_unsettled @personal
SELECT id FROM demand WHERE state = 'received' AND settled = 0 AND id > $1 ORDER BY id LIMIT $2

-- name: demand_effect_due @personal
SELECT id FROM demand WHERE state = 'decided' AND effect = 1 AND id > $1 ORDER BY id LIMIT $2

-- Whose deadline is over.
-- name: demand_overdue @personal
SELECT id FROM demand WHERE state IN ('received', 'authenticated') AND settled = 1 AND due_us > 0 AND due_us < $1 ORDER BY due_us LIMIT $2

-- Whose people are to be told by now; of a hidden one: that is to be opened.
-- name: demand_notice_due @personal
SELECT id FROM demand WHERE state IN ('received', 'authenticated', 'decided') AND settled = 1 AND notice_us > 0 AND notice_us <= $1
ORDER BY notice_us LIMIT $2

-- name: demand_hidden_waiting @personal
SELECT id FROM demand WHERE state = 'hidden' AND settled = 0 ORDER BY id LIMIT 1

-- name: demand_hidden_due @personal
SELECT id FROM demand WHERE state = 'hidden' AND gag_us <= $1 ORDER BY gag_us LIMIT $2

-- When the next of all that comes.
-- name: demand_next @personal
SELECT coalesce(min(at_us), 0) FROM (
	SELECT due_us + 1 AS at_us FROM demand WHERE state IN ('received', 'authenticated') AND settled = 1 AND due_us > 0
	UNION ALL SELECT notice_us FROM demand WHERE settled = 1 AND notice_us > 0 AND state IN ('received', 'authenticated', 'decided')
	UNION ALL SELECT gag_us FROM demand WHERE state = 'hidden'
	UNION ALL SELECT until_us FROM hold
) AS times

-- name: demand_paper_add @personal
INSERT INTO demand_paper ({demand_paper}) VALUES ({demand_paper:$1})

-- name: demand_paper_of @personal
SELECT {demand_paper} FROM demand_paper WHERE demand = $1 AND kind = $2 ORDER BY id DESC LIMIT 1

-- name: hold_add @personal
INSERT INTO hold ({hold}) VALUES ({hold:$1})

-- name: hold_of_account @personal
SELECT h.until_us, d.told_us FROM hold h JOIN demand d ON d.id = h.demand WHERE h.account = $1 ORDER BY h.until_us DESC

-- name: hold_due @personal
SELECT DISTINCT h.demand, h.mark, d.demand FROM hold h JOIN demand d ON d.id = h.demand WHERE h.until_us <= $1 ORDER BY h.mark LIMIT $2

-- name: hold_of_demand @personal
SELECT DISTINCT h.demand, h.mark, d.demand FROM hold h JOIN demand d ON d.id = h.demand WHERE h.demand = $1

-- name: hold_accounts @personal
SELECT account FROM hold WHERE demand = $1 AND mark = $2

-- name: hold_take @personal
DELETE FROM hold WHERE demand = $1 AND mark = $2

-- name: opaque_add @personal
INSERT INTO opaque ({opaque}) VALUES ({opaque:$1})

-- name: opaque_newest_slot @personal
SELECT coalesce(max(slot_us), 0) FROM opaque

-- name: opaque_due @personal
SELECT id FROM opaque WHERE opened = 0 AND opens_us <= $1 ORDER BY opens_us LIMIT $2

-- name: opaque_next @personal
SELECT coalesce(min(opens_us), 0) FROM opaque WHERE opened = 0

-- name: opaque_by_id @personal
SELECT {opaque} FROM opaque WHERE id = $1

-- name: opaque_closed @personal
SELECT id FROM opaque WHERE opened = 0 ORDER BY id

-- name: opaque_set_opened @personal
UPDATE opaque SET opened = 1 WHERE id = $1 AND opened = 0

-- name: opaque_set_opens @personal
UPDATE opaque SET opens_us = $2 WHERE id = $1 AND opened = 0

-- name: daily_entered @personal
SELECT coalesce(max(day), 0) FROM daily WHERE kind = 'entered'

-- name: daily_set_entered @personal
INSERT INTO daily (day, kind, total) VALUES ($1, 'entered', 1)

-- What waits for nothing but a moment's peace: tried again soon.
-- name: demand_waits @personal
SELECT count(*) FROM demand WHERE state = 'unentered' OR (state = 'received' AND settled = 0) OR (state = 'decided' AND effect = 1)

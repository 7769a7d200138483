-- A queued job stays one row and runs at the earlier time; one that runs now will run again.
-- name: job_add @personal
INSERT INTO job (kind, account, run_after_us, attempts, again, boot, lease_us, lease, lane) VALUES ($1, $2, $3, 0, 0, '', 0, 0, 0)
ON CONFLICT (kind, account) DO UPDATE SET
	again = CASE WHEN job.boot = '' THEN 0 ELSE 1 END,
	run_after_us = CASE WHEN job.boot = '' AND job.run_after_us < excluded.run_after_us THEN job.run_after_us
		ELSE excluded.run_after_us END

-- An attempt is counted when it begins, and is the same one when it goes on after its process has died: that says nothing about the job.
-- $1 now, $2 this boot, $3 boot time now, $4 when the lease ends; $5 0: any, 1: of the kind $6, 2: of another; $7 who claims.
-- Who has waited longest comes first; job_requeue puts whoever has just been served behind all who wait.
-- name: job_claim @personal
UPDATE job SET boot = $2, lane = $7, lease_us = $4, lease = lease + 1, again = 0,
	attempts = attempts + CASE WHEN boot = '' THEN 1 ELSE 0 END
WHERE id = (SELECT id FROM job
	WHERE ((boot = '' AND run_after_us <= $1) OR (boot <> '' AND (boot <> $2 OR lease_us <= $3)))
		AND ($5 = 0 OR (kind = $6) = ($5 = 1))
	ORDER BY run_after_us, id LIMIT 1)
RETURNING id, kind, account, attempts, lease

-- name: job_renew @personal
UPDATE job SET lease_us = $3 WHERE id = $1 AND lease = $2 AND boot <> ''

-- Was it added once more while it ran, it is as new, and its turn is after everybody's who waits at $3, now.
-- name: job_requeue @personal
UPDATE job SET boot = '', attempts = 0, again = 0, run_after_us = CASE WHEN run_after_us < $3 THEN $3 ELSE run_after_us END
WHERE id = $1 AND lease = $2 AND boot <> '' AND again = 1

-- name: job_delete @personal
DELETE FROM job WHERE id = $1 AND lease = $2 AND boot <> ''

-- name: job_later @personal
UPDATE job SET boot = '', run_after_us = $3 WHERE id = $1 AND lease = $2 AND boot <> ''

-- Of $1: its last holder is dead.
-- name: job_take_back @personal
UPDATE job SET boot = '', attempts = attempts - 1 WHERE boot <> '' AND lane = $1

-- $1 now, $2 by how much, $3 longer than this nobody puts one off: so it was on another clock.
-- name: job_bring_forward @personal
UPDATE job SET run_after_us = CASE WHEN run_after_us - $2 > $1 + $3 THEN $1 ELSE run_after_us - $2 END
WHERE boot = '' AND run_after_us > $1

-- name: job_count @personal
SELECT count(*) FROM job WHERE kind = $1

-- How long until there is something to claim, in microseconds: $1 now, $2 this boot, $3 boot time now; $4, $5 as $5, $6 above.
-- name: job_next @personal
SELECT min(CASE WHEN boot = '' THEN run_after_us - $1 WHEN boot <> $2 THEN 0 ELSE lease_us - $3 END) FROM job
WHERE $4 = 0 OR (kind = $5) = ($4 = 1)

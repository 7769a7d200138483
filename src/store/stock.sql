-- $1 now (wall): due, running, tried in vain before; when the oldest that is due became so.
-- name: stock_jobs @personal
SELECT count(*) FILTER (WHERE boot = '' AND run_after_us <= $1), count(*) FILTER (WHERE boot <> ''),
	count(*) FILTER (WHERE boot = '' AND attempts > 0), min(CASE WHEN boot = '' AND run_after_us <= $1 THEN run_after_us END)
FROM job

-- name: stock_outbox @personal
SELECT count(*) FROM outbox

-- name: stock_backup @personal
SELECT at_us, generation, files, bytes FROM backup_note WHERE what = $1

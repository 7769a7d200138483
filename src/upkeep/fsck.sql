-- What fsck looks at.  Pairs of statements give (key, value) in the order of the key, so that one pass compares them; others give
-- the keys of what should not be.

-- name: fsck_accounts @personal
SELECT id, 0 FROM account WHERE state <> 'closed' ORDER BY id

-- name: fsck_accounts_all @personal
SELECT id, 0 FROM account ORDER BY id

-- name: fsck_keys @keys
SELECT account, 0 FROM user_key ORDER BY account

-- name: fsck_account_states @personal
SELECT id, CASE state WHEN 'active' THEN 1 ELSE 2 END FROM account WHERE state <> 'closed' ORDER BY id

-- name: fsck_profile_states @public
SELECT id, CASE state WHEN 'active' THEN 1 ELSE 2 END FROM profile ORDER BY id

-- name: fsck_account_some @personal
SELECT id, handle FROM account WHERE id > $1 AND state <> 'closed' ORDER BY id LIMIT $2

-- name: fsck_profile_handle @public
SELECT handle FROM profile WHERE id = $1

-- name: fsck_closed_waiting @personal
SELECT a.id FROM account a WHERE a.state = 'closed' AND NOT EXISTS (SELECT 1 FROM job j WHERE j.kind = 'erase' AND j.account = a.id)

-- name: fsck_session_account @personal
SELECT s.id FROM session s WHERE NOT EXISTS (SELECT 1 FROM account a WHERE a.id = s.account AND a.state = 'active')

-- name: fsck_session_drop @personal
DELETE FROM session WHERE id = $1

-- name: fsck_published_videos @personal
SELECT id, account FROM published WHERE video = 0 ORDER BY id

-- name: fsck_videos @public
SELECT id, account FROM video ORDER BY id

-- name: fsck_published_comments @personal
SELECT id, account FROM published WHERE video <> 0 ORDER BY id

-- name: fsck_comments @public
SELECT id, account FROM comment ORDER BY id

-- name: fsck_published_places @personal
SELECT id, CASE thread WHEN 0 THEN video ELSE thread END FROM published WHERE video <> 0 ORDER BY id

-- name: fsck_comment_places @public
SELECT id, CASE thread WHEN 0 THEN video ELSE thread END FROM comment ORDER BY id

-- Comments of a removed video, replies of a removed comment wait on the list of what is dropped.
-- name: fsck_comment_video @personal
SELECT c.id FROM published c WHERE c.video <> 0
AND NOT EXISTS (SELECT 1 FROM published v WHERE v.id = c.video AND v.video = 0)
AND NOT EXISTS (SELECT 1 FROM dropped d WHERE d.video = c.video)

-- name: fsck_comment_parent @personal
SELECT c.id FROM published c WHERE c.thread <> 0
AND NOT EXISTS (SELECT 1 FROM published t WHERE t.id = c.thread AND t.video = c.video AND t.thread = 0)
AND NOT EXISTS (SELECT 1 FROM dropped d WHERE d.thread = c.thread OR d.video = c.video)

-- name: fsck_author @personal
SELECT p.id FROM published p WHERE NOT EXISTS (SELECT 1 FROM account a WHERE a.id = p.account)

-- name: fsck_video_some @public
SELECT id, src, poster, bytes FROM video WHERE id > $1 ORDER BY id LIMIT $2

-- name: fsck_avatar_some @public
SELECT id, avatar FROM profile WHERE id > $1 AND avatar <> '' ORDER BY id LIMIT $2

-- name: fsck_blob @personal
SELECT state, bytes, kind FROM blob WHERE name = $1

-- name: fsck_blob_some @personal
SELECT name, kind, bytes FROM blob WHERE name > $1 AND state = 'ready' ORDER BY name LIMIT $2

-- name: fsck_blob_awaited @personal
SELECT u.draft FROM upload u JOIN draft d ON d.id = u.draft WHERE u.received = 0 AND d.original = $1 LIMIT 1

-- name: fsck_blob_hash_dropped @personal
SELECT id FROM dropped WHERE hash = $1 LIMIT 1

-- name: fsck_draft_blobs @personal
SELECT d.id FROM draft d WHERE
(d.original <> '' AND NOT EXISTS (SELECT 1 FROM blob b WHERE b.name = d.original AND b.kind = 'personal' AND b.state = 'ready')) OR
(d.rendition <> '' AND NOT EXISTS (SELECT 1 FROM blob b WHERE b.name = d.rendition AND b.kind = 'personal' AND b.state = 'ready')) OR
(d.poster <> '' AND NOT EXISTS (SELECT 1 FROM blob b WHERE b.name = d.poster AND b.kind = 'personal' AND b.state = 'ready'))

-- One pass instead of a look at every draft for each file.
-- name: fsck_personal_blobs_unnamed @personal
SELECT b.name FROM blob b WHERE b.kind = 'personal' AND b.state = 'ready' AND b.name NOT IN
(SELECT original FROM draft UNION SELECT rendition FROM draft UNION SELECT poster FROM draft) LIMIT $1

-- name: fsck_upload_draft @personal
SELECT u.draft FROM upload u WHERE u.received < 0 OR u.received > u.length
OR NOT EXISTS (SELECT 1 FROM draft d WHERE d.id = u.draft AND d.person = u.person)

-- name: fsck_draft_upload @personal
SELECT d.id FROM draft d WHERE d.state = 'uploading' AND NOT EXISTS (SELECT 1 FROM upload u WHERE u.draft = d.id)

-- name: fsck_upload_some @personal
SELECT d.id, d.original, u.received FROM draft d JOIN upload u ON u.draft = d.id
WHERE d.id > $1 AND d.original <> '' AND u.received > 0 ORDER BY d.id LIMIT $2

-- name: fsck_tally_video_likes @personal
SELECT p.id, coalesce(t.total, 0) + coalesce(f.total, 0) FROM published p LEFT JOIN tally t ON t.subject = p.id AND t.kind = 'likes'
LEFT JOIN (SELECT subject, sum(total) AS total FROM tally_fresh WHERE kind = 'likes' GROUP BY subject) f ON f.subject = p.id
WHERE p.id > $1 AND p.video = 0 ORDER BY p.id LIMIT $2

-- name: fsck_rows_likes @personal
SELECT video FROM liked

-- name: fsck_tally_author_likes @personal
SELECT a.id, coalesce(t.total, 0) + coalesce(f.total, 0) AS sum FROM account a LEFT JOIN tally t ON t.subject = a.id AND t.kind = 'likes'
LEFT JOIN (SELECT subject, sum(total) AS total FROM tally_fresh WHERE kind = 'likes' GROUP BY subject) f ON f.subject = a.id
WHERE a.state <> 'closed' AND sum <> 0 ORDER BY a.id

-- name: fsck_count_author_likes @personal
SELECT p.account, sum(coalesce(t.total, 0) + coalesce(f.total, 0)) AS sum FROM published p LEFT JOIN tally t ON t.subject = p.id AND t.kind = 'likes'
LEFT JOIN (SELECT subject, sum(total) AS total FROM tally_fresh WHERE kind = 'likes' GROUP BY subject) f ON f.subject = p.id
JOIN account a ON a.id = p.account AND a.state <> 'closed'
WHERE p.video = 0 GROUP BY p.account HAVING sum <> 0 ORDER BY p.account

-- name: fsck_tally_comments @personal
SELECT p.id, coalesce(t.total, 0) + coalesce(f.total, 0) AS sum FROM published p LEFT JOIN tally t ON t.subject = p.id AND t.kind = 'comments'
LEFT JOIN (SELECT subject, sum(total) AS total FROM tally_fresh WHERE kind = 'comments' GROUP BY subject) f ON f.subject = p.id
WHERE p.video = 0 AND sum <> 0 ORDER BY p.id

-- Replies of a removed comment are counted off at once, and go by a job.
-- name: fsck_count_comments @personal
SELECT c.video, count(*) FROM published c JOIN published v ON v.id = c.video AND v.video = 0
WHERE c.video <> 0 AND (c.thread = 0 OR EXISTS (SELECT 1 FROM published t WHERE t.id = c.thread)) GROUP BY c.video ORDER BY c.video

-- name: fsck_tally_replies @personal
SELECT p.id, coalesce(t.total, 0) + coalesce(f.total, 0) AS sum FROM published p LEFT JOIN tally t ON t.subject = p.id AND t.kind = 'replies'
LEFT JOIN (SELECT subject, sum(total) AS total FROM tally_fresh WHERE kind = 'replies' GROUP BY subject) f ON f.subject = p.id
WHERE p.video <> 0 AND sum <> 0 ORDER BY p.id

-- name: fsck_count_replies @personal
SELECT c.thread, count(*) FROM published c JOIN published t ON t.id = c.thread WHERE c.thread <> 0 GROUP BY c.thread ORDER BY c.thread

-- name: fsck_tally_followers @personal
SELECT a.id, coalesce(t.total, 0) + coalesce(f.total, 0) FROM account a LEFT JOIN tally t ON t.subject = a.id AND t.kind = 'followers'
LEFT JOIN (SELECT subject, sum(total) AS total FROM tally_fresh WHERE kind = 'followers' GROUP BY subject) f ON f.subject = a.id
WHERE a.id > $1 AND a.state <> 'closed' ORDER BY a.id LIMIT $2

-- name: fsck_rows_followers @personal
SELECT account FROM follow

-- name: fsck_tally_videos @personal
SELECT a.id, coalesce(t.total, 0) + coalesce(f.total, 0) AS sum FROM account a LEFT JOIN tally t ON t.subject = a.id AND t.kind = 'videos'
LEFT JOIN (SELECT subject, sum(total) AS total FROM tally_fresh WHERE kind = 'videos' GROUP BY subject) f ON f.subject = a.id
WHERE a.state <> 'closed' AND sum <> 0 ORDER BY a.id

-- name: fsck_count_videos @personal
SELECT p.account, count(*) FROM published p JOIN account a ON a.id = p.account AND a.state <> 'closed' WHERE p.video = 0 GROUP BY p.account ORDER BY p.account

-- name: fsck_tally_views @personal
SELECT p.id, coalesce(t.total, 0) + coalesce(f.total, 0) FROM published p LEFT JOIN tally t ON t.subject = p.id AND t.kind = 'views'
LEFT JOIN (SELECT subject, sum(total) AS total FROM tally_fresh WHERE kind = 'views' GROUP BY subject) f ON f.subject = p.id
WHERE p.id > $1 AND p.video = 0 ORDER BY p.id LIMIT $2

-- name: fsck_rows_watched @personal
SELECT video FROM watched WHERE seen = 1

-- By the mark of the first entry, which is the row's id; and whether it is decided.
-- name: fsck_demands_entered @personal
SELECT id, state = 'decided' FROM demand WHERE state NOT IN ('unentered', 'hidden') ORDER BY id

-- name: fsck_demands_shown @public
SELECT l.mark, s.decided >= 0 FROM demand_shown s JOIN logged l ON l.number = s.received ORDER BY l.mark

-- name: fsck_demand_entry @public
WITH named (received, number, kind) AS (
	SELECT received, received, 'demand-received' FROM demand_shown
	UNION ALL SELECT received, authenticated, 'demand-authenticated' FROM demand_shown WHERE authenticated >= 0
	UNION ALL SELECT received, decided, 'demand-decided' FROM demand_shown WHERE decided >= 0
	UNION ALL SELECT received, told, 'demand-told' FROM demand_shown WHERE told >= 0)
SELECT n.received FROM named n LEFT JOIN logged l ON l.number = (SELECT max(number) FROM logged WHERE number <= n.number)
WHERE l.number IS NULL OR n.number >= l.number + l.count
	OR (l.kind <> n.kind AND NOT EXISTS (SELECT 1 FROM logged_mixed m WHERE m.kind = n.kind AND m.number = l.number))
UNION SELECT l.number FROM logged l WHERE l.kind = 'demand-received'
	AND l.count <> (SELECT count(*) FROM demand_shown s WHERE s.received >= l.number AND s.received < l.number + l.count)
UNION SELECT l.number FROM logged_mixed m JOIN logged l ON l.number = m.number WHERE m.kind = 'demand-received'
	AND m.count <> (SELECT count(*) FROM demand_shown s WHERE s.received >= l.number AND s.received < l.number + l.count)

-- name: fsck_charter_entry @public
SELECT c.version FROM charter_text c WHERE NOT EXISTS (SELECT 1 FROM logged l WHERE l.mark = c.mark AND l.mark <> 0 AND l.kind = 'charter')
UNION SELECT l.number FROM logged l WHERE l.kind = 'charter' AND NOT EXISTS (SELECT 1 FROM charter_text c WHERE c.mark = l.mark)
UNION SELECT number FROM logged_mixed WHERE kind = 'charter'

-- name: fsck_ledger_rows @public
SELECT number, count, kind, lines, packed FROM logged WHERE number >= $1 ORDER BY number LIMIT $2

-- name: fsck_ledger_mixed @public
SELECT count FROM logged_mixed WHERE kind = $1 AND number = $2

-- name: fsck_ledger_stray @public
SELECT m.number FROM logged_mixed m LEFT JOIN logged l ON l.number = m.number WHERE l.number IS NULL OR l.kind <> ''

-- name: fsck_following_count @personal
SELECT count(*) FROM follow WHERE person = $1

-- What changed since it was last put into the outbox is not compared.
-- name: fsck_tally_clean @personal
SELECT subject, total FROM tally WHERE kind = $1 AND subject NOT IN (SELECT subject FROM tally_fresh WHERE kind = $1) ORDER BY subject

-- name: fsck_totals @public
SELECT subject, total FROM total WHERE kind = $1 ORDER BY subject

-- name: fsck_tally_set @personal
INSERT INTO tally ({tally}) VALUES ($1, $2, $3) ON CONFLICT (subject, kind) DO UPDATE SET total = excluded.total

-- name: fsck_tally_fresh_drop @personal
DELETE FROM tally_fresh WHERE subject = $1 AND kind = $2

-- name: fsck_tally_again @personal
INSERT INTO tally_fresh (subject, kind, total) SELECT subject, kind, 0 FROM tally WHERE subject = $1

-- name: fsck_count_video_likes_of @personal
SELECT count(*) FROM liked WHERE video = $1

-- name: fsck_count_author_likes_of @personal
SELECT CAST(coalesce(sum(coalesce(t.total, 0) + coalesce(f.total, 0)), 0) AS BIGINT) FROM published p LEFT JOIN tally t ON t.subject = p.id AND t.kind = 'likes'
LEFT JOIN (SELECT subject, sum(total) AS total FROM tally_fresh WHERE kind = 'likes' GROUP BY subject) f ON f.subject = p.id
WHERE p.account = $1 AND p.video = 0

-- name: fsck_count_comments_of @personal
SELECT count(*) FROM published c WHERE c.video = $1 AND c.video <> 0
AND (c.thread = 0 OR EXISTS (SELECT 1 FROM published t WHERE t.id = c.thread))

-- name: fsck_count_replies_of @personal
SELECT count(*) FROM published WHERE thread = $1 AND thread <> 0

-- name: fsck_count_followers_of @personal
SELECT count(*) FROM follow WHERE account = $1

-- name: fsck_count_videos_of @personal
SELECT count(*) FROM published WHERE account = $1 AND video = 0

-- name: fsck_unfindable_videos @public
SELECT v.id FROM video v WHERE NOT EXISTS (SELECT 1 FROM search_index i WHERE i.rowid = v.id)

-- name: fsck_unfindable_people @public
SELECT p.id FROM profile p WHERE NOT EXISTS (SELECT 1 FROM search_index i WHERE i.rowid = p.id)

-- name: fsck_found_nothing @public
SELECT i.rowid FROM search_index i WHERE NOT EXISTS (SELECT 1 FROM video v WHERE v.id = i.rowid)
AND NOT EXISTS (SELECT 1 FROM profile p WHERE p.id = i.rowid) AND NOT EXISTS (SELECT 1 FROM hashtag h WHERE h.id = i.rowid)

-- name: fsck_hashtag_counts @public
SELECT h.id FROM hashtag h WHERE h.videos <> (SELECT count(*) FROM tagged t WHERE t.tag = h.id)

-- name: fsck_tagged_video @public
SELECT t.video FROM tagged t WHERE NOT EXISTS (SELECT 1 FROM video v WHERE v.id = t.video) OR NOT EXISTS (SELECT 1 FROM hashtag h WHERE h.id = t.tag)

-- name: fsck_track_video @public
SELECT t.video FROM track t WHERE NOT EXISTS (SELECT 1 FROM video v WHERE v.id = t.video)

-- name: fsck_taken_back @public
SELECT p.subject FROM publication p WHERE p.op = 'D' AND (
	(p.kind = 'video' AND EXISTS (SELECT 1 FROM video v WHERE v.id = p.subject)) OR
	(p.kind = 'comment' AND EXISTS (SELECT 1 FROM comment c WHERE c.id = p.subject)) OR
	(p.kind = 'profile' AND EXISTS (SELECT 1 FROM profile f WHERE f.id = p.subject)))

-- name: fsck_applied @public
SELECT coalesce(max(outbox), 0) FROM applied

-- name: fsck_outbox_count @personal
SELECT count(*) FROM outbox WHERE id > $1

-- A lease of this boot ends within the longest one; a job without a lease is nobody's.
-- name: fsck_job_lease @personal
SELECT id FROM job WHERE attempts < 0 OR lease < 0 OR (boot = $1 AND lease_us > $2)

-- name: fsck_job_free @personal
UPDATE job SET boot = '', run_after_us = $2 WHERE id = $1

-- name: fsck_dropped_job @personal
SELECT min(id) FROM dropped HAVING count(*) > 0 AND NOT EXISTS (SELECT 1 FROM job WHERE kind = 'drop')

-- name: fsck_removed_job @personal
SELECT count(*) FROM blob WHERE state <> 'ready' AND state = 'removed'
HAVING count(*) > 0 AND NOT EXISTS (SELECT 1 FROM job WHERE kind = 'blob-erase')

-- name: fsck_mailbox_account @personal
SELECT m.account FROM mailbox m WHERE NOT EXISTS (SELECT 1 FROM account a WHERE a.id = m.account)

-- name: fsck_notice_mailbox @personal
SELECT DISTINCT i.account FROM (SELECT account, mailbox_key FROM inbox UNION SELECT account, mailbox_key FROM inbox_fresh) i
WHERE NOT EXISTS (SELECT 1 FROM mailbox m WHERE m.account = i.account)
OR NOT EXISTS (SELECT 1 FROM mailbox_key k WHERE k.id = i.mailbox_key AND k.account = i.account)

-- name: fsck_demo_profile @public
SELECT d.account FROM demo d WHERE NOT EXISTS (SELECT 1 FROM profile p WHERE p.id = d.account)

-- name: fsck_blob_count @personal
SELECT count(*) FROM blob WHERE name = $1

-- name: fsck_words @public
SELECT caption, NULL FROM video WHERE id = $1 UNION ALL SELECT handle, name FROM profile WHERE id = $1

-- SQLite's own, all of it (store/search.h).
-- name: search_put @public
INSERT OR REPLACE INTO search_index (rowid, {search_index}) VALUES ($1, {search_index:$2})

-- A hashtag's words never change: each video that has it would only take them out and put them in again.
-- name: search_put_once @public
INSERT OR REPLACE INTO search_index (rowid, {search_index}) SELECT $1, $2, $3, $4, $5, $6, $7
WHERE NOT EXISTS (SELECT 1 FROM search_index i WHERE i.rowid = $1 AND i.folding >= $7)

-- name: search_drop @public
DELETE FROM search_index WHERE rowid = $1

-- Of what matches, the newest are ranked: a word that stands everywhere costs no more than that.  Weights in the order of the
-- columns: kind, words, roman, bones, latin_bones.
-- name: search_match @public
SELECT i.rowid, relevance(search_index, 0.0, 10.0, 6.0, 2.0, 2.0)
FROM search_index i WHERE search_index MATCH $1 AND i.rowid < $2 ORDER BY i.rowid DESC LIMIT $3

-- name: search_liked @public
SELECT coalesce((SELECT t.total FROM total t WHERE t.subject = $1 AND t.kind = $2), 0)

-- name: search_match_hashtags @public
SELECT i.rowid, relevance(search_index, 0.0, 10.0, 6.0, 2.0, 2.0),
       (SELECT h.videos FROM hashtag h WHERE h.id = i.rowid)
FROM search_index i WHERE search_index MATCH $1 AND i.rowid < $2 ORDER BY i.rowid DESC LIMIT $3

-- --- upkeep (search_tidy.c) ---
-- Pages at most; below zero: of everything.
-- name: search_merge @public
INSERT INTO search_index (search_index, rank) VALUES ('merge', $1)

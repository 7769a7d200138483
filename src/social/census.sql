-- name: census_videos @public
SELECT count(*) FROM video;

-- name: census_accounts @personal
SELECT count(*) FROM account WHERE state <> 'closed';

-- name: census_newest @public
SELECT coalesce(max(id), 0) FROM (SELECT max(id) AS id FROM video UNION ALL SELECT max(id) FROM comment UNION ALL SELECT max(id) FROM profile) AS newest;

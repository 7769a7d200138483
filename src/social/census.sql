-- name: census_videos @public
SELECT count(*) FROM video;

-- name: census_accounts @personal
SELECT count(*) FROM account WHERE state <> 'closed';

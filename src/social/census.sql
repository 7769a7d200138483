-- name: census_videos @public
SELECT count(*) FROM video;

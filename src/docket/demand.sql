-- name: demand_add @personal
INSERT INTO demand ({demand}) VALUES ({demand:$1});

-- name: demand_list @personal
SELECT {demand} FROM demand WHERE id < $1 ORDER BY id DESC LIMIT $2;

-- name: demand_count @public
SELECT t.total FROM total t WHERE t.subject = 0 AND t.kind = 'demands';

-- name: demand_count_in @personal
SELECT count(*) FROM demand WHERE state = $1;

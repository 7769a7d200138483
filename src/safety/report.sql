-- name: report_add @personal
INSERT INTO report ({report}) VALUES ({report:$1});

-- name: report_list @personal
SELECT {report} FROM report WHERE state = 'open' AND id < $1 ORDER BY id DESC LIMIT $2;

-- name: report_get @personal
SELECT {report} FROM report WHERE id = $1;

-- name: report_closed @personal
UPDATE report SET state = 'closed', sealed = $2 WHERE id = $1;

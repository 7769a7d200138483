CREATE TABLE logged (
	number INTEGER NOT NULL PRIMARY KEY,
	kind TEXT NOT NULL,
	mark INTEGER NOT NULL,
	line TEXT NOT NULL
) STRICT;
CREATE INDEX logged_by_kind ON logged (kind, number);
CREATE UNIQUE INDEX logged_by_mark ON logged (mark) WHERE mark <> 0;

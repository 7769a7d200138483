ALTER TABLE logged RENAME COLUMN line TO lines;
ALTER TABLE logged ADD COLUMN packed BLOB NOT NULL DEFAULT x'';
ALTER TABLE logged ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
DROP INDEX logged_by_kind;
CREATE INDEX logged_by_kind ON logged (kind, number, count);
CREATE TABLE logged_mixed (
	kind TEXT NOT NULL,
	number INTEGER NOT NULL,
	count INTEGER NOT NULL,
	PRIMARY KEY (kind, number)
) STRICT, WITHOUT ROWID;

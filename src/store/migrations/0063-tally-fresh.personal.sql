-- Changes of totals one behind the other, added to the tally by the thousand: each in its subject's place made a page dirty of its own.
CREATE TABLE tally_fresh (
	id INTEGER NOT NULL PRIMARY KEY,
	subject INTEGER NOT NULL,
	kind TEXT NOT NULL,
	total INTEGER NOT NULL
) STRICT;
INSERT INTO tally_fresh (subject, kind, total) SELECT subject, kind, 0 FROM tally WHERE dirty = 1;
DROP INDEX tally_dirty;
ALTER TABLE tally DROP COLUMN dirty;

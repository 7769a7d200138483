CREATE TABLE draft (
	id INTEGER NOT NULL PRIMARY KEY,
	person INTEGER NOT NULL,
	state TEXT NOT NULL,
	bytes INTEGER NOT NULL,
	original TEXT NOT NULL,
	rendition TEXT NOT NULL,
	poster TEXT NOT NULL,
	sealed BLOB NOT NULL
) STRICT;
CREATE INDEX draft_person ON draft (person, state);

CREATE TABLE report (
	id INTEGER NOT NULL PRIMARY KEY,
	subject_kind TEXT NOT NULL,
	subject INTEGER NOT NULL,
	reason TEXT NOT NULL,
	state TEXT NOT NULL,
	created_us INTEGER NOT NULL,
	sealed BLOB NOT NULL
) STRICT;
CREATE INDEX report_in_state ON report (state, id);

CREATE TABLE demand (
	id INTEGER NOT NULL PRIMARY KEY,
	received_us INTEGER NOT NULL,
	asker TEXT NOT NULL,
	kind TEXT NOT NULL,
	state TEXT NOT NULL,
	sealed BLOB NOT NULL
) STRICT;

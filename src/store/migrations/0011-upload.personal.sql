CREATE TABLE upload (
	id TEXT NOT NULL PRIMARY KEY,
	person INTEGER NOT NULL,
	draft INTEGER NOT NULL,
	received INTEGER NOT NULL,
	length INTEGER NOT NULL,
	expires_us INTEGER NOT NULL,
	sealed BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX upload_draft ON upload (draft);
CREATE INDEX upload_expires ON upload (expires_us);

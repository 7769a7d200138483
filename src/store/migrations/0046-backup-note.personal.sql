-- When the node was last copied; in this file because a command writes it beside the server.
CREATE TABLE backup_note (
	what TEXT NOT NULL PRIMARY KEY,
	at_us INTEGER NOT NULL,
	generation TEXT NOT NULL,
	files INTEGER NOT NULL,
	bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

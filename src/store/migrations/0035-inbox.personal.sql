CREATE TABLE mailbox (
	account INTEGER NOT NULL PRIMARY KEY,
	public_key BLOB NOT NULL,
	seen INTEGER NOT NULL
) STRICT;

CREATE TABLE mailbox_key (
	id INTEGER NOT NULL PRIMARY KEY,
	account INTEGER NOT NULL,
	box BLOB NOT NULL
) STRICT;
CREATE INDEX mailbox_key_of_account ON mailbox_key (account);

CREATE TABLE inbox (
	account INTEGER NOT NULL,
	id INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	bundle INTEGER NOT NULL,
	mark INTEGER NOT NULL,
	mailbox_key INTEGER NOT NULL,
	note BLOB NOT NULL,
	PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE inbox_fresh (
	account INTEGER NOT NULL,
	id INTEGER NOT NULL PRIMARY KEY,
	kind INTEGER NOT NULL,
	bundle INTEGER NOT NULL,
	mark INTEGER NOT NULL,
	mailbox_key INTEGER NOT NULL,
	note BLOB NOT NULL
) STRICT;
CREATE INDEX inbox_by_mark ON inbox (mark) WHERE kind >= 3;

ALTER TABLE published ADD COLUMN thread INTEGER NOT NULL DEFAULT 0;
CREATE INDEX published_in_thread ON published (thread) WHERE thread <> 0;
ALTER TABLE dropped ADD COLUMN thread INTEGER NOT NULL DEFAULT 0;

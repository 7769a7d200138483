CREATE TABLE account (
	id INTEGER NOT NULL PRIMARY KEY,
	handle TEXT NOT NULL UNIQUE,
	role TEXT NOT NULL,
	state TEXT NOT NULL,
	created_us INTEGER NOT NULL,
	sealed BLOB NOT NULL
) STRICT;

CREATE TABLE session (
	id INTEGER NOT NULL PRIMARY KEY,
	token_mac BLOB NOT NULL UNIQUE,
	account INTEGER NOT NULL,
	expires_us INTEGER NOT NULL,
	sealed BLOB NOT NULL
) STRICT;
CREATE INDEX session_of_account ON session (account, expires_us);
CREATE INDEX session_by_expiry ON session (expires_us);

CREATE TABLE session_change (
	id INTEGER NOT NULL PRIMARY KEY,
	number INTEGER NOT NULL
) STRICT;
INSERT INTO session_change (id, number) VALUES (1, 0);

CREATE TABLE invite (
	id INTEGER NOT NULL PRIMARY KEY,
	code_mac BLOB NOT NULL UNIQUE,
	uses_left INTEGER NOT NULL,
	expires_us INTEGER NOT NULL
) STRICT;

CREATE TABLE published (
	id INTEGER NOT NULL PRIMARY KEY,
	account INTEGER NOT NULL,
	video INTEGER NOT NULL
) STRICT;
CREATE INDEX published_of_account ON published (account);
CREATE INDEX published_on_video ON published (video) WHERE video <> 0;

CREATE TABLE dropped (
	id INTEGER NOT NULL PRIMARY KEY,
	hash TEXT NOT NULL,
	video INTEGER NOT NULL
) STRICT;
CREATE INDEX dropped_by_hash ON dropped (hash);

CREATE TABLE liked (
	id INTEGER NOT NULL PRIMARY KEY,
	person INTEGER NOT NULL,
	video INTEGER NOT NULL,
	UNIQUE (person, video)
) STRICT;
CREATE INDEX liked_in_order ON liked (person, id);

CREATE TABLE saved (
	id INTEGER NOT NULL PRIMARY KEY,
	person INTEGER NOT NULL,
	video INTEGER NOT NULL,
	UNIQUE (person, video)
) STRICT;
CREATE INDEX saved_in_order ON saved (person, id);

CREATE TABLE follow (
	id INTEGER NOT NULL PRIMARY KEY,
	person INTEGER NOT NULL,
	account INTEGER NOT NULL,
	UNIQUE (person, account)
) STRICT;
CREATE INDEX follow_in_order ON follow (person, id);

CREATE TABLE block (
	id INTEGER NOT NULL PRIMARY KEY,
	person INTEGER NOT NULL,
	account INTEGER NOT NULL,
	UNIQUE (person, account)
) STRICT;
CREATE INDEX block_in_order ON block (person, id);

CREATE TABLE watched (
	person INTEGER NOT NULL,
	video INTEGER NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (person, video)
) STRICT;

-- What the store itself needs.
CREATE TABLE outbox (
	id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again: public.db remembers the last one applied
	statement TEXT NOT NULL,
	vals BLOB NOT NULL,
	kind TEXT NOT NULL,
	subject INTEGER NOT NULL,
	op TEXT NOT NULL
) STRICT;

CREATE TABLE tally (
	subject INTEGER NOT NULL,
	kind TEXT NOT NULL,
	total INTEGER NOT NULL,
	dirty INTEGER NOT NULL,
	PRIMARY KEY (subject, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX tally_dirty ON tally (subject, kind) WHERE dirty = 1;

CREATE TABLE job (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,
	account INTEGER NOT NULL,
	run_after_us INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	again INTEGER NOT NULL,
	boot TEXT NOT NULL,
	lease_us INTEGER NOT NULL,
	lease INTEGER NOT NULL,
	UNIQUE (kind, account)
) STRICT;
CREATE INDEX job_due ON job (run_after_us);

CREATE TABLE blob (
	name TEXT PRIMARY KEY,
	kind TEXT NOT NULL,
	state TEXT NOT NULL,
	bytes INTEGER NOT NULL,
	content_type TEXT NOT NULL,
	created_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_unsettled ON blob (state) WHERE state <> 'ready';

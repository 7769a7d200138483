CREATE TABLE docket_demand (
	id INTEGER NOT NULL PRIMARY KEY,
	demand TEXT NOT NULL,
	state TEXT NOT NULL,
	received_us INTEGER NOT NULL,
	asker TEXT NOT NULL,
	kind TEXT NOT NULL,
	basis TEXT NOT NULL,
	residence TEXT NOT NULL,
	home TEXT NOT NULL,
	accounts INTEGER NOT NULL,
	settled INTEGER NOT NULL,
	authenticated_us INTEGER NOT NULL,
	decided_us INTEGER NOT NULL,
	outcome TEXT NOT NULL,
	rule INTEGER NOT NULL,
	charter INTEGER NOT NULL,
	due_us INTEGER NOT NULL,
	gag_us INTEGER NOT NULL,
	gag_entered INTEGER NOT NULL,
	notice_us INTEGER NOT NULL,
	told_us INTEGER NOT NULL,
	effect INTEGER NOT NULL,
	hold_us INTEGER NOT NULL,
	sealed BLOB NOT NULL
) STRICT;
INSERT INTO docket_demand
SELECT id, lower(hex(randomblob(8))), 'unentered', 0, asker,
	CASE kind WHEN 'preservation' THEN 'preservation' WHEN 'removal' THEN 'removal' ELSE 'data' END,
	CASE kind WHEN 'emergency' THEN 'emergency' ELSE 'none' END,
	'', '', 0, 0, 0, 0, '', 0, 0, 0, 0, 0, 0, 0, 0, 0, sealed
FROM demand;
DROP TABLE demand;
ALTER TABLE docket_demand RENAME TO demand;
CREATE UNIQUE INDEX demand_by_name ON demand (demand);
CREATE INDEX demand_unfinished ON demand (state, settled);
DELETE FROM tally WHERE kind = 'demands';

CREATE TABLE demand_paper (
	id INTEGER NOT NULL PRIMARY KEY,
	demand INTEGER NOT NULL,
	kind TEXT NOT NULL,
	at_us INTEGER NOT NULL,
	sealed BLOB NOT NULL
) STRICT;
CREATE INDEX demand_paper_of ON demand_paper (demand, id);

CREATE TABLE hold (
	id INTEGER NOT NULL PRIMARY KEY,
	demand INTEGER NOT NULL,
	account INTEGER NOT NULL,
	mark INTEGER NOT NULL,
	until_us INTEGER NOT NULL
) STRICT;
CREATE INDEX hold_of ON hold (account);

CREATE TABLE opaque (
	id INTEGER NOT NULL PRIMARY KEY,
	slot_us INTEGER NOT NULL,
	opens_us INTEGER NOT NULL,
	opened INTEGER NOT NULL,
	sealed BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX opaque_slot ON opaque (slot_us);
CREATE INDEX opaque_closed ON opaque (opens_us) WHERE opened = 0;

CREATE TABLE daily (
	day INTEGER NOT NULL,
	kind TEXT NOT NULL,
	total INTEGER NOT NULL,
	PRIMARY KEY (day, kind)
) STRICT;

CREATE TABLE charter_taken (
	version INTEGER NOT NULL PRIMARY KEY
) STRICT;

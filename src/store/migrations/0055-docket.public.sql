CREATE TABLE charter_text (
	version INTEGER NOT NULL PRIMARY KEY,
	mark INTEGER NOT NULL,
	bytes TEXT NOT NULL,
	note TEXT NOT NULL
) STRICT;

CREATE TABLE demand_shown (
	demand TEXT NOT NULL PRIMARY KEY,
	received INTEGER NOT NULL,
	received_us INTEGER NOT NULL,
	asker TEXT NOT NULL,
	kind TEXT NOT NULL,
	basis TEXT NOT NULL,
	residence TEXT NOT NULL,
	home TEXT NOT NULL,
	accounts INTEGER NOT NULL,
	authenticated INTEGER NOT NULL,
	authenticated_us INTEGER NOT NULL,
	decided INTEGER NOT NULL,
	decided_us INTEGER NOT NULL,
	outcome TEXT NOT NULL,
	rule INTEGER NOT NULL,
	charter INTEGER NOT NULL,
	given INTEGER NOT NULL,
	gagged INTEGER NOT NULL,
	gag_us INTEGER NOT NULL,
	told INTEGER NOT NULL,
	told_us INTEGER NOT NULL,
	held INTEGER NOT NULL,
	hold_us INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX demand_shown_received ON demand_shown (received);
CREATE INDEX demand_shown_asker ON demand_shown (asker, received_us);
DELETE FROM total WHERE kind = 'demands';

-- Up to which folding everything that is published can be found, so that a start need not look at each video for it.
CREATE TABLE findable (
	id INTEGER NOT NULL PRIMARY KEY,
	folding INTEGER NOT NULL
) STRICT;

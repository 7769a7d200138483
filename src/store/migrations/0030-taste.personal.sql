-- What the feed has learned, one row a person.
CREATE TABLE taste (
	person INTEGER NOT NULL PRIMARY KEY,
	sealed BLOB NOT NULL
) STRICT;

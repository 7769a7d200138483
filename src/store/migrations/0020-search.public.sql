-- Hashtags, and the words by which things are found.
CREATE TABLE hashtag (
	id INTEGER NOT NULL PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	videos INTEGER NOT NULL
) STRICT;

CREATE TABLE tagged (
	tag INTEGER NOT NULL,
	video INTEGER NOT NULL,
	PRIMARY KEY (tag, video)
) STRICT, WITHOUT ROWID;
CREATE INDEX tagged_of_video ON tagged (video);

CREATE TRIGGER tagged_added AFTER INSERT ON tagged BEGIN
	UPDATE hashtag SET videos = videos + 1 WHERE id = new.tag;
END;
-- A hashtag goes with its last video: nobody's word stays behind.
CREATE TRIGGER tagged_removed AFTER DELETE ON tagged BEGIN
	UPDATE hashtag SET videos = videos - 1 WHERE id = old.tag;
	DELETE FROM hashtag WHERE id = old.tag AND videos = 0;
END;

-- The row's number is the id of what it finds.  The tokenizer's own categories would cut Indic words at their vowel signs.
CREATE VIRTUAL TABLE search_index USING fts5 (
	kind, words, roman, bones, latin_bones, folding UNINDEXED, prefix = '1 2 3',
	tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);

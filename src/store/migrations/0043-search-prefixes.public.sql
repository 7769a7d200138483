-- Words that are begun come from an index of their beginnings, up to eight letters: without one, the rows of each word that
-- begins so are gathered first, all of them.  People's and hashtags' words are marked (store/search.c), so no list of all of a kind is needed.  The server fills it again at its next start (social/findable.h).
DELETE FROM findable;
DROP TABLE search_index;
CREATE VIRTUAL TABLE search_index USING fts5 (
	kind UNINDEXED, words, roman, bones, latin_bones, folding UNINDEXED, prefix = '1 2 3 4 5 6 7 8',
	tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);

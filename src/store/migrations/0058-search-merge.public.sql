-- Two parts of the index of words are enough for a merge that is asked for (store/search_tidy.c); it was four.
INSERT INTO search_index (search_index, rank) VALUES ('usermerge', 2);

/* store/search_rank.h - how well a row of search_index answers: an auxiliary function of FTS5, `relevance`.
 *
 * bm25, without what makes its cost grow with the index: FTS5's own counts every row of each word before it ranks the first, a
 * million of them for a word that stands everywhere.  How rare a word is hardly matters where every word must be there; what
 * matters is where it stands (its column's weight), and how often. */
#ifndef STORE_SEARCH_RANK_H
#define STORE_SEARCH_RANK_H
#include <sqlite3.h>

/* Of a connection to public.db, before its statements are prepared; an SQLite result code. */
int search_rank_add(sqlite3 *);
#endif

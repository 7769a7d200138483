#include "store/search_rank.h"

#include "store/search.h"

#define PHRASES_MAX (3 * SEARCH_WORDS_MAX)     /* each word, in Latin letters, its consonants */
#define SCALE 1'000'000
/* Robertson, Zaragoza: The Probabilistic Relevance Framework, 3.4; the usual value.  Nothing for a row's length: how long it is lies on
 * a page of its own for each row, and captions are short. */
#define K1 1.2

/* relevance(search_index, weight of each column ...): a whole number, the higher the better. */
static void relevance(const Fts5ExtensionApi *api, Fts5Context *row, sqlite3_context *answer, int columns, sqlite3_value **weights)
{
	double often[PHRASES_MAX] = {}, score = 0;
	int instances = 0;
	int rc = api->xInstCount(row, &instances);
	for (int i = 0; rc == SQLITE_OK && i < instances; i++) {
		int phrase = 0, column = 0, offset = 0;
		rc = api->xInst(row, i, &phrase, &column, &offset);
		if (rc == SQLITE_OK && phrase < PHRASES_MAX && column < columns)
			often[phrase] += sqlite3_value_double(weights[column]);
	}
	if (rc != SQLITE_OK) {
		sqlite3_result_error_code(answer, rc);
		return;
	}
	for (int i = 0; i < PHRASES_MAX; i++)
		score += often[i] * (K1 + 1) / (often[i] + K1);
	sqlite3_result_int64(answer, (sqlite3_int64)(score * SCALE));
}

/* As https://www.sqlite.org/fts5.html, 7, has it. */
int search_rank_add(sqlite3 *handle)
{
	fts5_api *api = NULL;
	sqlite3_stmt *ask = NULL;
	int rc = sqlite3_prepare_v2(handle, "SELECT fts5(?1)", -1, &ask, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_pointer(ask, 1, &api, "fts5_api_ptr", NULL);
	if (rc == SQLITE_OK)
		sqlite3_step(ask);
	rc = sqlite3_finalize(ask);
	if (rc == SQLITE_OK && !api)
		rc = SQLITE_MISUSE;            /* a library without FTS5 */
	return rc == SQLITE_OK ? api->xCreateFunction(api, "relevance", NULL, relevance, NULL) : rc;
}

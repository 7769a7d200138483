#include "store/search.h"

#include <stdlib.h>

#include "store/connection.h"
#include "store/field.h"
#include "store/outbox.h"
#include "store/search.sql.h"
#include "store/writer_group.h"

struct search_index {
#define EXPAND_STRUCT "store/search_index.def"
#include "store/expand.h"
};
#define EXPAND_ROW "store/search_index.def"
#include "store/expand.h"

#define MATCH_BYTES_MAX ((size_t)64 << 10)

static struct str kind_name(enum search_kind kind)
{
	static const char *const names[] = { [SEARCH_PEOPLE] = "people", [SEARCH_HASHTAGS] = "hashtags", [SEARCH_VIDEOS] = "videos" };
	return str_of(names[kind]);
}

/* Each word of a person or a hashtag begins with a letter of their own, one for private use, so that it is another word to the index
 * than a video's: held together with a word that a million videos have, the few people who have it were found last, and a rare word
 * cost a look into the list of all videos for each row. */
static const char *const marks[] = { [SEARCH_PEOPLE] = "\ue000", [SEARCH_HASHTAGS] = "\ue001", [SEARCH_VIDEOS] = "" };

static struct str marked(struct ctx *cx, enum search_kind kind, struct str words)
{
	AUTO(buf_free) struct buf out = buf_new(MATCH_BYTES_MAX);
	if (!marks[kind][0])
		return words;
	while (words.n) {
		buf_text(&out, out.n ? " " : "");
		buf_text(&out, marks[kind]);
		buf_str(&out, str_cut(&words, ' '));
	}
	return arena_copy(&cx->mem, buf_view(&out));
}

/* One a set of connections, hence a thread's own; made when it is first needed. */
static enum err romanizer_of(struct ctx *cx, struct romanizer **out)
{
	if (!cx->db->romanizer)
		TRY(romanizer_open(cx, &cx->db->romanizer));
	*out = cx->db->romanizer;
	return OK;
}

/* --- writing --- */

enum err search_put(struct ctx *cx, enum search_kind kind, int64_t id, struct str text)
{
	struct romanizer *romanizer;
	struct folded folded;
	TRY(romanizer_of(cx, &romanizer));
	TRY(fold_text(cx, romanizer, text, &folded));
	const struct search_index row = { .kind = kind_name(kind), .words = marked(cx, kind, folded.words), .roman = marked(cx, kind, folded.roman),
		.bones = marked(cx, kind, folded.bones), .latin_bones = marked(cx, kind, folded.latin_bones), .folding = FOLDING };
	struct val vals[1 + search_index_columns] = { I64(id) };
	search_index_vals(&row, vals + 1);
	return outbox_post_(cx, "", 0, 'P', kind == SEARCH_HASHTAGS ? &SQL_search_put_once : &SQL_search_put, 1 + search_index_columns, vals);
}

enum err search_drop(struct ctx *cx, int64_t id)
{
	return outbox_post(cx, "", 0, 'D', SQL_search_drop, I64(id));
}

/* --- the query --- */

/* A quoted string is a phrase to FTS5, never syntax; words have no quotes. */
static void put_phrase(struct buf *match, const char *columns, struct str word, bool begun)
{
	buf_printf(match, "{%s} : \"" STR_FMT "\"%s", columns, STR_ARG(word), begun ? " *" : "");
}

static void put_or(struct buf *match, const char *columns, struct str word, bool begun)
{
	if (word.n == 0)
		return;
	buf_text(match, " OR ");
	put_phrase(match, columns, word, begun);
}

static enum err put_word(struct ctx *cx, struct romanizer *romanizer, enum search_kind kind, struct str word, bool last, struct buf *match)
{
	bool latin = word_is_latin(word);
	struct str roman, bones;
	TRY(word_roman(cx, romanizer, word, &roman));
	word_bones(cx, roman, &bones);
	buf_text(match, match->n ? " AND (" : "(");
	put_phrase(match, "words", marked(cx, kind, word), last);
	put_or(match, latin ? "roman" : "words roman", marked(cx, kind, roman), last);
	put_or(match, latin ? "bones" : "bones latin_bones", marked(cx, kind, bones), last && bones.n > BONES_MIN);
	buf_char(match, ')');
	return OK;
}

static enum err write_match(struct ctx *cx, enum search_kind kind, struct str words, bool begun, struct buf *match)
{
	struct romanizer *romanizer;
	TRY(romanizer_of(cx, &romanizer));
	for (unsigned count = 0; words.n && count < SEARCH_WORDS_MAX; count++) {
		const struct str word = str_cut(&words, ' ');
		TRY(put_word(cx, romanizer, kind, word, begun && words.n == 0, match));
	}
	return match->failed ? fail(cx, E_TOOLARGE, "a query grows past %zu bytes", MATCH_BYTES_MAX) : OK;
}

/* --- the answer --- */

/* How often it has doubled. */
static unsigned doublings(int64_t liked)
{
	unsigned count = 0;
	for (int64_t rest = liked; rest > 0; rest >>= 1)
		count++;
	return count;
}

/* A thousand likes are worth as much as matching twice as well; mildly. */
static int64_t weighed(int64_t score, unsigned weight)
{
	return score + score / 10 * weight;
}

static int best_first(const void *a, const void *b)
{
	const struct search_hit *const one = a, *const two = b;
	if (one->score != two->score)
		return one->score < two->score ? 1 : -1;
	return (one->id < two->id) - (one->id > two->id);
}

static enum err read_weight(struct ctx *cx, enum search_kind kind, int64_t id, unsigned *out)
{
	int64_t liked;
	TRY(db_get_i64(cx, SQL_search_liked, &liked, I64(id), TEXT(kind == SEARCH_PEOPLE ? STR("followers") : STR("likes"))));
	*out = doublings(liked);
	return OK;
}

static enum err weight_of(struct ctx *cx, enum search_kind kind, struct weights *weights, int64_t id, unsigned *out)
{
	if (weights && weights_get(weights, id, out))
		return OK;
	const uint64_t mark = weights ? weights_mark(weights) : 0;
	TRY(read_weight(cx, kind, id, out));
	if (weights)
		weights_put(weights, id, *out, mark);
	return OK;
}

/* All together: the memory's places lie far apart, and the machine fetches many at once. */
static enum err weigh(struct ctx *cx, enum search_kind kind, struct search_hits *hits)
{
	struct weights *const weights = cx->writer ? cx->writer->weights : NULL;
	if (weights)
		weights_stand(weights, clock_boot_us(NULL));
	for (size_t i = 0; i < hits->count; i++) {
		unsigned weight;
		TRY(weight_of(cx, kind, weights, hits->items[i].id, &weight));
		hits->items[i].score = weighed(hits->items[i].score, weight);
	}
	return OK;
}

/* Hashtags bring their number of videos along. */
static enum err match_rows(struct ctx *cx, enum search_kind kind, struct str match, int64_t before, struct rows **rows)
{
	const struct stmt *const statement = kind == SEARCH_HASHTAGS ? &SQL_search_match_hashtags : &SQL_search_match;
	return db_query_(cx, statement, rows, VALS(TEXT(match), I64(before), I64(SEARCH_FOUND_MAX)));
}

static enum err read_hits(struct ctx *cx, enum search_kind kind, struct str match, int64_t before, struct search_hits *hits)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(match_rows(cx, kind, match, before, &rows));
	for (hits->count = 0; hits->count < SEARCH_FOUND_MAX && rows_next(rows); hits->count++) {
		struct search_hit *const hit = &hits->items[hits->count];
		*hit = (struct search_hit){ rows_i64(rows, 0), rows_i64(rows, 1) };
		if (kind == SEARCH_HASHTAGS)
			hit->score = weighed(hit->score, doublings(rows_i64(rows, 2)));
	}
	return rows_status(rows);
}

static enum err run(struct ctx *cx, enum search_kind kind, struct str words, bool begun, int64_t before, struct search_hits *hits)
{
	AUTO(buf_free) struct buf match = buf_new(MATCH_BYTES_MAX);
	TRY(write_match(cx, kind, words, begun, &match));
	TRY(read_hits(cx, kind, buf_view(&match), before, hits));
	return kind == SEARCH_HASHTAGS ? OK : weigh(cx, kind, hits);
}

/* A word that stands everywhere is found as it is; what only begins so need not be gathered then. */
enum err search_find(struct ctx *cx, enum search_kind kind, struct str query, int64_t before, struct search_hits *out)
{
	struct search_hits hits = { .count = 0 };
	struct str words;
	if (query.n > 4 * SEARCH_POINTS_MAX || !str_utf8(query) || str_code_points(query) > SEARCH_POINTS_MAX)
		return fail_as(cx, E_INVALID, "query-invalid", "what is searched for is well-formed UTF-8 of at most %d characters",
			SEARCH_POINTS_MAX);
	TRY(fold_words(cx, query, &words));
	if (words.n) {
		const int64_t older_than = before ? before : INT64_MAX;
		hits.items = arena_new(&cx->mem, struct search_hit, SEARCH_FOUND_MAX);
		TRY(run(cx, kind, words, false, older_than, &hits));
		if (hits.count < SEARCH_ENOUGH)
			TRY(run(cx, kind, words, true, older_than, &hits));
		qsort(hits.items, hits.count, sizeof hits.items[0], best_first);
	}
	*out = hits;
	return OK;
}

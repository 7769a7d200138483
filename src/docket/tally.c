#include "docket/tally.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 500
#define ROWS_MAX 4000                          /* in one answer: the oldest fall out of the table, never out of the total */

const char *const tally_classes[TALLY_CLASSES] = { "public", "count", "sealed", "personal", "desk" };

struct tally_demand {
	uint64_t received, authenticated, decided, told;       /* numbers of entries; 0: none (0 is the log's first entry) */
	int64_t received_us, decided_us;
	uint64_t accounts, given;
	uint32_t rule;
	unsigned classes;
	enum tally_outcome outcome;
	char id[ENTRY_ID_CHARS + 1], asker[3];
	bool preserves, removes, emergency;
	int half;                              /* in which it was received */
};
struct event {
	uint64_t received, number;
};
struct shut {
	uint64_t number;
	int64_t opens_us;
	bool opened;
};

struct tallies {
	pthread_mutex_t lock;                  /* of all below */
	uint64_t size;
	struct tally_demand *demands;          /* by their first entry */
	size_t demand_count, demand_room;
	struct event *events;                  /* what came after the first entry */
	size_t event_count, event_room;
	struct shut *opaque;                   /* by number */
	size_t opaque_count, opaque_room;
	uint64_t kinds[ENTRY_KINDS];
	uint64_t opaque_real, opaque_dummy;
	struct tally_row total;
	struct tally_row *rows;
	size_t row_count, row_room;
};

struct tallies *tallies_new(void)
{
	struct tallies *const tallies = calloc(1, sizeof *tallies);
	if (!tallies)
		abort();
	pthread_mutex_init(&tallies->lock, NULL);
	return tallies;
}

void tallies_free(struct tallies **tallies)
{
	struct tallies *const gone = *tallies;
	if (!gone)
		return;
	free(gone->demands);
	free(gone->events);
	free(gone->opaque);
	free(gone->rows);
	pthread_mutex_destroy(&gone->lock);
	free(gone);
	*tallies = NULL;
}

/* Room for one more behind `count`. */
static void *room_for(void *items, size_t count, size_t *room, size_t item_bytes)
{
	if (count < *room)
		return items;
	*room = *room ? 2 * *room : 64;
	void *const grown = reallocarray(items, *room, item_bytes);
	if (!grown)
		abort();
	return grown;
}

/* --- words --- */

static enum tally_sort tally_sort(const struct tally_demand *demand)
{
	if (demand->preserves)
		return TALLY_SORT_PRESERVATION;
	if (demand->removes)
		return TALLY_SORT_REMOVAL;
	return demand->emergency ? TALLY_SORT_EMERGENCY : TALLY_SORT_LEGAL;
}

static bool counts(const struct tally_demand *d, enum tally_figure figure)
{
	switch (figure) {
#define TALLY(name, word, entry, condition) \
	case TALLY_##name: \
		return condition;
#include "docket/tally.def"
#undef TALLY
	case TALLY_FIGURES:
		break;
	}
	return false;
}

static uint64_t entry_behind(const struct tally_demand *d, enum tally_figure figure)
{
	switch (figure) {
#define TALLY(name, word, entry, condition) \
	case TALLY_##name: \
		return d->entry;
#include "docket/tally.def"
#undef TALLY
	case TALLY_FIGURES:
		break;
	}
	return 0;
}

static const char *const words[TALLY_FIGURES] = {
#define TALLY(name, word, entry, condition) [TALLY_##name] = word,
#include "docket/tally.def"
#undef TALLY
};

const char *tally_word(enum tally_figure figure)
{
	return words[figure];
}

bool tally_word_parse(struct str word, enum tally_figure *out)
{
	for (unsigned i = 0; i < TALLY_FIGURES; i++)
		if (str_eq(word, str_of(words[i]))) {
			*out = (enum tally_figure)i;
			return true;
		}
	return false;
}

int tally_half(int64_t wall_us)
{
	char when[RFC3339_BYTES];
	int64_t year = 0, month = 0;
	time_rfc3339(wall_us, when);
	const bool read = str_i64((struct str){ when, 4 }, &year) && str_i64((struct str){ when[5] == '0' ? when + 6 : when + 5, when[5] == '0' ? 1 : 2 }, &month);
	return read ? (int)(2 * year + (month > 6)) : 0;
}

struct str tally_half_text(struct ctx *cx, int half)
{
	return arena_printf(&cx->mem, "%04d-H%d", half / 2, half % 2 + 1);
}

bool tally_half_parse(struct str text, int *out)
{
	int64_t year;
	struct str rest = text;
	if (text.n != sizeof "2026-H2" - 1 || !str_i64(str_cut(&rest, '-'), &year) || year < 1970)
		return false;
	if (!str_eq(rest, STR("H1")) && !str_eq(rest, STR("H2")))
		return false;
	*out = (int)(2 * year + (rest.p[1] == '2'));
	return true;
}

static unsigned word_index(const char *list, struct str word)
{
	struct str rest = str_of(list);
	for (unsigned i = 0; rest.n; i++)
		if (str_eq(str_cut(&rest, ' '), word))
			return i;
	return 0;
}

static unsigned classes_of(struct str value)
{
	unsigned bits = 0;
	while (value.n) {
		const struct str word = str_cut(&value, ',');
		for (unsigned i = 0; i < TALLY_CLASSES; i++)
			if (str_eq(word, str_of(tally_classes[i])))
				bits |= 1u << i;
	}
	return bits;
}

/* --- entries --- */

static struct tally_demand *demand_at(struct tallies *tallies, uint64_t received)
{
	size_t from = 0, end = tallies->demand_count;
	while (from < end) {
		const size_t middle = from + (end - from) / 2;
		if (tallies->demands[middle].received < received)
			from = middle + 1;
		else
			end = middle;
	}
	return from < tallies->demand_count && tallies->demands[from].received == received ? &tallies->demands[from] : NULL;
}

static struct shut *opaque_at(struct tallies *tallies, uint64_t number)
{
	for (size_t i = tallies->opaque_count; i-- > 0;)
		if (tallies->opaque[i].number == number)
			return &tallies->opaque[i];
	return NULL;
}

static void copy_word(char *out, size_t room, struct str word)
{
	const size_t n = word.n < room ? word.n : room - 1;
	memcpy(out, word.p, n);
	out[n] = '\0';
}

static void add_demand(struct tallies *tallies, const struct ledger_item *item)
{
	const struct entry *const entry = &item->entry;
	struct tally_demand demand = {
		.received = item->number, .received_us = entry->time_us, .accounts = entry_count(entry, ENTRY_demand_received_accounts),
		.half = tally_half(entry->time_us),
		.preserves = str_eq(entry->values[ENTRY_demand_received_kind], STR("preservation")),
		.removes = str_eq(entry->values[ENTRY_demand_received_kind], STR("removal")) ||
		           str_eq(entry->values[ENTRY_demand_received_kind], STR("availability")),
		.emergency = str_eq(entry->values[ENTRY_demand_received_basis], STR("emergency")),
	};
	copy_word(demand.id, sizeof demand.id, entry->values[ENTRY_demand_received_demand]);
	copy_word(demand.asker, sizeof demand.asker, entry->values[ENTRY_demand_received_asker]);
	tallies->demands = room_for(tallies->demands, tallies->demand_count, &tallies->demand_room, sizeof *tallies->demands);
	tallies->demands[tallies->demand_count++] = demand;
}

static void decide(struct tally_demand *demand, const struct ledger_item *item)
{
	const struct entry *const entry = &item->entry;
	demand->decided = item->number;
	demand->decided_us = entry->time_us;
	demand->outcome = (enum tally_outcome)(1 + word_index(entry_forms[ENTRY_demand_decided].fields[ENTRY_demand_decided_outcome].words,
	                                                      entry->values[ENTRY_demand_decided_outcome]));
	demand->rule = entry->values[ENTRY_demand_decided_rule].n ? (uint32_t)entry_count(entry, ENTRY_demand_decided_rule) : 0;
	demand->given = entry_count(entry, ENTRY_demand_decided_accounts);
	demand->classes = classes_of(entry->values[ENTRY_demand_decided_classes]);
}

/* What an entry says of the demand whose first entry it names; entries that name none are the verifier's business, not a sum's. */
static void add_event(struct tallies *tallies, const struct ledger_item *item, unsigned received_field)
{
	const uint64_t received = entry_count(&item->entry, received_field);
	struct tally_demand *const demand = demand_at(tallies, received);
	if (!demand)
		return;
	if (item->entry.kind == ENTRY_demand_authenticated)
		demand->authenticated = item->number;
	else if (item->entry.kind == ENTRY_demand_told)
		demand->told = item->number;
	else if (item->entry.kind == ENTRY_demand_decided)
		decide(demand, item);
	tallies->events = room_for(tallies->events, tallies->event_count, &tallies->event_room, sizeof *tallies->events);
	tallies->events[tallies->event_count++] = (struct event){ .received = received, .number = item->number };
}

static void add_opaque(struct tallies *tallies, const struct ledger_item *item)
{
	tallies->opaque = room_for(tallies->opaque, tallies->opaque_count, &tallies->opaque_room, sizeof *tallies->opaque);
	tallies->opaque[tallies->opaque_count++] = (struct shut){ .number = item->number, .opens_us = entry_date_us(&item->entry, ENTRY_opaque_opens) };
}

static void open_opaque(struct tallies *tallies, const struct ledger_item *item)
{
	struct shut *const shut = opaque_at(tallies, entry_count(&item->entry, ENTRY_opaque_opened_opaque));
	if (!shut || shut->opened)
		return;
	shut->opened = true;
	if (item->entry.values[ENTRY_opaque_opened_hidden].n)
		tallies->opaque_real++;
	else
		tallies->opaque_dummy++;
}

static void add(struct tallies *tallies, const struct ledger_item *item)
{
	struct shut *shut;
	tallies->kinds[item->entry.kind]++;
	switch (item->entry.kind) {
	case ENTRY_demand_received:
		add_demand(tallies, item);
		break;
	case ENTRY_demand_authenticated:
		add_event(tallies, item, ENTRY_demand_authenticated_received);
		break;
	case ENTRY_demand_decided:
		add_event(tallies, item, ENTRY_demand_decided_received);
		break;
	case ENTRY_demand_gagged:
		add_event(tallies, item, ENTRY_demand_gagged_received);
		break;
	case ENTRY_demand_told:
		add_event(tallies, item, ENTRY_demand_told_received);
		break;
	case ENTRY_hold_placed:
		add_event(tallies, item, ENTRY_hold_placed_received);
		break;
	case ENTRY_opaque:
		add_opaque(tallies, item);
		break;
	case ENTRY_opaque_renewed:
		shut = opaque_at(tallies, entry_count(&item->entry, ENTRY_opaque_renewed_opaque));
		if (shut)
			shut->opens_us = entry_date_us(&item->entry, ENTRY_opaque_renewed_opens);
		break;
	case ENTRY_opaque_opened:
		open_opaque(tallies, item);
		break;
	default:
		break;
	}
}

/* A demand before what becomes of it, a shut entry before its opening. */
static const enum entry_kind read_kinds[] = {
	ENTRY_demand_received, ENTRY_demand_authenticated, ENTRY_demand_gagged, ENTRY_hold_placed, ENTRY_hold_ended, ENTRY_demand_decided,
	ENTRY_demand_told, ENTRY_opaque, ENTRY_opaque_renewed, ENTRY_opaque_opened, ENTRY_takedown, ENTRY_incident, ENTRY_charter,
	ENTRY_key_added, ENTRY_key_revoked, ENTRY_succession,
};

/* Batches, each in memory of its own: a long log is more than a request may hold. */
static enum err add_kind(struct ctx *cx, struct tallies *tallies, enum entry_kind kind, uint64_t below)
{
	uint64_t from = tallies->size;
	const struct arena kept = cx->mem;
	enum err status = OK;
	for (size_t count = BATCH; status == OK && count == BATCH;) {
		cx->mem = arena_new_capped(ARENA_REQUEST_BYTES);
		struct ledger_item *const items = arena_new(&cx->mem, struct ledger_item, BATCH);
		status = ledger_oldest(cx, kind, from, below, BATCH, items, &count);
		for (size_t i = 0; status == OK && i < count; i++)
			add(tallies, &items[i]);
		if (status == OK && count)
			from = items[count - 1].number + 1;
		arena_free(&cx->mem);
	}
	cx->mem = kept;
	return status;
}

/* --- sums --- */

static int by_time(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static int64_t median(const struct tallies *tallies, const struct tally_row *row, int64_t *times)
{
	size_t n = 0;
	for (size_t i = 0; i < tallies->demand_count; i++) {
		const struct tally_demand *const demand = &tallies->demands[i];
		const bool here = row->half == 0 || (demand->half == row->half && strcmp(demand->asker, row->asker) == 0);
		if (here && demand->outcome != TALLY_UNDECIDED && demand->outcome != TALLY_WITHDREW)
			times[n++] = demand->decided_us - demand->received_us;
	}
	if (n == 0)
		return 0;
	qsort(times, n, sizeof *times, by_time);
	return n % 2 ? times[n / 2] : times[n / 2 - 1] + (times[n / 2] - times[n / 2 - 1]) / 2;
}

static void add_to_row(struct tally_row *row, const struct tally_demand *demand)
{
	for (unsigned i = 0; i < TALLY_FIGURES; i++)
		row->figures[i] += counts(demand, (enum tally_figure)i);
	row->accounts += demand->accounts;
	row->given += demand->given;
	row->classes |= demand->classes;
	row->decided += demand->outcome != TALLY_UNDECIDED && demand->outcome != TALLY_WITHDREW;
}

static struct tally_row *row_of(struct tallies *tallies, const struct tally_demand *demand)
{
	for (size_t i = 0; i < tallies->row_count; i++)
		if (tallies->rows[i].half == demand->half && strcmp(tallies->rows[i].asker, demand->asker) == 0)
			return &tallies->rows[i];
	tallies->rows = room_for(tallies->rows, tallies->row_count, &tallies->row_room, sizeof *tallies->rows);
	struct tally_row *const row = &tallies->rows[tallies->row_count++];
	*row = (struct tally_row){ .half = demand->half };
	memcpy(row->asker, demand->asker, sizeof row->asker);
	return row;
}

static int newest_first(const void *a, const void *b)
{
	const struct tally_row *const x = a, *const y = b;
	return x->half != y->half ? (x->half < y->half) - (x->half > y->half) : strcmp(x->asker, y->asker);
}

static void sum_up(struct tallies *tallies)
{
	int64_t *const times = malloc((tallies->demand_count + 1) * sizeof *times);
	if (!times)
		abort();
	tallies->total = (struct tally_row){ .half = 0 };
	tallies->row_count = 0;
	for (size_t i = 0; i < tallies->demand_count; i++) {
		add_to_row(&tallies->total, &tallies->demands[i]);
		add_to_row(row_of(tallies, &tallies->demands[i]), &tallies->demands[i]);
	}
	tallies->total.median_us = median(tallies, &tallies->total, times);
	for (size_t i = 0; i < tallies->row_count; i++)
		tallies->rows[i].median_us = median(tallies, &tallies->rows[i], times);
	if (tallies->row_count)
		qsort(tallies->rows, tallies->row_count, sizeof *tallies->rows, newest_first);
	free(times);
}

/* What was added before a failure would be added again: so the sums begin anew then. */
static void begin_anew(struct tallies *tallies)
{
	tallies->size = tallies->opaque_real = tallies->opaque_dummy = 0;
	tallies->demand_count = tallies->event_count = tallies->opaque_count = tallies->row_count = 0;
	memset(tallies->kinds, 0, sizeof tallies->kinds);
	tallies->total = (struct tally_row){ .half = 0 };
}

/* Under the lock. */
static enum err catch_up(struct ctx *cx, struct tallies *tallies)
{
	struct ledger_head head;
	TRY(ledger_head(cx, &head));
	if (head.size == tallies->size)
		return OK;
	if (head.size < tallies->size)
		begin_anew(tallies);
	for (size_t i = 0; i < sizeof read_kinds / sizeof read_kinds[0]; i++) {
		const enum err status = add_kind(cx, tallies, read_kinds[i], head.size);
		if (status != OK) {
			begin_anew(tallies);
			return status;
		}
	}
	tallies->size = head.size;
	sum_up(tallies);
	return OK;
}

static void count_rules(const struct tallies *tallies, struct tally *out)
{
	for (size_t i = 0; i < tallies->demand_count; i++) {
		const struct tally_demand *const demand = &tallies->demands[i];
		size_t at = 0;
		if (demand->outcome != TALLY_REFUSED_BY_RULE)
			continue;
		while (at < out->rule_count && out->rules[at].rule < demand->rule)
			at++;
		if (at == out->rule_count || out->rules[at].rule != demand->rule) {
			if (out->rule_count == TALLY_RULES_MAX)
				continue;
			memmove(&out->rules[at + 1], &out->rules[at], (out->rule_count - at) * sizeof *out->rules);
			out->rules[at] = (struct tally_rule){ .rule = demand->rule };
			out->rule_count++;
		}
		out->rules[at].refused++;
	}
}

static void copy_out(struct ctx *cx, const struct tallies *tallies, struct tally *out)
{
	const size_t rows = tallies->row_count < ROWS_MAX ? tallies->row_count : ROWS_MAX;
	struct tally_row *const copy = arena_new(&cx->mem, struct tally_row, rows + 1);
	if (rows)
		memcpy(copy, tallies->rows, rows * sizeof *copy);
	*out = (struct tally){
		.size = tallies->size, .total = tallies->total, .rows = copy, .row_count = rows,
		.opaque_real = tallies->opaque_real, .opaque_dummy = tallies->opaque_dummy,
	};
	memcpy(out->kinds, tallies->kinds, sizeof out->kinds);
	for (size_t i = 0; i < tallies->opaque_count; i++) {
		const struct shut *const shut = &tallies->opaque[i];
		if (shut->opened)
			continue;
		out->opaque_shut++;
		if (out->opaque_next_us == 0 || shut->opens_us < out->opaque_next_us)
			out->opaque_next_us = shut->opens_us;
	}
	count_rules(tallies, out);
}

enum err tally_read(struct ctx *cx, struct tally *out)
{
	struct tallies *const tallies = cx->tallies;
	pthread_mutex_lock(&tallies->lock);
	const enum err status = catch_up(cx, tallies);
	if (status == OK)
		copy_out(cx, tallies, out);
	pthread_mutex_unlock(&tallies->lock);
	return status;
}

static bool matches(const struct tally_demand *demand, const struct tally_search *search)
{
	return counts(demand, search->figure) && (search->rule == 0 || demand->rule == search->rule) &&
	       (search->half == 0 || demand->half == search->half) &&
	       (search->asker.n == 0 || str_eq(search->asker, str_of(demand->asker)));
}

enum err tally_find(struct ctx *cx, const struct tally_search *search, size_t max, struct tally_found *out, size_t *count)
{
	struct tallies *const tallies = cx->tallies;
	pthread_mutex_lock(&tallies->lock);
	const enum err status = catch_up(cx, tallies);
	size_t n = 0;
	for (size_t i = tallies->demand_count; status == OK && i-- > 0 && n < max;) {
		const struct tally_demand *const demand = &tallies->demands[i];
		if ((search->before == 0 || demand->received < search->before) && matches(demand, search))
			out[n++] = (struct tally_found){ .number = entry_behind(demand, search->figure), .received = demand->received };
	}
	pthread_mutex_unlock(&tallies->lock);
	*count = n;
	return status;
}

static int by_number(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

enum err tally_demand(struct ctx *cx, struct str id, size_t max, uint64_t *out, size_t *count)
{
	struct tallies *const tallies = cx->tallies;
	size_t n = 0;
	pthread_mutex_lock(&tallies->lock);
	const enum err status = catch_up(cx, tallies);
	for (size_t i = tallies->demand_count; status == OK && n == 0 && i-- > 0;)
		if (max > 0 && str_eq(id, str_of(tallies->demands[i].id)))
			out[n++] = tallies->demands[i].received;
	for (size_t i = 0; n > 0 && n < max && i < tallies->event_count; i++)
		if (tallies->events[i].received == out[0])
			out[n++] = tallies->events[i].number;
	pthread_mutex_unlock(&tallies->lock);
	TRY(status);
	if (n == 0)
		return fail(cx, E_NOTFOUND, "The ledger has no demand of that number.");
	qsort(out, n, sizeof *out, by_number);
	*count = n;
	return OK;
}

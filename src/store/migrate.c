#include "store/migrate.h"

#include <assert.h>

#include "store/connection.h"

static const char *const store_names[STORES] = { [PUBLIC_DB] = "public", [PERSONAL_DB] = "personal", [KEYS_DB] = "keys" };

static int newest(enum store store)
{
	int number = 0;
	for (const struct migration *m = all_migrations; m->number; m++)
		if (m->store == store && m->number > number)
			number = m->number;
	return number;
}

static enum err refuse_newer(struct ctx *cx)
{
	for (enum store store = PUBLIC_DB; store < STORES; store++) {
		int have;
		if (!cx->db->stores[store].handle)
			continue;
		TRY(db_schema_number(cx, store, &have));
		if (have > newest(store))
			return fail(cx, E_INVALID,
				"%s.db has schema %d and this program knows %d: it was used by a newer amanat; install that one, or a later",
				store_names[store], have, newest(store));
	}
	return OK;
}

/* Another process may have run it since: the number is read again inside the transaction. */
static enum err run_locked(struct ctx *cx, const struct migration *m, bool *ran)
{
	int have;
	TRY(db_schema_number(cx, m->store, &have));
	*ran = have < m->number;
	if (*ran)
		TRY(db_run_script(cx, m->store, m->sql, m->number));
	return db_commit(cx, m->store);
}

static enum err run_one(struct ctx *cx, const struct migration *m, int *applied)
{
	bool ran = false;
	TRY(db_begin(cx, m->store));
	enum err e = run_locked(cx, m, &ran);
	if (e != OK)
		db_rollback(cx, m->store);
	*applied += e == OK && ran;
	return e;
}

static enum err is_due(struct ctx *cx, const struct migration *m, bool *due, bool *fresh)
{
	int have = m->number;
	if (cx->db->stores[m->store].handle)
		TRY(db_schema_number(cx, m->store, &have));
	*due = have < m->number;
	*fresh = have == 0;
	return OK;
}

/* A new node is nobody's to wait for: 0 then. */
static enum err count_due(struct ctx *cx, unsigned *out)
{
	unsigned count = 0;
	for (const struct migration *m = all_migrations; m->number; m++) {
		bool due, fresh;
		TRY(is_due(cx, m, &due, &fresh));
		count += due && !fresh;
	}
	*out = count;
	return OK;
}

enum err migrate(struct ctx *cx, const struct migrate_progress *progress, int *applied)
{
	int count = 0;
	unsigned of = 0, at = 0;
	assert(cx->db->write);
	TRY(refuse_newer(cx));
	TRY(count_due(cx, &of));
	for (const struct migration *m = all_migrations; m->number; m++) {
		bool due, fresh;
		TRY(is_due(cx, m, &due, &fresh));
		if (!due)
			continue;
		const bool told = progress && of && ++at <= of;
		const int64_t from_us = clock_boot_us(NULL);
		if (told)
			progress->tell(progress->self, m, at, of, -1);
		TRY(run_one(cx, m, &count));
		if (told)
			progress->tell(progress->self, m, at, of, clock_boot_us(NULL) - from_us);
	}
	if (applied)
		*applied = count;
	return OK;
}

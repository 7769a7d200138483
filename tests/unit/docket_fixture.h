/* tests/unit/docket_fixture.h - a small node with a log and a charter, and a desk. */
#ifndef TESTS_DOCKET_FIXTURE_H
#define TESTS_DOCKET_FIXTURE_H
#include <pthread.h>

#include "social_fixture.h"

#include "docket/charters.h"
#include "docket/demand.h"
#include "social/inbox.h"
#include "store/job.h"

struct desk {
	struct world w;
	pthread_mutex_t lock;                  /* of `ledger`, which the writer's thread tells of its groups */
	struct ledger *ledger;
	char log_key[96], policy[96];          /* policy: "" for none */
};

FIXTURE void desk_committed(void *self)
{
	struct desk *const d = self;
	pthread_mutex_lock(&d->lock);
	if (d->ledger)
		ledger_committed(d->ledger);
	pthread_mutex_unlock(&d->lock);
}

FIXTURE void desk_set_ledger(struct desk *d, struct ledger *ledger)
{
	pthread_mutex_lock(&d->lock);
	d->w.cx.ledger = d->ledger = ledger;
	pthread_mutex_unlock(&d->lock);
}

FIXTURE void desk_open_log(struct desk *d)
{
	struct world *const w = &d->w;
	struct db_config config = { .folder = w->folder, .store_key = keyholder_store_key(w->cx.keyholder), .cache_kib = 1024 };
	struct ledger *ledger = NULL;
	const struct ledger_config log = { .db = &config, .key_file = d->log_key, .policy_file = d->policy, .mirror = "" };
	writer_after(w->cx.writer, desk_committed, d);
	must(w, ledger_open(fresh(w), &log, &ledger));
	desk_set_ledger(d, ledger);
}

/* Home SG; the owner's state is `owner`, NULL: not stated. */
FIXTURE void desk_open(struct desk *d, const char *owner)
{
	char setting[64] = "region.owner_jurisdiction=";
	const char *const settings[] = { "accounts.password_mib=8", "accounts.password_passes=1", setting, NULL };
	if (owner)
		strcat(setting, owner);
	memset(d, 0, sizeof *d);
	pthread_mutex_init(&d->lock, NULL);
	world_open_with(&d->w, settings);
	snprintf(d->log_key, sizeof d->log_key, "%s.log", d->w.folder);
	must(&d->w, log_keys_init(fresh(&d->w), d->log_key, d->w.folder, STR("example.org/desk")));
	desk_open_log(d);
	d->w.cx.charters = parsed_charters_new(&d->w.cx);
	must(&d->w, charters_begin(fresh(&d->w)));
}

FIXTURE void desk_close_log(struct desk *d)
{
	struct ledger *gone = d->ledger;
	desk_set_ledger(d, NULL);
	ledger_close(&gone);
}

FIXTURE void desk_close(struct desk *d)
{
	desk_close_log(d);
	parsed_charters_free(&d->w.cx.charters);
	world_close(&d->w);
	unlink(d->log_key);
}

/* The writer and the log begin anew, as after a crash. */
FIXTURE void desk_restart(struct desk *d)
{
	desk_close_log(d);
	restart_writer(&d->w);
	desk_open_log(d);
}

FIXTURE struct demand_new asks(const char *asker, const char *kind, const char *basis)
{
	return (struct demand_new){ .asker = str_of(asker), .kind = str_of(kind), .basis = str_of(basis), .authority = STR("A ministry"),
		.reference = STR("12/2026"), .text = STR("Give us\neverything.") };
}

/* Files it about a person (NULL: about nobody). */
FIXTURE struct demand_done desk_file(struct desk *d, struct demand_new new, const char *handle)
{
	struct demand_done done;
	if (handle)
		new.people[new.people_count++] = str_of(handle);
	must(&d->w, demand_file(fresh(&d->w), &new, &done));
	return done;
}

/* In the memory of the last context: copied by who needs it longer. */
FIXTURE struct demand desk_row(struct desk *d, const char *demand)
{
	struct demand row;
	must(&d->w, demand_get(fresh(&d->w), str_of(demand), &row));
	return row;
}

FIXTURE struct demand_shown desk_shown(struct desk *d, const char *demand)
{
	struct demand_shown shown;
	must(&d->w, docket_shown_one(fresh(&d->w), str_of(demand), &shown));
	return shown;
}

FIXTURE void desk_later(struct desk *d, int64_t us)
{
	d->w.ahead_us += us;
}

FIXTURE void desk_job(struct desk *d)
{
	must(&d->w, docket_run(fresh(&d->w), NULL));
}

FIXTURE size_t desk_entries(struct desk *d, enum entry_kind kind, struct ledger_item *newest)
{
	static struct ledger_item items[600];
	size_t count = 0;
	must(&d->w, ledger_newest(fresh(&d->w), kind, 0, sizeof items / sizeof items[0], items, &count));
	if (newest && count)
		*newest = items[0];
	return count;
}

/* How many notices of demands somebody has, and the newest one's words. */
FIXTURE size_t desk_notices(struct desk *d, const struct actor *who, struct str *words)
{
	struct inbox_page page;
	size_t count = 0;
	must(&d->w, inbox_list(as(&d->w, who), 0, &page));
	for (size_t i = 0; i < page.count; i++) {
		if (page.items[i].kind != NOTICE_DEMAND)
			continue;
		if (count++ == 0 && words)
			*words = page.items[i].reason;
	}
	return count;
}
#endif

/* ledger_driver FOLDER COUNT - enters so many entries into the log of a node that does not run, in groups; it is
 * shown by the server's next start.  They are demands with what follows, totals of days, incidents, takedowns, in turn; the text of each follows from its number. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/app.h"
#include "ledger/ledger.h"
#include "store/writer.h"

struct group {
	uint64_t from, count;                  /* numbers of entries */
	int64_t now_us;
};

static struct str line_of(struct ctx *cx, uint64_t number, const char *time)
{
	static const char *const askers[] = { "SG", "IN", "US", "BR" };
	const uint64_t demand = number / 4;
	switch (number % 4) {
	case 0:
		return arena_printf(&cx->mem, "demand-received %s demand=%016" PRIx64 " asker=%s kind=data basis=court residence=- home=SG accounts=%" PRIu64 " papers=-", time, demand,
		                    askers[demand % 4], demand % 7);
	case 1:
		return arena_printf(&cx->mem, "demand-decided %s demand=%016" PRIx64 " received=%" PRIu64 " outcome=withdrawn rule=- charter=0 accounts=0 classes=- reason=-", time, demand,
		                    number - 1);
	case 2:
		return arena_printf(&cx->mem, "takedown %s what=video basis=rules country=%s demand=-", time, askers[demand % 4]);
	default:
		return arena_printf(&cx->mem, "incident %s incident=%016" PRIx64 " kind=outage happened=2026-01-01 people=0 told=- report=-", time, number);
	}
}

static enum err enter(struct ctx *cx, void *argument)
{
	const struct group *const group = argument;
	struct str *const lines = arena_new(&cx->mem, struct str, group->count);
	char time[RFC3339_BYTES];
	time_rfc3339(group->now_us, time);
	for (uint64_t i = 0; i < group->count; i++)
		lines[i] = line_of(cx, group->from + i, time);
	return ledger_append_lines(cx, lines, group->count);
}

/* A number that is a multiple of four, so that a demand's entries stand together: filled up with days. */
static enum err align(struct ctx *cx, void *argument)
{
	const struct group *const group = argument;
	struct str lines[4];
	char time[RFC3339_BYTES];
	time_rfc3339(group->now_us, time);
	for (uint64_t i = 0; i < group->count; i++)
		lines[i] = arena_printf(&cx->mem, "day %s date=2026-01-01 unwraps_session=0 unwraps_job=0 unwraps_others=0 unwraps_operator=0 desk_reads=0 accounts_erased=0", time);
	return ledger_append_lines(cx, lines, group->count);
}

static enum err enter_group(struct app *app, enum err (*work)(struct ctx *, void *), uint64_t from, uint64_t count)
{
	struct ctx cx;
	app_ctx(app, &cx);
	struct group group = { from, count, cx.now_us };
	const enum err status = count ? writer_run(&cx, work, &group) : OK;
	if (status != OK)
		fprintf(stderr, "ledger_driver: %s\n", cx.failure.text);
	app_ctx_end(app, &cx);
	return status;
}

static enum err drive(struct ctx *cx, struct app *app, uint64_t count)
{
	uint64_t size;
	TRY(ledger_size(cx, &size));
	const uint64_t missing = (4 - size % 4) % 4;
	TRY(enter_group(app, align, size, missing));
	size += missing;
	for (uint64_t done = 0; done < count;) {
		const uint64_t now = count - done < LEDGER_APPEND_MAX ? count - done : LEDGER_APPEND_MAX;
		TRY(enter_group(app, enter, size + done, now));
		done += now;
	}
	return OK;
}

int main(int argc, char **argv)
{
	uint64_t count;
	if (argc != 3 || !str_u64(str_of(argv[2]), &count) || count == 0) {
		fputs("usage: ledger_driver FOLDER COUNT\n", stderr);
		return 2;
	}
	struct log log = { .level = LOG_ERROR, .fd = STDERR_FILENO };
	struct clock clock = {};
	struct config *config = NULL;
	struct app *app = NULL;
	struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES), .clock = &clock, .log = &log };
	char folder[512];
	snprintf(folder, sizeof folder, "store.folder=%s", argv[1]);
	const char *overrides[] = { folder, NULL };
	enum err status = config_load(&cx, NULL, overrides, &config);
	cx.config = config;
	if (status == OK)
		status = app_open(&cx, APP_STORES, &app);
	if (status == OK) {
		ctx_end(&cx);
		app_ctx(app, &cx);
		status = drive(&cx, app, count);
		if (status != OK)
			fprintf(stderr, "ledger_driver: %s\n", cx.failure.text);
		app_ctx_end(app, &cx);
	} else {
		fprintf(stderr, "ledger_driver: %s\n", cx.failure.text);
	}
	app_close(&app);
	config_free(&config);
	return status == OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

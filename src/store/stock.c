#include "store/stock.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "store/stock.sql.h"

static int64_t bytes_of(struct ctx *cx, const char *folder, const char *name, const char *end)
{
	struct stat about;
	return stat(arena_printf(&cx->mem, "%s/%s.db%s", folder, name, end).p, &about) == 0 ? about.st_size : 0;
}

static enum err read_jobs(struct ctx *cx, struct stock *stock)
{
	int64_t now_us = clock_wall_us(cx->clock);
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_stock_jobs, &rows, I64(now_us)));
	if (rows_next(rows)) {
		stock->jobs_due = rows_i64(rows, 0);
		stock->jobs_running = rows_i64(rows, 1);
		stock->jobs_retrying = rows_i64(rows, 2);
		stock->oldest_due_us = rows_null(rows, 3) ? 0 : now_us - rows_i64(rows, 3);
	}
	return rows_status(rows);
}

static enum err read_backup(struct ctx *cx, const char *what, struct stock_backup *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	struct stock_backup backup = { .what = what, .generation = STR("") };
	TRY(db_query(cx, SQL_stock_backup, &rows, TEXT(str_of(what))));
	if (rows_next(rows)) {
		backup.at_us = rows_i64(rows, 0);
		backup.generation = rows_text(rows, 1);
		backup.files = rows_i64(rows, 2);
		backup.bytes = rows_i64(rows, 3);
	}
	TRY(rows_status(rows));
	*out = backup;
	return OK;
}

enum err stock_read(struct ctx *cx, const char *folder, struct stock *out)
{
	static const char *const names[STOCK_FILES] = { "public", "personal", "keys" };
	struct stock stock = {};
	struct statvfs disk;
	TRY(read_jobs(cx, &stock));
	static const char *const backups[STOCK_BACKUPS] = { "data", "keys" };
	for (int i = 0; i < STOCK_BACKUPS; i++)
		TRY(read_backup(cx, backups[i], &stock.backups[i]));
	TRY(db_get_i64_0(cx, SQL_stock_outbox, &stock.outbox_rows));
	for (int i = 0; i < STOCK_FILES; i++)
		stock.files[i] = (struct stock_file){ names[i], bytes_of(cx, folder, names[i], ""), bytes_of(cx, folder, names[i], "-wal") };
	if (statvfs(folder, &disk) != 0)
		return fail(cx, E_IO, "the disk of %.100s: %s", folder, strerror(errno));
	stock.disk_bytes = (int64_t)(disk.f_blocks * disk.f_frsize);
	stock.disk_free_bytes = (int64_t)(disk.f_bavail * disk.f_frsize);
	*out = stock;
	return OK;
}
